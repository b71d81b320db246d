/**
 * The tables of `ritma blame`: programs, and windows.
 *
 * Invariant: a line holds no character that a terminal obeys, but for the colours made here, and
 * has at most the columns it is given.
 *
 * @module
 */
import type { Blame, BlamedWindow } from "../../flow/investigate/blame.ts";
import type { BlamedProgram } from "../../flow/investigate/blame-programs.ts";
import { eventReference } from "../diff/reference.ts";
import { thingText } from "../diff/things.ts";
import { counted, formatCount } from "../format.ts";
import type { TableSurface } from "../surface.ts";
import { columnsOf, cutPath, cutProcess, cutTo, padTo } from "../timeline/columns.ts";
import { deedText } from "./deeds.ts";

interface Column {
  readonly title: string;
  readonly side: "left" | "right";
  readonly cut: (text: string, columns: number) => string;
  /** What it may be cut to; null for what is never cut. */
  readonly min: number | null;
}

const GAP = "  ";
const WIDE = 4_000;
const NAME_MIN = 8;
const PROGRAM_MAX = 44;

export function programLines(surface: TableSurface, { programs, others }: Blame): string[] {
  const rows = programs.slice(0, surface.limit).map((each) => programCells(surface, each));
  const more = [
    ...(programs.length > rows.length
      ? [`${formatCount(programs.length - rows.length)} more`]
      : []),
    ...(others > 0 ? [`${counted(others, "event")} of programs that had no room`] : []),
  ];
  const columns: Column[] = [
    { title: "by", side: "left", cut: cutPath, min: NAME_MIN },
    { title: "events", side: "right", cut: cutTo, min: null },
    { title: "processes", side: "right", cut: cutTo, min: null },
    { title: "did", side: "left", cut: cutTo, min: NAME_MIN },
  ];
  return [...table(surface, columns, rows), ...moreLines(surface, more)];
}

export function windowLines(surface: TableSurface, { windows, moreWindows }: Blame): string[] {
  const rows = windows.slice(0, surface.limit).map((each) => windowCells(surface, each));
  const left = windows.length - rows.length + moreWindows;
  const columns: Column[] = [
    { title: "window", side: "left", cut: cutTo, min: null },
    { title: "events", side: "right", cut: cutTo, min: null },
    { title: "first event", side: "left", cut: cutTo, min: null },
    { title: "of", side: "left", cut: cutProcess, min: NAME_MIN },
  ];
  const more = left > 0 ? [`${formatCount(left)} more`] : [];
  return [...table(surface, columns, rows), ...moreLines(surface, more)];
}

function programCells({ namer }: TableSurface, blamed: BlamedProgram): string[] {
  const { program, events, processes, deeds } = blamed;
  const name = cutPath(thingText(namer, program), PROGRAM_MAX);
  return [name, formatCount(events), formatCount(processes), deedText(deeds)];
}

function windowCells(
  { namer, clock }: TableSurface,
  { window, events, first }: BlamedWindow,
): string[] {
  const process = namer.process(first.process);
  return [window.name, formatCount(events), eventReference(clock, first), process];
}

function moreLines({ paint }: TableSurface, more: readonly string[]): string[] {
  return more.length === 0 ? [] : [paint.dim(`${GAP}… ${more.join(" · ")} · --all`)];
}

function table(
  { paint, columns: room }: TableSurface,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const widths = columns.map(({ title }, at) =>
    Math.max(columnsOf(title), ...rows.map((row) => columnsOf(row[at] ?? ""))),
  );
  const fit = fitted(columns, widths, room ?? WIDE);
  const line = (cells: readonly string[]): string => {
    const padded = columns.map(({ side, cut }, at) => {
      const width = fit[at] ?? 0;
      const cell = cut(cells[at] ?? "", width);
      return side === "left" ? padTo(cell, width) : cell.padStart(width);
    });
    return (GAP + padded.join(GAP)).trimEnd();
  };
  return [paint.dim(line(columns.map(({ title }) => title))), ...rows.map(line)];
}

/** The last column that may be cut gives way first. */
function fitted(columns: readonly Column[], widths: readonly number[], room: number): number[] {
  const fit = [...widths];
  let over = fit.reduce((sum, width) => sum + GAP.length + width, 0) - room;
  for (let at = fit.length - 1; at >= 0 && over > 0; at -= 1) {
    const min = columns[at]?.min ?? null;
    if (min === null) continue;
    const give = Math.min(over, Math.max(0, (fit[at] ?? 0) - min));
    fit[at] = (fit[at] ?? 0) - give;
    over -= give;
  }
  return fit;
}
