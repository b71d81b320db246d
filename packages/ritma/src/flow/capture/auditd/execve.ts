/**
 * Arguments of an EXECVE, put together from one or many records.
 *
 *     argc=3 a0="sh" a1="-c" a2=6C732078
 *     argc=2 a0="echo" a1_len=200000 a1[0]=6161…        (a record holds at most about 7,500 bytes)
 *      a1[1]=6161…
 *      a7="next" a8="…"                                  (so does a very long list)
 *
 * `aN_len` counts the characters of the log's spelling, so twice the bytes for hex. The list is
 * whole when its length is `argc` and each split argument has as many characters as announced.
 *
 * @module
 */
import type { InternTable } from "./intern.ts";
import type { Line } from "./line.ts";
import { bodyEnd, stringBytes, Tokens } from "./value.ts";

const LETTER_A = 0x61;
const OPEN_BRACKET = 0x5b;
const UNDERSCORE = 0x5f;

/** One argument, or a piece of one. */
interface Piece {
  readonly index: number;
  readonly bytes: Uint8Array;
}

export class Arguments {
  /** -1 until a record says. */
  #argc = -1;
  #pieces: Piece[] = [];
  /** Characters still missing from split arguments, by `aN_len` less what came. */
  #charactersMissing = 0;
  #cut = false;

  /** True when there was an EXECVE record. */
  get any(): boolean {
    return this.#argc >= 0 || this.#pieces.length > 0;
  }

  reset(): void {
    this.#argc = -1;
    this.#pieces = [];
    this.#charactersMissing = 0;
    this.#cut = false;
  }

  /** Adds the record whose body starts at `line.at`. False when it holds nothing of the kind. */
  add(line: Line, strings: InternTable<Uint8Array>): boolean {
    const tokens = new Tokens(line.bytes, line.at, bodyEnd(line, line.at));
    let found = false;
    while (tokens.next()) {
      if (tokens.kind === "word") continue;
      found = this.#field(tokens, line, strings) || found;
    }
    return found;
  }

  /** All arguments in order, and whether none is missing. */
  finish(): { args: Uint8Array[]; whole: boolean } {
    const pieces = this.#pieces;
    const sorted = pieces.every(
      (piece, at) => at === 0 || piece.index >= (pieces[at - 1]?.index ?? 0),
    );
    if (!sorted) pieces.sort((a, b) => a.index - b.index);
    const args: Uint8Array[] = [];
    let lastIndex = -1;
    let gap = false;
    for (let at = 0; at < pieces.length;) {
      const index = pieces[at]?.index ?? 0;
      let after = at + 1;
      while (after < pieces.length && pieces[after]?.index === index) after += 1;
      args.push(joined(pieces, at, after));
      gap = gap || index !== lastIndex + 1;
      lastIndex = index;
      at = after;
    }
    const whole = !gap && !this.#cut && this.#charactersMissing === 0 && args.length === this.#argc;
    return { args, whole };
  }

  #field(tokens: Tokens, line: Line, strings: InternTable<Uint8Array>): boolean {
    const { bytes, keyStart, keyEnd } = tokens;
    if (bytes[keyStart] !== LETTER_A) return false;
    let position = keyStart + 1;
    let index = 0;
    while (position < keyEnd && position < keyStart + 8) {
      const digit = (bytes[position] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) break;
      index = index * 10 + digit;
      position += 1;
    }
    if (position === keyStart + 1) return this.#count(tokens);
    const mark = position < keyEnd ? bytes[position] : 0;
    if (mark === UNDERSCORE) return this.#length(tokens);
    if (mark === OPEN_BRACKET) {
      this.#charactersMissing -= tokens.valueEnd - tokens.valueStart;
    } else if (mark !== 0) return false;
    this.#cut = this.#cut || (tokens.kind === "quoted" && tokens.valueEnd >= tokens.end);
    this.#pieces.push({ index, bytes: interned(tokens, line, strings) });
    return true;
  }

  #count(tokens: Tokens): boolean {
    const argc = tokens.key() === "argc" ? digitsOf(tokens) : -1;
    if (argc < 0) return false;
    if (this.#argc < 0) this.#argc = argc;
    return true;
  }

  #length(tokens: Tokens): boolean {
    const length = tokens.key().endsWith("_len") ? digitsOf(tokens) : -1;
    if (length < 0) return false;
    this.#charactersMissing += length;
    return true;
  }
}

/** Arguments repeat from run to run: the same spelling gives the same object. */
function interned(tokens: Tokens, line: Line, strings: InternTable<Uint8Array>): Uint8Array {
  // The quote belongs to the spelling: "ABCD" and ABCD differ.
  const start = tokens.kind === "quoted" ? tokens.valueStart - 1 : tokens.valueStart;
  const known = strings.get(line, start, tokens.valueEnd);
  if (known !== undefined) return known;
  const bytes = stringBytes(tokens);
  strings.set(line, start, tokens.valueEnd, bytes);
  return bytes;
}

function digitsOf({ bytes, valueStart, valueEnd }: Tokens): number {
  let value = valueEnd > valueStart && valueEnd - valueStart < 16 ? 0 : -1;
  for (let position = valueStart; position < valueEnd && value >= 0; position += 1) {
    const digit = (bytes[position] ?? 0) - 0x30;
    value = digit < 0 || digit > 9 ? -1 : value * 10 + digit;
  }
  return value;
}

function joined(pieces: readonly Piece[], from: number, to: number): Uint8Array {
  const first = pieces[from]?.bytes ?? new Uint8Array(0);
  if (to - from === 1) return first;
  let length = 0;
  for (let at = from; at < to; at += 1) length += pieces[at]?.bytes.length ?? 0;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (let at = from; at < to; at += 1) {
    const piece = pieces[at]?.bytes ?? first;
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
