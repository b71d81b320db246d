/**
 * `ritma verify --deep`: what is derived, built again and compared.
 *
 * Comes after the verification of the files. What is derived from damaged files cannot be judged,
 * so a store that is TAMPERED already is left at that.
 *
 * @module
 */
import type { Report } from "@ritma/evidence";
import type { Disk } from "../../base/disk/disk.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import { compareDerived } from "../../flow/keep/compare-derived.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";

export interface DeepReport {
  readonly report: Report;
  /** Derived files that were built again; null when that could not be done. */
  readonly compared: number | null;
}

/** @throws RitmaError `index/…`, of the disk */
export async function verifyDeep(
  disk: Disk,
  primitives: NodePrimitives,
  path: string,
  report: Report,
): Promise<DeepReport> {
  if (report.store === null || report.result === "TAMPERED") {
    const notChecked = [...report.notChecked, "what is derived, for want of sound sealed files"];
    return { report: { ...report, notChecked }, compared: null };
  }
  const reader = await StoreReader.open(disk, primitives, path);
  const { compared, findings, notes } = await compareDerived(reader);
  return {
    report: {
      ...report,
      result: findings.length > 0 ? "TAMPERED" : report.result,
      findings: [...report.findings, ...findings],
      notes: [...report.notes, ...notes],
    },
    compared,
  };
}
