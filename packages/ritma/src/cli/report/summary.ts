/**
 * The begin of a report: whose records these are, of when, and what is known to be missing.
 *
 * @module
 */
import type { Report } from "@ritma/evidence";
import { escapeBytes, escapeText } from "../../base/text.ts";
import { counted, formatCount } from "../format.ts";
import type { AskedRange } from "../log/range.ts";
import { isoTime, spanStamp, spanText } from "../log/spans.ts";
import type { Calendar } from "../timeline/calendar.ts";
import type { FactRow, Section } from "./page.ts";
import type { Records } from "./records.ts";

const GAPS_SHOWN = 5;

/** What a store says of itself, as text. */
export interface StoreNames {
  /** Null when the store keeps only a hash of it. */
  readonly node: string | null;
  readonly namespace: string;
  readonly privacy: string;
  /** Hex. */
  readonly store: string;
  readonly fingerprint: string;
}

/** @returns null when not even the verifier could read it */
export function storeNames(records: Records | null, { store }: Report): StoreNames | null {
  if (records !== null) {
    const { file, fingerprint } = records.store;
    const { namespace, privacy } = file;
    return {
      node: file.node.hashed ? null : escapeBytes(file.node.bytes),
      namespace: escapeText(namespace),
      privacy,
      store: file.store.toHex(),
      fingerprint,
    };
  }
  if (store === null) return null;
  const { node, namespace, privacy, fingerprint } = store;
  const shown = node === null ? null : escapeText(node);
  const rest = { namespace: escapeText(namespace), privacy, store: store.store, fingerprint };
  return { node: shown, ...rest };
}

export function nodeText({ node }: StoreNames): string {
  return node ?? "a node whose name is hashed";
}

/** The range as it was asked for, or all that is sealed. */
export function rangeText(
  calendar: Calendar,
  asked: AskedRange | null,
  records: Records | null,
): string {
  const { since = null, until = null } = asked ?? {};
  if (since !== null && until !== null) return spanStamp(calendar, since, until);
  if (since !== null) return `from ${calendar.stamp(since)} on`;
  if (until !== null) return `until ${calendar.stamp(until)}`;
  const held = records?.held ?? null;
  return held === null ? "all that is sealed" : spanStamp(calendar, held.first, held.last);
}

/** The flags that ask for the same range, exact to the microsecond. */
export function rangeFlags(asked: AskedRange | null): string[] {
  const { since = null, until = null } = asked ?? {};
  return [
    ...(since === null ? [] : [`--since ${isoTime(since) ?? since}`]),
    ...(until === null ? [] : [`--until ${isoTime(until) ?? until}`]),
  ];
}

export function summarySection(
  calendar: Calendar,
  names: StoreNames | null,
  asked: AskedRange | null,
  records: Records | null,
): Section {
  const rows: FactRow[] = [];
  if (names !== null) {
    rows.push(["node", nodeText(names)], ["namespace", names.namespace]);
    rows.push(["store", names.store], ["fingerprint", names.fingerprint]);
    rows.push(["privacy", PRIVACY[names.privacy] ?? names.privacy]);
  }
  rows.push(["range", rangeText(calendar, asked, records)]);
  if (records !== null) rows.push(...recordRows(calendar, records));
  return { id: "summary", title: "Summary", blocks: [{ kind: "facts", rows }] };
}

const PRIVACY: Readonly<Record<string, string>> = {
  raw: "raw: names as they were",
  "hash-only": "hash-only: names are kept as keyed hashes",
};

function recordRows(
  calendar: Calendar,
  { coverage, windows, events, span, store }: Records,
): FactRow[] {
  const { hours, gaps, lost, incomplete } = coverage;
  const rows: FactRow[] = [["sealed", `${counted(hours, "hour")}, ${counted(windows, "window")}`]];
  rows.push(["events", formatCount(events)]);
  if (hours > 0) {
    const many = lost === 0 ? "none counted" : counted(lost, "event");
    rows.push(["lost", `${many} in these hours`], ["gaps", gapsText(calendar, gaps)]);
  }
  if (incomplete > 0) {
    rows.push(["incomplete", `${counted(incomplete, "event")}: the log lacks records of them`]);
  }
  const end = store.hours.at(-1)?.t2;
  if (end !== undefined && span.until > end) {
    rows.push(["ends", `${calendar.stamp(end)}; of later hours this page says nothing`]);
  }
  return rows;
}

function gapsText(calendar: Calendar, gaps: Records["coverage"]["gaps"]): string {
  if (gaps.length === 0) return "none between these hours";
  const shown = gaps.slice(0, GAPS_SHOWN).map(({ t1, t2 }) => spanText(calendar, t1, t2));
  const more = gaps.length - shown.length;
  const rest = more > 0 ? `, and ${counted(more, "other one")}` : "";
  return `nothing was recorded in ${shown.join(", ")}${rest}`;
}
