/**
 * `ritma show`: one window, one event or one process.
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

export const show: Command = {
  name: "show",
  group: "Look",
  summary: "Show one window, one event or one process, and where it is sealed.",
  description:
    "A window is named as in `ritma log`: 12.031, 12.late, six or more digits of its root, or " +
    "a time that lies in it. Its head says who sealed it and where it stands in the node log; " +
    "then come what is in it at a glance, and its first events. An event is named by its " +
    "serial and its stamp, 4711@09:32:10.002, or as the audit log writes it, " +
    "1763629200.101:4711: shown are all fields of all its atoms and the leaf of its window " +
    "that they are sealed in, hashed again from the atoms; a window whose leaves give another " +
    "root than was sealed is refused. A process is NAME[PID], PID, NAME, or one of these with " +
    "the brackets and the time at which it lived, NAME[PID]@TIME: shown are who began it and " +
    "as whom, its arguments, its end and what it did. Digits alone are a pid up to seven of " +
    "them, and a root from eight on. Where more than one fits, all are listed. Times are " +
    "as in `ritma timeline`.",
  arguments: [
    {
      name: "WHAT",
      help: "A window (or its tag), an event or a process.",
      required: true,
      many: false,
    },
    STORE_ARGUMENT,
  ],
  options: [
    {
      name: "limit",
      value: "N",
      help: "At most so many lines of a window's events. 0 for all. Default: 20.",
    },
    UTC_OPTION,
    WIDE_OPTION,
    SEALED_OPTION,
    OUT_OPTION,
  ],
  exits: { 0: "What was asked for was shown." },
  examples: [
    { line: "ritma show 12.031", what: "A window: what is in it, and who sealed it." },
    { line: "ritma show 4711@09:32:10.002", what: "An event, with all that is kept of it." },
    { line: "ritma show 'nginx[911]'", what: "A process: who began it, and what it did." },
  ],
  fields: {
    kind: "`window`, `event` or `process`: the one of the three below that is not null.",
    window:
      "`name`, `root`, `sequence`, `window`, `late`, `from`, `to`, `t1`, `t2`, `entry`, " +
      "`events`, `atoms`, `instantiations` and `glance` as in `ritma log --stat`; `key`: the " +
      "id (hex) of the key that sealed it; `first`: its first events, as in `ritma timeline`, " +
      "and how many `more` the story has.",
    event:
      "`timeUs`, `serial`, `events`: it as in `ritma timeline`, once for each process; " +
      "`sealed`: `sequence`, `window`, `name` and `root` of its window, and how many `leaves` " +
      "that has; `leaves`: where its atoms are: `leaf` (its number, from 0), `hash` (hex, made " +
      "again from the atoms), `atoms` of the leaf, `firstAtom` of the event, and `fields` of " +
      "each atom from that on: `type`, `object`, `object2`, `args`, `argsWhole`, `num`, " +
      "`flags`, `ret`, `error`, `hashed`.",
    process:
      "`pid`, `process`, `executable`, `start` (µs), `birth`, `node`, `parent` and `children` " +
      "(the same of each), `args`, `argsWhole`, `user` (ids at its birth), `container`, `exec` " +
      "(its first program), `end` (with `status`, and `seen` when no record told of it), " +
      "`done` (`type`, `times`, `failed`, most times first), `first` and `last` of what it " +
      "did. Each point has `time`, `timeUs`, `serial`, and `sequence`, `window` and `leaf` of " +
      "its place. `hashed`: what of these the store keeps as keyed hashes.",
    open: OPEN_FIELD,
  },
  interrupted: null,
  load: async () => (await import("./show-run.ts")).run,
};
