/**
 * `ritma diff`: what is different between two spans of time.
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

export const diff: Command = {
  name: "diff",
  group: "Look",
  summary: "Compare two spans of time: what appeared, vanished, or changed its rate.",
  description:
    "A and B are each a window (12.031, six digits or more of its root, or a time that lies in " +
    "it), an hour by its sequence (12), or a range (09:30..09:40, ..09:32, 09:32..). Compared is " +
    "what it means and not how it is stored, so that spans of different generations can be " +
    "compared: programs run, and which program started which; addresses connected to and " +
    "accepted from; ports and sockets listened on; users that ran something; kernel modules, bpf " +
    "calls and traces; files created, written, removed, renamed and refused; and shapes that " +
    "cones tell. A rate changed when it is, by minute of covered time, three times what it was, " +
    "or a third, with ten occurrences at least on one side. New programs and destinations come " +
    "first, and of these what is out of its usual place. Late events count where their time is. " +
    "Files without a path in the log are not compared.",
  arguments: [
    { name: "A", help: "The span before.", required: true, many: false },
    { name: "B", help: "The span that is asked about.", required: true, many: false },
    STORE_ARGUMENT,
  ],
  options: [
    { name: "all", value: null, help: "All of each kind, and not the first ten." },
    UTC_OPTION,
    WIDE_OPTION,
    SEALED_OPTION,
    OUT_OPTION,
  ],
  exits: { 0: "Both were compared, whether they differ or not." },
  examples: [
    { line: "ritma diff 09:20..09:30 09:30..09:40", what: "What the last ten minutes brought." },
    { line: "ritma diff 11 12", what: "One hour and the one before." },
    {
      line: "ritma diff ..09:32 09:32.. --json | jq '.appeared[] | select(.kind == \"program\")'",
      what: "Programs that never ran before, for a script.",
    },
  ],
  fields: {
    a:
      "`asked`, `window` (its name; null for an hour or a range), `since` and `until` (ISO) with " +
      "`sinceUs` and `untilUs`, `minutes` that were recorded, `uncovered` (the other " +
      "intervals), `lost` (events lost in the hours that it touches), `atoms`, and `uncounted`: " +
      "by kind, occurrences for which there was no room.",
    b: "The same of B.",
    appeared:
      "In B and not in A, the most remarkable first. Each has `kind` (program, destination, " +
      "child, module, bpf, trace, listener, user, peer, refused, created, written, removed, " +
      "renamed, cone), `things` (one; of a pair who did it and what it was done to; each with " +
      "`kind` and `name`, of a user also `uid`, `euid`, `auid`, of a cone `hash`), `count`, " +
      "`first` (its first event there: `time`, `timeUs`, `serial`, `sequence` and `window` of " +
      "its place, `name` of that window, and `leaf` in its tree), and " +
      "`hashed`: true where a name is a keyed hash.",
    vanished: "In A and not in B; the same.",
    changed:
      "Of another rate: `kind`, `things`, `counts`, `rates` (a minute) and `first`, each with " +
      "`a` and `b`, and `hashed`. The greatest change first, kind by kind.",
    unsure:
      "Kinds of which there was no room for all: what appeared or vanished of these may be on " +
      "the other side as well.",
    open: OPEN_FIELD,
  },
  interrupted: null,
  load: async () => (await import("./diff-run.ts")).run,
};
