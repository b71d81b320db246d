/**
 * What the model of atoms may know of dictionary ids: of processes a few numbers, of the rest that
 * it is none.
 *
 * An image number stands for one (executable, name), counted from 1 by first appearance in the
 * generation, so that whoever has the generation log has the same numbers. Entities that are no
 * processes are not decoded: whether they are well-formed is for whoever verifies the dictionary.
 *
 * Format: spec/11-blocks.md, "Facts".
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";

const CAPACITY_FIRST = 1024;
const PID_MAX = 0xffff_ffff;
/** How the canonical bytes of a process begin. */
const PROCESS_HEAD = new CborWriter().array(12).text("ritma/process@1").finish();

export class Facts {
  /** By id; 0 where it is no process. The arrays are replaced as they grow. */
  image = new Uint32Array(CAPACITY_FIRST);
  /** By id, microseconds. */
  start = new Float64Array(CAPACITY_FIRST);
  serial = new Float64Array(CAPACITY_FIRST);
  /** By id; 0 where there is none, or none of 32 bits. */
  pid = new Uint32Array(CAPACITY_FIRST);
  #size = 0;
  readonly #images = new Map<string, number>();

  /** Forgets everything; the memory is kept. */
  clear(): void {
    for (const column of [this.image, this.start, this.serial, this.pid]) {
      column.fill(0, 0, this.#size + 1);
    }
    this.#size = 0;
    this.#images.clear();
  }

  /** The newest id. */
  get size(): number {
    return this.#size;
  }

  /**
   * Takes the entity of the next id.
   *
   * @param entity canonical bytes, which are not kept
   * @throws FormatError when it begins as a process and is none.
   */
  add(entity: Uint8Array): void {
    const id = this.#size + 1;
    if (id >= this.image.length) this.#grow();
    if (isProcess(entity)) this.#addProcess(entity, id);
    this.#size = id;
  }

  #addProcess(entity: Uint8Array, id: number): void {
    const reader = new CborReader(entity, PROCESS_HEAD.length);
    reader.skip(); // node
    reader.uint(); // boot
    const pid = reader.uint();
    const start = reader.uint();
    const serial = reader.uint();
    reader.uint(); // birth
    reader.skip(); // parent
    const from = reader.offset;
    reader.skip(); // executable
    reader.skip(); // name
    const key = entity.subarray(from, reader.offset).toHex();
    this.image[id] = this.#images.getOrInsert(key, this.#images.size + 1);
    this.pid[id] = pid > PID_MAX ? 0 : pid;
    this.start[id] = start;
    this.serial[id] = serial;
  }

  #grow(): void {
    const capacity = this.image.length * 2;
    const { image, start, serial, pid } = this;
    this.image = new Uint32Array(capacity);
    this.image.set(image);
    this.start = new Float64Array(capacity);
    this.start.set(start);
    this.serial = new Float64Array(capacity);
    this.serial.set(serial);
    this.pid = new Uint32Array(capacity);
    this.pid.set(pid);
  }
}

function isProcess(entity: Uint8Array): boolean {
  if (entity.length < PROCESS_HEAD.length) return false;
  for (let at = 0; at < PROCESS_HEAD.length; at += 1) {
    if (entity[at] !== PROCESS_HEAD[at]) return false;
  }
  return true;
}
