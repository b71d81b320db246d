/**
 * `ritma trace`: who caused it, and what came of it.
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

export const trace: Command = {
  name: "trace",
  group: "Look",
  summary: "Show who caused something, or what came of it.",
  description:
    "Walks over processes, files and connections, back or forward in time: an edge counts only " +
    "when it was there before what it is to explain, or came after what it is to follow. Who " +
    "began a process goes first, then what is rare. A file that was read and that nobody else is " +
    "seen to have changed is passed over without --all. Whatever is not followed is counted at " +
    "the end, so that an answer never looks more whole than it is, and the next commands that go " +
    "on from there are told.",
  arguments: [
    {
      name: "NAME",
      help: "A path, an address (10.0.0.1:443), or a process: NAME[PID], PID, NAME[PID]@TIME.",
      required: true,
      many: false,
    },
    STORE_ARGUMENT,
  ],
  options: [
    { name: "back", value: null, help: "Who caused it. This is the default." },
    { name: "forward", value: null, help: "What came of it." },
    ...SPAN_OPTIONS,
    { name: "depth", value: "N", help: "Steps from the begin. Default: 8." },
    { name: "fan", value: "N", help: "Edges that are followed of one thing. Default: 8." },
    { name: "limit", value: "N", help: "Things in all. Default: 120." },
    { name: "all", value: null, help: "Follow files that were only read, too." },
    {
      name: "bound",
      value: "TIME",
      help: "Go on where another trace was cut: NAME stood there, and its edges keep to TIME.",
    },
    UTC_OPTION,
    WIDE_OPTION,
    SEALED_OPTION,
    OUT_OPTION,
  ],
  exits: { 0: "The answer was shown; it says itself what was not followed." },
  examples: [
    { line: "ritma trace /etc/shadow --back", what: "Who touched it, and how they came to run." },
    { line: "ritma trace 'nginx[911]' --forward", what: "All that a process caused." },
  ],
  fields: {
    direction: "`back` or `forward`.",
    steps:
      "Each has `from` (index of the step that it explains or follows, null for the begin), " +
      "`depth`, `kind` (process, file or flow), `name`, of a process `pid`, `start` (µs) and " +
      "`program`, `began` (true where a process began the other), `timeUs` of what counts, " +
      "`again` (index of the step at which the same thing is followed, or null), and `acts`: " +
      "`type`, `flags`, `ret`, `times`, `timeUs`, `lastUs`, `serial`, and `sequence`, `window` " +
      "and `leaf` of the place where the first of them is sealed.",
    cuts:
      "What was not followed: `step` (null for things of the name that was asked for), `edges` " +
      "and `why` (fan, depth, budget, only-read).",
    continue:
      "Where a limit cut it, and how to go on: `step` (as of `cuts`), `thing` (`kind`, `name`, " +
      "of a process `pid`, `start` and `program`), `bound` (for --bound, in µs; null for what " +
      "was asked about itself), `edges` (that were to be followed there, in all), `why` (fan, " +
      "depth, budget) and `command` (null where no command can name it).",
    covered: "As of `ritma who`.",
    open: OPEN_FIELD,
  },
  interrupted: null,
  load: async () => (await import("./trace-run.ts")).run,
};
