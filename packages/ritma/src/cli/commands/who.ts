/**
 * `ritma who`: who touched a file, an address or a process.
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

export const who: Command = {
  name: "who",
  group: "Look",
  summary: "Show who touched a file, an address or a process, or tried to.",
  description:
    "One line for each process, in order of time: what it did and how often, what was denied to " +
    "it, and what it was started with. A path that ends with / means all in and below that " +
    "directory.",
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
    ...SPAN_OPTIONS,
    { name: "limit", value: "N", help: "At most so many lines, 0 for all. Default: 200." },
    UTC_OPTION,
    WIDE_OPTION,
    SEALED_OPTION,
    OUT_OPTION,
  ],
  exits: { 0: "The answer was shown, also when nobody touched it." },
  examples: [
    { line: "ritma who /etc/shadow", what: "Who read it, and who was not let." },
    { line: "ritma who 203.0.113.66:4444", what: "Who spoke with that address." },
  ],
  fields: {
    touchers:
      "Each has `process` and `thing` (`kind`, `name`, of a process `pid`, `start` in µs and " +
      '`program`), `arguments` (what the process was started with, or ""), and ' +
      "`acts`: `type`, `flags`, `ret` (0, or the errno), `times`, `timeUs` and `lastUs`, " +
      "`serial`, and " +
      "`sequence`, `window` and `leaf` of the place where the first of them is sealed.",
    more: "Lines that were left out for want of --limit.",
    covered:
      "`hours` that were looked at, `gaps` of the span in which nothing was recorded (`t1Us`, " +
      "`t2Us`), `lost` records and `incomplete` events of these hours.",
    open: OPEN_FIELD,
  },
  interrupted: null,
  load: async () => (await import("./who-run.ts")).run,
};
