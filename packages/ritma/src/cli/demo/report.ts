/**
 * The figures of the demo, as lines and as facts.
 *
 * @module
 */
import type { Finding, Report } from "@ritma/evidence";
import type { Palette } from "../../base/colour.ts";
import { escapeText } from "../../base/text.ts";
import { counted, formatBytes, formatCount, formatDuration } from "../format.ts";
import { shellWord } from "../place-flags.ts";
import type { Recorded, Tampered, Verified } from "./steps.ts";
import { type Story, STORY_FLAGS, STORY_TITLE } from "./story.ts";

export interface DemoFacts {
  readonly version: string;
  readonly events: number;
  readonly lines: number;
  readonly logBytes: number;
  readonly zstd19Bytes: number;
  readonly hours: number;
  readonly windows: number;
  readonly storedBytes: number;
  readonly files: number;
  readonly recordMs: number;
  readonly verifyMs: number;
  readonly tamperMs: number;
  readonly verify: { readonly result: string; readonly signatures: number };
  readonly tamper: {
    readonly path: string;
    readonly byte: number;
    readonly bit: number;
    readonly result: string;
    readonly findings: readonly Finding[];
  };
  readonly fingerprint: string;
  readonly kept: string | null;
  readonly problems: readonly string[];
}

const ACTION_COLUMNS = 14;

export function demoFacts(
  version: string,
  recorded: Recorded,
  verified: Verified,
  tampered: Tampered,
  story: Story,
  kept: string | null,
): DemoFacts {
  const { ingest } = recorded;
  const { counts } = verified.report;
  return {
    version,
    events: ingest.recorded.events,
    lines: ingest.lines,
    logBytes: ingest.bytes,
    zstd19Bytes: recorded.zstd19Bytes,
    hours: counts.hours,
    windows: counts.windows,
    storedBytes: recorded.storedBytes,
    files: recorded.files,
    recordMs: Math.round(recorded.ms),
    verifyMs: Math.round(verified.ms),
    tamperMs: Math.round(tampered.ms),
    verify: { result: verified.report.result, signatures: counts.signatures },
    tamper: {
      path: tampered.path,
      byte: tampered.byte,
      bit: tampered.bit,
      result: tampered.report.result,
      findings: tampered.report.findings,
    },
    fingerprint: recorded.fingerprint,
    kept,
    problems: problemsOf(ingest.recorded.events, verified.report, tampered, story.isComplete),
  };
}

/** What the demo promises, compared with what happened. */
export function problemsOf(
  recordedEvents: number,
  fresh: Report,
  tampered: Pick<Tampered, "path" | "report">,
  isStoryComplete: boolean,
): string[] {
  const problems: string[] = [];
  if (fresh.result !== "VALID") {
    const [first] = fresh.findings;
    problems.push(`the fresh store is ${fresh.result}: ${first?.message ?? "no finding"}`);
  }
  if (fresh.counts.events !== recordedEvents) {
    problems.push(`recorded ${recordedEvents} events, verified ${fresh.counts.events}`);
  }
  const { result, findings } = tampered.report;
  const isNamed = findings.some(({ where }) => where.startsWith(tampered.path));
  if (result !== "TAMPERED" || !isNamed) {
    problems.push(`a flipped bit in ${tampered.path} was not caught: ${result}`);
  }
  if (!isStoryComplete) problems.push("the store does not give back what the attacker did");
  return problems;
}

/** @param program how Ritma is started, for lines that are copied */
export function demoLines(
  paint: Palette,
  facts: DemoFacts,
  story: Story,
  program: string,
): string[] {
  return [
    "",
    ...figureLines(paint, facts),
    "",
    `  ${STORY_TITLE}`,
    ...story.lines,
    "",
    ...facts.problems.map((problem) => `  ${paint.bad("NOT AS IT SHOULD BE")}  ${problem}`),
    ...nextLines(facts, program),
  ];
}

function figureLines(paint: Palette, facts: DemoFacts): string[] {
  const { logBytes, storedBytes, zstd19Bytes, verify, tamper } = facts;
  const log = formatBytes(logBytes);
  const good = verify.result === "VALID" ? paint.good : paint.bad;
  const finding = tamper.findings.find(({ where }) => where.startsWith(tamper.path));
  const caught = tamper.result === "TAMPERED" ? paint.good("caught") : paint.bad("not caught");
  const indent = " ".repeat(ACTION_COLUMNS);
  return [
    step(1, "record") +
      `${counted(facts.events, "event")} of a real attack (${log} of audit log)   ` +
      paint.dim(formatDuration(facts.recordMs)),
    step(2, "seal") +
      `${counted(facts.hours, "hour")}, ${counted(facts.windows, "window")} → ` +
      formatBytes(storedBytes),
    `${indent}${ratio(logBytes, storedBytes)}× smaller than the log, ` +
      `${ratio(zstd19Bytes, storedBytes)}× smaller than zstd -19 makes it`,
    step(3, "verify") +
      `${good(verify.result)}   every byte of ${formatCount(facts.files)} files re-hashed, ` +
      `${counted(verify.signatures, "signature")}   ${paint.dim(formatDuration(facts.verifyMs))}`,
    step(4, "tamper") + `flipped one bit in ${escapeText(tamper.path)}`,
    `${indent}${paint.bad(tamper.result)}  ${finding?.code ?? "no finding"}  ` +
      `${escapeText(finding?.message ?? "")}   ${caught}   ` +
      paint.dim(formatDuration(facts.tamperMs)),
  ];
}

function step(number: number, name: string): string {
  return `  ${number}  ${name}`.padEnd(ACTION_COLUMNS);
}

/** "6.2", "220": two digits that mean something. */
function ratio(whole: number, part: number): string {
  const times = whole / part;
  return times < 10 ? times.toFixed(1) : formatCount(Math.round(times));
}

/** Lines to copy. They work where the demo was started. */
function nextLines({ kept, fingerprint }: DemoFacts, program: string): string[] {
  const rows: [what: string, line: string][] = [];
  if (kept === null) {
    rows.push(
      ["Keep such a store", `${program} demo --keep ritma-demo`],
      ["What ran then?", `${program} timeline --data ritma-demo/data ${STORY_FLAGS}`],
      ["Who caused it?", `${program} trace --data ritma-demo/data /etc/shadow --back`],
    );
  } else {
    const data = shellWord(`${kept}/data`);
    const tampered = shellWord(`${kept}/tampered`);
    rows.push(
      ["What ran then?", `${program} timeline --data ${data} ${STORY_FLAGS}`],
      ["Who caused it?", `${program} trace --data ${data} /etc/shadow --back`],
      ["Is it whole?", `${program} verify --data ${data} --trust ${fingerprint}`],
      ["And the other?", `${program} verify ${tampered}`],
    );
  }
  rows.push(
    ["Record your own", `${program} init`],
    ["", `${program} ingest /var/log/audit/audit.log`],
  );
  const width = Math.max(...rows.map(([what]) => what.length));
  return rows.map(([what, line]) => `  ${what.padEnd(width)}   ${line}`);
}
