/**
 * The columns of one section.
 *
 * Format: spec/06-store.md, "Blocks", table of columns.
 *
 * @module
 */
import { VarintReader, VarintWriter } from "../bytes/varint.ts";
import { FormatError } from "../error.ts";
import { AtomTable } from "./atom-table.ts";
import type { Section } from "./section.ts";

export const SECTION_COLUMNS = 11;
/** The one column that is not varints. */
const TYPES = 4;

/** A section as it stands in a block. */
export interface RawSection {
  readonly window: number | null;
  readonly instantiations: number;
  readonly atoms: number;
  /** Microseconds. */
  readonly tick: number;
  readonly columns: readonly Uint8Array[];
}

const ID_MAX = 0xffff_ffff;

export function encodeColumns(section: Section, tick: number): Uint8Array[] {
  const columns = Array.from({ length: SECTION_COLUMNS }, () => new VarintWriter());
  const types = section.atoms.etype.slice(0, section.atoms.length);
  writeInstantiations(section, tick, columns);
  writeAtoms(section.atoms, columns);
  writeSteps(section, tick, columns);
  return columns.map((column, at) => (at === TYPES ? types : column.finish()));
}

function writeInstantiations(
  { atoms, starts }: Section,
  tick: number,
  columns: readonly VarintWriter[],
): void {
  const [process, count, start, serial] = columns;
  let [lastProcess, lastTime, lastSerial] = [0, 0, 0];
  for (let at = 0; at + 1 < starts.length; at += 1) {
    const row = starts[at] ?? 0;
    const time = (atoms.time[row] ?? 0) / tick;
    process?.int((atoms.process[row] ?? 0) - lastProcess);
    count?.uint((starts[at + 1] ?? 0) - row);
    start?.int(time - lastTime);
    serial?.int((atoms.serial[row] ?? 0) - lastSerial);
    lastProcess = atoms.process[row] ?? 0;
    lastTime = time;
    lastSerial = atoms.serial[row] ?? 0;
  }
}

function writeAtoms(atoms: AtomTable, columns: readonly VarintWriter[]): void {
  const [, , , , , flags, ret, , , entities, nums] = columns;
  let [lastObject, lastObject2, lastArg] = [0, 0, 0];
  for (let row = 0; row < atoms.length; row += 1) {
    flags?.uint(atoms.flags[row] ?? 0);
    ret?.uint(atoms.ret[row] ?? 0);
    lastObject = writeId(entities, atoms.object[row] ?? 0, lastObject);
    lastObject2 = writeId(entities, atoms.object2[row] ?? 0, lastObject2);
    lastArg = writeId(entities, atoms.arg[row] ?? 0, lastArg);
    const num = atoms.num[row] ?? Number.NaN;
    nums?.uint(Number.isNaN(num) ? 0 : 1);
    if (!Number.isNaN(num)) nums?.int(num);
  }
}

/** @returns the id that the next one in this place is counted from. */
function writeId(column: VarintWriter | undefined, id: number, last: number): number {
  if (id === 0) {
    column?.uint(0);
    return last;
  }
  const step = id - last;
  column?.uint(1 + (step >= 0 ? step * 2 : -step * 2 - 1));
  return id;
}

function writeSteps(
  { atoms, starts }: Section,
  tick: number,
  columns: readonly VarintWriter[],
): void {
  const [, , , , , , , times, serials] = columns;
  for (let at = 0; at + 1 < starts.length; at += 1) {
    for (let row = (starts[at] ?? 0) + 1; row < (starts[at + 1] ?? 0); row += 1) {
      times?.uint(((atoms.time[row] ?? 0) - (atoms.time[row - 1] ?? 0)) / tick);
      serials?.int((atoms.serial[row] ?? 0) - (atoms.serial[row - 1] ?? 0));
    }
  }
}

/** @throws FormatError when the columns do not hold exactly what the counts announce. */
export function decodeSection(raw: RawSection): Section {
  const types = raw.columns[TYPES];
  // Each atom takes a byte of this column, so a false count cannot make us allocate for it.
  if (types === undefined || types.length !== raw.atoms || raw.atoms === 0) {
    throw new FormatError("wrong-type", 0, `types of ${raw.atoms} atoms have another length`);
  }
  const readers = raw.columns.map((column) => new VarintReader(column));
  const atoms = new AtomTable(raw.atoms);
  atoms.etype.set(types);
  atoms.length = raw.atoms;
  const starts = readInstantiations(raw, atoms, readers);
  readAtoms(atoms, readers);
  for (const [at, reader] of readers.entries()) if (at !== TYPES) reader.finish();
  return { window: raw.window, atoms, starts };
}

function readInstantiations(
  raw: RawSection,
  atoms: AtomTable,
  readers: readonly VarintReader[],
): number[] {
  const [processes, counts, firsts, firstSerials, , , , times, serials] = readers;
  const starts = [0];
  let [process, start, first, row] = [0, 0, 0, 0];
  for (let at = 0; at < raw.instantiations; at += 1) {
    const count = counts?.uint() ?? 0;
    if (count < 1 || row + count > raw.atoms) {
      throw new FormatError("out-of-range", 0, `instantiation ${at} of ${count} atoms`);
    }
    process = inRange(process + (processes?.int() ?? 0), 1, ID_MAX, "process id");
    start = inRange(start + (firsts?.int() ?? 0), 0, Number.MAX_SAFE_INTEGER / raw.tick, "time");
    first = inRange(first + (firstSerials?.int() ?? 0), 0, Number.MAX_SAFE_INTEGER, "serial");
    let [time, serial] = [start, first];
    for (const end = row + count; row < end; row += 1) {
      if (row > (starts.at(-1) ?? 0)) {
        time += times?.uint() ?? 0;
        serial += serials?.int() ?? 0;
      }
      atoms.process[row] = process;
      atoms.time[row] = inRange(time, 0, Number.MAX_SAFE_INTEGER / raw.tick, "time") * raw.tick;
      atoms.serial[row] = inRange(serial, 0, Number.MAX_SAFE_INTEGER, "serial");
    }
    starts.push(row);
  }
  if (row !== raw.atoms) throw new FormatError("wrong-type", 0, `${raw.atoms - row} atoms over`);
  return starts;
}

function readAtoms(atoms: AtomTable, readers: readonly VarintReader[]): void {
  const [, , , , , flags, ret, , , entities, nums] = readers;
  let [object, object2, arg] = [0, 0, 0];
  for (let row = 0; row < atoms.length; row += 1) {
    atoms.flags[row] = inRange(flags?.uint() ?? 0, 0, ID_MAX, "flags");
    atoms.ret[row] = inRange(ret?.uint() ?? 0, 0, ID_MAX, "ret");
    atoms.object[row] = readId(entities, object);
    atoms.object2[row] = readId(entities, object2);
    atoms.arg[row] = readId(entities, arg);
    object = atoms.object[row] || object;
    object2 = atoms.object2[row] || object2;
    arg = atoms.arg[row] || arg;
    atoms.num[row] = readNum(nums);
  }
}

function readId(column: VarintReader | undefined, last: number): number {
  const coded = column?.uint() ?? 0;
  if (coded === 0) return 0;
  const zigzag = coded - 1;
  const step = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  return inRange(last + step, 1, ID_MAX, "entity id");
}

function readNum(column: VarintReader | undefined): number {
  const known = inRange(column?.uint() ?? 0, 0, 1, "mark of a number");
  return known === 0 ? Number.NaN : (column?.int() ?? 0);
}

function inRange(value: number, low: number, high: number, what: string): number {
  if (value >= low && value <= high) return value;
  throw new FormatError("out-of-range", 0, `${what} ${value} out of range`);
}
