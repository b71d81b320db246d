/**
 * `ritma blame`: since when something is there, and who had to do with it.
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

export const blame: Command = {
  name: "blame",
  group: "Look",
  summary: "Show since when a file, an address, a user or a program is there, and who used it.",
  description:
    "Says when it was first and last seen, by which programs, and in which windows. All events " +
    "of all hours count, reads as well; an hour whose dictionary shows that it cannot speak of " +
    "it is passed over. First and last are by the stamps of events, so a late one counts where " +
    "its time is; windows stand in the order in which they were sealed. A user is what a process " +
    "was at that moment, as far as the log told it since the first hour that was looked at. In a " +
    "hash-only store a private path or an address is found by its exact name where keys/ is.",
  arguments: [
    {
      name: "NEEDLE",
      help:
        "A path, with / at the end for all in that directory; an address (10.0.0.1, " +
        "10.0.0.1:443, ::1, [::1]:443); a user (uid=33, auid=1000); a program or process (NAME, " +
        "NAME[PID], PID).",
      required: true,
      many: false,
    },
    STORE_ARGUMENT,
  ],
  options: [
    { name: "all", value: null, help: "All programs and windows, and not the first ten." },
    UTC_OPTION,
    WIDE_OPTION,
    SEALED_OPTION,
    OUT_OPTION,
  ],
  exits: { 0: "It was looked for in every hour, and may have been nowhere." },
  examples: [
    { line: "ritma blame /etc/shadow", what: "Who touched it since when, or tried to." },
    { line: "ritma blame 203.0.113.66", what: "When that address first came up." },
    { line: "ritma blame uid=33 --json | jq .first", what: "The first event of a user." },
  ],
  fields: {
    needle: "As it was given.",
    kind: "What it was taken for: path, address, user or process.",
    first:
      "The first event, or null: `event` (as of `ritma timeline`), `name`, `sequence` (of its " +
      "hour) and `root` of the window that holds it, and `leaf` in that window's tree.",
    last: "The last one; the same.",
    events: "How many there are.",
    programs:
      "Most events first. Each has `name` (path of the executable, else the name; null where the " +
      "log has neither), `events`, `processes` (different ones), `did` (how often what), `first` " +
      "(`time`, `timeUs`, `serial`, `pid`), `last` (`time`, `timeUs`), and `hashed`: true where " +
      "the name is a keyed hash.",
    others: "Events of programs for which there was no room.",
    windows:
      "Windows that have it, in the order in which they were sealed: `name`, `root`, `sequence`, " +
      "`window` (null for late events), `since`, `until`, `events`, and `first`, its first event " +
      "there (`time`, `timeUs`, `serial`, `pid`, `leaf`).",
    moreWindows: "Such windows for which there was no room.",
    examined: "Windows whose events were looked at.",
    skipped: "Windows that cannot have it, as the dictionary of their hour shows.",
    undecided:
      "Asked about a user: events of the windows looked at whose process has a user that the " +
      "hours of the store do not tell, so they may be of that one as well; they are not in " +
      "`events`.",
    open: OPEN_FIELD,
  },
  interrupted: null,
  load: async () => (await import("./blame-run.ts")).run,
};
