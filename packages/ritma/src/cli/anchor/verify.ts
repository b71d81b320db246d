/**
 * `ritma anchor verify`: what anchors keep, against the store as it is now.
 *
 * @module
 */
import { FINDINGS, type Finding, type Result } from "@ritma/evidence";
import { resolve } from "node:path";
import { RitmaError } from "../../base/error.ts";
import { AUTHORITIES_BYTES_MAX } from "../../base/limits.ts";
import { escapeText } from "../../base/text.ts";
import { type CheckedAnchor, checkAnchors } from "../../services/anchor/checking.ts";
import { readAnchors } from "../../services/anchor/target.ts";
import type { Authorities } from "../../services/anchor/timestamp-chain.ts";
import type { SignedHead } from "../../stores/sealed/signed-head.ts";
import type { Context } from "../command.ts";
import { counted, formatCount, formatTime, wrap } from "../format.ts";
import { RESULT_EXITS } from "../result.ts";
import { anchorWorld, facts, headFacts, headOf } from "./root.ts";

const SHOWN_MAX = 100;
const WORST: readonly Result[] = ["TAMPERED", "INCOMPLETE", "UNTRUSTED"];

export async function verifyAnchors(context: Context): Promise<number> {
  const authorities = await authoritiesAsked(context);
  const { dataRoot, disk } = await anchorWorld(context);
  const { primitives } = await context.world();
  const { anchors } = await readAnchors(disk, dataRoot);
  const head = await headOf(context);
  const world = { disk, primitives, dataRoot, authorities };
  const { checked, findings } = await checkAnchors(world, anchors, head);
  if (anchors.length === 0 && checked.length === 0) {
    throw new RitmaError("anchor/none", `${dataRoot} has no anchors, and no receipts of any`);
  }
  const result = resultOf(findings);
  const said = { head: headFacts(head), result, checked, findings };
  context.show(facts("verify", said), () => linesOf(context, head, result, checked, findings));
  return RESULT_EXITS[result];
}

async function authoritiesAsked(context: Context): Promise<Authorities | null> {
  const given = context.text("ca");
  if (given === null) return null;
  const { disk } = await context.world();
  const path = resolve(context.io.around.workingDir, given);
  const { readAuthorities } = await import("../../services/anchor/timestamp-chain.ts");
  return readAuthorities(await disk.read(path, AUTHORITIES_BYTES_MAX), path);
}

function resultOf(findings: readonly Finding[]): Result {
  const found = new Set<Result>(
    findings.map(({ code }) => {
      const row = Object.entries(FINDINGS).find(([known]) => known === code)?.[1];
      return row?.result ?? "TAMPERED";
    }),
  );
  return WORST.find((result) => found.has(result)) ?? "VALID";
}

function linesOf(
  context: Context,
  head: SignedHead,
  result: Result,
  checked: readonly CheckedAnchor[],
  findings: readonly Finding[],
): string[] {
  const { io, paint } = context;
  const word =
    result === "VALID" ? paint.good : result === "TAMPERED" ? paint.bad : paint.attention;
  const good = checked.filter((each) => each.good);
  const newest = Math.max(0, ...good.map(({ size }) => size ?? 0));
  const lines = [
    `${word(result)}   ${counted(checked.length, "head")} kept, ${formatCount(good.length)} good`,
    "",
    ...findings.slice(0, SHOWN_MAX).flatMap((finding) => findingLines(context, finding)),
    ...(findings.length === 0 ? [] : [""]),
    ...checkedLines(checked),
    "",
  ];
  lines.push(...tailLines(context, head, newest, findings));
  if (result !== "VALID") lines.push("  What a code means:", `  ${io.program} explain CODE`);
  return lines;
}

/** What the reader has to know of the end of the store, and what to do. */
function tailLines(
  { io }: Context,
  head: SignedHead,
  newest: number,
  findings: readonly Finding[],
): string[] {
  const said = (text: string): string[] => wrap(text, io.columns, "  ");
  if (findings.some(({ code }) => code.startsWith("head/"))) {
    return said(
      "The store is not what it was when these heads were given: an older copy was put back, its " +
        "end was cut off, or somebody who has the keys wrote another history. Keep both.",
    );
  }
  const behind = head.size - newest;
  if (behind === 0) return ["  The newest head of the store is anchored."];
  const [entries, all, last] = [behind, head.size, newest].map(formatCount);
  const text =
    `Not anchored yet: the newest ${entries} of ${all} entries. What was signed behind entry ` +
    `${last} could be taken back unnoticed:`;
  return [...said(text), `  ${io.program} anchor run`];
}

function findingLines({ io, paint }: Context, { code, where, message }: Finding): string[] {
  const lines = wrap(escapeText(message), io.columns, "      ");
  return [`  ${paint.attention(code)}   ${escapeText(where)}`, ...lines];
}

/** The newest of each anchor: older ones say less. */
function checkedLines(checked: readonly CheckedAnchor[]): string[] {
  const shown = checked.toSorted((a, b) => (b.size ?? 0) - (a.size ?? 0)).slice(0, SHOWN_MAX);
  const width = Math.max(0, ...shown.map(({ anchor }) => anchor.length));
  const lines = shown.map(({ anchor, size, timeUs, signer, where, good }) => {
    const entries = (size === null ? "no head" : formatCount(size)).padStart(9);
    const stamp =
      timeUs === null
        ? escapeText(where)
        : `before ${formatTime(timeUs)} UTC, says ${escapeText(signer ?? "")}`;
    return `  ${anchor.padEnd(width)} ${entries}  ${good ? "good" : "BAD "}  ${stamp}`;
  });
  const more = checked.length - shown.length;
  return more === 0 ? lines : [...lines, `  … ${formatCount(more)} more with --json`];
}
