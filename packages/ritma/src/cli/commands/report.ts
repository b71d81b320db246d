/**
 * `ritma report`: one page about a range, for people who do not sit at a terminal.
 *
 * @module
 */
import {
  type Command,
  OUT_OPTION,
  SPAN_OPTIONS,
  STORE_ARGUMENT,
  UTC_OPTION,
  WIDE_OPTION,
} from "../command.ts";

export const report: Command = {
  name: "report",
  group: "Look",
  summary: "Write one page about a range: verified, who did most, processes, timeline.",
  description:
    "The whole store is verified first, as ritma verify does, and the page says what that came " +
    "to and what was not checked. Then the range: what is sealed and what is missing, programs, " +
    "users, destinations and refused files, the process tree, the story as ritma timeline tells " +
    "it, and how a reader checks all of it. As text, or with --html as one file that needs " +
    "nothing else: no script, no picture, no address of another place. The same store, range, " +
    "--limit, --trust and time zone give the same bytes.",
  arguments: [STORE_ARGUMENT],
  options: [
    ...SPAN_OPTIONS,
    {
      name: "trust",
      value: "KEY",
      help: "Fingerprint that ritma init printed, learnt from elsewhere than the store.",
    },
    {
      name: "html",
      value: "FILE",
      help: "Write the page there, readable for its owner alone; - for standard output.",
    },
    { name: "force", value: null, help: "Replace the file of --html." },
    {
      name: "limit",
      value: "N",
      help: "At most so many lines of processes and of the timeline, 0 for all. Default: 400.",
    },
    { name: "stamp", value: null, help: "Say on the page when it was made." },
    UTC_OPTION,
    WIDE_OPTION,
    OUT_OPTION,
  ],
  exits: {
    0: "The page was made, and the verifier found nothing that contradicts.",
    1: "The page was made, and says TAMPERED.",
  },
  examples: [
    {
      line: "ritma report --since 09:30 --until 09:40 --html incident.html",
      what: "Ten minutes of the last day, to print or to send.",
    },
    { line: "ritma report RITMA_OUT --trust 6f1c…e2 | lp", what: "All of a store, on paper." },
  ],
  fields: {
    version: "Of Ritma.",
    madeUs: "When the page was made, in µs, with --stamp; else null.",
    store:
      "`node` (null when hashed), `namespace`, `privacy`, `store` (id, hex), `fingerprint`; null " +
      "when it could not be read.",
    range: "`sinceUs` and `untilUs` as asked, or null; null when the store could not be opened.",
    verification: "As of `ritma verify`, with the `trust` that was given.",
    windows: "Windows that the range touches.",
    events: "Events in the range.",
    covered: "As of `ritma who`.",
    actors:
      "`program`, `user`, `destination`, `refused`: each a list with `kind`, `name`, `count` and " +
      "`first` (`time` in µs, `serial`, `sequence`, `window`, `leaf` of its first event), most " +
      "often first. A `user` also has `uid`, `euid` and `auid`: numbers, or null where not set.",
    uncounted: "By these names, occurrences for which there was no room.",
    processes: "As of `ritma tree`.",
    moreProcesses: "Processes that were left out for want of room.",
    timeline:
      "`events` as of `ritma timeline`, `more` (left out for want of --limit) and `hidden` (not " +
      "of the story).",
    unread:
      "Null. When the store is TAMPERED so that the range cannot be read, the error, with `code` " +
      "and `message`; then `windows`, `events`, `covered`, `actors`, `uncounted`, `processes`, " +
      "`moreProcesses` and `timeline` are null.",
    written: "With --html `path`, `bytes` and `sha256` of the file; else null.",
  },
  interrupted: null,
  load: async () => (await import("./report-run.ts")).run,
};
