/**
 * Walks over the records of a frame without looking into bodies: to find their places, and to tell
 * later, when a frame is damaged, whether only bodies are.
 *
 * @module
 */
import { crc32c } from "@ritma/evidence";
import { FRAME_HEADER_BYTES } from "../frame-codec.ts";
import { type BuiltFrame } from "../staged-beat.ts";
import { recordLength } from "../record-codec.ts";

/** Type, version and flags. */
const LENGTHS_AT = 4;
const CRC_BYTES = 4;
const VARINT_BYTES_MAX = 4;

/** Where one record of a frame is; one object for all of a walk. */
export class RecordWalk {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  at = 0;
  keyAt = 0;
  bodyAt = 0;
  /** Behind its checksum. */
  next: number;

  /** @param from of the frame in `bytes`; its length */
  constructor(bytes: Uint8Array, from: number, length: number) {
    this.#bytes = bytes;
    this.#end = from + length;
    this.next = from + FRAME_HEADER_BYTES;
  }

  /** @returns false when there is no room for another one: the frame is damaged. */
  step(): boolean {
    this.at = this.next;
    this.#varintEnd = this.at + LENGTHS_AT;
    const keyLength = this.#varint();
    const bodyLength = this.#varint();
    this.keyAt = this.#varintEnd;
    this.bodyAt = this.keyAt + keyLength;
    this.next = this.bodyAt + bodyLength + CRC_BYTES;
    return this.next <= this.#end;
  }

  #varintEnd = 0;

  #varint(): number {
    let value = 0;
    for (let index = 0; index < VARINT_BYTES_MAX; index += 1) {
      const byte = this.#bytes[this.#varintEnd] ?? 0;
      this.#varintEnd += 1;
      value |= (byte & 0x7f) << (7 * index);
      if (byte < 0x80) return value;
    }
    return value;
  }
}

/** @returns CRC-32C over all of each record that is before its body; -1 for what is no frame. */
export function structureOf(frame: Uint8Array, records: number): number {
  const walk = new RecordWalk(frame, 0, frame.length);
  let crc = 0;
  for (let index = 0; index < records; index += 1) {
    if (!walk.step()) return -1;
    crc = crc32c(frame.subarray(walk.at, walk.bodyAt), crc);
  }
  return crc;
}

/** The same for a frame of which the records are at hand. */
export function structureOfBuilt({ bytes, records }: BuiltFrame): number {
  let at = FRAME_HEADER_BYTES;
  let crc = 0;
  for (const { key, body } of records) {
    const length = recordLength(key.length, body.length);
    crc = crc32c(bytes.subarray(at, at + length - body.length - CRC_BYTES), crc);
    at += length;
  }
  return crc;
}
