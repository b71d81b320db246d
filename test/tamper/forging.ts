/**
 * The stores that forgeries start from, and the one way to ask what the verifier says of one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type FindingCode, type Report, type Result, verifyStore } from "@ritma/evidence";
import { lastHour } from "./forge.ts";
import { type Files, memoryTree } from "./memory-tree.ts";
import { primitives, REFERENCE, sealStore } from "./reference-store.ts";

export const store = await sealStore(REFERENCE);
/** The same log under the same store id, recorded with other keys. */
export const stranger = await sealStore({ ...REFERENCE, keySeed: 21 });
/** Folder of the last hour. */
export const hour = lastHour(store.files);

export async function verify(forged: Files): Promise<Report> {
  return await verifyStore(memoryTree(forged), primitives, { trust: store.trust });
}

/** @param where beginning of the place that must be named, if any */
export async function check(
  forged: Files,
  result: Result,
  code: FindingCode,
  where = "",
): Promise<void> {
  const report = await verify(forged);
  assert.equal(report.result, result, JSON.stringify(report.findings.slice(0, 3)));
  const said = report.findings.map((finding) => `${finding.code} ${finding.where}`);
  assert.ok(
    report.findings.some((each) => each.code === code && each.where.startsWith(where)),
    `expected ${code} ${where}, found ${said.join(", ")}`,
  );
}
