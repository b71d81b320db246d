/**
 * Cones as a table: one line each, in as many columns as there are.
 *
 * Invariant: a line holds no character that a terminal obeys, but for the colours made here.
 *
 * @module
 */
import { isHotCone } from "@ritma/evidence";
import type { Palette } from "../../base/colour.ts";
import type { ConeUses, CountedCone } from "../../stores/sealed/cone-uses.ts";
import { formatCount, formatMinute } from "../format.ts";
import { columnsOf, cutTo, padTo } from "../timeline/columns.ts";
import { Namer } from "../timeline/names.ts";
import { briefActions } from "./atoms.ts";
import { closingText, headLines } from "./summary.ts";
import { briefUsers, usersOf } from "./users.ts";

/** Where cones are shown. */
export interface Surface {
  readonly uses: ConeUses;
  readonly paint: Palette;
  /** Null for lines as long as they are. */
  readonly columns: number | null;
}

interface Column {
  readonly title: string;
  readonly side: "left" | "right";
  /** It is left out of lines that are shorter than this. */
  readonly from: number;
  /** At most so wide; the last column takes what is left. */
  readonly max: number;
  readonly cell: (cone: CountedCone) => string;
}

type Table = "list" | "top";

const GAP = "  ";
const WIDE = 1_000;
/** Less of a text than this says nothing. */
const TEXT_MIN = 8;

/** Those that tell most atoms first, without those that tell none. */
export function mostTelling(cones: readonly CountedCone[]): CountedCone[] {
  return cones.filter(({ told }) => told > 0).toSorted((a, b) => b.told - a.told || a.id - b.id);
}

/** @param show what is typed to see one of them */
export function tableLines(
  surface: Surface,
  table: Table,
  cones: readonly CountedCone[],
  more: number,
  show: string,
): string[] {
  const { uses, paint, columns } = surface;
  const namer = new Namer(8);
  const lines = headLines(surface);
  if (cones.length > 0) lines.push("", ...rowLines(surface, columnsFor(table, uses, namer), cones));
  const left = more === 0 ? "" : `… ${formatCount(more)} more · --limit 0`;
  const next = cones.length === 0 ? "" : `  One of them, drawn:   ${show}`;
  const closing = closingText(namer, columns).map((line) => paint.dim(line));
  if (left !== "") lines.push(paint.dim(left));
  lines.push(...closing);
  if (next !== "") lines.push("", next);
  return lines;
}

function columnsFor(table: Table, uses: ConeUses, namer: Namer): Column[] {
  const { entities, index, atoms } = uses;
  const by = (cone: CountedCone): string => briefUsers(usersOf(entities, namer, cone.tally));
  const shared: Column[] = [
    right("cone", 0, ({ id }) => String(id)),
    right("uses", 0, ({ entry }) => formatCount(entry.uses)),
    right("atoms", 0, ({ entry }) => formatCount(entry.atoms)),
    right("told", 68, ({ told }) => formatCount(told)),
    right("share", 0, ({ told }) => shareText(told, atoms)),
  ];
  const text = { side: "left" as const };
  const last: Column = { ...text, title: "by", from: 0, max: 24, cell: by };
  const does: Column = {
    ...text,
    title: "does",
    from: 76,
    max: WIDE,
    cell: ({ cone }) => briefActions(cone),
  };
  if (table === "top") return [...shared, last, does];
  const when: Column[] = [
    { ...text, title: "last used", from: 0, max: 16, cell: lastUse },
    { ...text, title: "", from: 72, max: 4, cell: ({ entry }) => heat(isHotCone(index, entry)) },
  ];
  return [...shared, ...when, last, { ...does, from: 96 }];
}

function right(title: string, from: number, cell: Column["cell"]): Column {
  return { title, side: "right", from, max: WIDE, cell };
}

function lastUse({ tally }: CountedCone): string {
  return tally === null ? "never" : formatMinute(tally.lastTime);
}

export function heat(isHot: boolean): string {
  return isHot ? "hot" : "cold";
}

/** `6.5%`; `<0.1%` for what is there and would round to nothing. */
export function shareText(told: number, atoms: number): string {
  const share = atoms === 0 ? 0 : (100 * told) / atoms;
  return told > 0 && share < 0.1 ? "<0.1%" : `${share.toFixed(1)}%`;
}

function rowLines(
  { paint, columns: width }: Surface,
  all: readonly Column[],
  cones: readonly CountedCone[],
): string[] {
  const shown = all.filter(({ from }) => from <= (width ?? WIDE));
  const cells = cones.map((cone) => shown.map(({ cell }) => cell(cone)));
  const widths = shown.map(({ title, max }, at) => {
    const widest = Math.max(columnsOf(title), ...cells.map((row) => columnsOf(row[at] ?? "")));
    return Math.min(max, widest);
  });
  const fit = width === null ? widths : fitted(widths, width);
  const line = (row: readonly string[]): string => {
    const padded = shown.map(({ side }, at) => {
      const room = fit[at] ?? 0;
      const cell = cutTo(row[at] ?? "", room);
      return side === "right"
        ? " ".repeat(Math.max(0, room - columnsOf(cell))) + cell
        : padTo(cell, room);
    });
    return (GAP + padded.join(GAP)).trimEnd();
  };
  return [paint.dim(line(shown.map(({ title }) => title))), ...cells.map((row) => line(row))];
}

/** The last column gives way, and where that is not enough the one before it. */
function fitted(widths: readonly number[], columns: number): number[] {
  const fit = [...widths];
  let over = fit.reduce((sum, width) => sum + GAP.length + width, 0) - columns;
  for (let at = fit.length - 1; at >= 0 && over > 0; at -= 1) {
    const give = Math.min(over, Math.max(0, (fit[at] ?? 0) - TEXT_MIN));
    fit[at] = (fit[at] ?? 0) - give;
    over -= give;
  }
  return fit;
}
