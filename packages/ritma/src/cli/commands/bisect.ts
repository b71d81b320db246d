/**
 * `ritma bisect`: the first window in which a condition holds.
 *
 * @module
 */
import {
  type Command,
  OPEN_FIELD,
  OUT_OPTION,
  SEALED_OPTION,
  STORE_ARGUMENT,
  UTC_OPTION,
  WIDE_OPTION,
} from "../command.ts";

export const bisect: Command = {
  name: "bisect",
  group: "Look",
  summary: "Find the first window in which something happened.",
  description:
    "The condition is that one event of the window fits all of --path, --addr, --proc, --user " +
    "and --type, of which at least one is given; every event counts, reads as well. What happens " +
    "comes and goes, and halving the range would find any of its begins: so windows are looked " +
    "at in the order in which they were sealed, up to the first that fits. An hour whose " +
    "dictionary shows that it cannot have such an event is passed over. Late events are a " +
    "window of their own, the last one of their hour.",
  arguments: [STORE_ARGUMENT],
  options: [
    {
      name: "good",
      value: "WINDOW",
      help:
        "Where it does not hold yet: 12.031, six digits or more of a root, or a time. Default: " +
        "before the oldest.",
    },
    {
      name: "bad",
      value: "WINDOW",
      help: "The last one that is looked at. Default: the newest.",
    },
    { name: "path", value: "FILE", help: "Done to this file; with / at the end below it." },
    { name: "addr", value: "ADDRESS", help: "Done to or from: 10.0.0.1, 10.0.0.1:443, [::1]:443." },
    { name: "proc", value: "PROCESS", help: "Done by: NAME, PID or NAME[PID]." },
    { name: "user", value: "ID", help: "Done as a user: uid=33, auid=1000, as of `ritma blame`." },
    {
      name: "type",
      value: "TYPES",
      help: "Of one of these types, with commas: exec,connect or types of records like USER_LOGIN.",
    },
    UTC_OPTION,
    WIDE_OPTION,
    SEALED_OPTION,
    OUT_OPTION,
  ],
  exits: { 0: "All that was asked for was looked at, whether there was such a window or not." },
  examples: [
    { line: "ritma bisect --path /dev/shm/ --type exec", what: "Since when things run there." },
    {
      line: "ritma bisect --good 09:00 --bad 10:00 --addr 203.0.113.66",
      what: "The first window in an hour that has this address.",
    },
  ],
  fields: {
    found:
      "Null when no window fits. Else `event` (the first one of it that fits, as of `ritma " +
      "timeline`), `name`, `sequence` (of its hour) and `root` of the window, and `leaf` in its " +
      "tree.",
    events: "Events of that window that fit.",
    holdsInGood: "True when it is the window that --good named: the range begins too late.",
    good: "Name of the window that --good named; null without it.",
    bad: "The same of --bad.",
    examined: "Windows whose events were looked at.",
    skipped: "Windows before it that cannot have such an event, as their dictionary shows.",
    undecided:
      "Asked about a user: events of the windows looked at whose process has a user that the " +
      "hours of the store do not tell, so that it may hold there already.",
    open: OPEN_FIELD,
  },
  interrupted: null,
  load: async () => (await import("./bisect-run.ts")).run,
};
