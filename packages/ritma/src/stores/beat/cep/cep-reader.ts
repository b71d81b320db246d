/**
 * Bytes and numbers as the public format has them: little-endian, varints of up to ten bytes, which
 * may be longer than needed and may be cut by the end of the input.
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import type { Deviations } from "./deviations.ts";

const VARINT_BYTES_MAX = 10;

export class CepReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #deviations: Deviations;
  #offset: number;

  constructor(bytes: Uint8Array, deviations: Deviations, offset = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#deviations = deviations;
    this.#offset = offset;
    this.#end = end;
  }

  /** From the begin of the array. */
  get offset(): number {
    return this.#offset;
  }

  get left(): number {
    return this.#end - this.#offset;
  }

  u8(): number {
    return this.bytes(1)[0] ?? 0;
  }

  u16(): number {
    const [low = 0, high = 0] = this.bytes(2);
    return low | (high << 8);
  }

  u32(): number {
    return this.u16() + this.u16() * 0x1_0000;
  }

  u64(): bigint {
    const low = BigInt(this.u32());
    return low | (BigInt(this.u32()) << 32n);
  }

  bytes(length: number): Uint8Array {
    const from = this.#offset;
    if (length > this.left) throw new FormatError("truncated", from, "a field that is cut");
    this.#offset = from + length;
    return this.#bytes.subarray(from, this.#offset);
  }

  /** @throws FormatError `out-of-range` above 2^53-1, where the format goes up to 2^64-1 */
  varint(): number {
    const start = this.#offset;
    let value = 0n;
    let shift = 0n;
    for (let count = 1; this.#offset < this.#end; count += 1) {
      if (count > VARINT_BYTES_MAX) throw new FormatError("out-of-range", start, "a long varint");
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if (byte < 0x80) {
        if (byte === 0 && count > 1) this.#deviations.add("varint", start, "a padded varint");
        return this.#safe(value, start);
      }
    }
    if (this.#offset === start) throw new FormatError("truncated", start, "no varint");
    this.#deviations.add("varint", start, "a varint that is cut by the end of its input");
    return this.#safe(value, start);
  }

  finish(): void {
    if (this.left === 0) return;
    throw new FormatError("trailing-bytes", this.#offset, `${this.left} bytes too many`);
  }

  #safe(value: bigint, start: number): number {
    if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
    throw new FormatError("out-of-range", start, "a varint above 2^53-1");
  }
}
