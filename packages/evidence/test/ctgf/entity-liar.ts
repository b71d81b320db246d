/**
 * Coders for tests that look at decisions: one writes down what an honest writer decides, the other
 * decides the same, but for one.
 *
 * @module
 */
import { type Coder, RangeWriter } from "../../src/ctgf/coder.ts";
import type { EntityModel } from "../../src/ctgf/entity-model.ts";
import { faultOf } from "../fault.ts";

/** What was decided, in order, for each kind of step and context. */
class Decisions {
  readonly #values = new Map<string, number[]>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(step: string, value: number): number {
    this.#values.set(step, [...(this.#values.get(step) ?? []), value]);
    this.#count += 1;
    return value;
  }

  take(step: string): number | undefined {
    return this.#values.get(step)?.shift();
  }
}

/** Writes, and remembers what. */
class Witness implements Coder {
  readonly isReading = false;
  readonly #coder: Coder;
  readonly #decisions: Decisions;

  constructor(coder: Coder, decisions: Decisions) {
    this.#coder = coder;
    this.#decisions = decisions;
  }

  bit(context: number, bit: number): number {
    return this.#coder.bit(context, this.#decisions.add(`bit ${context}`, bit));
  }

  tree(context: number, bits: number, value: number): number {
    return this.#coder.tree(context, bits, this.#decisions.add(`tree ${context}`, value));
  }

  raw(bits: number, value: number): number {
    return this.#coder.raw(bits, this.#decisions.add(`raw ${bits}`, value));
  }

  uint(context: number, value: number): number {
    return this.#coder.uint(context, this.#decisions.add(`uint ${context}`, value));
  }

  int(context: number, value: number): number {
    return this.#coder.int(context, this.#decisions.add(`int ${context}`, value));
  }
}

/** For a reader: says what was decided, and writes it; once it says something else. */
export class Liar implements Coder {
  readonly isReading = true;
  readonly #writer: Coder;
  readonly #decisions: Decisions;
  #left: number;
  #state: number;

  constructor(writer: Coder, decisions: Decisions, seed: number) {
    this.#writer = writer;
    this.#decisions = decisions;
    this.#left = seed % (decisions.count + 1);
    this.#state = seed;
  }

  bit(context: number): number {
    return this.#writer.bit(
      context,
      this.#next(`bit ${context}`, 2, (bit) => 1 - bit),
    );
  }

  tree(context: number, bits: number): number {
    const other = (value: number): number => (value + 1 + this.#below(3)) % 2 ** bits;
    return this.#writer.tree(context, bits, this.#next(`tree ${context}`, 2 ** bits, other));
  }

  raw(bits: number): number {
    return this.#writer.raw(
      bits,
      this.#next(`raw ${bits}`, 2 ** bits, (value) => value ^ 1),
    );
  }

  uint(context: number): number {
    return this.#writer.uint(context, this.#next(`uint ${context}`, 9, neighbour));
  }

  int(context: number): number {
    const other = (value: number): number => Math.trunc(value / 2) + this.#below(5) - 2;
    return this.#writer.int(context, this.#next(`int ${context}`, 9, other, 2));
  }

  /** @param below and `less` bound what it says where nothing was decided. */
  #next(step: string, below: number, other: (value: number) => number, less = 0): number {
    const decided = this.#decisions.take(step);
    this.#left -= 1;
    if (decided === undefined) return this.#below(Math.min(below, this.#below(6) + 1)) - less;
    return this.#left === -1 ? other(decided) : decided;
  }

  #below(count: number): number {
    this.#state = (Math.imul(this.#state, 0x41c6_4e6d) + 12_345) >>> 0;
    return (this.#state >>> 8) % count;
  }
}

function neighbour(value: number): number {
  return value === 0 ? 1 : value - 1;
}

/**
 * Tells `told` honestly and then `last` with one decision changed.
 *
 * @returns what the reader said of it, the entities that it read, and what was written so.
 */
export function lieOnce(
  writing: EntityModel,
  reading: EntityModel,
  told: readonly Uint8Array[],
  last: Uint8Array,
  seed: number,
): { fault: string; entities: Uint8Array[]; writer: RangeWriter } {
  const decisions = new Decisions();
  writing.begin(1);
  const truth = new RangeWriter(writing.probabilities);
  for (const entity of told) writing.write(truth, entity);
  writing.write(new Witness(truth, decisions), last);
  reading.begin(1);
  const writer = new RangeWriter(reading.probabilities);
  for (const entity of told) reading.write(writer, entity);
  const entities = [...told];
  const fault = faultOf(() => {
    entities.push(reading.read(new Liar(writer, decisions, seed), 1 << 22));
  });
  return { fault, entities, writer };
}
