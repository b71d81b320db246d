/**
 * Goal: whatever decisions bytes may hold, the walk makes a section that is well-formed, or
 * refuses;
 * and it names nothing that it was not given.
 *
 * Method: a coder that answers at random, so that an attacker's every decision comes up, not only
 * those that follow from random bytes; and scripts, one for each thing that decisions may not say.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Facts, FormatError, type Section } from "@ritma/evidence";
import { AtomModel, type ConedSection } from "../../src/ctgf/atom-model.ts";
import type { Coder } from "../../src/ctgf/coder.ts";
import { ConeLibrary } from "../../src/ctgf/cones.ts";
import { faultOf } from "../fault.ts";
import { FACTS } from "./section-arbitrary.ts";

const ROUNDS = 2500;
const ATOMS_MAX = 40;
const CONE_MAX = 2;

/** Numbers at which something ends. */
const EDGES = [4095, 4096, 65_535, 70_000, 70_001, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];

/** Answers at random; the first answers can be told. */
class Liar implements Coder {
  readonly isReading = true;
  #state: number;
  readonly #ones: number;
  readonly #told: number[];

  constructor(seed: number, ones: number, told: readonly number[]) {
    this.#state = seed;
    this.#ones = ones;
    this.#told = [...told];
  }

  bit(): number {
    return this.#draw() < this.#ones ? 1 : 0;
  }

  /** Of 7 bits a step, of 12 a symbol, of 17 a cone: mostly what there may be. */
  tree(_context: number, bits: number): number {
    if (this.#draw() < 0.003) return Math.floor(this.#draw() * 2 ** bits);
    const small = Math.floor(this.#draw() * 4);
    if (bits === 7) return 64 + small;
    if (bits === 12) return this.#draw() < 0.97 ? 4095 : small;
    return this.#draw() < 0.4 ? small : 0;
  }

  raw(bits: number): number {
    return Math.floor(this.#draw() * 2 ** bits);
  }

  uint(): number {
    const told = this.#told.shift();
    if (told !== undefined) return told;
    return this.#number();
  }

  int(): number {
    return this.#number() * (this.#draw() < 0.5 ? -1 : 1);
  }

  #number(): number {
    if (this.#draw() < 0.005) return EDGES[Math.floor(this.#draw() * EDGES.length)] ?? 0;
    return Math.floor(this.#draw() * 8);
  }

  #draw(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }
}

/** Three cones, of which a block may name two. */
function library(): ConeLibrary {
  const cones = new ConeLibrary();
  const shapes = [
    [1, 0, 0, 0, 1, 2, 0, 2, 0, 0, 1, 2, 1, 3],
    [3, 1, 0, 1, 0, 0, 0],
    [9, 9, 9, 0, 0, 0, 0],
  ];
  cones.append(
    1,
    shapes.map((shape) => ({
      shape: Uint32Array.from(shape),
      atoms: shape.length / 7,
      entities: shape.length > 7 ? 3 : 0,
    })),
  );
  return cones;
}

function check({ section, coneIds }: ConedSection, size: number): void {
  const { atoms, starts } = section;
  assert.ok(atoms.length >= 1 && atoms.length <= ATOMS_MAX);
  assert.equal(starts.length, coneIds.length + 1);
  assert.equal(starts.at(-1), atoms.length);
  for (const [at, id] of coneIds.entries()) {
    assert.ok(id <= CONE_MAX);
    const length = (starts[at + 1] ?? 0) - (starts[at] ?? 0);
    assert.ok(length >= 1 && length <= 4096);
    if (id > 0) assert.equal(length, id === 1 ? 2 : 1);
  }
  checkRows(section, size);
}

function checkRows({ atoms }: Section, size: number): void {
  for (let row = 0; row < atoms.length; row += 1) {
    const ids = [atoms.process, atoms.object, atoms.object2, atoms.arg].map(
      (column) => column[row] ?? -1,
    );
    assert.ok((ids[0] ?? 0) >= 1);
    for (const id of ids) assert.ok(id >= 0 && id <= size, `id ${id} of ${size}`);
    for (const value of [atoms.time[row] ?? -1, atoms.serial[row] ?? -1]) {
      assert.ok(Number.isSafeInteger(value) && value >= 0, `${value}`);
    }
    const num = atoms.num[row] ?? Number.NaN;
    assert.ok(Number.isNaN(num) || Number.isSafeInteger(num));
  }
}

test("random decisions make a section within its bounds, or are refused", () => {
  const model = new AtomModel(FACTS, library());
  let [made, refused] = [0, 0];
  for (let round = 0; round < ROUNDS; round += 1) {
    const newest = round % 3 === 0 ? 0 : round % 400;
    const size = newest + (round % 50);
    model.reset(newest, CONE_MAX);
    const isOne = round % 2 === 0;
    const atoms = 1 + (round % (isOne ? ATOMS_MAX + 5 : 9));
    const runs = isOne ? 1 : 1 + (round % 5);
    const head = [round % 7, atoms, runs, size - newest, round % 9, 400 + (round % 99)];
    if (isOne) head.push(atoms - 1);
    const ones = [0.6, 0.95, 0.98, 0.99, 0.997][round % 5] ?? 0.5;
    try {
      check(model.read(new Liar(round * 7919, ones, head), ATOMS_MAX), size);
      made += 1;
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      refused += 1;
    }
  }
  assert.ok(made > ROUNDS / 25, `${made} of ${ROUNDS} made`);
  assert.ok(refused > ROUNDS / 10, `${refused} of ${ROUNDS} refused`);
});

/** Answers what it was told, and nothing more. */
class Script implements Coder {
  readonly isReading = true;
  readonly answers: number[];

  constructor(answers: readonly number[]) {
    this.answers = [...answers];
  }

  bit(): number {
    return this.#next();
  }

  tree(): number {
    return this.#next();
  }

  raw(): number {
    return this.#next();
  }

  uint(): number {
    return this.#next();
  }

  int(): number {
    return this.#next();
  }

  #next(): number {
    const answer = this.answers.shift();
    assert.ok(answer !== undefined, "more was asked than the script holds");
    return answer;
  }
}

const MOST = Number.MAX_SAFE_INTEGER;
/** Window 0, atoms, runs, five ids, ticks of 1 ms, serial 7. */
const head = (atoms: number, runs: number): number[] => [1, atoms, runs, 5, 1, 100, 7];
/** The next process, no cone, length. */
const begin = (length: number): number[] => [1, 0, length - 1];
/** A symbol that is new: etype 1, flags 2, ret 3, and a mask. */
const symbol = (mask: number): number[] => [4095, 1, 2, 3, mask];
/** A second atom: stays, has the same symbol. */
const again = [1, 0];

const SCRIPTS: readonly (readonly [string, boolean, readonly number[]])[] = [
  ["one atom", true, [...head(1, 1), ...begin(1), ...symbol(0)]],
  ["two", true, [...head(2, 1), ...begin(2), ...symbol(0), ...again, 1, 1]],
  ["no atom", false, head(0, 0)],
  ["no run", false, head(1, 0)],
  ["more runs than atoms", false, head(1, 2)],
  ["more atoms than there may be", false, head(9001, 1)],
  ["4097 atoms in a run", false, [...head(5000, 2), ...begin(4097)]],
  ["a run longer than its section", false, [...head(1, 1), ...begin(2)]],
  ["an id more than there are", false, [1, 1, 1, 12, 1, 100, 7]],
  ["a time too late", false, [1, 1, 1, 5, 1, MOST, 7]],
  ["process 0", false, [...head(1, 1), 0, 0]],
  ["process 6 of 5", false, [...head(1, 1), 0, -6]],
  ["a cone that may not be named", false, [...head(1, 1), 1, 3]],
  ["a symbol that is not there", false, [...head(1, 1), ...begin(1), 0]],
  ["etype 256", false, [...head(1, 1), ...begin(1), 4095, 256]],
  ["flags of 2^32", false, [...head(1, 1), ...begin(1), 4095, 1, 2 ** 32]],
  ["ret of 2^32", false, [...head(1, 1), ...begin(1), 4095, 1, 1, 2 ** 32]],
  ["a mask of 16", false, [...head(1, 1), ...begin(1), 4095, 1, 1, 1, 16]],
  ["nobody goes on", false, [...head(2, 1), ...begin(2), ...symbol(0), 0]],
  ["a run too few", false, [...head(1, 1), ...begin(1), ...symbol(0)].with(1, 2)],
  ["serial -1", false, [...head(2, 1), ...begin(2), ...symbol(0), ...again, 0, -8]],
  ["serial 2^53 and more", false, [...head(2, 1), ...begin(2), ...symbol(0), ...again, 0, MOST]],
  ["time 2^53 and more", false, [...head(2, 1), ...begin(2), ...symbol(0), ...again, 1, 0, MOST]],
  ["entity 2, the next", true, [...head(1, 1), ...begin(1), ...symbol(2), 1]],
  ["entity 5", true, [...head(1, 1), ...begin(1), ...symbol(2), 0, 1, 3]],
  ["entity 6 of 5", false, [...head(1, 1), ...begin(1), ...symbol(2), 0, 1, 4]],
  ["entity 0", false, [...head(1, 1), ...begin(1), ...symbol(2), 0, 0, 1, 64]],
  ["entity -1", false, [...head(1, 1), ...begin(1), ...symbol(2), 0, 0, 1, 63]],
  ["the largest number", true, [...head(1, 1), ...begin(1), ...symbol(1), 1, MOST]],
  [
    "a number beyond the largest",
    false,
    [...head(2, 1), ...begin(2), ...symbol(1), 0, 9, ...again, 1, 1, 0, MOST],
  ],
];

test("what decisions may not say is refused", () => {
  for (const [name, isGood, script] of SCRIPTS) {
    const facts = new Facts();
    for (let id = 1; id <= 11; id += 1) facts.add(new Uint8Array(0));
    const model = new AtomModel(facts, library());
    model.reset(0, CONE_MAX);
    const coder = new Script(script);
    const fault = faultOf(() => {
      checkRows(model.read(coder, 9000).section, 5);
    });
    assert.equal(fault === "ok", isGood, name);
    assert.deepEqual(coder.answers, [], name);
  }
});

test("a process begins at its start, if that is a multiple of the tick", () => {
  for (const [start, isAsked] of [
    [102_000, true],
    [100_000, true],
    [99_000, false],
    [102_500, false],
  ] as const) {
    const facts = new Facts();
    for (let id = 1; id <= 11; id += 1) facts.add(new Uint8Array(0));
    facts.image[2] = 1;
    facts.start[2] = start;
    facts.serial[2] = 8;
    const model = new AtomModel(facts, library());
    model.reset(0, CONE_MAX);
    const first = [...head(2, 2), ...begin(1), ...symbol(0)];
    // The symbol of the second is told: its image is another one.
    // Serial as expected, time as asked.
    const coder = new Script([...first, ...begin(1), 0, 1, 1]);
    const { atoms } = model.read(coder, 9000).section;
    assert.deepEqual([...atoms.time], [100_000, isAsked ? start : 100_000]);
    assert.deepEqual([...atoms.process], [1, 2]);
  }
});
