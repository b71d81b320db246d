/**
 * Finds a process entity by the key that its children name.
 *
 * A hash table of ids alone, eight bytes or less for a process: whether an id is the right one is
 * seen by decoding it.
 *
 * @module
 */
import {
  CborReader,
  equalBytes,
  type ProcessEntity,
  type ProcessKey,
  type Value,
} from "@ritma/evidence";

const SLOTS_FIRST = 4096;
const FREE = 0;
const ITEMS = 12;
const TAG = "ritma/process@1";
/** `8c 6f "ritma/process@1"`: how every process entity begins, and nothing else. */
const HEAD = Uint8Array.of(0x80 | ITEMS, 0x60 | TAG.length, ...new TextEncoder().encode(TAG));

export class ProcessIndex {
  /** Open addressing: ids. */
  #slots = new Uint32Array(SLOTS_FIRST);
  /** Of the key of the id in the same slot. */
  #hashes = new Uint32Array(SLOTS_FIRST);
  #size = 0;

  /** Takes up an entity if it is a process. @throws FormatError when it is malformed */
  add(entity: Uint8Array, id: number): void {
    if (!isProcess(entity)) return;
    const reader = new CborReader(entity);
    reader.array(ITEMS);
    reader.textTag(TAG);
    if (reader.isArray()) reader.array(1);
    reader.bytes();
    const boot = reader.uint();
    const key = { boot, pid: reader.uint(), start: reader.uint(), serial: reader.uint() };
    if ((this.#size + 1) * 2 > this.#slots.length) this.#grow();
    this.#put(hashOf(key), id);
    this.#size += 1;
  }

  /**
   * @param read decodes an id that may be the one
   * @returns 0 when there is none
   */
  find(node: Value, key: ProcessKey, read: (id: number) => ProcessEntity): number {
    const hash = hashOf(key);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot] ?? FREE;
      if (id === FREE) return 0;
      if (this.#hashes[slot] === hash && isSame(read(id), node, key)) return id;
    }
  }

  #put(hash: number, id: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== FREE) slot = (slot + 1) & mask;
    this.#slots[slot] = id;
    this.#hashes[slot] = hash;
  }

  #grow(): void {
    const [slots, hashes] = [this.#slots, this.#hashes];
    this.#slots = new Uint32Array(slots.length * 2);
    this.#hashes = new Uint32Array(slots.length * 2);
    for (const [slot, id] of slots.entries()) if (id !== FREE) this.#put(hashes[slot] ?? 0, id);
  }
}

function isProcess(entity: Uint8Array): boolean {
  for (const [at, byte] of HEAD.entries()) if (entity[at] !== byte) return false;
  return true;
}

function isSame(process: ProcessEntity, node: Value, key: ProcessKey): boolean {
  return (
    process.pid === key.pid &&
    process.start === key.start &&
    process.serial === key.serial &&
    process.boot === key.boot &&
    process.node.hashed === node.hashed &&
    equalBytes(process.node.bytes, node.bytes)
  );
}

/** The node is left out: few stores hold more than one. */
function hashOf({ boot, pid, start, serial }: ProcessKey): number {
  let hash = Math.imul(pid ^ boot, 0x9e37_79b1);
  hash = Math.imul(hash ^ (start % 0x1_0000_0000), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ (serial % 0x1_0000_0000), 0xc2b2_ae35);
  return (hash ^ (hash >>> 13)) >>> 0;
}
