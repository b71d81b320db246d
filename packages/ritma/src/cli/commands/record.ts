/**
 * `ritma record`: records this host, live.
 *
 * @module
 */
import { type Command, OUT_OPTION } from "../command.ts";

export const record: Command = {
  name: "record",
  group: "Record",
  summary: "Record this host live, until it is stopped.",
  description:
    "What auditd writes is made durable several times a second, and signed when its minute is " +
    "over. Killed at any moment, the next start goes on where it was, loses nothing and records " +
    "nothing twice; rotated logs are read to their end first, by rename or copied and cut. " +
    "SIGTERM and SIGINT seal what was taken and close the session. Indexes of sealed hours are " +
    "built beside it, at the lowest priority.",
  arguments: [],
  options: [
    {
      name: "audit-log",
      value: "SOURCE",
      help:
        "What is followed: the log that auditd writes, a socket of its af_unix plugin as " +
        "unix:PATH, or - for standard input. Default: $AUDIT_LOG_PATH, else " +
        "/var/log/audit/audit.log.",
      setting: "auditLog",
    },
    {
      name: "for",
      value: "TIME",
      help: "Stop by itself after this time: 90s, 10m, 24h.",
    },
    {
      name: "threads",
      value: "N",
      help: "Threads that hash and encode beside the one that reads. Default: as cores allow.",
    },
    OUT_OPTION,
  ],
  exits: {
    0: "Stopped as asked; all that was taken is sealed.",
    65: "What is to be followed is no audit log.",
    66: "There is no log at that place, or no data root.",
    75: "Another process records into this data root.",
  },
  examples: [
    { line: "ritma record --for 60s", what: "A minute of this host." },
    {
      line: "ritma record --audit-log unix:/run/audit/audispd_events",
      what: "From auditd itself.",
    },
  ],
  fields: {
    dataRoot: "Where it was recorded.",
    out: "The evidence store.",
    fingerprint: "Of the identity key: the KEY of `ritma verify --trust`.",
    source: "What was followed.",
    sessions: "Recording sessions of this run; `session` is the number of the last.",
    recovered: "What opening had to do: clean, or an interrupted seal was undone or finished.",
    facts:
      "`lines`, `events`, `uninterpreted`, `refused`, `late`, `lost`, `incomplete`, `evicted`, " +
      "`hours`, `windows`, `missed` (times that the log was cut or gone with what stood behind " +
      "our place), `journalBytes`, `newestUs`, `kernel` (`enabled`, `pid`, `lost`, `backlog`, " +
      "`backlogLimit`, or null).",
    notes: "What an operator should know of how this host is audited.",
    elapsedMs: "Milliseconds.",
  },
  interrupted: null,
  load: async () => (await import("./record-run.ts")).run,
};
