/**
 * `ritma cones`: what happens again and again.
 *
 * @module
 */
import { type Command, OUT_OPTION, WIDE_OPTION } from "../command.ts";

export const cones: Command = {
  name: "cones",
  group: "Look",
  summary: "Show what happens again and again: what processes do in one shape.",
  description:
    "A cone is the shape of an instantiation, that is of what a process did in one go: its atoms " +
    "in order, and which of their " +
    "objects are the same. What comes a second time in the same shape is told by the number of " +
    "its cone. top: those that tell most atoms; list: all, by number; show: one of them drawn, " +
    "with what was always the same in it and what varied. Numbers mean something within one " +
    "generation of the dictionary, the hash beyond it. All blocks of the generation are read, " +
    "each checked against its seal. A cone is hot when it was used in one of the newest 24 hours " +
    "of its generation.",
  arguments: [
    { name: "ACTION", help: "list, show or top.", required: true, many: false },
    { name: "ID", help: "For show: the number of the cone.", required: false, many: false },
  ],
  options: [
    {
      name: "generation",
      value: "N",
      help: "Of this generation of the dictionary. Default: the newest.",
    },
    {
      name: "limit",
      value: "N",
      help:
        "At most so many cones, of show so many things that vary. 0 for all. Default: 100 of " +
        "list, else 20.",
    },
    WIDE_OPTION,
    OUT_OPTION,
  ],
  exits: { 0: "All that was asked for was shown, or there was nothing." },
  examples: [
    { line: "ritma cones top", what: "What this host does most." },
    { line: "ritma cones show 3", what: "One of them, drawn." },
    {
      line: "ritma cones list --limit 0 --json | jq '.cones[] | select(.hot | not) | .id'",
      what: "What it did and no longer does.",
    },
  ],
  fields: {
    generation: "Number of the generation; null in a store without sealed hours.",
    hours: "`first` and `newest` of the generation, by sequence; null without any.",
    atoms: "Of the generation.",
    instantiations: "Of the generation.",
    told: "`atoms` and `instantiations` that cones tell; the others are written out.",
    cones:
      "Of list and top, else null. Each has `id`, `hash` (hex: its shape_hash, the same in every " +
      "generation), `atoms` (its own), `entities`, `numbers`, `uses`, `told` (atoms: uses × " +
      "atoms), `share` (told, of the atoms of the generation), `hot`, `hours` (sequences of " +
      "first and last use), `firstUse` and `lastUse` (µs), `does` (names of what its atoms do, " +
      "in order), and `by`: the executables of the processes that used it (`executable`, " +
      "`uses`), most uses first, 10 at most, with how many there are in `executables`. Where " +
      "there was no use, `hours` and both times are null.",
    more: "Cones that were not shown for want of --limit; null of show.",
    cone:
      "Of show, else null: the same, with `rows` (each with `type`, `flags`, `ret`, `error`, and " +
      "in `object`, `object2`, `arg` and `num` the name of a field, or null), `fields` (each " +
      "with `name`, `kind`, `constant` (null below two uses), `different`, how many values it " +
      "had, `more` when there were others that were not counted, `examples` (`value` and " +
      "`uses`, most uses first, 10 at most), and `hashed` when these hold keyed hashes), and " +
      "`example`: `sequence` of the hour, `time` (µs), `process` and `pid` of its first use.",
  },
  interrupted: null,
  load: async () => (await import("./cones-run.ts")).run,
};
