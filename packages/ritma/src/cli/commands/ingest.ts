/**
 * `ritma ingest`: records from log files.
 *
 * @module
 */
import { type Command, OUT_OPTION } from "../command.ts";

export const ingest: Command = {
  name: "ingest",
  group: "Record",
  summary: "Record from audit log files, by their own clock.",
  description:
    "Files are plain, gzip or zstd, told by their content, and read in the order given; those of " +
    "one rotated set (audit.log, audit.log.1) oldest first, however the shell listed them. Of a " +
    "folder those are read that auditd keeps there: audit.log, and what was rotated. " +
    "What was recorded before is known again and not recorded twice, also when the file has " +
    "grown or was renamed. Every hour is sealed and durable as it ends; indexes are built last.",
  arguments: [
    {
      name: "FILE",
      help: "A log file, or the folder that audit.log is in; - is standard input.",
      required: true,
      many: true,
    },
  ],
  options: [
    {
      name: "format",
      value: "FORMAT",
      help: "Format of the files. auditd (default): what auditd writes to audit.log.",
      choices: ["auditd"],
    },
    {
      name: "no-index",
      value: null,
      help: "Build no indexes: the next `ingest` does it for all, or `reindex`.",
    },
    {
      name: "no-seal",
      value: null,
      help: "Leave the open hour in the journal: it waits for the next file, or for `record`.",
    },
    {
      name: "overlap",
      value: null,
      help: "Record also a file that begins like a recorded one and goes on differently.",
    },
    {
      name: "threads",
      value: "N",
      help: "Threads that hash and encode beside the one that reads. Default: as cores allow.",
    },
    OUT_OPTION,
  ],
  exits: {
    0: "All of it is sealed, or was known already.",
    65: "An input is not what it should be. What was sealed before it stays.",
    75: "Another process is writing to this data root.",
    130: "Ended by SIGINT; 143 by SIGTERM. What was sealed stays, and the same command goes on.",
  },
  examples: [
    {
      line: "ritma ingest /var/log/audit",
      what: "The log of this host, rotated files first, where there are any.",
    },
    { line: "zcat old/*.gz | ritma ingest -", what: "From standard input." },
  ],
  fields: {
    dataRoot: "Where it was recorded.",
    out: "The evidence store.",
    fingerprint: "Of the identity key: the KEY of `ritma verify --trust`.",
    files: "Each input, with `path` and `storedBytes`.",
    session: "Number of the recording session, null when nothing was new.",
    copies: "How many inputs were left out because another one has the same bytes.",
    bytes: "Unpacked bytes read, what was known before included.",
    bytesKnown: "How many of these were recorded before.",
    lines: "Lines read; `records`, `uninterpreted` and `refused` are their kinds.",
    records: "Lines that are audit records.",
    uninterpreted: "Lines that are none. They are sealed as they are.",
    refused: "Lines that are too long. Their digest is sealed.",
    events: "Events read; several records make one.",
    continuations: "Records that came after their event was complete.",
    recorded:
      "What was sealed now, without what was known before: `hours`, `windows`, `gaps`, `events`, " +
      "`atoms`, `instantiations`, `records`, `lost`, `late`, `evicted`, `uninterpreted`, " +
      "`refused`, `incomplete`; `plainPieces` did not decode to what was encoded, and were " +
      "written plainly: a bug to report, not a loss.",
    recovered: "What opening had to do: clean, or an interrupted seal was undone or finished.",
    nothingNew: "True when all of it was known.",
    storedBytes: "Bytes of the evidence store now.",
    storedBytesBefore: "And before.",
    elapsedMs: "Milliseconds.",
    journal:
      "Null, but with --no-seal or when a session waited in the journal: then `facts`, " +
      "`sessions` and `recovered` as of `ritma record`, and of the fields above only `dataRoot`, " +
      "`out` and `files`.",
  },
  interrupted:
    "ingest stopped. What was sealed stays; run the same command again and it goes on from there.",
  load: async () => (await import("./ingest-run.ts")).run,
};
