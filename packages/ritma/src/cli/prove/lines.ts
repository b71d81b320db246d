/**
 * What a proof of events comes to, for a person: the result, whose it is, and the events.
 *
 *     VALID   web-01 · ns://acme/prod · 1 event
 *
 *       head       42 entries, root 77ab…
 *       …
 *     09:32:10.006 …
 *
 * Times are UTC, as everywhere in a verification: two readers must see the same.
 *
 * @module
 */
import { eventTypeName, type ProofReport, type Result } from "@ritma/evidence";
import { escapeText } from "../../base/text.ts";
import { windowName } from "../../flow/investigate/windows.ts";
import type { Context } from "../command.ts";
import { counted, formatCount, formatTime, labelled, wrap } from "../format.ts";
import { fieldRows } from "../show/fields.ts";
import { HASHED } from "../show/next.ts";
import { actionOf, objectOf, outcomeOf } from "../timeline/describe.ts";
import { userText } from "../timeline/identity.ts";
import { Namer } from "../timeline/names.ts";
import { textOf } from "../timeline/phrase.ts";
import { atomFacts, processOf, viewOf } from "./atom-facts.ts";
import { type ProvedEvent, provedEvents } from "./events.ts";
import { withheldFields } from "./withheld.ts";

const WITHHELD = "(withheld)";
const FINDINGS_SHOWN_MAX = 40;
/** So many are shown with all their fields. */
const WHOLE_MAX = 3;
const EVENTS_SHOWN_MAX = 200;

export function proofLines(
  context: Context,
  path: string,
  trust: string | null,
  report: ProofReport,
): string[] {
  const { io, paint } = context;
  const events = provedEvents(report);
  const namer = new Namer(8);
  const lines = [headLine(context, path, report, events.length)];
  const shown = report.findings.slice(0, FINDINGS_SHOWN_MAX);
  if (shown.length > 0) lines.push("");
  for (const { code, where, message } of shown) {
    const colour = report.result === "TAMPERED" ? paint.bad : paint.attention;
    lines.push(`  ${colour(code)}   ${escapeText(where)}`);
    lines.push(...wrap(escapeText(message), io.columns, "    "));
  }
  if (report.findings.length > shown.length) {
    lines.push(`  … ${formatCount(report.findings.length - shown.length)} more with --json`);
  }
  const isWhole = events.length <= WHOLE_MAX;
  for (const event of events.slice(0, EVENTS_SHOWN_MAX)) {
    if (isWhole) lines.push("", ...wholeLines(context, namer, event));
    else lines.push(...(event === events[0] ? [""] : []), lineOf(namer, event));
  }
  const more = events.length - EVENTS_SHOWN_MAX;
  if (more > 0) lines.push(paint.dim(`… ${counted(more, "more event")} with --json`));
  if (namer.kinds.size > 0) lines.push("", paint.dim(HASHED));
  lines.push("", ...labelled(rowsOf(report, trust), io.columns), "");
  lines.push(...wrap(ADVICE[report.result], io.columns, "  "));
  return lines;
}

function headLine(
  { paint }: Context,
  path: string,
  { result, store, findings }: ProofReport,
  events: number,
): string {
  if (result === "TAMPERED") {
    const against = findings.filter(({ code }) => code !== "trust/unknown").length;
    return `${paint.bad(result)}   ${counted(against, "finding")} in ${escapeText(path)}`;
  }
  const word = result === "VALID" ? paint.good : paint.attention;
  if (store === null) return `${word(result)}   ${escapeText(path)}`;
  const node = escapeText(store.node ?? "a node whose name is hashed");
  return `${word(result)}   ${node} · ${escapeText(store.namespace)} · ${counted(events, "event")}`;
}

/** One event with all fields of its atoms, as `ritma show` has it. */
function wholeLines({ paint }: Context, namer: Namer, event: ProvedEvent): string[] {
  const { time, serial, sequence, window, atoms } = event;
  const [first] = atoms;
  const rows = labelled([
    ["process", processText(namer, event)],
    ["sealed", `hour ${sequence}, window ${windowName(sequence, window)}, leaf ${first.leaf}`],
  ]);
  const lines = [paint.strong(`event ${serial} at ${formatTime(time)} UTC`), ...rows];
  for (const atom of atoms) {
    const facts = atomFacts(atom);
    const type = eventTypeName(atom.etype) ?? `type ${atom.etype}`;
    const closed = withheldFields([atom]).filter((field) => field !== "process");
    const { leaf: _leaf, atom: _atom, withheld: _withheld, ...own } = facts;
    const told = [...fieldRows(own), ...closed.map((field) => [field, WITHHELD] as const)];
    lines.push(`    ${paint.strong(`atom ${atom.i}   ${type}`)}`);
    lines.push(...labelled(told).map((line) => `    ${line}`));
  }
  return lines;
}

/** `2026-11-20 09:32:10.006  .x[502]  open  /etc/shadow  denied (EACCES)`. */
function lineOf(namer: Namer, event: ProvedEvent): string {
  const [first] = event.atoms;
  const view = viewOf(first);
  const process = processOf(first);
  const who = process === null ? WITHHELD : namer.process(process);
  const closed = withheldFields([first]).filter((field) => field !== "process");
  const object = closed.includes("object") ? "" : textOf(objectOf(namer, view));
  const left = closed.length === 0 ? "" : `(${closed.join(", ")} withheld)`;
  const what = [actionOf(view.atom), object, left, outcomeOf(view.atom)];
  const parts = [formatTime(event.time), who, ...what];
  return parts.filter((part) => part !== "").join("  ");
}

function processText(namer: Namer, { atoms: [first] }: ProvedEvent): string {
  const process = processOf(first);
  if (process === null) return WITHHELD;
  const { parent, credentials, executable } = process;
  const user = credentials === null ? null : userText(credentials);
  return [
    namer.process(process),
    executable === null ? "" : `, ${namer.path(executable)}`,
    user === null ? "" : `, ${user} when it began`,
    parent === null ? "" : `, begun by pid ${parent.pid}`,
  ].join("");
}

function rowsOf(report: ProofReport, trust: string | null): (readonly [string, string])[] {
  const { store, checkpoint, atoms, windows, signatures, notProvable, notChecked } = report;
  const isTrusted = store !== null && trust === store.fingerprint;
  const whose = isTrusted ? "the trusted identity" : "the identity that the proof names";
  const closed = withheldFields(atoms);
  const rows: (readonly [string, string])[] = [];
  if (report.result !== "TAMPERED" && store !== null) {
    const under = `${formatCount(signatures)} good, under ${whose}`;
    const hashes = `${counted(atoms.length, "atom")} in ${counted(windows.length, "window")}`;
    rows.push(["signatures", under], ["hashed again", hashes]);
    rows.push(["withheld", closed.length === 0 ? "nothing" : closed.join(", ")]);
  }
  if (store !== null) {
    rows.push(["store", store.store]);
    if (!isTrusted) rows.push(["identity", store.fingerprint]);
  }
  if (checkpoint !== null) {
    rows.push(["head", `size ${formatCount(checkpoint.size)}, root ${checkpoint.root.toHex()}`]);
  }
  for (const text of notProvable) rows.push(["not provable", text]);
  for (const text of notChecked) rows.push(["not checked", escapeText(text)]);
  return rows;
}

const ADVICE: Readonly<Record<Result, string>> = {
  VALID: "These events were sealed under the key you trust, and are as they were then.",
  TAMPERED:
    "Nothing that the file says is shown, because nothing of it is proved. Ask for it again, and " +
    "keep this copy.",
  INCOMPLETE: "It could not be checked. Use the Ritma that wrote it, or a newer one.",
  UNTRUSTED:
    "All agrees with itself. Anyone can make such a file: compare the fingerprint above with the " +
    "one that ritma init printed on the recorded host, and say that one with --trust KEY.",
};
