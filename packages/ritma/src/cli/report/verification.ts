/**
 * What the verifier says of the store, as a part of a report: the result, what it rests on, and
 * what was not looked at.
 *
 * @module
 */
import type { Finding, Report, Result } from "@ritma/evidence";
import { escapeText } from "../../base/text.ts";
import { counted, formatBytes, formatCount } from "../format.ts";
import { SHORTFALL_LABEL, shortfallText } from "../shortfalls.ts";
import { type Block, type FactRow, type Section, type Tone, words } from "./page.ts";

const FINDINGS_SHOWN_MAX = 40;
const NOTES_SHOWN_MAX = 20;
const DEEP = "what is derived from the sealed files: that is for ritma verify --deep";

const TONES: Readonly<Record<Result, Tone>> = {
  VALID: "good",
  TAMPERED: "bad",
  INCOMPLETE: "attention",
  UNTRUSTED: "attention",
};

/** @param trust the fingerprint that was said to be trusted */
export function verificationSection(report: Report, trust: string | null): Section {
  const { result } = report;
  // That nobody named a key is what the result says already.
  const findings = report.findings.filter(({ code }) => code !== "trust/unknown");
  const blocks: Block[] = [
    { kind: "result", word: result, text: meaningOf(report, trust), tone: TONES[result] },
    { kind: "facts", rows: checkedRows(report, trust) },
  ];
  if (findings.length > 0) {
    const shown = findings.slice(0, FINDINGS_SHOWN_MAX).map(findingRow);
    const more = findings.length - shown.length;
    blocks.push(words("What was found:"), { kind: "facts", rows: shown });
    if (more > 0) blocks.push(words(`… ${formatCount(more)} more: ritma verify --json`, "dim"));
  }
  return { id: "verification", title: "Verification", blocks };
}

function meaningOf({ result, store }: Report, trust: string | null): string {
  switch (result) {
    case "VALID":
      return "The whole store is unaltered, and made under the key that was said to be trusted.";
    case "TAMPERED":
      return (
        "Something contradicts a signature or a digest, or something sealed is missing. What " +
        "this page tells was checked against its seals; nothing is told of what does not pass."
      );
    case "INCOMPLETE":
      return (
        "Nothing contradicts what was sealed, but the end is open or cut, or a check could not " +
        "be made."
      );
    case "UNTRUSTED":
      break;
  }
  if (trust !== null && store !== null) {
    return "All agrees with itself, but was made under another key than the one that is trusted.";
  }
  return (
    "All agrees with itself. Nobody said which key is trusted (--trust KEY), so who made it is " +
    "open: compare the fingerprint with the one that was printed on the recorded host."
  );
}

function checkedRows(report: Report, trust: string | null): FactRow[] {
  const { counts, store, result, hoursGood } = report;
  const rows: FactRow[] = [];
  if (trust !== null) rows.push(["trusted key", trust]);
  if (store !== null) {
    const isWhole = result !== "TAMPERED";
    const files = `${counted(counts.files, "file")} (${formatBytes(counts.bytes)})`;
    const events = `${counted(counts.events, "event")} in ${counted(counts.windows, "window")}`;
    const signatures = counted(counts.signatures, "signature");
    const how = isWhole ? ", every leaf re-hashed" : "";
    rows.push(["checked", `the whole store: ${files}, ${signatures}, ${events}${how}`]);
    if (!isWhole || hoursGood < counts.hours) {
      const hours = `${formatCount(hoursGood)} of ${counted(counts.hours, "hour")}`;
      rows.push(["unaffected", hours]);
    }
  }
  const partial = shortfallText(counts);
  if (partial !== "") rows.push([SHORTFALL_LABEL, partial]);
  rows.push(...listed("note", report.notes));
  rows.push(...listed("not provable", report.notProvable));
  rows.push(...listed("not checked", [...report.notChecked, DEEP]));
  return rows;
}

function listed(label: string, texts: readonly string[]): FactRow[] {
  const shown = texts.slice(0, NOTES_SHOWN_MAX).map((text) => [label, escapeText(text)] as const);
  const more = texts.length - shown.length;
  return more > 0 ? [...shown, [label, `${formatCount(more)} more: ritma verify --json`]] : shown;
}

function findingRow({ code, where, message }: Finding): FactRow {
  const text = escapeText(message);
  return [code, where === "" ? text : `${escapeText(where)}: ${text}`];
}
