/**
 * Windows as lines, in the manner of `git log`: the newest first, hours and gaps between them.
 *
 *     hour 2    2026-11-20 12:00:00 → 13:00:00  root 9c10be52  session 0
 *       2.late    a1b2c3d4  late events of hour 2
 *                 2 events, 2 atoms, 1 instantiation
 *       2.003     77ab0f12  2026-11-20 12:03:00 → 12:04:00
 *                 1,204 events, 2,000 atoms, 300 instantiations
 *     gap       2026-11-20 11:00:00 → 12:00:00  1 h without events, signed
 *
 * @module
 */
import type { MicroHeader } from "@ritma/evidence";
import type { Palette } from "../../base/colour.ts";
import type { Window } from "../../flow/investigate/windows.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import { counted, formatCount, wrap } from "../format.ts";
import { shortfallText } from "../shortfalls.ts";
import type { Calendar } from "../timeline/calendar.ts";
import type { CountedHour, CountedWindow } from "./collect.ts";
import { glanceLines } from "./glance-lines.ts";
import { lengthText, spanText } from "./spans.ts";

export interface LineOptions {
  readonly paint: Palette;
  readonly calendar: Calendar;
  /** Null for lines as long as they are. */
  readonly columns: number | null;
  /** True for an hour that is not sealed yet: it has no root to show. */
  readonly isOpen: (sequence: number) => boolean;
}

const ROOT_DIGITS = 8;
const NOT_SEALED = "open, not sealed yet";
const LABEL_COLUMNS = 8;
const WHEN_COLUMNS = "2026-11-20 10:16:00 → 10:17:00".length;
const COUNT_COLUMNS = "99,999".length;
const SECOND_US = 1_000_000;
const GAP = "  ";
const HOUR_BELOW = " ".repeat(LABEL_COLUMNS + GAP.length);
const WINDOW_BELOW = GAP + HOUR_BELOW;
/** Of one kind, in one window. */
const GLANCE_NAMES = 5;

/** An hour and those of its windows that are asked for. */
export function hourLines(options: LineOptions, { hour, header, windows }: CountedHour): string[] {
  const { paint, calendar, columns } = options;
  const facts = [
    `hour ${hour.sequence}`.padEnd(LABEL_COLUMNS),
    spanText(calendar, hour.t1, hour.t2),
    options.isOpen(hour.sequence) ? NOT_SEALED : `root ${shortRoot(hour.hourRoot)}`,
    `session ${hour.session}`,
  ];
  const { lost, late } = header.counts;
  const shortfall = shortfallText({ lost, late });
  const told =
    shortfall === "" ? [] : wrap(shortfall, columns ?? Number.POSITIVE_INFINITY, HOUR_BELOW);
  return [
    paint.strong(facts.join(GAP)),
    ...told.map(paint.attention),
    ...windows.flatMap((each) => windowLines(options, each)),
  ];
}

/** One line a window, in whole seconds; hours are told by their names. */
export function onelineLines(options: LineOptions, { windows }: CountedHour): string[] {
  const { paint, calendar } = options;
  return windows.map(({ window, header }) =>
    [
      paint.strong(window.name.padEnd(LABEL_COLUMNS)),
      rootText(options, window),
      whenText(calendar, secondsOf(window)).padEnd(WHEN_COLUMNS),
      aligned(header.events, "event"),
      aligned(header.atoms, "atom").trimEnd(),
    ].join(GAP),
  );
}

function aligned(count: number, word: string): string {
  return `${formatCount(count).padStart(COUNT_COLUMNS)} ${word}${count === 1 ? " " : "s"}`;
}

/** The signed interval without events before an hour; none where there is no gap. */
export function gapLines(
  { paint, calendar, isOpen }: LineOptions,
  { gap, sequence }: SealedHour,
): string[] {
  if (gap === null) return [];
  const signed = isOpen(sequence) ? NOT_SEALED : "signed";
  const length = `${lengthText(gap.t2 - gap.t1)} without events, ${signed}`;
  const span = spanText(calendar, gap.t1, gap.t2);
  return [paint.dim(["gap".padEnd(LABEL_COLUMNS), span, length].join(GAP))];
}

function rootText({ isOpen }: LineOptions, { hour, root }: Window): string {
  return isOpen(hour.sequence) ? "open".padEnd(ROOT_DIGITS) : shortRoot(root);
}

function shortRoot(root: Uint8Array): string {
  return root.toHex().slice(0, ROOT_DIGITS);
}

function windowLines(options: LineOptions, { window, header, glance }: CountedWindow): string[] {
  const { paint, calendar, columns } = options;
  const name = window.name.padEnd(LABEL_COLUMNS);
  const lines = [
    GAP + [name, rootText(options, window), whenText(calendar, window)].join(GAP),
    WINDOW_BELOW + paint.dim(countsText(header)),
  ];
  if (glance === null) return lines;
  return [
    ...lines,
    ...glanceLines(glance, { columns, indent: WINDOW_BELOW, names: GLANCE_NAMES, lines: 1 }),
  ];
}

/** "1,204 events, 2,000 atoms, 300 instantiations" */
export function countsText(
  header: Pick<MicroHeader, "events" | "atoms" | "instantiations">,
): string {
  const { events, atoms, instantiations } = header;
  return [
    counted(events, "event"),
    counted(atoms, "atom"),
    counted(instantiations, "instantiation"),
  ].join(", ");
}

function secondsOf(window: Window): Window {
  const [t1, t2] = [window.t1, window.t2].map((time) => time - (time % SECOND_US));
  return { ...window, t1: t1 ?? 0, t2: t2 ?? 0 };
}

function whenText(calendar: Calendar, { hour, number, t1, t2 }: Window): string {
  return number === null ? `late events of hour ${hour.sequence}` : spanText(calendar, t1, t2);
}
