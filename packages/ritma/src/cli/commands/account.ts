/**
 * `ritma account`: what came in, what is stored of it, and what that takes on the disk.
 *
 * @module
 */
import { type Command, OUT_OPTION } from "../command.ts";

export const account: Command = {
  name: "account",
  group: "Look",
  summary: "Account for every byte: read, stored by kind, allocated, by day.",
  description:
    "The whole store is counted: proofs, keys, node log and what is derived, by length and by " +
    "the blocks that the disk has set aside. Days are those in which hours begin, in UTC. With " +
    "--compare, general compressors are run over the same log: a minute or two per hundred " +
    "megabytes.",
  arguments: [],
  options: [
    { name: "day", value: "YYYY-MM-DD", help: "Hour by hour, of one day." },
    { name: "compare", value: "FILE", help: "What gzip and zstd make of a log file." },
    OUT_OPTION,
  ],
  exits: { 0: "Every header is the sealed one." },
  examples: [
    { line: "ritma account --day 2026-11-20", what: "One day, hour by hour." },
    { line: "ritma account --compare audit.log", what: "Beside gzip and zstd of the same log." },
  ],
  fields: {
    path: "The evidence store.",
    days:
      "Per day, or per hour with --day: `name` (the day, or the sequence of the hour), `events`, " +
      "`rawBytes` (read, uncompressed), `storedBytes`, `bytesPerEvent`, `ratio` (read by stored).",
    total: "The same of all that are listed.",
    bytes: "Length on disk by kind, as in `ritma stats`, of the whole store; `total` of all.",
    allocated: "The same in blocks that the disk has set aside.",
    files: "How many files the store has.",
    dedupe:
      "`atoms`, `entities` (what they name, each stored once), `instantiations`, `cones` (shapes " +
      "that came more than once), of what is listed.",
    compared:
      "With --compare: `file`, `rawBytes`, `storedBytes` (of the session that read just this " +
      "file; else null), `gzip6`, `zstd3`, `zstd19`. Else null.",
  },
  interrupted: null,
  load: async () => (await import("./account-run.ts")).run,
};
