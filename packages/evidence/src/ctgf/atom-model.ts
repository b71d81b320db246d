/**
 * The model of atoms: one walk over a section in global order, the same for both directions.
 *
 * Everything that it expects is a function of what was coded since the begin of the block, of the
 * cones, and of what the dictionary says of processes (`Facts`). Dictionary ids beyond a section's
 * size are not looked at, because a reader has later ones than the writer had.
 *
 * Format: spec/11-blocks.md, "The walk".
 *
 * @module
 */
import { FormatError } from "../error.ts";
import { AtomTable } from "../record/atom-table.ts";
import type { Section } from "../record/section.ts";
import { Launch, type Launched } from "./atom-launch.ts";
import { Num } from "./atom-num.ts";
import { Runs } from "./atom-runs.ts";
import { What } from "./atom-what.ts";
import { When } from "./atom-when.ts";
import { BEGINS, Who } from "./atom-who.ts";
import { Whom } from "./atom-whom.ts";
import { type Coder, Probabilities, type RangeWriter } from "./coder.ts";
import type { ConeLibrary } from "./cones.ts";
import { EntityGuess } from "./entity-guess.ts";
import type { Facts } from "./facts.ts";
import { Contexts, mix } from "./guesses.ts";
import { NO_HEAD, type SectionHead, SectionHeads } from "./section-head.ts";
import type { SectionOrder } from "./section-order.ts";
import { HAS_NUMBER, HAS_OBJECT } from "./symbols.ts";

/** A section and the cones of its instantiations, 0 for one that is written out. */
export interface ConedSection {
  readonly section: Section;
  readonly coneIds: Uint32Array;
}

const NO_TURNS = new Uint32Array(0);
const NOTHING: Launched = { process: 0, cone: 0, length: 1 };

export class AtomModel {
  readonly probabilities: Probabilities;
  readonly #facts: Facts;
  readonly #cones: ConeLibrary;
  readonly #runs = new Runs();
  readonly #heads: SectionHeads;
  readonly #who: Who;
  readonly #entities: EntityGuess;
  readonly #launch: Launch;
  readonly #what: What;
  readonly #when: When;
  readonly #whom: Whom;
  readonly #num: Num;
  /** The oldest process that no atom named yet, or an id beyond the section's size. */
  #due = 0;
  #size = 0;

  constructor(facts: Facts, cones: ConeLibrary) {
    const contexts = new Contexts();
    this.#facts = facts;
    this.#cones = cones;
    this.#heads = new SectionHeads(contexts);
    this.#who = new Who(contexts, this.#runs);
    this.#entities = new EntityGuess(contexts, facts);
    this.#launch = new Launch(contexts, this.#runs, facts, cones, this.#entities);
    this.#what = new What(contexts, this.#runs);
    this.#when = new When(contexts, facts, this.#what.symbols);
    this.#whom = new Whom(this.#runs, this.#what, this.#entities);
    this.#num = new Num(contexts, this.#runs, this.#what.symbols);
    this.probabilities = new Probabilities(contexts.count);
  }

  /**
   * Begins a block.
   *
   * @param newest dictionary id before it. @param coneMax cones that it may name
   */
  reset(newest: number, coneMax: number): void {
    this.probabilities.reset();
    this.#entities.reset(newest);
    this.#launch.reset(coneMax);
    this.#what.reset();
    this.#num.reset();
    this.#due = newest + 1;
    this.#size = newest;
  }

  /** @param coneIds of the instantiations. @param size newest id when the section was closed */
  write(
    coder: RangeWriter,
    { section, coneIds }: ConedSection,
    { turns, tick }: SectionOrder,
    size: number,
  ): void {
    const { window, atoms, starts } = section;
    const row = starts[turns[0] ?? 0] ?? 0;
    const head = this.#heads.code(
      coder,
      {
        window,
        atoms: atoms.length,
        instantiations: starts.length - 1,
        size,
        tick,
        time: (atoms.time[row] ?? 0) / tick,
        serial: atoms.serial[row] ?? 0,
      },
      this.#size,
      size,
      atoms.length,
    );
    this.#walk(coder, head, atoms, turns, (run) => ({
      process: atoms.process[starts[run] ?? 0] ?? 0,
      cone: coneIds[run] ?? 0,
      length: (starts[run + 1] ?? 0) - (starts[run] ?? 0),
    }));
  }

  /**
   * @param atomsMax that the block still may hold
   * @throws FormatError when the coder's bytes are not a section.
   */
  read(coder: Coder, atomsMax: number): ConedSection {
    const head = this.#heads.code(coder, NO_HEAD, this.#size, this.#facts.size, atomsMax);
    const atoms = new AtomTable(head.atoms);
    atoms.length = head.atoms;
    this.#walk(coder, head, atoms, NO_TURNS, () => NOTHING);
    const { first, cone } = this.#runs;
    const starts = Array.from(first.subarray(0, head.instantiations));
    starts.push(head.atoms);
    const section = { window: head.window, atoms, starts };
    return { section, coneIds: cone.slice(0, head.instantiations) };
  }

  #walk(
    coder: Coder,
    head: SectionHead,
    table: AtomTable,
    turns: Uint32Array,
    launched: (run: number) => Launched,
  ): void {
    const who = this.#who;
    const runs = this.#runs;
    const entities = this.#entities;
    const { serials } = this.#when;
    const { serial: serialOf } = this.#facts;
    runs.begin(head.instantiations);
    who.begin(head.instantiations);
    this.#launch.begin(head.atoms);
    this.#when.begin(head.tick, head.time, head.serial);
    this.#size = head.size;
    entities.size = head.size;
    this.#seekDue();
    for (let at = 0; at < head.atoms; at += 1) {
      if (this.#due <= entities.newest) this.#seekDue();
      const due = this.#due;
      const isDue = due <= head.size && serialOf[due] === serials.expected() ? 1 : 0;
      const before = who.current;
      who.next(coder, coder.isReading ? 0 : (turns[at] ?? 0), isDue);
      const run = who.current;
      if (who.how === BEGINS) this.#begin(coder, run, before, isDue, launched(run));
      this.#atom(coder, table, run, at === 0, head.tick);
    }
    if (who.begun !== head.instantiations || this.#launch.atomsLeft !== 0) {
      throw new FormatError("wrong-type", 0, "instantiations that are not of the section");
    }
  }

  /** The next process behind what was met, or an id beyond the section's size. */
  #seekDue(): void {
    const { image } = this.#facts;
    let due = Math.max(this.#due, this.#entities.newest + 1);
    while (due <= this.#size && image[due] === 0) due += 1;
    this.#due = due;
  }

  #begin(coder: Coder, run: number, before: number, isDue: number, given: Launched): void {
    this.#launch.run(coder, run, before, isDue, given);
    const id = this.#runs.cone[run] ?? 0;
    const cone = id === 0 ? undefined : this.#cones.cone(id);
    if (cone === undefined) return;
    this.#what.meet(id, cone);
    this.#entities.room(this.#what.slots);
  }

  #atom(coder: Coder, table: AtomTable, run: number, isFirst: boolean, tick: number): void {
    const runs = this.#runs;
    const what = this.#what;
    const when = this.#when;
    const position = runs.position[run] ?? 0;
    runs.position[run] = position + 1;
    const row = (runs.first[run] ?? 0) + position;
    const cone = runs.cone[run] ?? 0;
    const shape = cone === 0 ? null : (this.#cones.cone(cone)?.shape ?? null);
    if (shape === null) {
      if (!coder.isReading) this.#given(table, row);
      what.told(coder, run);
    } else what.fromCone(cone, shape, position);
    const { symbol } = what;
    const last = runs.symbol1[run] ?? 0;
    if (!isFirst) {
      const { how } = this.#who;
      const place = mix(symbol * 3 + how, mix(last, runs.image[run] ?? 0));
      when.nextSerial(coder, how, symbol, table.serial[row] ?? 0);
      when.nextTime(coder, how, place, runs.process[run] ?? 0, (table.time[row] ?? 0) / tick);
    }
    if (coder.isReading) this.#found(table, row, runs.process[run] ?? 0, tick);
    if (what.mask >= HAS_OBJECT) this.#whom.code(coder, table, row, run, shape, position);
    let num = Number.NaN;
    if ((what.mask & HAS_NUMBER) !== 0) {
      const pid = this.#due <= this.#size ? (this.#facts.pid[this.#due] ?? 0) : 0;
      num = this.#num.code(coder, table.num[row] ?? 0, run, symbol, what.etype, pid);
    }
    if (coder.isReading) table.num[row] = num;
    runs.symbol2[run] = last;
    runs.symbol1[run] = symbol;
  }

  /** An atom that is written out, for `What.told`. */
  #given(table: AtomTable, row: number): void {
    const what = this.#what;
    what.etype = table.etype[row] ?? 0;
    what.flags = table.flags[row] ?? 0;
    what.ret = table.ret[row] ?? 0;
    what.mask =
      (Number.isNaN(table.num[row]) ? 0 : HAS_NUMBER) |
      (table.object[row] === 0 ? 0 : HAS_OBJECT) |
      (table.object2[row] === 0 ? 0 : HAS_OBJECT << 1) |
      (table.arg[row] === 0 ? 0 : HAS_OBJECT << 2);
  }

  #found(table: AtomTable, row: number, process: number, tick: number): void {
    const what = this.#what;
    table.time[row] = this.#when.time * tick;
    table.serial[row] = this.#when.serial;
    table.etype[row] = what.etype;
    table.flags[row] = what.flags;
    table.ret[row] = what.ret;
    table.process[row] = process;
  }
}
