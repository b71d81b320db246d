/**
 * Blocks: sections as columns of varints.
 *
 * Only encoding: nothing here is hashed into a leaf, so it may change while roots stay.
 *
 * Invariant: `decodeBlock(encodeBlock(b))` equals `b`. What a decoder returns is well-formed in
 * itself; whether its ids exist is for whoever has the dictionary.
 *
 * Format: spec/06-store.md, "Blocks".
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { FormatError } from "../error.ts";
import { decodeSection, encodeColumns, SECTION_COLUMNS } from "./section-codec.ts";
import type { Section } from "./section.ts";

export interface Block {
  readonly store: Uint8Array;
  readonly sequence: number;
  /** Position among the blocks of its kind in the hour, from 0. */
  readonly number: number;
  readonly generation: number;
  readonly sections: readonly Section[];
}

const TAG = "ritma/block@1";
const STORE_BYTES = 16;
const TICK_FINE_US = 1;
const TICK_COARSE_US = 1000;
/** More than any hour could hold: bounds what a stranger's block makes us allocate. */
const ATOMS_MAX = 10_000_000;

/** @throws TypeError for more atoms than a decoder takes */
export function encodeBlock(block: Block): Uint8Array {
  const count = block.sections.reduce((sum, { atoms }) => sum + atoms.length, 0);
  if (count > ATOMS_MAX) throw new TypeError(`block of ${count} atoms`);
  const tick = tickOf(block.sections);
  const writer = new CborWriter(1 << 16)
    .array(7)
    .text(TAG)
    .bytes(block.store)
    .uint(block.sequence)
    .uint(block.number)
    .uint(block.generation)
    .uint(tick)
    .array(block.sections.length);
  for (const section of block.sections) {
    writer
      .array(4)
      .uintOrNull(section.window)
      .uint(section.starts.length - 1)
      .uint(section.atoms.length)
      .array(SECTION_COLUMNS);
    for (const column of encodeColumns(section, tick)) writer.bytes(column);
  }
  return writer.finish();
}

/** @throws FormatError when `bytes` is not exactly one block. */
export function decodeBlock(bytes: Uint8Array): Block {
  const reader = new CborReader(bytes);
  reader.array(7);
  reader.textTag(TAG);
  const store = reader.bytes(STORE_BYTES);
  const sequence = reader.uint();
  const number = reader.uint();
  const generation = reader.uint();
  const tick = readTick(reader);
  const sections: Section[] = [];
  let atomsLeft = ATOMS_MAX;
  for (let left = reader.array(); left > 0; left -= 1) {
    reader.array(4);
    const window = reader.uintOrNull();
    const instantiations = reader.uint();
    const atoms = reader.uint();
    atomsLeft -= atoms;
    if (atomsLeft < 0) throw new FormatError("out-of-range", reader.offset, "too many atoms");
    reader.array(SECTION_COLUMNS);
    const columns: Uint8Array[] = [];
    while (columns.length < SECTION_COLUMNS) columns.push(reader.bytes());
    sections.push(decodeSection({ window, instantiations, atoms, tick, columns }));
  }
  reader.finish();
  checkSections(sections);
  if (tick !== tickOf(sections)) {
    throw new FormatError("not-canonical", 0, "times of whole milliseconds in ticks of 1 µs");
  }
  return { store, sequence, number, generation, sections };
}

/** Windows in order, each once; or the late atoms, alone. */
export function checkSections(sections: readonly Section[]): void {
  if (sections.length === 0) throw new FormatError("wrong-type", 0, "a block without a section");
  let last = -1;
  for (const { window } of sections) {
    if (window === null ? sections.length > 1 : window <= last) {
      throw new FormatError("not-canonical", 0, "sections of a block are not in order");
    }
    last = window ?? last;
  }
}

function readTick(reader: CborReader): number {
  const start = reader.offset;
  const tick = reader.uint();
  if (tick === TICK_FINE_US || tick === TICK_COARSE_US) return tick;
  throw new FormatError("out-of-range", start, `tick of ${tick} µs`);
}

/** Audit stamps are milliseconds; anything finer makes the whole block fine. */
function tickOf(sections: readonly Section[]): number {
  for (const { atoms } of sections) {
    for (let row = 0; row < atoms.length; row += 1) {
      if ((atoms.time[row] ?? 0) % TICK_COARSE_US !== 0) return TICK_FINE_US;
    }
  }
  return TICK_COARSE_US;
}
