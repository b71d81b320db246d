/**
 * Random sections for coded blocks: wild ones, in which every number is as large as it may be, and
 * tame ones, in which processes do the same things in turns, so that there are cones and guesses.
 *
 * @module
 */
import { cutSection, encodeEntity, Facts, type ProcessEntity, type Section } from "@ritma/evidence";
import {
  type Arbitrary,
  array,
  boolean,
  constantFrom,
  integer,
  oneof,
  option,
  record,
  tuple,
  uniqueArray,
} from "fast-check";
import { type AtomFields, atoms, PLAIN, tableOf } from "../record/arbitrary.ts";

/** Ids that `FACTS` knows: those below 400 are processes now and then. */
export const SIZE = 70_000;
const START = 1_772_360_400_000_000;
const DAY_US = 86_400_000_000;

export const FACTS = factsOf(SIZE);

function factsOf(size: number): Facts {
  const facts = new Facts();
  const nothing = new Uint8Array(0);
  while (facts.size < size) {
    const id = facts.size + 1;
    facts.add(id < 400 && id % 3 === 0 ? processOf(id) : nothing);
  }
  return facts;
}

/** Keys that atoms of tame sections meet. */
function processOf(id: number): Uint8Array {
  const process: ProcessEntity = {
    kind: "process",
    node: { hashed: false, bytes: new Uint8Array(2) },
    boot: 0,
    pid: id % 7 === 0 ? Number.MAX_SAFE_INTEGER : 1000 + id,
    start: START + (id >> 2) * 1000,
    serial: 50 + id,
    birth: "fork",
    parent: null,
    executable: { base: 0, components: [{ hashed: false, bytes: Uint8Array.of(id % 5) }] },
    name: null,
    credentials: null,
    container: null,
  };
  return encodeEntity(process);
}

/** Milliseconds, microseconds, and the largest that fit. */
const times = oneof(
  integer({ min: 0, max: 5000 }).map((ms) => START + ms * 1000),
  integer({ min: 0, max: 5_000_000 }),
  integer({ min: 0, max: 3 }).map((step) => Number.MAX_SAFE_INTEGER - step * DAY_US),
);

const wild = array(atoms(times, 6), { minLength: 1, maxLength: 40 }).map((list) =>
  list.map((atom) => ({
    ...atom,
    object: Math.min(atom.object, SIZE),
    object2: Math.min(atom.object2, SIZE),
    arg: Math.min(atom.arg, SIZE),
    // Minus zero is no integer of its own.
    num: atom.num === null ? null : atom.num + 0,
  })),
);

/** One thing that a process does: entities by number, 0 for none. */
const step = record(
  {
    etype: integer({ min: 1, max: 4 }),
    ret: constantFrom(0, 0, 0, 2, 0xffff_ffff),
    entities: tuple(
      integer({ min: 0, max: 3 }),
      constantFrom(0, 0, 0, 1, 5),
      constantFrom(0, 0, 2, 300),
    ),
    num: option(integer({ min: -2, max: 5 })),
  },
  PLAIN,
);

/** Processes take turns at one program, each with entities of its own or all with the same. */
const tame = record(
  {
    program: array(step, { minLength: 1, maxLength: 12 }),
    firstProcess: integer({ min: 1, max: 300 }),
    processes: integer({ min: 1, max: 30 }),
    turns: integer({ min: 1, max: 5 }),
    isShared: boolean(),
    back: array(integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 5 }),
  },
  PLAIN,
).map(({ program, firstProcess, processes, turns, isShared, back }) => {
  const list: AtomFields[] = [];
  for (let at = 0; at < processes * program.length; at += 1) {
    const row = Math.floor(at / (processes * turns)) * turns + (at % turns);
    const whose = Math.floor(at / turns) % processes;
    const { etype, ret, entities, num } = program[row % program.length] ?? assertStep();
    const id = (number: number): number =>
      number === 0 ? 0 : isShared || number > 4 ? 7 + number : 400 + whose * 5 + number;
    list.push({
      time: START + (at >> 1) * 1000 + (back[at % back.length] ?? 0) * 1000 + 1_000_000,
      serial: 60 + at + Math.max(0, back[(at + 1) % back.length] ?? 0),
      etype,
      flags: etype % 2,
      ret,
      process: firstProcess + whose,
      object: id(entities[0]),
      object2: id(entities[1]),
      arg: id(entities[2]),
      num: num === null ? null : num + (whose % 2) * 1000,
    });
  }
  return list;
});

function assertStep(): never {
  throw new TypeError("a program without a step");
}

const sections = (window: number | null): Arbitrary<Section> =>
  oneof(wild, tame).map((list) => cutSection(window, tableOf(list)));

/** Those of one block. */
export const blocksOfSections: Arbitrary<readonly Section[]> = oneof(
  sections(null).map((section) => [section]),
  uniqueArray(integer({ min: 0, max: 3599 }), { minLength: 1, maxLength: 5 }).chain((windows) =>
    tuple(...windows.toSorted((a, b) => a - b).map(sections)),
  ),
);

/** The newest id that a section names. */
export function newestOf({ atoms: table }: Section): number {
  let newest = 0;
  for (const column of [table.process, table.object, table.object2, table.arg]) {
    for (const id of column.subarray(0, table.length)) newest = Math.max(newest, id);
  }
  return newest;
}
