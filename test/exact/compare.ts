/**
 * Compares what a recorder was given with what a stranger reads in the sealed store: every entity
 * by its number, every atom by its place among those of its process.
 *
 * Not cut or sorted by the code under test: the atoms of a process in a window are put into order
 * of (time, serial) here, and must come in that order out of its instantiations.
 *
 * @module
 */
import {
  type AtomTable,
  BLOCK_UNPACKED_MAX,
  CborReader,
  conesPath,
  decodeStoreFile,
  entitiesPath,
  equalBytes,
  FRAME_UNPACKED_MAX,
  Generation,
  type Section,
  splitFrames,
  STORE_PATH,
} from "@ritma/evidence";
import { unzstd } from "../../packages/ritma/src/base/zstd.ts";
import type { Files } from "../../packages/ritma/test/recorder/recording.ts";
import type { Given } from "./recorded.ts";

export interface Compared {
  readonly atoms: number;
  readonly entities: number;
  /** Atoms and entities that are missing, changed, or there without having been given. */
  readonly mismatches: number;
}

interface Counted {
  readonly count: number;
  readonly mismatches: number;
}

/** All but num, in which NaN is null. */
const COLUMNS = [
  "time",
  "serial",
  "etype",
  "flags",
  "ret",
  "process",
  "object",
  "object2",
  "arg",
] as const;
/** Tag, store, sequence, number. */
const ITEMS_BEFORE_GENERATION = 4;

interface Decoded {
  /** By generation. */
  readonly entities: ReadonlyMap<number, readonly Uint8Array[]>;
  /** By sequence and window; a list, because a section that is there twice is one too many. */
  readonly sections: ReadonlyMap<string, readonly Section[]>;
}

export function compare(given: Given, files: Files): Compared {
  const decoded = decode(files);
  const entities = compareEntities(given, decoded);
  const atoms = compareAtoms(given, decoded);
  return {
    atoms: atoms.count,
    entities: entities.count,
    mismatches: atoms.mismatches + entities.mismatches,
  };
}

/** Everything that blocks and logs hold, whoever names it. */
function decode(files: Files): Decoded {
  const { store } = decodeStoreFile(bytesAt(files, STORE_PATH));
  const generations = new Map<number, Generation>();
  const entities = new Map<number, readonly Uint8Array[]>();
  for (let number = 1; files.has(entitiesPath(number)); number += 1) {
    const generation = Generation.of(store, number);
    const frames = framesOf(files, entitiesPath(number));
    entities.set(
      number,
      frames.flatMap((frame) => generation.addEntities(frame).entities),
    );
    for (const frame of framesOf(files, conesPath(number))) generation.addCones(frame);
    generations.set(number, generation);
  }
  const sections = new Map<string, Section[]>();
  for (const [path, bytes] of files) {
    if (!path.includes("/blocks/")) continue;
    const content = unzstd(bytes, BLOCK_UNPACKED_MAX);
    const generation = generations.get(generationOf(content));
    if (generation === undefined) throw new TypeError(`${path} is of no generation`);
    const block = generation.block(content);
    for (const section of block.sections) {
      const key = keyOf(block.sequence, generation.number, section.window);
      sections.getOrInsertComputed(key, () => []).push(section);
    }
  }
  return { entities, sections };
}

function compareEntities({ entities }: Given, decoded: Decoded): Counted {
  let [count, mismatches] = [0, 0];
  for (const { generation, firstId, bytes, ends } of entities) {
    const list = decoded.entities.get(generation) ?? [];
    let start = 0;
    for (const [at, end] of ends.entries()) {
      const entity = list[firstId - 1 + at];
      if (entity === undefined || !equalBytes(entity, bytes.subarray(start, end))) mismatches += 1;
      start = end;
      count += 1;
    }
  }
  let found = 0;
  for (const list of decoded.entities.values()) found += list.length;
  return { count, mismatches: mismatches + Math.max(0, found - count) };
}

function compareAtoms({ windows }: Given, { sections }: Decoded): Counted {
  let [count, mismatches] = [0, 0];
  const met = new Set<string>();
  for (const { sequence, generation, window, table } of windows) {
    const key = keyOf(sequence, generation, window);
    met.add(key);
    const [section, ...more] = sections.get(key) ?? [];
    count += table.length;
    mismatches += section === undefined ? table.length : differences(table, section);
    for (const { atoms } of more) mismatches += atoms.length;
  }
  for (const [key, list] of sections) {
    if (!met.has(key)) for (const { atoms } of list) mismatches += atoms.length;
  }
  return { count, mismatches };
}

/** Atoms of `given` that are not in their place, and those that are too many. */
function differences(given: AtomTable, { atoms, starts }: Section): number {
  const rows = rowsByProcess(given);
  let mismatches = Math.max(0, given.length - atoms.length);
  const taken = new Map<number, number>();
  for (let run = 0; run + 1 < starts.length; run += 1) {
    for (let row = starts[run] ?? 0; row < (starts[run + 1] ?? 0); row += 1) {
      const process = atoms.process[row] ?? 0;
      const at = taken.get(process) ?? 0;
      taken.set(process, at + 1);
      const wanted = rows.get(process)?.[at];
      if (wanted === undefined || !sameAtom(given, wanted, atoms, row)) mismatches += 1;
    }
  }
  return mismatches;
}

/** Of each process: its rows by (time, serial), equal ones as they came. */
function rowsByProcess({ process, time, serial, length }: AtomTable): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (let row = 0; row < length; row += 1) {
    rows.getOrInsertComputed(process[row] ?? 0, () => []).push(row);
  }
  const order = (a: number, b: number): number =>
    (time[a] ?? 0) - (time[b] ?? 0) || (serial[a] ?? 0) - (serial[b] ?? 0) || a - b;
  for (const list of rows.values()) list.sort(order);
  return rows;
}

function sameAtom(a: AtomTable, rowA: number, b: AtomTable, rowB: number): boolean {
  for (const column of COLUMNS) if (a[column][rowA] !== b[column][rowB]) return false;
  const [numA, numB] = [a.num[rowA] ?? Number.NaN, b.num[rowB] ?? Number.NaN];
  return numA === numB || (Number.isNaN(numA) && Number.isNaN(numB));
}

function keyOf(sequence: number, generation: number, window: number | null): string {
  return `${sequence}/${generation}/${window ?? "late"}`;
}

/** Which generation a block of either form is of. */
function generationOf(content: Uint8Array): number {
  const reader = new CborReader(content);
  reader.array();
  for (let items = ITEMS_BEFORE_GENERATION; items > 0; items -= 1) reader.skip();
  return reader.uint();
}

function framesOf(files: Files, path: string): readonly Uint8Array[] {
  const log = files.get(path) ?? new Uint8Array(0);
  return splitFrames(log).map((frame) => unzstd(frame, FRAME_UNPACKED_MAX));
}

function bytesAt(files: Files, path: string): Uint8Array {
  const bytes = files.get(path);
  if (bytes === undefined) throw new TypeError(`no ${path}`);
  return bytes;
}
