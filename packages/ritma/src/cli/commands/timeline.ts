/**
 * `ritma timeline`: what ran, in order of time.
 *
 * @module
 */
import { type Command, OUT_OPTION, SPAN_OPTIONS, STORE_ARGUMENT, WIDE_OPTION } from "../command.ts";

export const timeline: Command = {
  name: "timeline",
  group: "Look",
  summary: "Show what ran and what it did, in order of time.",
  description:
    "Without --type, --path, --addr and --all it shows the story: what was run, connected, " +
    "accepted, created, opened for writing, renamed, linked, removed, given another mode or " +
    "owner, mounted, traced, signalled or loaded, changes of identity, logins and commands, and " +
    "all that was refused (EACCES, EPERM). It leaves out the rest: reads, maps, forks, exits, " +
    "sends, opens for reading, name service and netlink sockets, /dev/null. What happens again " +
    "at once is counted (×3); records of one login, or of one change of audit rules, are one " +
    "line, and stand by themselves with --all or --type. Every file is checked against its seal " +
    "before it is shown. A path whose begin is not known is …/name. Times " +
    "are UTC: 2026-11-20T09:32:00Z, '2026-11-20 09:32', 09:32 (on the day of the last event), " +
    "-5m (before the last event).",
  arguments: [STORE_ARGUMENT],
  options: [
    ...SPAN_OPTIONS,
    {
      name: "type",
      value: "TYPES",
      help: "Only these, with commas: exec,connect,open or types of records like USER_LOGIN.",
    },
    {
      name: "proc",
      value: "PROCESS",
      help: "Only what a process did: NAME, PID or NAME[PID].",
    },
    {
      name: "path",
      value: "FILE",
      help: "Only what was done to this file; with / at the end to all in that directory.",
    },
    {
      name: "addr",
      value: "ADDRESS",
      help:
        "Only what was done to an address or came from it, logins included: 10.0.0.1, " +
        "10.0.0.1:443, ::1, [::1]:443.",
    },
    {
      name: "limit",
      value: "N",
      help: "At most so many lines, the first ones. 0 for all. Default: 200.",
    },
    { name: "all", value: null, help: "Every event and every record by itself." },
    WIDE_OPTION,
    OUT_OPTION,
  ],
  exits: { 0: "All that was asked for was shown, or there was nothing." },
  examples: [
    { line: "ritma timeline --since 09:32 --until 09:33", what: "One minute of the last day." },
    { line: "ritma timeline --path /etc/shadow", what: "Who touched it, or tried to." },
    {
      line: "ritma timeline --type exec --proc sh --json --limit 0",
      what: "Every program that a shell ran, for a script.",
    },
  ],
  fields: {
    events:
      "Each has `time` (ISO, µs), `timeUs`, `serial`, `type`, `node`, `pid`, `process`, " +
      "`executable`, `start` (µs), `birth` (fork, exec or inferred), `parent` (the same, or " +
      "null; of the same pid it is the program that this one replaced), `user` (ids, or null " +
      "where what was read does not show them), `object` and `object2` (each with a `kind`, or " +
      "null; of a call that failed to make or remove a file `object` may be its directory, for " +
      "want of more in the log), `args`, `argsWhole`, `num`, `flags`, `ret` (0, or the errno: " +
      "what a call returned, as a count of bytes, is not kept, but a descriptor or pid in `num` " +
      "where the type of event has it), `error` (name of the errno, or null), `also` (what else " +
      "the event says), `late`, " +
      "`sequence` and `window` of the place where it is sealed, and `hashed`: the fields that " +
      "hold keyed hashes (`•` and hex). `process` is null when the log has no name for it. In " +
      "names a backslash is doubled and what cannot be shown is an escape; a path begins with " +
      "`…/` where its directory is not known.",
    more:
      "Events that fit and were not shown for want of --limit. Null when an error ended the " +
      "list; then there is an `error` with its `code` and `message` as well.",
    hidden: "Events that fit but for what they are: not of the story, or not of --type.",
  },
  interrupted: null,
  load: async () => (await import("./timeline-run.ts")).run,
};
