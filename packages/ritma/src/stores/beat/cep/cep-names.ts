/**
 * Path segments of CEP, 17 bytes each, as names of ours.
 *
 *     segment := domain u64  tag u64  glob u8
 *     id      := bits 56, 57 the kind, bits 0 to 55 the value
 *
 *     0 word       11 characters of 5 bits, the first in the highest: space, a-z, : _ - . *
 *     1 acronym    9 characters of 6 bits: ASCII from 20 on
 *     2 reference  into the names of the frame (records of type 05)
 *     3 number
 *
 * A name of ours is `domain:tag`. What is no text is written behind a percent sign, so that every
 * segment has a name; that two segments may share one is found where they are used.
 *
 * @module
 */
import { decodeUtf8, FormatError, utf8Length } from "@ritma/evidence";
import type { CellPath } from "../record.ts";
import { SEGMENT_BYTES } from "./cep-chunks.ts";
import { CepReader } from "./cep-reader.ts";
import { Deviations } from "./deviations.ts";

/** What names with a number are called in the frame. */
export type NamePool = ReadonlyMap<bigint, string>;

const VALUE_BITS = 56n;
const VALUE_MASK = (1n << VALUE_BITS) - 1n;
const KIND_MASK = 3n;
const WORD = { characters: 11, bits: 5n };
const ACRONYM = { characters: 9, bits: 6n };
const WORD_LETTERS = " abcdefghijklmnopqrstuvwxyz:_-.*";
const ACRONYM_FIRST = 0x20;
const TEXT_BYTES_MAX = 120;
const ID_BYTES = 8;

/** @param segments whole ones */
export function pathOf(segments: Uint8Array, pool: NamePool): CellPath {
  const path: string[] = [];
  for (let at = 0; at < segments.length; at += SEGMENT_BYTES) {
    path.push(segmentName(segments.subarray(at, at + SEGMENT_BYTES), pool));
  }
  return path;
}

export function segmentName(segment: Uint8Array, pool: NamePool): string {
  const reader = new CepReader(segment, new Deviations());
  const [domain, tag, glob] = [reader.u64(), reader.u64(), reader.u8()];
  const name = `${idText(domain, pool)}:${idText(tag, pool)}`;
  return glob === 0 ? name : `${name}%g${glob === 1 ? "" : glob}`;
}

/** Name of a key that is not made of segments. */
export function rawName(key: Uint8Array): string {
  return `%k${key.toHex()}`;
}

/** @returns the number and the text of a record of type 05. @throws FormatError */
export function readPoolEntry(
  key: Uint8Array,
  body: Uint8Array,
): { readonly id: bigint; readonly isGlob: boolean; readonly text: string } {
  if (key.length !== 1 + ID_BYTES) throw new FormatError("wrong-type", 0, "no number of a name");
  const deviations = new Deviations();
  const id = new CepReader(key, deviations, 1).u64();
  const reader = new CepReader(body, deviations);
  const length = reader.varint();
  const isGlob = (reader.u8() & 1) === 1;
  const text = decodeUtf8(reader.bytes(length));
  reader.finish();
  return { id, isGlob, text };
}

function idText(id: bigint, pool: NamePool): string {
  const value = id & VALUE_MASK;
  const kind = (id >> VALUE_BITS) & KIND_MASK;
  const isPlain = id >> (VALUE_BITS + 2n) === 0n;
  if (isPlain && kind === 0n) return lettersOf(value, WORD, wordLetter);
  if (isPlain && kind === 1n) return lettersOf(value, ACRONYM, acronymLetter);
  if (isPlain && kind === 3n) return `%n${value}`;
  const text = isPlain ? pool.get(value) : undefined;
  const isName = text !== undefined && text !== "" && !text.includes("\0");
  if (isName && utf8Length(text) <= TEXT_BYTES_MAX) return text;
  return `%r${id.toString(16)}`;
}

interface Alphabet {
  readonly characters: number;
  readonly bits: bigint;
}

/** Without the spaces at the end, which are padding. */
function lettersOf(
  value: bigint,
  { characters, bits }: Alphabet,
  letter: (code: number) => string,
): string {
  let text = "";
  for (let index = characters - 1; index >= 0; index -= 1) {
    text += letter(Number((value >> (BigInt(index) * bits)) & ((1n << bits) - 1n)));
  }
  const trimmed = text.trimEnd();
  return trimmed === "" ? "%0" : trimmed;
}

function wordLetter(code: number): string {
  return WORD_LETTERS[code] ?? " ";
}

function acronymLetter(code: number): string {
  return String.fromCharCode(ACRONYM_FIRST + code);
}
