/**
 * Changes of good bytes: bits, bytes, stretches, the numbers and strings of CBOR, whole streams.
 *
 * Most changes leave what is around them good, so that the decoder behind the first check is
 * reached: a string that was changed gets the head that fits it.
 *
 * @module
 */
import { concatBytes } from "@ritma/evidence";
import { type Head, headsOf, withOtherBody, withOtherHead } from "./cbor-heads.ts";
import type { Draw } from "./draw.ts";

/** A string of the length from which a decoder's time is of interest. */
const LONG_BYTES = 60_000;
/** Once in so many a change makes such a string. */
const LONG_ONCE_IN = 2000;
const STRETCH_BYTES_MAX = 40;
const BYTES = 2;

/** Good content and its heads, which are looked for once. */
export class Content {
  readonly bytes: Uint8Array;
  readonly #heads: readonly Head[];
  /** Byte strings: columns, entities, what is coded. */
  readonly #strings: readonly Head[];

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#heads = headsOf(bytes);
    this.#strings = this.#heads.filter(({ major }) => major === BYTES);
  }

  /** @param other good content of the same kind, to splice with */
  mutate(draw: Draw, other: Uint8Array): Uint8Array {
    const { bytes } = this;
    switch (draw.below(8)) {
      case 0:
        return withOtherHead(draw, bytes, draw.pick(this.#heads));
      case 1:
        return mutateBytes(draw, withOtherHead(draw, bytes, draw.pick(this.#heads)), other);
      case 2:
        return draw.once(20) ? draw.bytes(draw.below(300)) : mutateBytes(draw, bytes, other);
      case 3:
        return mutateBytes(draw, mutateBytes(draw, bytes, other), other);
      default:
        return this.#withString(draw, other);
    }
  }

  /** The last string is most of a coded form, and one of many of a plain one. */
  #withString(draw: Draw, other: Uint8Array): Uint8Array {
    const { bytes } = this;
    const last = this.#strings.at(-1);
    const head = draw.once(2) && last !== undefined ? last : draw.pick(this.#strings);
    const body = bytes.subarray(head.from, head.to);
    if (draw.once(LONG_ONCE_IN)) {
      const tail = draw.once(2) ? draw.bytes(LONG_BYTES) : filled(LONG_BYTES, draw.byte());
      return withOtherBody(bytes, head, concatBytes(body, tail));
    }
    const way = draw.below(8);
    if (way === 0) return withOtherBody(bytes, head, draw.bytes(draw.below(2 * body.length + 8)));
    const from = draw.below(other.length);
    const stranger = way === 1 ? other.subarray(from, from + body.length) : body;
    return withOtherBody(bytes, head, mutateBytes(draw, body, stranger));
  }
}

/** Without knowing what the bytes are. @param other to splice with */
export function mutateBytes(draw: Draw, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const at = draw.below(bytes.length);
  const to = Math.min(bytes.length, at + 1 + draw.below(STRETCH_BYTES_MAX));
  switch (draw.below(10)) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      return concatBytes(bytes.subarray(0, at), bytes.subarray(to));
    case 2:
      return insert(bytes, at, draw.bytes(1 + draw.below(STRETCH_BYTES_MAX)));
    case 3:
      return insert(bytes, at, bytes.subarray(draw.below(to), to));
    case 4:
      return concatBytes(bytes.subarray(0, at), draw.bytes(bytes.length - at));
    case 5:
      return concatBytes(bytes.subarray(0, at), filled(bytes.length - at, draw.byte()));
    case 6:
      return concatBytes(bytes.subarray(0, at), other.subarray(draw.below(other.length)));
    case 7:
      return bytes.length === 0 ? draw.bytes(1) : bytes.with(at, draw.byte());
    default:
      return flipped(draw, bytes);
  }
}

function flipped(draw: Draw, bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  for (let left = 1 + draw.below(3); left > 0; left -= 1) {
    const at = draw.below(changed.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << draw.below(8));
  }
  return changed;
}

function insert(bytes: Uint8Array, at: number, more: Uint8Array): Uint8Array {
  return concatBytes(bytes.subarray(0, at), more, bytes.subarray(at));
}

function filled(length: number, byte: number): Uint8Array {
  return new Uint8Array(length).fill(byte);
}
