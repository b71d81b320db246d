/**
 * What a verification came to, for a person: the result first, then what it rests on, what was
 * found, and what to do.
 *
 * @module
 */
import { type Finding, FINDINGS, type Report, type Result } from "@ritma/evidence";
import { escapeText } from "../../base/text.ts";
import type { Located } from "../../services/verifier/locate.ts";
import type { Context } from "../command.ts";
import { columnsOf } from "../timeline/columns.ts";
import { SHORTFALL_LABEL, shortfallText } from "../shortfalls.ts";
import { counted, formatBytes, formatCount, formatMinute, labelled, wrap } from "../format.ts";

type Row = readonly [label: string, text: string];

const FINDINGS_SHOWN_MAX = 40;
const NOTES_SHOWN_MAX = 10;
const ORDER: readonly Result[] = ["TAMPERED", "INCOMPLETE", "UNTRUSTED"];
const HOUR_FOLDER = /^windows\/(\d{4})\/(\d\d)\/(\d\d)\/(\d\d)/u;

export function reportLines(
  context: Context,
  located: Located,
  trust: string | null,
  report: Report,
  derived: number | null = null,
): string[] {
  const findings = report.findings.toSorted(
    (a, b) => ORDER.indexOf(resultOf(a)) - ORDER.indexOf(resultOf(b)),
  );
  const lines = [...headLines(context, report, findings), ""];
  if (findings.length > 0) lines.push(...findingLines(context, findings), "");
  lines.push(...labelled(rows(trust, report, derived), context.io.columns), "");
  const { text, next } = ADVICE[report.result](findings);
  lines.push(...wrap(text, context.io.columns, "  "));
  if (next !== null) lines.push(`  ${context.io.program} ${next}`);
  if (located.by !== null) {
    const checked = `Checked was ${escapeText(located.path)}, named by ${escapeText(located.by)}.`;
    lines.push(...wrap(checked, context.io.columns, "  "));
  }
  return lines;
}

/** The result first; what was tampered with goes before whose store it is. */
function headLines({ io, paint }: Context, report: Report, findings: readonly Finding[]): string[] {
  const { result } = report;
  const [first] = findings;
  const store = storeFacts(report).join(" · ");
  if (result === "TAMPERED" && first !== undefined) {
    // That nobody was named to trust is a finding, and says nothing against the store.
    const against = findings.filter(({ code }) => code !== "trust/unknown").length;
    const many = counted(against, "finding");
    const head = `${paint.bad(result)}   ${many}, first in ${placeOf(first.where)}`;
    const untold =
      against === findings.length ? [] : ["  And nobody was named to trust: --trust KEY."];
    return [head, ...(store === "" ? [] : [`  ${store}`]), ...untold];
  }
  const word = result === "VALID" ? paint.good : paint.attention;
  if (result.length + 3 + columnsOf(store) <= io.columns) {
    return [`${word(result)}   ${store}`.trimEnd()];
  }
  const [node = "", namespace = "", ...when] = storeFacts(report);
  return [`${word(result)}   ${node} · ${namespace}`, `  ${when.join(" · ")}`.trimEnd()];
}

function storeFacts({ counts, interval, store }: Report): string[] {
  if (store === null) return [];
  const facts = [
    escapeText(store.node ?? "a node whose name is hashed"),
    escapeText(store.namespace),
  ];
  if (interval !== null) {
    facts.push(`${formatMinute(interval[0])} → ${formatMinute(interval[1])} UTC`);
  }
  facts.push(`${counted(counts.hours, "hour")}, ${counted(counts.gaps, "gap")}`);
  return facts;
}

function findingLines({ io, paint }: Context, findings: readonly Finding[]): string[] {
  const shown = findings.slice(0, FINDINGS_SHOWN_MAX);
  const codeWidth = Math.max(...shown.map(({ code }) => code.length));
  const lines = shown.flatMap((finding) => {
    const code = finding.code.padEnd(codeWidth);
    const where = escapeText(finding.where);
    const message = escapeText(finding.message);
    const colour = resultOf(finding) === "TAMPERED" ? paint.bad : paint.attention;
    const whole = `  ${code}   ${where}   ${message}`;
    if (whole.length <= io.columns) {
      return [`  ${colour(code)}   ${where}   ${message}`];
    }
    const indent = " ".repeat(codeWidth + 5);
    return [`  ${colour(code)}   ${where}`, ...wrap(message, io.columns, indent)];
  });
  const rest = findings.length - shown.length;
  if (rest > 0) lines.push(`  … ${formatCount(rest)} more with --json`);
  return lines;
}

function rows(trust: string | null, report: Report, derived: number | null): Row[] {
  const { counts, store, result, hoursGood } = report;
  const rows: Row[] = [];
  if (result === "TAMPERED" || hoursGood < counts.hours) {
    rows.push(["unaffected", `${formatCount(hoursGood)} of ${counted(counts.hours, "hour")}`]);
  }
  if (store !== null) {
    const good = result === "TAMPERED" ? "checked" : "good";
    const isTrusted = trust === store.fingerprint;
    const whose = isTrusted ? "the trusted identity" : "the identity of the store";
    rows.push(["signatures", `${formatCount(counts.signatures)} ${good}, under ${whose}`]);
    if (!isTrusted) rows.push(["identity", store.fingerprint]);
    const hashed = result === "TAMPERED" ? "" : ", every leaf re-hashed";
    const windows = counted(counts.windows, "window");
    rows.push(["events", `${formatCount(counts.events)} in ${windows}${hashed}`]);
    rows.push(["files", `${formatCount(counts.files)}, ${formatBytes(counts.bytes)}`]);
    rows.push(["lost", counts.lost === 0 ? "none counted" : formatCount(counts.lost)]);
  }
  if (report.heads.length > 0) rows.push(["kept heads", headsText(report.heads)]);
  const partial = shortfallText({ ...counts, lost: 0 });
  if (partial !== "") rows.push([SHORTFALL_LABEL, partial]);
  for (const note of report.notes.slice(0, NOTES_SHOWN_MAX)) rows.push(["note", escapeText(note)]);
  const notes = report.notes.length - NOTES_SHOWN_MAX;
  if (notes > 0) rows.push(["note", `${formatCount(notes)} more with --json`]);
  for (const text of report.notProvable) rows.push(["not provable", escapeText(text)]);
  const skipped = report.notChecked;
  for (const text of skipped.slice(0, NOTES_SHOWN_MAX)) {
    rows.push(["not checked", escapeText(text)]);
  }
  if (skipped.length > NOTES_SHOWN_MAX) {
    rows.push(["not checked", `${formatCount(skipped.length - NOTES_SHOWN_MAX)} more with --json`]);
  }
  if (derived !== null) rows.push(["deep", deepText(derived)]);
  return rows;
}

function headsText(heads: Report["heads"]): string {
  const held = heads.filter(({ standing }) => standing === "held").map(({ size }) => size);
  const against = heads.length - held.length;
  const not = against === 0 ? "" : `; ${formatCount(against)} not`;
  if (held.length === 0) return "the store holds none of those given";
  const newest = formatCount(Math.max(...held));
  return `${formatCount(held.length)} held, the newest of ${newest} entries${not}`;
}

function deepText(derived: number): string {
  if (derived === 0) return "nothing is derived here";
  return `${counted(derived, "derived file")} built again and compared`;
}

function placeOf(where: string): string {
  const [, year, month, day, hour] = HOUR_FOLDER.exec(where) ?? [];
  return year === undefined ? escapeText(where) : `${year}-${month}-${day} ${hour}:00`;
}

function resultOf({ code }: Finding): Result {
  const row = Object.entries(FINDINGS).find(([known]) => known === code)?.[1];
  return row?.result ?? "TAMPERED";
}

interface Advice {
  readonly text: string;
  /** A command on a line of its own, so that it can be copied. */
  readonly next: string | null;
}

const OTHER_HEAD: Advice = {
  text:
    "All agrees with itself, and the head that you gave says nothing of it: it belongs to " +
    "another store. Either the head or the store is not the one that you mean.",
  next: null,
};

const ADVICE: Readonly<Record<Result, (findings: readonly Finding[]) => Advice>> = {
  VALID: () => ({
    text: "Whole, unaltered, and made under the key you trust. Nothing was written.",
    next: null,
  }),
  TAMPERED: (findings) => ({
    text: findings.every(({ code }) => code.startsWith("head/"))
      ? "All agrees with itself, and it is not what was signed before: an older copy was put " +
        "back, its end was cut off, or somebody who has the keys wrote another history. Keep " +
        "this copy and the head; a replica or an anchor may hold the rest. What a code means:"
      : findings.every(({ code }) => code.startsWith("derived/"))
        ? "Nothing sealed is touched. Keep a copy of what is named above: the change itself is " +
          "evidence. Then reindex, on the host with the keys, builds it again. What a code means:"
        : "Restore what is named above from a replica or backup, and keep this copy: the change " +
          "itself is evidence. Nothing was written. What a code means:",
    next: "explain CODE",
  }),
  INCOMPLETE: (findings) =>
    findings.some(({ code }) => code === "store/version")
      ? {
          text: "Nothing could be checked. Use the Ritma that wrote it, or a newer one.",
          next: null,
        }
      : {
          text:
            "Nothing contradicts what was sealed, but the end is open. If a recorder is at work, " +
            "verify again when it has ended; if it died, the same ingest goes on where it " +
            "stopped; if neither, the end was cut off.",
          next: null,
        },
  UNTRUSTED: (findings) => {
    if (findings.every(({ code }) => code === "head/other")) return OTHER_HEAD;
    return findings.some(({ code }) => code === "trust/other")
      ? {
          text:
            "All agrees with itself, but it was made under another key than the one you trust. " +
            "Anyone can make such a store: ask who gave it to you.",
          next: null,
        }
      : {
          text:
            "All agrees with itself. To know who made it, compare the fingerprint above with the " +
            "one that init printed on the recorded host, and say that one:",
          next: "verify PATH --trust KEY",
        };
  },
};
