/**
 * `ritma verify FILE` of the proof of an event: read, checked, and shown. No store is needed.
 *
 * @module
 */
import { resolve } from "node:path";
import {
  EVENT_PROOF_BYTES_MAX,
  eventProofTag,
  type Fingerprint,
  type ProofReport,
  verifyEventProof,
} from "@ritma/evidence";
import type { Disk } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import type { Context } from "../command.ts";
import { RESULT_EXITS } from "../result.ts";
import { provedEventFacts } from "./atom-facts.ts";
import { provedEvents } from "./events.ts";
import { proofLines } from "./lines.ts";
import { windowFacts } from "./window-facts.ts";

export interface ProofFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What is named like a proof is judged as one, whatever is in it. */
const ENDING = ".ritma";

/** @returns null for what is no proof: a folder, nothing, another file */
export async function proofNamed(context: Context): Promise<ProofFile | null> {
  const [path] = context.operands;
  if (path === undefined) return null;
  const { disk } = await context.world();
  const bytes = await readSmall(disk, resolve(context.io.around.workingDir, path));
  const isProof = bytes !== null && (path.endsWith(ENDING) || eventProofTag(bytes) !== null);
  return isProof ? { path, bytes } : null;
}

/** @throws RitmaError `usage/bad-argument` for flags that ask something of a store */
export async function showProof(
  context: Context,
  { path, bytes }: ProofFile,
  trust: Fingerprint | null,
): Promise<number> {
  for (const flag of ["deep", "head"]) {
    const isGiven = flag === "deep" ? context.has(flag) : context.text(flag) !== null;
    if (!isGiven) continue;
    const message = `--${flag} is for an evidence store, and this is the proof of an event`;
    throw new RitmaError("usage/bad-argument", message);
  }
  const { primitives } = await context.world();
  const report = verifyEventProof(bytes, primitives, { trust });
  const facts = { path, trust, ...storeless(report), proof: proofFacts(report, bytes) };
  context.show(facts, () => proofLines(context, path, trust, report));
  return RESULT_EXITS[report.result];
}

async function readSmall(disk: Disk, path: string): Promise<Uint8Array | null> {
  try {
    return await disk.read(path, EVENT_PROOF_BYTES_MAX);
  } catch (error) {
    const isOther =
      error instanceof RitmaError &&
      ["disk/missing", "disk/wrong-kind", "disk/too-large"].includes(error.code);
    if (isOther) return null;
    throw error;
  }
}

/** The fields that every verification has; those about the files of a store are null. */
function storeless(report: ProofReport): Readonly<Record<string, unknown>> {
  const { result, store, findings, notProvable, notChecked } = report;
  return {
    result,
    store,
    findings,
    heads: [],
    interval: null,
    counts: null,
    hoursGood: null,
    notes: [],
    notProvable,
    notChecked,
    derived: null,
  };
}

function proofFacts(report: ProofReport, bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const { checkpoint, windows, signatures } = report;
  return {
    bytes: bytes.length,
    signatures,
    checkpoint: checkpoint === null ? null : { ...checkpoint, root: checkpoint.root.toHex() },
    windows: windows.map(windowFacts),
    events: provedEvents(report).map(provedEventFacts),
  };
}
