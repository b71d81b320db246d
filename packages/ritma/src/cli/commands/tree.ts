/**
 * `ritma tree`: processes below those that began them.
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

export const tree: Command = {
  name: "tree",
  group: "Look",
  summary: "Show processes below those that began them, dead ones too.",
  description:
    "From one process, from a login session (ses=107), or from all that nobody is known to have " +
    "begun. Each line has when it began, how long it lived, and what it was started with; three " +
    "or more of a name in a row that began nobody are one line without --all.",
  arguments: [
    {
      name: "NAME",
      help: "NAME[PID], PID, NAME[PID]@TIME, or ses=NUMBER. Default: every process.",
      required: false,
      many: false,
    },
    STORE_ARGUMENT,
  ],
  options: [
    ...SPAN_OPTIONS,
    {
      name: "depth",
      value: "N",
      help: "Generations below the first. Default: 12; 1 without NAME.",
    },
    { name: "limit", value: "N", help: "At most so many processes, 0 for all. Default: 5000." },
    { name: "all", value: null, help: "A line for every process." },
    UTC_OPTION,
    WIDE_OPTION,
    SEALED_OPTION,
    OUT_OPTION,
  ],
  exits: { 0: "The tree was shown." },
  examples: [
    { line: "ritma tree 'sshd[10392]'", what: "What was done in a login." },
    { line: "ritma tree ses=107", what: "The same by the number of its session." },
  ],
  fields: {
    processes:
      "Each has `kind` (process), `name`, `pid`, `start` (µs), `program`, `arguments`, `end` " +
      "(µs, or null while none is recorded), `user` (ids, or null), `parent` (index in this " +
      "list, or null), and `exec` (`timeUs`, `serial`, `sequence`, `window`, `leaf`: where its " +
      "start is sealed, or null).",
    more: "Processes that were left out for want of --limit.",
    below: "Processes that stand below those of the last generation that --depth allows.",
    covered: "As of `ritma who`.",
    open: OPEN_FIELD,
  },
  interrupted: null,
  load: async () => (await import("./tree-run.ts")).run,
};
