/**
 * `ritma log`: sealed windows, the newest first.
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

export const log: Command = {
  name: "log",
  group: "Look",
  summary: "Show sealed windows, the newest first.",
  description:
    "A window is what is sealed together: by default a minute in which anything happened. It " +
    "is named by the sequence of its hour and its number in the clock hour (12.031), by the " +
    "first six digits or more of its root, or by a time that lies in it; `ritma show` takes " +
    "each. Events that came when their window was sealed already are sealed with the hour, as " +
    "12.late. Between hours stand the intervals without events that were signed as such. What " +
    "is counted here is checked against the node log before it is shown. Times are as in " +
    "`ritma timeline`.",
  arguments: [STORE_ARGUMENT],
  options: [
    ...SPAN_OPTIONS,
    {
      name: "limit",
      value: "N",
      help: "At most so many windows, the newest. 0 for all. Default: 50.",
    },
    { name: "oneline", value: null, help: "A line for each window." },
    {
      name: "stat",
      value: null,
      help: "What was run, where it connected to and what it wrote, most often first.",
    },
    UTC_OPTION,
    WIDE_OPTION,
    SEALED_OPTION,
    OUT_OPTION,
  ],
  exits: { 0: "All that was asked for was shown, or there was nothing." },
  examples: [
    { line: "ritma log --oneline", what: "The newest fifty windows." },
    { line: "ritma log --since 09:30 --until 09:40 --stat", what: "What was in ten minutes." },
  ],
  fields: {
    windows:
      "Newest first. Each has `name`, `root` (hex), `sequence` of its hour, `window` (its " +
      "number in the clock hour; null when it is `late`), `from` and `to` (ISO, µs), `t1` and " +
      "`t2` (the same in µs, half open; of a late one those of the hour), `events`, `atoms`, " +
      "`instantiations`, `entry` (its index in the node log) and `glance`: null without " +
      "--stat, else `programs`, `destinations` and `written`, each with `different` (how many " +
      "names) and `first`: the 20 most frequent, each with `name`, `times` and `failed`.",
    hours:
      "Of these windows: `sequence`, `from`, `to`, `t1`, `t2`, `root`, `session`, `entry`, and " +
      "of the whole hour `events`, `lost` and `late` (atoms).",
    gaps:
      "Signed intervals without events: `from`, `to`, `t1`, `t2`, and `before`: the sequence " +
      "of the hour that comes after.",
    more: "Windows in the range that were not shown for want of --limit.",
    open: OPEN_FIELD,
  },
  interrupted: null,
  load: async () => (await import("./log-run.ts")).run,
};
