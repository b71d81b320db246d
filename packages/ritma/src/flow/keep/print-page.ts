/**
 * The page that tells of one sealed hour on paper: from facts to lines.
 *
 * Invariants: the same facts give the same bytes, whatever clock, zone or locale the host has. A
 * line has at most 80 characters, a page at most 66 lines, and all of it is ASCII.
 *
 * Format: spec/24-print.md, "Lines". Vectors: spec/vectors/print.json.
 *
 * @module
 */
import type { HourCounts } from "@ritma/evidence";
import { formatCount } from "../../base/figures.ts";
import type { PrintRow } from "./print-tally.ts";
import { fitted } from "./print-text.ts";

/** Of one hour. Texts are spelled as `print-text.ts` spells them. */
export interface PrintFacts {
  readonly node: string;
  readonly namespace: string;
  readonly privacy: string;
  /** Hex. */
  readonly store: string;
  readonly fingerprint: string;
  readonly hourRoot: string;
  readonly seal: string;
  /** Of the hour-seal in the node log. */
  readonly entry: number;
  readonly sequence: number;
  readonly session: number;
  readonly folder: string;
  /** Microseconds, half open, like `gap`. */
  readonly t1: number;
  readonly t2: number;
  /** The gap that was signed directly before it. */
  readonly gap: { readonly t1: number; readonly t2: number } | null;
  readonly windows: number;
  readonly hasLate: boolean;
  readonly counts: HourCounts;
  /** In the order in which the page has them, which shows the first few. */
  readonly tables: Readonly<Record<PrintTable, readonly PrintRow[]>>;
}

const COLUMNS = 80;
const LABEL_COLUMNS = 13;
const COUNT_COLUMNS = 11;
const US_PER_SECOND = 1_000_000;
const RULE = "=".repeat(COLUMNS);

const TABLES = [
  ["programs", "PROGRAMS THAT WERE RUN", 6],
  ["users", "WHO RAN PROGRAMS", 3],
  ["destinations", "CONNECTED TO", 5],
  ["signIns", "SIGN-INS", 4],
  ["refused", "REFUSED", 6],
] as const;
type PrintTable = (typeof TABLES)[number][0];

const LEGEND = [
  String.raw`\#: hashed.  \...: cut.  \xff, \u{e9}: a byte or a character that is no ASCII.`,
  "Times are UTC.",
] as const;

const CHECKING = [
  "This page proves nothing by itself. Whoever has the store (STORE) checks that it",
  "is whole, and that this page says what the sealed hour says, with",
  "  ritma verify STORE --deep --trust FINGERPRINT",
  "The fingerprint must be learnt elsewhere than here: ritma init printed it on the",
  "recorded host. `ritma timeline STORE` tells of each event.",
] as const;

/** Lines, each with a newline at its end. */
export function printPage(facts: PrintFacts): string {
  const lines = [
    beside("RITMA   one sealed hour", `${timeText(facts.t1)} UTC`),
    RULE,
    ...factLines(hourRows(facts)),
    ...TABLES.flatMap(([name, title, shown]) => tableLines(title, facts.tables[name], shown)),
    "",
    "HOW TO CHECK IT",
    ...factLines([
      ["fingerprint", facts.fingerprint],
      ["store", facts.store],
      ["hour root", facts.hourRoot],
      ["hour seal", facts.seal],
      ["node log", `entry ${formatCount(facts.entry)}`],
    ]),
    ...CHECKING,
    RULE,
    ...LEGEND,
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** `2026-11-20 10:16:35.094`; without a fraction where there is none. */
export function timeText(timeUs: number): string {
  const seconds = Math.floor(timeUs / US_PER_SECOND);
  const part = String(timeUs - seconds * US_PER_SECOND).padStart(6, "0");
  const text = new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
  const fraction = part.replace(/(?:000){1,2}$/u, "");
  return fraction === "" ? text : `${text}.${fraction}`;
}

function hourRows(facts: PrintFacts): (readonly [label: string, text: string])[] {
  const { sequence, session, gap, windows, hasLate } = facts;
  const { events, records, atoms, lost, incomplete, late: lateAtoms } = facts.counts;
  const { uninterpreted, refused, evicted } = facts.counts;
  const late = hasLate ? ", and one of late events" : "";
  return [
    ["node", facts.node],
    ["namespace", facts.namespace],
    ["hour", `number ${formatCount(sequence)} of the store, session ${formatCount(session)}`],
    ["folder", facts.folder],
    ["time", intervalText(facts)],
    ...(gap === null ? [] : [["gap before", intervalText(gap)] as const]),
    ["windows", `${formatCount(windows)}${late}`],
    [
      "events",
      `${formatCount(events)} in ${formatCount(records)} records, ${formatCount(atoms)} atoms`,
    ],
    [
      "lost",
      `${formatCount(lost)} events; ${formatCount(incomplete)} incomplete, ` +
        `${formatCount(lateAtoms)} atoms late`,
    ],
    [
      "lines",
      `${formatCount(uninterpreted)} uninterpreted, ${formatCount(refused)} too long; ` +
        `${formatCount(evicted)} states forgotten`,
    ],
    ["privacy", facts.privacy],
  ];
}

function intervalText({ t1, t2 }: { readonly t1: number; readonly t2: number }): string {
  return `${timeText(t1)} to ${timeText(t2)} UTC`;
}

function factLines(rows: readonly (readonly [label: string, text: string])[]): string[] {
  return rows.map(
    ([label, text]) => label.padEnd(LABEL_COLUMNS) + fitted(text, COLUMNS - LABEL_COLUMNS),
  );
}

function tableLines(title: string, rows: readonly PrintRow[], shown: number): string[] {
  const head = rows.length > shown ? beside(title, "most often; others are left out") : title;
  if (rows.length === 0) return ["", `${title}: none`];
  const lines = rows.slice(0, shown).map(({ count, text }) => {
    const own = `${formatCount(count).padStart(COUNT_COLUMNS)}  `;
    return own + fitted(text, COLUMNS - own.length);
  });
  return ["", head, ...lines];
}

function beside(left: string, right: string): string {
  return left + right.padStart(COLUMNS - left.length);
}
