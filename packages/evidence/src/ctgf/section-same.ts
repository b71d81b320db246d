/**
 * Whether two sections are the same to the last number: what a recorder asks of a block that it has
 * decoded again, before it trusts it.
 *
 * @module
 */
import type { AtomTable } from "../record/atom-table.ts";
import type { Section } from "../record/section.ts";

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

export function sameSection(a: Section, b: Section): boolean {
  if (a.window !== b.window || a.atoms.length !== b.atoms.length) return false;
  if (a.starts.length !== b.starts.length) return false;
  for (let at = 0; at < a.starts.length; at += 1) if (a.starts[at] !== b.starts[at]) return false;
  for (const column of COLUMNS) {
    if (!sameColumn(a.atoms[column], b.atoms[column], a.atoms.length)) return false;
  }
  return sameNumbers(a.atoms, b.atoms);
}

type Column = AtomTable[(typeof COLUMNS)[number]];

function sameColumn(a: Column, b: Column, length: number): boolean {
  for (let row = 0; row < length; row += 1) if (a[row] !== b[row]) return false;
  return true;
}

/** NaN, which is null here, is the same as NaN. */
function sameNumbers(a: AtomTable, b: AtomTable): boolean {
  for (let row = 0; row < a.length; row += 1) {
    const [left, right] = [a.num[row] ?? Number.NaN, b.num[row] ?? Number.NaN];
    if (left !== right && !(Number.isNaN(left) && Number.isNaN(right))) return false;
  }
  return true;
}
