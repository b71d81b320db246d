/**
 * Bytes of new values, one after another in one history.
 *
 * The byte that followed the same three bytes before is guessed; else a byte stands under the one
 * before it. Hashes, and what looks like one, cannot be guessed and take their bits.
 *
 * Format: spec/12-entities.md, "New values".
 *
 * @module
 */
import { withRoom } from "../bytes/compare.ts";
import type { Coder } from "./coder.ts";
import { BYTE, BYTE_HIT, type Domain, VALUE_HEX } from "./entity-contexts.ts";
import { chosen } from "./entity-fault.ts";
import { mix } from "./guesses.ts";

const CAPACITY_FIRST = 1 << 16;
/** Places below are none. */
const HISTORY_FROM = 4;
const MATCH_BITS = 18;
const RUN_MAX = 15;
const HEX_BYTES_MIN = 12;
const HEX_BYTES_LONG = 16;
const NO_END = 0xffff_ffff;

export class ByteHistory {
  bytes: Uint8Array = new Uint8Array(CAPACITY_FIRST);
  length = HISTORY_FROM;
  /** Where the same three bytes stood before the byte here, by their mix; 0 for nowhere. */
  readonly #places = new Uint32Array(1 << MATCH_BITS);

  reset(): void {
    this.length = HISTORY_FROM;
    this.#places.fill(0);
  }

  /** Codes `length` bytes that nothing is known of, to the end of the history. */
  codeHash(coder: Coder, length: number, given: Uint8Array | null): void {
    this.#reserve(length);
    const from = this.length;
    for (let at = 0; at < length; at += 1) {
      this.bytes[from + at] = coder.raw(8, given === null ? 0 : (given[at] ?? 0));
    }
    this.length = from + length;
  }

  /**
   * Codes `length` bytes to the end of the history.
   *
   * @param like where a value stands that they may equal, @param likeLength its bytes
   */
  codeText(
    coder: Coder,
    domain: Domain,
    length: number,
    given: Uint8Array | null,
    like: number,
    likeLength: number,
  ): void {
    this.#reserve(length);
    if (length >= HEX_BYTES_MIN) {
      const context = VALUE_HEX + (length < HEX_BYTES_LONG ? 0 : 1);
      if (coder.bit(context, given !== null && isHex(given, 0, length) ? 1 : 0) === 1) {
        this.#codeHex(coder, length, given);
        return;
      }
    }
    this.#codeBytes(coder, domain, length, given, like, likeLength);
    if (coder.isReading && length >= HEX_BYTES_MIN) {
      chosen(!isHex(this.bytes, this.length - length, length), "hex");
    }
  }

  #codeHex(coder: Coder, length: number, given: Uint8Array | null): void {
    const from = this.length;
    for (let at = 0; at < length; at += 1) {
      const character = given === null ? 0x30 : (given[at] ?? 0);
      const digit = coder.raw(4, character < 0x3a ? character - 0x30 : character - 0x57);
      this.bytes[from + at] = digit < 10 ? digit + 0x30 : digit + 0x57;
    }
    this.length = from + length;
  }

  #codeBytes(
    coder: Coder,
    domain: Domain,
    length: number,
    given: Uint8Array | null,
    like: number,
    likeLength: number,
  ): void {
    const history = this.bytes;
    const places = this.#places;
    const from = this.length;
    let match = like;
    let left = likeLength;
    let run = 0;
    let [before1, before2, before3] = [0, domain + 1, 0];
    for (let at = 0; at < length; at += 1) {
      const place = mix(before1 | (before2 << 8), before3) >>> (32 - MATCH_BITS);
      if ((run === 0 || left === 0) && at > 2 && (places[place] ?? 0) > 0) {
        match = places[place] ?? 0;
        left = NO_END;
        run = 1;
      }
      let byte = given === null ? 0 : (given[at] ?? 0);
      if (left > 0) {
        const guess = history[match] ?? 0;
        const context = BYTE_HIT + (run < RUN_MAX ? run : RUN_MAX) + (at === 0 ? 16 : 0);
        if (coder.bit(context, byte === guess ? 1 : 0) === 1) {
          byte = guess;
          run += 1;
        } else {
          byte = coder.tree(BYTE + (before1 << 8), 8, byte);
          if (byte === guess) chosen(false, "a byte");
          run = 0;
        }
        match += 1;
        left -= 1;
      } else {
        byte = coder.tree(BYTE + (before1 << 8), 8, byte);
      }
      history[from + at] = byte;
      if (at > 2) places[place] = from + at;
      before3 = before2;
      before2 = before1;
      before1 = byte;
    }
    this.length = from + length;
  }

  #reserve(length: number): void {
    this.bytes = withRoom(this.bytes, this.length + length);
  }
}

/** Lower-case hexadecimal digits, and nothing else. */
function isHex(bytes: Uint8Array, from: number, length: number): boolean {
  for (let at = from; at < from + length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (!((byte > 0x2f && byte < 0x3a) || (byte > 0x60 && byte < 0x67))) return false;
  }
  return true;
}
