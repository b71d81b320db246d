/**
 * Sealed windows, and how a person names one.
 *
 *     12.031      hour sequence, number of the window in its clock hour; `12.late` for late events
 *     9c10be      six or more hex digits of its root
 *     09:32       a time that lies in it
 *
 * Late events of an hour are a window of their own. Its interval is that of the hour that holds
 * them; they themselves are older, or of no year that can be. No time finds it.
 *
 * Invariant: every root stands in the signed node log.
 *
 * Not here: which windows a span has (`span-windows.ts`); what a time looks like, and tags (`cli`).
 *
 * @module
 */
import { type CodedBlock, type HourEntry, type HourHeader, type Section } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import type { Entities } from "../../stores/sealed/entities.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";

/** A sealed micro-window, or the late events of an hour. */
export interface Window {
  readonly hour: SealedHour;
  /** In its clock hour; null for late events. */
  readonly number: number | null;
  /** Microseconds, half open. */
  readonly t1: number;
  readonly t2: number;
  /** The micro root. */
  readonly root: Uint8Array;
  /** "12.031": sequence of the hour, number of the window; "12.late". */
  readonly name: string;
}

export interface WindowSpan {
  /** Microseconds, half open. */
  readonly since: number;
  readonly until: number;
}

const NAME = /^(?<sequence>\d{1,9})\.(?:(?<number>\d{1,6})|late)$/u;
const ROOT = /^[0-9a-f]{6,64}$/iu;
const NUMBER_DIGITS = 3;
const ROOT_DIGITS_SHOWN = 12;
const CANDIDATES_MAX = 10;

/**
 * @param timeOf microseconds; null for what is no time
 * @throws RitmaError `query/unknown`, `query/ambiguous`, `store/damaged`
 */
export async function findWindow(
  reader: StoreReader,
  text: string,
  timeOf: (text: string) => number | null,
): Promise<Window> {
  const groups = NAME.exec(text)?.groups;
  if (groups !== undefined) return await windowNamed(reader, text, groups);
  if (ROOT.test(text)) {
    const found = await windowOfRoot(reader, text.toLowerCase());
    if (found !== null) return found;
  }
  const time = timeOf(text);
  if (time !== null) return await windowAt(reader, text, time);
  const message =
    `"${shown(text)}" is no window here: one is named like 12.031, by six or more hex digits ` +
    "of its root, or by a time that lies in it";
  throw new RitmaError("query/unknown", message);
}

/**
 * The atoms of one window, and what ids in them stand for. Blocks are read up to the one that holds
 * it, one in memory at a time.
 *
 * @throws RitmaError `store/damaged`
 */
export async function sectionsOf(
  reader: StoreReader,
  window: Window,
): Promise<{ readonly entities: Entities; readonly sections: readonly Section[] }> {
  const { hour, number } = window;
  const header = await reader.header(hour);
  const entities = await reader.entities(header);
  const sections: Section[] = [];
  for await (const block of blocksOf(reader, hour, header, number)) {
    sections.push(...block.sections.filter((section) => section.window === number));
    if (number !== null && (block.sections.at(-1)?.window ?? -1) >= number) break;
  }
  if (sections.length > 0) return { entities, sections };
  throw reader.files.damaged(hour.folder, `no block holds window ${window.name}`);
}

function blocksOf(
  reader: StoreReader,
  hour: SealedHour,
  header: HourHeader,
  number: number | null,
): AsyncGenerator<CodedBlock> {
  return reader.blocks(hour, header, number === null ? "late" : "inst");
}

/** In order of time, the late one last. */
export async function windowsOf(reader: StoreReader, hour: SealedHour): Promise<readonly Window[]> {
  return (await reader.windows(hour)).flatMap((entry) => windowOf(hour, entry) ?? []);
}

function windowOf(hour: SealedHour, entry: HourEntry): Window | null {
  const { window: number, t1, t2, microRoot: root } = entry;
  if (root === null) return null;
  return { hour, number, t1, t2, root, name: windowName(hour.sequence, number) };
}

/** "12.031"; "12.late" for null. */
export function windowName(sequence: number, number: number | null): string {
  return `${sequence}.${number === null ? "late" : String(number).padStart(NUMBER_DIGITS, "0")}`;
}

async function windowNamed(
  reader: StoreReader,
  text: string,
  groups: Readonly<Record<string, string | undefined>>,
): Promise<Window> {
  const sequence = Number(groups["sequence"]);
  const number = groups["number"] === undefined ? null : Number(groups["number"]);
  const hour = reader.hours[sequence];
  if (hour === undefined) {
    const count = reader.hours.length;
    const held = count === 0 ? "it is empty" : `its hours are 0 to ${count - 1}`;
    throw new RitmaError("query/unknown", `the store has no hour ${sequence}: ${held}`);
  }
  const all = await windowsOf(reader, hour);
  const found = all.find((window) => window.number === number);
  if (found !== undefined) return found;
  const message = `hour ${sequence} has no window ${shown(text)}; it has ${listed(all)}`;
  throw new RitmaError("query/unknown", message);
}

async function windowOfRoot(reader: StoreReader, digits: string): Promise<Window | null> {
  const found = reader.hours.flatMap((hour) =>
    hour.logged
      .filter(({ root }) => root.toHex().startsWith(digits))
      .map((logged) => ({ hour, logged })),
  );
  const [first] = found;
  if (first === undefined) return null;
  if (found.length > 1) {
    const names = found.map(({ hour, logged }) => {
      const root = logged.root.toHex().slice(0, ROOT_DIGITS_SHOWN);
      return `${windowName(hour.sequence, logged.number)} (${root}…)`;
    });
    const message = `${found.length} windows have a root that begins with ${digits}: `;
    throw new RitmaError("query/ambiguous", message + cut(names));
  }
  const { hour, logged } = first;
  const window = (await windowsOf(reader, hour)).find(({ number }) => number === logged.number);
  if (window !== undefined) return window;
  throw reader.files.damaged(hour.folder, `its tree lacks window ${logged.number ?? "late"}`);
}

async function windowAt(reader: StoreReader, text: string, time: number): Promise<Window> {
  const hour = reader.hours.find(({ t1, t2 }) => t1 <= time && time < t2);
  const all = hour === undefined ? [] : await windowsOf(reader, hour);
  const onTime = all.filter(({ number }) => number !== null);
  const found = onTime.find(({ t1, t2 }) => t1 <= time && time < t2);
  if (found !== undefined) return found;
  const near = onTime.length === 0 ? "" : `; its hour has ${listed(onTime)}`;
  const message = `no window with events holds ${shown(text)}${near}`;
  throw new RitmaError("query/unknown", message);
}

function listed(windows: readonly Window[]): string {
  return windows.length === 0 ? "none" : cut(windows.map(({ name }) => name));
}

function cut(names: readonly string[]): string {
  const more = names.length - CANDIDATES_MAX;
  const first = names.slice(0, CANDIDATES_MAX).join(", ");
  return more > 0 ? `${first} and ${more} more` : first;
}

function shown(text: string): string {
  return escapeText(text.slice(0, 100));
}
