/**
 * What some bytes were found to mean, remembered: parse once, recognise ever after.
 *
 * An audit log says the same things again and again: of 1,035,232 lines from a web server, the 180
 * bytes that say who acted have a few thousand values. The table maps bytes to the object that was
 * made of them. It keeps its own copy of the bytes, so no chunk of input is held by it.
 *
 * Bounded twice, in entries and in bytes; a full table is emptied and starts again. Values handed
 * out stay valid, they are only made anew when the bytes come again.
 *
 * The hash is not keyed: an attacker who names files can make hashes collide. A search therefore
 * gives up after 32 probes, and such a value is parsed each time instead of being remembered.
 *
 * @module
 */
import type { Line } from "./line.ts";

const PROBES_MAX = 32;
const SLOTS_MIN = 1_024;
const ARENA_BYTES_MIN = 16_384;
/** A power of two. */
const NEAR_PLACES = 1_024;

interface InternLimits {
  readonly entriesMax: number;
  /** Bound of the table's own copy of the bytes. */
  readonly bytesMax: number;
}

export class InternTable<Value> {
  readonly #limits: InternLimits;
  /** Open addressing, two numbers a slot: hash, and entry + 1 or 0 when free. At most half full. */
  #slots = new Int32Array(SLOTS_MIN * 2);
  /** Two numbers an entry: start and length in the arena. */
  #places = new Int32Array(SLOTS_MIN);
  #values: Value[] = [];
  #hashes: number[] = [];
  #arena = new Uint8Array(ARENA_BYTES_MIN);
  #view = new DataView(this.#arena.buffer);
  #arenaUsed = 0;
  readonly #near = new Int32Array(NEAR_PLACES);

  constructor(limits: InternLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#values.length;
  }

  /** What was remembered for `line.bytes[start..end)`, if anything was. */
  get(line: Line, start: number, end: number): Value | undefined {
    const entry = this.#find(line.view, start, end);
    return entry < 0 ? undefined : this.#values[entry];
  }

  /** As `get`, looking first at what was found the last time for the same `hint`. */
  getNear(hint: number, line: Line, start: number, end: number): Value | undefined {
    const place = hint & (NEAR_PLACES - 1);
    const near = this.#near[place] ?? 0;
    const length = end - start;
    if (near < this.#values.length && this.#places[near * 2 + 1] === length) {
      const copy = this.#places[near * 2] ?? 0;
      if (sameBytes(this.#view, copy, line.view, start, length)) return this.#values[near];
    }
    const entry = this.#find(line.view, start, end);
    if (entry < 0) return undefined;
    this.#near[place] = entry;
    return this.#values[entry];
  }

  #find(view: DataView, start: number, end: number): number {
    const hash = hashOf(view, start, end);
    const length = end - start;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hash * 2) & mask;
    for (let probe = 0; probe < PROBES_MAX; probe += 1) {
      const entry = (slots[slot + 1] ?? 0) - 1;
      if (entry < 0) return -1;
      if (slots[slot] === hash && this.#places[entry * 2 + 1] === length) {
        if (sameBytes(this.#view, this.#places[entry * 2] ?? 0, view, start, length)) return entry;
      }
      slot = (slot + 2) & mask;
    }
    return -1;
  }

  /** Remembers `value` for bytes that `get` did not know. */
  set(line: Line, start: number, end: number, value: Value): void {
    const length = end - start;
    if (length > this.#limits.bytesMax >>> 3) return;
    const full =
      this.#values.length >= this.#limits.entriesMax ||
      this.#arenaUsed + length > this.#limits.bytesMax;
    if (full) this.#clear();
    if (this.#values.length * 4 >= this.#slots.length) this.#widen();
    const hash = hashOf(line.view, start, end);
    const entry = this.#values.length;
    if (!this.#place(hash, entry)) return;
    this.#places[entry * 2] = this.#copy(line, start, end);
    this.#places[entry * 2 + 1] = length;
    this.#values.push(value);
    this.#hashes.push(hash);
  }

  /** False when the search would not find it again within its probes. */
  #place(hash: number, entry: number): boolean {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hash * 2) & mask;
    for (let probe = 0; probe < PROBES_MAX; probe += 1) {
      if (slots[slot + 1] === 0) {
        slots[slot] = hash;
        slots[slot + 1] = entry + 1;
        return true;
      }
      slot = (slot + 2) & mask;
    }
    return false;
  }

  #copy({ view }: Line, start: number, end: number): number {
    const at = this.#arenaUsed;
    const length = end - start;
    if (at + length > this.#arena.length) {
      const larger = new Uint8Array(Math.max(at + length, this.#arena.length * 2));
      larger.set(this.#arena);
      this.#arena = larger;
      this.#view = new DataView(larger.buffer);
    }
    const copy = this.#view;
    let offset = 0;
    for (; offset + 4 <= length; offset += 4) {
      copy.setInt32(at + offset, view.getInt32(start + offset, true), true);
    }
    for (; offset < length; offset += 1) copy.setUint8(at + offset, view.getUint8(start + offset));
    this.#arenaUsed = at + length;
    return at;
  }

  /** Entries that no longer find a slot within the probe limit are left out of reach. */
  #widen(): void {
    const places = new Int32Array(this.#places.length * 2);
    places.set(this.#places);
    this.#places = places;
    this.#slots = new Int32Array(this.#slots.length * 2);
    this.#hashes.forEach((hash, entry) => void this.#place(hash, entry));
  }

  #clear(): void {
    this.#slots.fill(0);
    this.#values = [];
    this.#hashes = [];
    this.#arenaUsed = 0;
  }
}

function hashOf(view: DataView, start: number, end: number): number {
  let even = end - start;
  let odd = 0x2545_f491;
  let position = start;
  for (; position + 8 <= end; position += 8) {
    even = Math.imul(even ^ view.getInt32(position, true), 0x9e37_79b1);
    odd = Math.imul(odd ^ view.getInt32(position + 4, true), 0x85eb_ca6b);
    even ^= even >>> 15;
    odd ^= odd >>> 13;
  }
  for (; position < end; position += 1) {
    even = Math.imul(even ^ view.getUint8(position), 0x0100_0193);
  }
  const mixed = Math.imul(even ^ (odd >>> 7) ^ (odd << 11), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}

function sameBytes(a: DataView, atA: number, b: DataView, atB: number, length: number): boolean {
  let offset = 0;
  for (; offset + 8 <= length; offset += 8) {
    if (a.getInt32(atA + offset, true) !== b.getInt32(atB + offset, true)) return false;
    if (a.getInt32(atA + offset + 4, true) !== b.getInt32(atB + offset + 4, true)) return false;
  }
  for (; offset < length; offset += 1) {
    if (a.getUint8(atA + offset) !== b.getUint8(atB + offset)) return false;
  }
  return true;
}
