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
    "What is derived holds nothing that the sealed files do not say, and answers faster. It may " +
    "be deleted at any time; this builds all of it from what is sealed and signs what was built. " +
    "Questions about long hours (who, trace, tree, show) then read only what they are about. " +
    "Nothing sealed is touched.",
  arguments: [],
  options: [OUT_OPTION],
  exits: { 0: "Everything derived is built from the newest hour." },
  examples: [{ line: "ritma reindex", what: "Before many questions; after an index was deleted." }],
  fields: {
    path: "The evidence store.",
    hours: "Sealed hours that it was built from; each has a page to print, report/print.txt.",
    accounts: "Days whose account and catalog were written.",
    jumps: "Hours whose index of times, entities and cones was written.",
    lineages: "Long hours of which it was written who did what, and its length in `bytes`.",
    cones: "Cones in the indexes of their generations.",
    names: "`entities` that were read for the index of names, and its length in `bytes`.",
    elapsedMs: "How long it took.",
  },
  interrupted: null,
  load: async () => (await import("./reindex-run.ts")).run,
};
