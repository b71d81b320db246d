/**
 * Verification of what an attacker made of one store, with a limit of time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Report, verifyStore } from "@ritma/evidence";
import { type Files, memoryTree } from "./memory-tree.ts";
import { primitives, type SealedStore } from "./reference-store.ts";

export interface Verifying {
  readonly verify: (files: Files) => Promise<Report>;
  /** Verifies, and fails when that takes long or the result is not TAMPERED. */
  readonly refuse: (files: Files, secondsMax?: number) => Promise<Report>;
}

export function verifying({ trust }: SealedStore): Verifying {
  const verify = async (files: Files): Promise<Report> =>
    await verifyStore(memoryTree(files), primitives, { trust });
  const refuse = async (files: Files, secondsMax = 10): Promise<Report> => {
    const begun = performance.now();
    const report = await verify(files);
    assert.equal(report.result, "TAMPERED");
    const seconds = (performance.now() - begun) / 1000;
    assert.ok(seconds < secondsMax, `took ${seconds} s`);
    return report;
  };
  return { verify, refuse };
}
