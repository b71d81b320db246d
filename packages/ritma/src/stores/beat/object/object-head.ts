/**
 * The head: the one object of a store that is ever replaced, and names all that count.
 *
 *     [form, store id, generation, last beat, branches, parts, segments]   then BLAKE3-256 of that
 *      text  bytes 16  uint        uint       array     array  array
 *
 *     branch: name, beat, frame digest, frames, forget_before    as of the checkpoint
 *     object: name, length, BLAKE3-256
 *
 * Parts are the checkpoint: all records that are live in it. Segments are the beats behind it, in
 * their order. An object counts when the head names it, and is used when it has that digest.
 *
 * Not here: who may replace a head (`object-engine.ts`).
 *
 * Format: spec/19-beat-engines.md, "Objects".
 *
 * @module
 */
import { CborReader, CborWriter, concatBytes, equalBytes, FormatError } from "@ritma/evidence";
import type { Blake3 } from "../../../base/blake3.ts";
import type { BranchHead } from "../engine.ts";
import { isBranchName, ROOT_BYTES, STORE_BYTES } from "../trailer.ts";

export interface NamedObject {
  readonly name: string;
  /** In bytes. */
  readonly length: number;
  readonly digest: Uint8Array;
}

/** A branch as it was at the checkpoint. */
export interface BaseBranch extends BranchHead {
  readonly name: string;
  /** Records of beats before this one are forgotten. 0: none. */
  readonly forgetBefore: number;
}

export interface ObjectHead {
  readonly store: Uint8Array;
  /** Grows by one each time the head is replaced. */
  readonly generation: number;
  readonly lastBeat: number;
  /** Sorted by name. */
  readonly branches: readonly BaseBranch[];
  readonly parts: readonly NamedObject[];
  readonly segments: readonly NamedObject[];
}

const FORM = "ritma/beat-head@1";
const FORM_BYTES_MAX = 64;
const FIELDS = 7;
const BRANCH_FIELDS = 5;
const OBJECT_FIELDS = 3;
const NAME_BYTES_MAX = 64;
const GENERATION_DIGITS = 16;
const SEGMENTS = "segments/";
const PARTS = "parts/";
/** Where objects are that never count. */
export const PROBES = "probes/";

/** Made for the head with this generation; `nonce` keeps two writers from one name. */
export function segmentName(generation: number, nonce: Uint8Array): string {
  return nameIn(SEGMENTS, generation, nonce);
}

export function partName(generation: number, nonce: Uint8Array): string {
  return nameIn(PARTS, generation, nonce);
}

export function probeName(generation: number, nonce: Uint8Array): string {
  return nameIn(PROBES, generation, nonce);
}

/** @returns the generation that the object was made for; null for no name of ours. */
export function generationOf(name: string): number | null {
  const [, digits] = /^(?:segments|parts|probes)\/(\d{16})-[0-9a-f]{16}$/u.exec(name) ?? [];
  return digits === undefined ? null : Number(digits);
}

export function encodeHead(blake3: Blake3, head: ObjectHead): Uint8Array {
  const writer = new CborWriter().array(FIELDS).text(FORM).bytes(head.store);
  writer.uint(head.generation).uint(head.lastBeat).array(head.branches.length);
  for (const { name, beat, frame, frames, forgetBefore } of head.branches) {
    writer.array(BRANCH_FIELDS).text(name).uint(beat).bytes(frame).uint(frames).uint(forgetBefore);
  }
  for (const objects of [head.parts, head.segments]) {
    writer.array(objects.length);
    for (const { name, length, digest } of objects) {
      writer.array(OBJECT_FIELDS).text(name).uint(length).bytes(digest);
    }
  }
  const body = writer.finish();
  return concatBytes(body, blake3(body));
}

/** @throws FormatError for bytes that `encodeHead` would not make */
export function decodeHead(blake3: Blake3, bytes: Uint8Array): ObjectHead {
  const end = bytes.length - ROOT_BYTES;
  if (end < 0) throw new FormatError("truncated", bytes.length, "a head without its digest");
  const body = bytes.subarray(0, end);
  if (!equalBytes(blake3(body), bytes.subarray(end))) {
    throw new FormatError("wrong-type", end, "the digest of the head is wrong");
  }
  const reader = new CborReader(body);
  reader.array(FIELDS);
  const form = reader.text(FORM_BYTES_MAX);
  if (form !== FORM) throw new FormatError("wrong-type", 0, `a head of form ${form}`);
  const store = reader.bytes(STORE_BYTES);
  const [generation, lastBeat] = [reader.uint(), reader.uint()];
  const branches = Array.from({ length: reader.array() }, () => readBranch(reader));
  const parts = readObjects(reader);
  const segments = readObjects(reader);
  reader.finish();
  return { store, generation, lastBeat, branches, parts, segments };
}

function readBranch(reader: CborReader): BaseBranch {
  reader.array(BRANCH_FIELDS);
  const name = reader.text(NAME_BYTES_MAX);
  if (!isBranchName(name)) throw new FormatError("out-of-range", 0, "no name of a branch");
  const [beat, frame] = [reader.uint(), reader.bytes(ROOT_BYTES)];
  return { name, beat, frame, frames: reader.uint(), forgetBefore: reader.uint() };
}

function readObjects(reader: CborReader): NamedObject[] {
  return Array.from({ length: reader.array() }, () => {
    reader.array(OBJECT_FIELDS);
    const name = reader.text(NAME_BYTES_MAX);
    if (generationOf(name) === null) throw new FormatError("out-of-range", 0, "no object of ours");
    return { name, length: reader.uint(), digest: reader.bytes(ROOT_BYTES) };
  });
}

function nameIn(folder: string, generation: number, nonce: Uint8Array): string {
  return `${folder}${String(generation).padStart(GENERATION_DIGITS, "0")}-${nonce.toHex()}`;
}
