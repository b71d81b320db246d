/**
 * Values by number, in the order in which they were first told, and numbers by value.
 *
 * Format: spec/12-entities.md, "Values". The way in which a value is found is not part of it; see
 * `name-pairs.ts` for why there are 32 places and a map.
 *
 * @module
 */
import type { Value } from "../record/value.ts";
import { ByteHistory } from "./name-bytes.ts";
import { NumberList, PROBES_MAX } from "./name-pairs.ts";

const SLOTS_FIRST = 4096;

export class ValueTable {
  readonly history = new ByteHistory();
  readonly #start = new NumberList();
  /** Length times two, plus one when hashed. */
  readonly #shape = new NumberList();
  /** Number plus one; 0 for a free slot. */
  #slots = new Uint32Array(SLOTS_FIRST);
  readonly #others = new Map<string, number>();

  get count(): number {
    return this.#start.length;
  }

  reset(): void {
    this.history.reset();
    this.#start.clear();
    this.#shape.clear();
    this.#slots.fill(0);
    this.#others.clear();
  }

  isHashed(id: number): boolean {
    return (this.#shape.at(id) & 1) === 1;
  }

  /** Where its bytes stand in the history. */
  startOf(id: number): number {
    return this.#start.at(id);
  }

  lengthOf(id: number): number {
    return this.#shape.at(id) >>> 1;
  }

  /** @returns the value, in the table's own memory: valid until it is reset. */
  valueOf(id: number): Value {
    const start = this.#start.at(id);
    return {
      hashed: this.isHashed(id),
      bytes: this.history.bytes.subarray(start, start + this.lengthOf(id)),
    };
  }

  /** @returns the number of a value, -1 when it has none. */
  find({ hashed, bytes }: Value): number {
    return this.#find(hashed, bytes, 0, bytes.length);
  }

  /** @returns the number of the value at the end of the history, -1 when it has none. */
  findLast(hashed: boolean, length: number): number {
    return this.#find(hashed, this.history.bytes, this.history.length - length, length);
  }

  /** Numbers the value at the end of the history, which is new. */
  addLast(hashed: boolean, length: number): number {
    const id = this.#start.length;
    this.#start.push(this.history.length - length);
    this.#shape.push(length * 2 + (hashed ? 1 : 0));
    if ((id + 1) * 2 > this.#slots.length) this.#grow();
    else this.#place(id);
    return id;
  }

  #find(hashed: boolean, bytes: Uint8Array, start: number, length: number): number {
    const shape = length * 2 + (hashed ? 1 : 0);
    const mask = this.#slots.length - 1;
    const from = hashOf(bytes, start, length);
    for (let probe = 0; probe < PROBES_MAX; probe += 1) {
      const id = (this.#slots[(from + probe) & mask] ?? 0) - 1;
      if (id < 0) return -1;
      if (this.#shape.at(id) === shape && this.#isAt(id, bytes, start, length)) return id;
    }
    return this.#others.get(textOf(shape, bytes, start, length)) ?? -1;
  }

  #isAt(id: number, bytes: Uint8Array, start: number, length: number): boolean {
    const history = this.history.bytes;
    const from = this.#start.at(id);
    for (let at = 0; at < length; at += 1) {
      if (history[from + at] !== bytes[start + at]) return false;
    }
    return true;
  }

  #place(id: number): void {
    const mask = this.#slots.length - 1;
    const { bytes } = this.history;
    const [start, shape] = [this.#start.at(id), this.#shape.at(id)];
    const from = hashOf(bytes, start, shape >>> 1);
    for (let probe = 0; probe < PROBES_MAX; probe += 1) {
      const slot = (from + probe) & mask;
      if (this.#slots[slot] === 0) {
        this.#slots[slot] = id + 1;
        return;
      }
    }
    this.#others.set(textOf(shape, bytes, start, shape >>> 1), id);
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    this.#others.clear();
    for (let id = 0; id < this.#start.length; id += 1) this.#place(id);
  }
}

/** FNV-1a over 32 bits, stirred. */
function hashOf(bytes: Uint8Array, start: number, length: number): number {
  let hash = 0x811c_9dc5;
  for (let at = start; at < start + length; at += 1) {
    hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x0100_0193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Different for different values. */
function textOf(shape: number, bytes: Uint8Array, start: number, length: number): string {
  return `${shape},${bytes.subarray(start, start + length).toHex()}`;
}
