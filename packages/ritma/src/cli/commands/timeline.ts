/**
 * `ritma timeline`: what ran, in order of time.
 *
 * @module
 */
import { type Command, OUT_OPTION } from "../command.ts";

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
    "at once is counted (×3). Every file is checked against its seal before it is shown. Times " +
    "are UTC: 2026-11-20T09:32:00Z, '2026-11-20 09:32', 09:32 (on the day of the last event), " +
    "-5m (before the last event).",
  arguments: [
    {
      name: "PATH",
      help: "An evidence store or a data root. Default: the evidence store of this data root.",
      required: false,
      many: false,
    },
  ],
  options: [
    { name: "since", value: "TIME", help: "Begin, inclusive. Default: the first event." },
    { name: "until", value: "TIME", help: "End, exclusive. Default: the last event." },
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
      help: "Only what was done to an address: 10.0.0.1, 10.0.0.1:443, ::1, [::1]:443.",
    },
    {
      name: "limit",
      value: "N",
      help: "At most so many, the first ones. 0 for all. Default: 200.",
    },
    { name: "all", value: null, help: "Every event, not only the story." },
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
      "null), `user` (ids, or null where what was read does not show them), `object` and " +
      "`object2` (each with a `kind`, or null), `args`, `argsWhole`, `num`, `flags`, `ret`, " +
      "`error` (name of the errno, or null), `also` (what else the event says), `late`, " +
      "`sequence` and `window` of the place where it is sealed, and `hashed`: the fields that " +
      "hold keyed hashes (`•` and hex). In names a backslash is doubled and what cannot be shown " +
      "is an escape.",
    more:
      "Events that fit and were not shown for want of --limit. Null when an error ended the " +
      "list; then there is an `error` with its `code` and `message` as well.",
    hidden: "Events that fit but for what they are: not of the story, or not of --type.",
  },
  interrupted: null,
  load: async () => (await import("./timeline-run.ts")).run,
};
