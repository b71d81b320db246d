/**
 * The account, as a person reads it.
 *
 * @module
 */
import { escapeText } from "../../base/text.ts";
import { KINDS } from "../../flow/keep/kinds.ts";
import { counted, formatBytes, formatCount, labelled } from "../format.ts";
import type { AccountFacts, AccountRow } from "./account-run.ts";

const COLUMNS = ["", "events", "read", "stored", "an event", "smaller"] as const;

export function accountLines(facts: AccountFacts, day: string | null, columns: number): string[] {
  const { days, total, files, dedupe } = facts;
  const what =
    day === null ? counted(days.length, "day") : `${day}, ${counted(days.length, "hour")}`;
  const rows = [...days.map(cellsOf), ...(days.length > 1 ? [cellsOf(total)] : [])];
  return [
    `${escapeText(facts.path)} · ${what}`,
    "",
    ...(days.length === 0
      ? ["  Nothing is sealed yet."]
      : table("lrrrrr", [[...COLUMNS], ...rows])),
    "",
    `  The whole store, ${counted(files, "file")}:`,
    "",
    ...table("lrrl", [["", "length", "on disk", ""], ...kindRows(facts)]),
    "",
    ...labelled(dedupeRows(dedupe), columns),
    ...comparedLines(facts),
  ];
}

function dedupeRows({
  atoms,
  entities,
  instantiations,
  cones,
}: AccountFacts["dedupe"]): (readonly [string, string])[] {
  const once = `${formatCount(entities)} names, files and processes`;
  return [
    ["stored once", `${once}, for ${counted(atoms, "atom")}`],
    ["shapes", `${counted(cones, "cone")}, for ${counted(instantiations, "instantiation")}`],
  ];
}

function cellsOf({
  name,
  events,
  rawBytes,
  storedBytes,
  bytesPerEvent,
  ratio,
}: AccountRow): string[] {
  return [
    name,
    formatCount(events),
    formatBytes(rawBytes),
    formatBytes(storedBytes),
    bytesPerEvent === null ? "" : `${bytesPerEvent.toFixed(2)} B`,
    timesText(ratio),
  ];
}

function kindRows({ bytes, allocated }: AccountFacts): string[][] {
  const rows = KINDS.filter(({ kind }) => bytes[kind] > 0).map(({ kind, word, what }) => [
    word,
    formatBytes(bytes[kind]),
    formatBytes(allocated[kind]),
    what,
  ]);
  return [...rows, ["all", formatBytes(bytes.total), formatBytes(allocated.total), ""]];
}

function comparedLines({ compared }: AccountFacts): string[] {
  if (compared === null) return [];
  const { file, rawBytes, storedBytes, gzip6, zstd3, zstd19 } = compared;
  const row = (name: string, bytes: number): string[] => {
    const times = storedBytes === null ? "" : `${timesText(bytes / storedBytes)} as much as here`;
    return [name, formatBytes(bytes), timesText(rawBytes / Math.max(bytes, 1)), times];
  };
  const here =
    storedBytes === null
      ? ["here", "", "", "no session read just this file, so there is nothing to put beside it"]
      : row("here", storedBytes).with(3, "all that the session's hours put on disk");
  return [
    "",
    `  ${escapeText(file)}, ${formatBytes(rawBytes)}:`,
    "",
    ...table("lrrl", [
      ["", "length", "smaller", ""],
      here,
      row("zstd -19 --long=27", zstd19),
      row("zstd -3", zstd3),
      row("gzip -6", gzip6),
    ]),
  ];
}

function timesText(ratio: number | null): string {
  if (ratio === null) return "";
  return `${ratio >= 10 ? formatCount(Math.round(ratio)) : ratio.toFixed(1)}×`;
}

/** @param sides of each column: l or r, to which its cells keep */
function table(sides: string, rows: readonly (readonly string[])[]): string[] {
  const widths = Array.from(sides, (_, at) =>
    Math.max(...rows.map((row) => (row[at] ?? "").length)),
  );
  const cellAt = (cell: string, at: number): string => {
    const width = widths[at] ?? 0;
    return sides[at] === "l" ? cell.padEnd(width) : cell.padStart(width);
  };
  return rows.map((row) => `  ${row.map(cellAt).join("   ")}`.trimEnd());
}
