/**
 * One data root that went two ways: what a stolen key, a restored backup or a cut tail leave.
 *
 * @module
 */
import assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import { auditLog } from "../cli/audit-log.ts";
import { Bench } from "../cli/harness.ts";

export interface Histories extends Disposable {
  /** Fresh from `init`. */
  readonly begun: Bench;
  /** With one log, as it was recorded. */
  readonly first: Bench;
  /** The same, and another one. */
  readonly second: Bench;
  /** As long as the first, with the same keys, of another log. */
  readonly forged: Bench;
  /** As long as the second, and other from the begin. */
  readonly forgedLonger: Bench;
  /** Of other keys. */
  readonly strange: Bench;
  readonly fingerprint: string;
}

export async function histories(): Promise<Histories> {
  const begun = new Bench();
  const fingerprint = await begun.init("--privacy", "raw");
  const first = await continued(begun, 0, 4);
  const second = await continued(first, 19_980, 6);
  const forged = await continued(begun, 0, 5);
  const forgedLonger = await continued(forged, 19_980, 7);
  const strange = new Bench();
  await strange.init("--privacy", "raw");
  const all = [begun, first, second, forged, forgedLonger, strange];
  const dispose = (): void => all.forEach((bench) => bench[Symbol.dispose]());
  const made = { begun, first, second, forged, forgedLonger, strange, fingerprint };
  return { ...made, [Symbol.dispose]: dispose };
}

/** A copy of `bench` that recorded so many events more. */
async function continued(bench: Bench, from: number, events: number): Promise<Bench> {
  const copy = copied(bench);
  const log = copy.file(`${from}.log`, auditLog({ events, from }));
  const { status, err } = await copy.run("ingest", log);
  assert.equal(status, 0, err);
  return copy;
}

export function copied(bench: Bench): Bench {
  const copy = new Bench();
  cpSync(bench.root, copy.root, { recursive: true });
  return copy;
}

/** Puts the evidence store of `from` in the place of that of `to`: its keys and anchors stay. */
export function putStore(from: Bench, to: Bench): void {
  rmSync(to.out, { recursive: true });
  cpSync(from.out, to.out, { recursive: true });
}
