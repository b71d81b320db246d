/**
 * What varies from one use of a cone to the next: how many different things, and the most frequent.
 *
 *     B  arguments, 12 different
 *           400×  id -u
 *
 * @module
 */
import { counted, formatCount } from "../format.ts";
import { columnsOf, cutTo } from "../timeline/columns.ts";
import type { Namer } from "../timeline/names.ts";
import { cutPhrase, textOf } from "../timeline/phrase.ts";
import type { Field, Fields } from "./fields.ts";
import type { Surface } from "./table.ts";

const EXAMPLES = 3;
/** Values that are looked at for those that read the same. */
const LOOKED_AT_MAX = 64;
const TIMES_COLUMNS = 12;
const TEXT_MIN = 12;
const WIDE = 4_000;

/** @param limit fields that are told */
export function varyingLines(
  { paint, columns }: Surface,
  { entities, numbers }: Fields,
  limit: number,
  namer: Namer,
): string[] {
  const vary = [...entities, ...numbers.values()].filter(({ isConstant }) => isConstant === false);
  if (vary.length === 0) return [];
  const width = columns ?? WIDE;
  const lines = ["  varies"];
  for (const field of vary.slice(0, limit)) lines.push(...fieldLines(field, width, namer));
  const left = vary.length - Math.min(vary.length, limit);
  if (left > 0) lines.push(paint.dim(cutTo(`  … ${counted(left, "other")} · --limit 0`, width)));
  return lines;
}

function fieldLines(field: Field, width: number, namer: Namer): string[] {
  const { name, kind, values } = field;
  const lines = [cutTo(`    ${name}  ${kind}, ${different(field)}`, width)];
  const texts = readings(field, namer);
  let shown = 0;
  for (const { object, uses, ids } of texts.slice(0, EXAMPLES)) {
    const times = `${formatCount(uses)}×`.padStart(TIMES_COLUMNS);
    const behind = ids === 1 ? "" : `  (${formatCount(ids)} that read so)`;
    const room = Math.max(TEXT_MIN, width - columnsOf(times) - 2 - columnsOf(behind));
    lines.push(`${times}  ${cutPhrase(object, room)}${behind}`);
    shown += ids;
  }
  const left = values.length - shown;
  if (left > 0) lines.push(`${"…".padStart(TIMES_COLUMNS)}  ${formatCount(left)} more`);
  return lines;
}

interface Reading {
  readonly object: ReturnType<Field["show"]>;
  uses: number;
  /** Values that read the same: a file that was replaced keeps its name. */
  ids: number;
}

function readings({ values, show }: Field, namer: Namer): Reading[] {
  const byText = new Map<string, Reading>();
  for (const [value, uses] of values.slice(0, LOOKED_AT_MAX)) {
    const object = show(namer, value);
    const reading = byText.getOrInsertComputed(textOf(object), () => ({ object, uses: 0, ids: 0 }));
    reading.uses += uses;
    reading.ids += 1;
  }
  return [...byText.values()].toSorted((a, b) => b.uses - a.uses);
}

/** `12 different`. */
export function different({ values, hasMore }: Pick<Field, "values" | "hasMore">): string {
  return `${hasMore ? "more than " : ""}${formatCount(values.length)} different`;
}
