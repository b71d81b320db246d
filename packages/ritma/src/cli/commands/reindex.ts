/**
 * `ritma reindex`: builds what is derived from the sealed hours again.
 *
 * @module
 */
import { type Command, OUT_OPTION } from "../command.ts";

export const reindex: Command = {
  name: "reindex",
  group: "Look",
  summary: "Build derived files again: accounts, catalogs, health, indexes.",
  description:
    "What is derived holds nothing that the sealed files do not say, and answers faster. " +
    "`ingest` and `record` keep it for new hours; it may be deleted at any time. This builds all " +
    "of it from what is sealed, the indexes of names and cones too, and signs what was built. " +
    "Nothing sealed is touched.",
  arguments: [],
  options: [OUT_OPTION],
  exits: { 0: "Everything derived is built from the newest hour." },
  examples: [{ line: "ritma reindex", what: "After an index was deleted or damaged." }],
  fields: {
    path: "The evidence store.",
    hours: "Sealed hours that it was built from; each has a page to print, report/print.txt.",
    accounts: "Days whose account and catalog were written.",
    jumps: "Hours whose index of times, entities and cones was written.",
    lineages: "Long hours of which it was written who did what, and its length in `bytes`.",
    cones: "Cones in the indexes of their generations.",
    names: "`entities` that were read for the index of names, and its length in `bytes`.",
    replaced:
      "Build statements that did not hold before, by path; `verify` reports such as TAMPERED.",
    elapsedMs: "How long it took.",
  },
  interrupted: null,
  load: async () => (await import("./reindex-run.ts")).run,
};
