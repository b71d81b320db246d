/**
 * References: which dictionary ids, and which cones, the atoms of an hour refer to, and how often.
 *
 * Derived: whoever has the blocks of the hour makes the same bytes. It proves nothing.
 *
 * An hour uses all that it adds to the dictionary, so its ids are one long run and a few from
 * before: a list of runs takes little, whatever the entities are. Counts are coded, and read only
 * by whoever asks for them.
 *
 * Invariants: ids ascend; one of these has one spelling, and belongs to one hour-seal.
 *
 * Format: spec/22-jumps.md, "References". Vectors: spec/vectors/jumps.json.
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { VarintReader, VarintWriter } from "../bytes/varint.ts";
import { Probabilities, RangeReader, RangeWriter, UINT_CONTEXTS } from "../ctgf/coder.ts";
import { FormatError } from "../error.ts";

/** In the index folder of an hour. */
export const EDGE_REFS_FILE = "edge_refs.cbor";
export const CONE_REFS_FILE = "cone_refs.cbor";

/** Dictionary ids, or ids of cones. */
export type RefsKind = "edge" | "cone";

/** Ids that follow one another, `first` to `last`. */
export interface IdRun {
  readonly first: number;
  readonly last: number;
}

/** What can be said without reading counts. */
export interface RefIds {
  readonly kind: RefsKind;
  /** SHA-256 of the hour-seal. */
  readonly hour: Uint8Array;
  readonly generation: number;
  /** Ascending, and never one behind another without an id between them. */
  readonly runs: readonly IdRun[];
}

export interface Refs extends RefIds {
  /** Of each id, in order: at least 1. */
  readonly counts: readonly number[];
}

const TAGS = { edge: "ritma/edge-refs@1", cone: "ritma/cone-refs@1" } as const;
const ID_MAX = { edge: 0xffff_ffff, cone: 65_536 } as const;
const DIGEST_BYTES = 32;
/** A count is told under the two before it, of which so many are told apart. */
const STEPS = 5;
/** A byte of a coding has no more counts than this, each being six bits or more. */
const COUNTS_PER_BYTE_MAX = 2048;
const BYTES_FREE = 64;

export function encodeRefs({ kind, hour, generation, runs, counts }: Refs): Uint8Array {
  const ids = new VarintWriter();
  let before = 0;
  for (const { first, last } of runs) {
    ids.uint(first - before - 1);
    ids.uint(last - first);
    before = last;
  }
  const coder = new RangeWriter(new Probabilities(STEPS * STEPS * UINT_CONTEXTS));
  let [a, b] = [0, 0];
  for (const count of counts) {
    coder.uint(contextOf(a, b), count - 1);
    [a, b] = [count - 1, a];
  }
  return new CborWriter(4096)
    .array(5)
    .text(TAGS[kind])
    .bytes(hour)
    .uint(generation)
    .bytes(ids.finish())
    .bytes(coder.finish())
    .finish();
}

/** Passes over the counts. @throws FormatError when `bytes` is none of these up to there. */
export function decodeRefIds(bytes: Uint8Array, kind: RefsKind): RefIds {
  const { ids } = read(bytes, kind);
  return ids;
}

/** @throws FormatError when `bytes` is not exactly one of these. */
export function decodeRefs(bytes: Uint8Array, kind: RefsKind): Refs {
  const { ids, coded } = read(bytes, kind);
  const size = ids.runs.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  if (size > COUNTS_PER_BYTE_MAX * (coded.length + BYTES_FREE)) {
    throw new FormatError("out-of-range", 0, `${size} ids in ${coded.length} bytes`);
  }
  return { ...ids, counts: readCounts(coded, size) };
}

/** @returns whether the hour refers to `id`. */
export function hasRef({ runs }: Pick<RefIds, "runs">, id: number): boolean {
  let [low, high] = [0, runs.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const run = runs[middle];
    if (run === undefined) return false;
    if (id < run.first) high = middle - 1;
    else if (id > run.last) low = middle + 1;
    else return true;
  }
  return false;
}

/** @param ids ascending. @returns them as runs. */
export function runsOf(ids: Iterable<number>): IdRun[] {
  const runs: { first: number; last: number }[] = [];
  for (const id of ids) {
    const run = runs.at(-1);
    if (run !== undefined && id === run.last + 1) run.last = id;
    else runs.push({ first: id, last: id });
  }
  return runs;
}

function read(bytes: Uint8Array, kind: RefsKind): { readonly ids: RefIds; coded: Uint8Array } {
  const reader = new CborReader(bytes);
  reader.array(5);
  reader.textTag(TAGS[kind]);
  const hour = reader.bytes(DIGEST_BYTES);
  const generation = reader.uint();
  const runs = readRuns(new VarintReader(reader.bytes()), ID_MAX[kind]);
  const coded = reader.bytes();
  reader.finish();
  return { ids: { kind, hour, generation, runs }, coded };
}

function readRuns(column: VarintReader, idMax: number): IdRun[] {
  const runs: IdRun[] = [];
  let before = 0;
  while (!column.atEnd()) {
    const gap = column.uint();
    if (gap === 0 && runs.length > 0) {
      throw new FormatError("not-canonical", column.offset, "two runs that are one");
    }
    const first = before + gap + 1;
    const last = first + column.uint();
    if (last > idMax) throw new FormatError("out-of-range", column.offset, `id ${last}`);
    runs.push({ first, last });
    before = last;
  }
  if (runs.length === 0) throw new FormatError("out-of-range", 0, "references to nothing");
  return runs;
}

function readCounts(coded: Uint8Array, size: number): number[] {
  const coder = new RangeReader(new Probabilities(STEPS * STEPS * UINT_CONTEXTS), coded);
  const counts: number[] = [];
  let [a, b, sum] = [0, 0, 0];
  while (counts.length < size) {
    const more = coder.uint(contextOf(a, b), 0);
    sum += more + 1;
    if (!Number.isSafeInteger(sum)) throw new FormatError("out-of-range", 0, "too many in all");
    counts.push(more + 1);
    [a, b] = [more, a];
  }
  coder.finish();
  return counts;
}

function contextOf(a: number, b: number): number {
  return UINT_CONTEXTS * (STEPS * Math.min(a, STEPS - 1) + Math.min(b, STEPS - 1));
}
