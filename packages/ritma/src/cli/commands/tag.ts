/**
 * `ritma tag`: names for windows.
 *
 * @module
 */
import { type Command, OUT_OPTION, UTC_OPTION } from "../command.ts";

export const tag: Command = {
  name: "tag",
  group: "Look",
  summary: "Give a window a name, list names, or delete one.",
  description:
    "`ritma show` takes the name from then on. Names stand in tags/ of the data root, outside of " +
    "the evidence store: they change nothing that is sealed, and prove nothing. A name is a " +
    "letter, then letters, digits, _ . or -, at most 64 in all, and not hex digits alone.",
  arguments: [
    {
      name: "NAME",
      help: "Of the window. Without it all are listed.",
      required: false,
      many: false,
    },
    {
      name: "WINDOW",
      help: "As in `ritma show`: 12.031, six or more digits of its root, a time in it.",
      required: false,
      many: false,
    },
  ],
  options: [{ name: "delete", value: "NAME", help: "Delete this name." }, UTC_OPTION, OUT_OPTION],
  exits: { 0: "Listed, or what was asked for is now so." },
  examples: [
    { line: "ritma tag first-hint 09:32", what: "Give the window of a minute a name." },
    { line: "ritma tag", what: "All names." },
  ],
  fields: {
    tags:
      "All there are now, by name: `name`, `root` (hex), and `window`: its name in the store, " +
      "null when it is not there.",
    path: "The data root.",
  },
  interrupted: null,
  load: async () => (await import("./tag-run.ts")).run,
};
