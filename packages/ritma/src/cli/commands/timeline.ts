/**
 * `ritma timeline`: what ran, in order of time.
 *
 * @module
 */
import {
  type Command,
  OPEN_FIELD,
  OUT_OPTION,
  SEALED_OPTION,
  SPAN_OPTIONS,
  STORE_ARGUMENT,
  UTC_OPTION,
  WIDE_OPTION,
} from "../command.ts";

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
    "are those of this shell's time zone, and said to be: '2026-11-20 09:32', 09:32 (on the day " +
    "of the last event), -5m (before the last event). With an offset or a Z, as in " +
    "2026-11-20T09:32:00Z and '2026-11-20 09:32+01:00', they mean the same everywhere. Of a time " +
    "that clocks show twice, when they are put back, the first is meant. --follow looks every " +
    "2 s whether anything was recorded, and when it took long to read what is open it rests four " +
    "times as long: it never takes more than a fifth of one core. Each event comes once, in " +
    "order; one that comes behind a later one is marked late. What is not sealed yet may still " +
    "change, and is shown as it was when it came. Without keys/, or with --sealed, events come " +
    "when their hour is sealed.",
  arguments: [STORE_ARGUMENT],
  options: [
    ...SPAN_OPTIONS,
    {
      name: "around",
      value: "WHEN",
      help:
        "What was before and after a time, or an event as in ritma show (4711@09:32:10.002). " +
        "What is just there has a ▸; a time is as exact as it is written.",
    },
    {
      name: "within",
      value: "LENGTH",
      help: "So far before and after --around: 90s, 2m, 1h30m. Default: 2m.",
    },
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
      help:
        "At most so many lines, the first ones; with --around those nearest to it. 0 for all. " +
        "Default: 200.",
    },
    {
      name: "follow",
      value: null,
      help:
        "Go on with what is recorded from now on, until Ctrl-C. First come the last 20 events " +
        "that fit (--limit N, 0 for all), or with --since all from then on.",
    },
    { name: "all", value: null, help: "Every event and every record by itself." },
    UTC_OPTION,
    WIDE_OPTION,
    SEALED_OPTION,
    OUT_OPTION,
  ],
  exits: { 0: "All that was asked for was shown, or there was nothing; or --follow was ended." },
  examples: [
    { line: "ritma timeline --since 09:32 --until 09:33", what: "One minute of the last day." },
    {
      line: "ritma timeline --around 4711@09:32:10.002 --within 30s",
      what: "The minute that an event is in the middle of.",
    },
    { line: "ritma timeline --path /etc/shadow", what: "Who touched it, or tried to." },
    { line: "ritma timeline --follow", what: "What this host does now, beside ritma record." },
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
      "`…/` where its directory is not known. With --follow there is no list: each line is a " +
      "document that is one of these, with `behind`: whether a later one was printed before it, " +
      "and `open`: true where it was not sealed yet.",
    more:
      "Events that fit and were not shown for want of --limit. Null when an error ended the " +
      "list; then there is an `error` with its `code` and `message` as well.",
    hidden: "Events that fit but for what they are: not of the story, or not of --type.",
    around:
      "Null without --around. Else `sinceUs` and `untilUs` of what it asks about, the `serial` " +
      "of an event or null, and `withinUs`. Each of the events then has `moment`: whether it is " +
      "just there.",
    open: OPEN_FIELD,
  },
  interrupted: null,
  load: async () => (await import("./timeline-run.ts")).run,
};
