/**
 * One attack on a sealed store, and how the verifier's report on it is judged.
 *
 * @module
 */
import { isDerived, type Primitives, type Report, type Result, verifyStore } from "@ritma/evidence";
import { type Files, memoryTree } from "./memory-tree.ts";
import type { SealedStore } from "./reference-store.ts";

export interface Mutation {
  /** What was done, for a person: "swap a b". */
  readonly name: string;
  readonly files: Files;
  /** Paths that must be named by a finding, each. */
  readonly changed: readonly string[];
  /** TAMPERED, unless something else is right. */
  readonly result?: Result;
}

/** @returns what the verifier missed, as a sentence; null when it missed nothing. */
export async function missed(
  mutation: Mutation,
  primitives: Primitives,
  trust: SealedStore["trust"],
): Promise<string | null> {
  let report: Report;
  try {
    report = await verifyStore(memoryTree(mutation.files), primitives, { trust });
  } catch (error) {
    return `${mutation.name}: threw ${String(error)}`;
  }
  return judge(mutation, report);
}

export function judge(
  { name, changed, files, result = "TAMPERED" }: Mutation,
  report: Report,
): string | null {
  // What is derived may be absent, or lie without a statement: the report says so, and it is VALID.
  const mayBeNoted = result === "TAMPERED" && changed.every(isDerived);
  if (report.result !== result && !(mayBeNoted && report.result === "VALID")) {
    return `${name}: ${report.result}, expected ${result}`;
  }
  for (const path of changed) {
    const isNamed = report.findings.some(({ where }) => names(path, where));
    if (!isNamed && !(isDerived(path) && isFolderNamed(path, files, report))) {
      const said = report.findings.slice(0, 3).map(({ code, where }) => `${code} at ${where}`);
      return `${name}: nothing names ${path}; found ${said.join(", ")}`;
    }
  }
  return null;
}

/** A statement and the files that it covers stand for each other; nothing is left to be named. */
function isFolderNamed(path: string, files: Files, { findings, notes }: Report): boolean {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return (
    findings.some(({ where }) => where.startsWith(folder)) ||
    notes.some((note) => note.startsWith(folder)) ||
    ![...files.keys()].some((each) => each.startsWith(folder))
  );
}

/** The log is one thing: a changed tile may show as a root that does not fit. */
function names(path: string, where: string): boolean {
  if (path.startsWith("_tlog/")) return where.startsWith("_tlog");
  return where === path || where.startsWith(`${path}#`) || where.startsWith(`${path}@`);
}
