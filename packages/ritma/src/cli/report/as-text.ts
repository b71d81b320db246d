/**
 * A report as lines, for a terminal or a printer that knows no more than text.
 *
 * Invariant: a line has at most the columns it is given, but for a command's part that is longer
 * by itself; and holds no character that a terminal obeys, but for the colours made here.
 *
 * @module
 */
import type { Palette } from "../../base/colour.ts";
import { columnsOf, cutMiddle, largestOf, padTo } from "../timeline/columns.ts";
import type { Block, CommandLine, FactRow, ReportPage, Table, Tone } from "./page.ts";
import { folded } from "./wrapping.ts";

interface Sheet {
  readonly paint: Palette;
  readonly columns: number;
}

const INDENT = "  ";
const GAP = "   ";
/** So that a fingerprint fits beside every label on a line of 80. */
const LABEL_GAP = "  ";
const LABEL_COLUMNS_MAX = 18;
/** With less for the names beside them, times are left out. */
const NAME_COLUMNS_MIN = 16;
/** Where nothing bounds a line. */
const WIDE = 4_000;

/** @param columns null for as many as it takes */
export function textLines(
  { title, subtitle, sections, imprint }: ReportPage,
  paint: Palette,
  columns: number | null,
): string[] {
  const sheet = { paint, columns: columns ?? WIDE };
  const parts = sections.map(({ title: own, blocks }) => [
    ["", paint.strong(own), paint.dim("─".repeat(columnsOf(own)))],
    ...blocks.map((block, at) => [...(at > 0 ? [""] : []), ...blockLines(sheet, block)]),
  ]);
  return [
    ...folded(title, sheet.columns, "").map(paint.strong),
    ...folded(subtitle, sheet.columns, ""),
    ...parts.flat(2),
    "",
    ...folded(imprint, sheet.columns, "").map(paint.dim),
  ];
}

function blockLines(sheet: Sheet, block: Block): string[] {
  const { paint, columns } = sheet;
  switch (block.kind) {
    case "words":
      return folded(block.text, columns, INDENT).map((line) => painted(paint, block.tone, line));
    case "result": {
      const word = INDENT + painted(paint, block.tone, block.word);
      return [word, ...folded(block.text, columns, INDENT)];
    }
    case "facts":
      return factLines(columns, block.rows);
    case "drawing":
      return [...block.lines];
    case "commands":
      return block.commands.flatMap((command) => commandLines(sheet, command));
    case "table":
      break;
  }
  return tableLines(sheet, block);
}

function painted(paint: Palette, tone: Tone, text: string): string {
  return tone === "plain" ? text : paint[tone](text);
}

function factLines(columns: number, rows: readonly FactRow[]): string[] {
  const widest = largestOf(rows, ([label]) => columnsOf(label));
  const width = Math.min(LABEL_COLUMNS_MAX, widest);
  const indent = " ".repeat(INDENT.length + width + LABEL_GAP.length);
  return rows.flatMap(([label, text]) => {
    const [first = "", ...more] = folded(text, columns, indent);
    const own = INDENT + padTo(label, width) + LABEL_GAP;
    if (columnsOf(label) > width) return [INDENT + label, first, ...more];
    return [(own + first.slice(indent.length)).trimEnd(), ...more];
  });
}

/** One below the other, each part on a line of its own where they do not fit on one. */
function commandLines({ columns, paint }: Sheet, { what, parts }: CommandLine): string[] {
  const whole = INDENT + INDENT + parts.join(" ");
  const split = parts.map((part, at) => {
    const end = at === parts.length - 1 ? "" : " \\";
    return `${INDENT}${INDENT}${at === 0 ? "" : INDENT}${part}${end}`;
  });
  return [
    ...folded(what, columns, INDENT).map(paint.dim),
    ...(columnsOf(whole) <= columns ? [whole] : split),
  ];
}

/** The names give way; figures do not, and times where there is room for both. */
function tableLines({ paint, columns }: Sheet, table: Table): string[] {
  const rows = table.groups.flatMap((group) => group.rows);
  const widths = table.columns.map((_, at) =>
    largestOf(rows, ({ cells }) => columnsOf(cells[at] ?? "")),
  );
  const roomBeside = (kinds: readonly string[]): number => {
    const others = widths.filter((_, at) => kinds.includes(table.columns[at]?.kind ?? ""));
    const taken = others.reduce((sum, width) => sum + width + GAP.length, 0);
    return columns - 2 * INDENT.length - taken;
  };
  const hasTimes = roomBeside(["number", "time"]) >= NAME_COLUMNS_MIN;
  const room = hasTimes ? roomBeside(["number", "time"]) : roomBeside(["number"]);
  const lines = rows.map(({ cells }) => {
    const shown = table.columns.flatMap(({ kind }, at) => {
      const [cell = "", width = 0] = [cells[at], widths[at]];
      if (kind === "number") return [cell.padStart(width)];
      if (kind === "time") return hasTimes ? [cell] : [];
      const own = Math.max(1, Math.min(width, room));
      return [padTo(cutMiddle(cell, own), own)];
    });
    return (INDENT + INDENT + shown.join(GAP)).trimEnd();
  });
  return [INDENT + paint.strong(table.caption), ...lines];
}
