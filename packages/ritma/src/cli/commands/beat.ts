/**
 * `ritma beat`: the beat store of a data root, by itself.
 *
 * @module
 */
import { type Command } from "../command.ts";

export const beat: Command = {
  name: "beat",
  group: "Stores",
  summary: "Look into the beat store, put into it, carry branches elsewhere.",
  description:
    "The beat store keeps cells in branches; what one beat puts is seen whole or not at all. " +
    "ls: branches, or what is below a path; get: a cell; put: a cell, or its removal; log: beats " +
    "whose records are live, and operations; stats: the counters; checkpoint: bounds what the " +
    "next opening reads; compact: gives back what nothing needs; export: a branch as a folder, a " +
    "branch bundle; import: such a folder, verified whole before anything is put, or frames of " +
    "CEP; verify: the store, or a bundle; bench: how fast the engine is on this disk. A path is " +
    "BRANCH/NAME/...; in a name %2F stands for a slash. Every action takes the lock of the data " +
    "root: while a recorder runs, it is refused.",
  arguments: [
    {
      name: "ACTION",
      help: "ls, get, put, log, stats, checkpoint, compact, export, import, verify or bench.",
      required: true,
      many: false,
    },
    {
      name: "TARGET",
      help:
        "A path for ls, get and put; a branch for log, export and verify; a folder for import " +
        "and verify.",
      required: false,
      many: false,
    },
  ],
  options: [
    {
      name: "engine",
      value: "NAME",
      help: "Which engine keeps the data. Default: flat.",
      choices: ["flat", "lmdb", "leveldb"],
    },
    { name: "text", value: "TEXT", help: "put: the payload." },
    { name: "from", value: "FILE", help: "put: the payload is this file; - is standard input." },
    { name: "remove", value: null, help: "put: remove the cell, and all below it." },
    { name: "history", value: "N", help: "put: keep so many payloads of before. Default: 0." },
    {
      name: "to",
      value: "PATH",
      help: "get: write the payload to a new file; export: the folder.",
    },
    { name: "as", value: "BRANCH", help: "import: the branch's name here. Default: as it was." },
    { name: "replace", value: null, help: "import: in place of the branch of this name." },
    { name: "cep", value: null, help: "import: TARGET is a frame of CEP, or a folder of them." },
    {
      name: "limit",
      value: "N",
      help: "ls, log: at most so many rows. 0 for all. Default: 100.",
    },
  ],
  exits: {
    0: "Done; of verify: nothing is wrong.",
  },
  examples: [
    { line: "ritma beat put notes/host --text web-01", what: "A cell, and a branch for it." },
    { line: "ritma beat get notes/host", what: "The cell." },
    { line: "ritma beat export notes --to notes.bundle", what: "The branch, to be carried away." },
    { line: "ritma beat import notes.bundle --as copy", what: "And here again." },
  ],
  fields: {
    action: "What was done.",
    engine: "flat, lmdb or leveldb; null of verify of a bundle.",
    lastBeat: "Newest beat of the store; null of verify of a bundle.",
    path: "Of ls and get, else null.",
    branches:
      "Of ls without a path and of stats, else null. Each has `name`, `beat`, `frames`, and " +
      "`metrics`: `frames`, `beats`, `bytes_idx`, `bytes_dat`, `cas_hits`, `cas_miss`, " +
      "`cas_lat_ns`.",
    entries:
      "Of ls with a path, else null. Each has `name`, `hasChildren`, `length` of its payload " +
      "(null without one).",
    cell:
      "Of get, else null: `kind`, `created` and `latest` (beats), `revision` (hex), `place` " +
      "(inline, chunks, reference), `length`, `secured`, `text` (null when it is no UTF-8 or " +
      "above 64 KiB), `base64` (null above 64 KiB), `history` (how many payloads of before), " +
      "`file` (where it was written, or null).",
    beats:
      "Of log, else null: newest first, each with `beat`, `records` and `bytes` that it put and " +
      "that are live, by `branch`.",
    operations:
      "Of log, else null: newest first of each verb: `verb`, `number`, `state`, `since`, `detail`.",
    committed: "Of put and import: beats that were committed; else null.",
    stats:
      "Of the engine, of stats and checkpoint, else null: `records`, `indexBytes`, `dataBytes`, " +
      "`logBytes`, `syncs`.",
    reclaimed: "Of compact, else null: `bytes`, `blobBytes`, `pages`.",
    bundle:
      "Of export, import and verify of a bundle, else null: `dir`, `branch`, `records`, " +
      "`frames`, `blobs`, `bytes`, `chain` (hex), `resumed` (frames that were there already).",
    deviations: "Of import --cep, else null: each has `file`, `code`, `offset`, `message`.",
    verified:
      "Of verify of the store, else null: each has `branch`, `records`, `cells`, `payloadBytes`.",
    faults: "Of verify, else null: each has `place` and `message`.",
    bench: "Of bench, else null: each has `what`, `unit`, `value` and, of times, `p50` and `p99`.",
  },
  interrupted: null,
  load: async () => (await import("./beat-run.ts")).run,
};
