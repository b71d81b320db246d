/**
 * `ritma stats`, run.
 *
 * @module
 */
import { type DaySum, HOUR_COUNTS, type HourCount, type StoreFile } from "@ritma/evidence";
import { escapeBytes, escapeText } from "../../base/text.ts";
import { type BytesByKind, bytesByKind, KINDS } from "../../flow/keep/kinds.ts";
import { readRolling } from "../../flow/keep/ledger.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import { listTree } from "../../services/verifier/disk-tree.ts";
import type { Context } from "../command.ts";
import { counted, formatBytes, formatCount, formatTime, labelled } from "../format.ts";
import { placeFlags } from "../place-flags.ts";
import { SHORTFALL_NAMES, shortfallRow } from "../shortfalls.ts";

type Counts = Record<HourCount, number>;
type Row = readonly [label: string, text: string];

interface Stats {
  readonly path: string;
  readonly namespace: string;
  readonly node: string | null;
  readonly privacy: string;
  readonly interval: readonly [t1: number, t2: number] | null;
  readonly firstEvent: number | null;
  readonly lastEvent: number | null;
  readonly strayHours: readonly number[];
  readonly sessions: number;
  readonly hours: number;
  readonly windows: number;
  readonly entities: number;
  readonly counts: Readonly<Counts>;
  readonly bytes: BytesByKind;
  /** Sums of the newest days with hours; null when they were not built. */
  readonly rolling: readonly DaySum[] | null;
  readonly bytesPerEvent: number | null;
}

export async function run(context: Context): Promise<number> {
  const config = await context.config();
  const stats = await collect(context, config.outDir.value);
  context.show(stats, () => [
    `${escapeText(stats.node ?? "a node whose name is hashed")} · ${escapeText(stats.namespace)}` +
      ` · ${stats.privacy}`,
    "",
    ...labelled(rows(stats), context.io.columns),
    "",
    `  Is it whole?   ${context.io.program} verify${placeFlags(config)} --trust KEY`,
  ]);
  return 0;
}

async function collect(context: Context, path: string): Promise<Stats> {
  const { disk, primitives } = await context.world();
  const store = await StoreReader.open(disk, primitives, path);
  const { hours } = store;
  const counts = noCounts();
  let [windows, entities] = [0, 0];
  for (const hour of hours) {
    const header = await store.header(hour);
    for (const name of HOUR_COUNTS) counts[name] += header.counts[name];
    windows += hour.windows + (hour.hasLate ? 1 : 0);
    entities += header.generation.entities;
  }
  const files = await listTree(disk, path);
  const bytes = bytesByKind(files.map((file) => [file.path, file.length] as const));
  const [first, last] = [hours[0]?.t1, hours.at(-1)?.t2];
  const range = await store.eventRange();
  const { namespace, privacy } = store.file;
  return {
    path,
    namespace,
    node: nodeOf(store.file),
    privacy,
    interval: first === undefined || last === undefined ? null : [first, last],
    firstEvent: range?.first ?? null,
    lastEvent: range?.last ?? null,
    strayHours: range?.strays.map(({ t1 }) => t1) ?? [],
    sessions: new Set(hours.map(({ session }) => session)).size,
    hours: hours.length,
    windows,
    entities,
    counts,
    bytes,
    rolling: await readRolling(store),
    bytesPerEvent: counts.events === 0 ? null : round(bytes.total / counts.events),
  };
}

function noCounts(): Counts {
  return {
    events: 0,
    records: 0,
    atoms: 0,
    instantiations: 0,
    lost: 0,
    late: 0,
    evicted: 0,
    uninterpreted: 0,
    refused: 0,
    incomplete: 0,
  };
}

/** Bytes that are no UTF-8 are shown escaped. */
function nodeOf({ node }: StoreFile): string | null {
  return node.hashed ? null : escapeBytes(node.bytes);
}

function rows(stats: Stats): Row[] {
  const { firstEvent, lastEvent, strayHours, hours, windows, sessions, entities, counts } = stats;
  const { bytes, bytesPerEvent } = stats;
  const rows: Row[] = [];
  if (firstEvent !== null && lastEvent !== null) {
    rows.push(["from", `${formatTime(firstEvent)} UTC`], ["to", `${formatTime(lastEvent)} UTC`]);
  }
  const [stray] = strayHours;
  if (stray !== undefined) {
    const text = `${counted(strayHours.length, "hour")} with far other stamps, `;
    rows.push(["apart", `${text}as of ${formatTime(stray)} UTC: a clock that was not set?`]);
  }
  const sealed = `${counted(hours, "hour")}, ${counted(windows, "window")}`;
  rows.push(["sealed", `${sealed}, ${counted(sessions, "session")}`]);
  rows.push(["events", `${formatCount(counts.events)} of ${counted(counts.records, "record")}`]);
  rows.push(["atoms", formatCount(counts.atoms)], ["entities", formatCount(entities)]);
  for (const name of SHORTFALL_NAMES) rows.push([name, shortfallRow(name, counts[name])]);
  for (const { kind, word, what } of KINDS) {
    if (bytes[kind] > 0) rows.push([word, `${formatBytes(bytes[kind])}   ${what}`]);
  }
  if (stats.rolling !== null) rows.push(["last 7 days", rollingText(stats.rolling)]);
  const each = bytesPerEvent === null ? "" : `   ${bytesPerEvent} bytes an event`;
  rows.push(["on disk", `${formatBytes(bytes.total)}${each}`]);
  return rows;
}

/** Of the newest days with hours, which need not follow one another. */
function rollingText(days: readonly DaySum[]): string {
  const sum = (field: "events" | "rawBytes" | "storedBytes"): number =>
    days.reduce((total, day) => total + day[field], 0);
  const events = formatCount(sum("events"));
  const sizes = `${formatBytes(sum("rawBytes"))} read, ${formatBytes(sum("storedBytes"))} stored`;
  const which =
    days.length === 1 ? (days[0]?.day ?? "") : `${counted(days.length, "day")} with hours`;
  return `${events} events, ${sizes} (${which})`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
