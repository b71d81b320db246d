/**
 * Errors of the kernel, and kills, put into one call of a real process by strace.
 *
 * Its counters are per thread, so there is one thread for files: an n-th call that no thread makes
 * is not felt, and that is told.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ritma } from "../e2e/processes.ts";
import { type Twins } from "./twins.ts";

/** Writes, syncs and names: the calls that only the Disk makes. */
const CALLS = ["pwrite64", "fsync", "rename", "mkdir", "unlink"] as const;
/** And those of a beat besides. */
const BEAT_CALLS = [...CALLS, "fdatasync", "ftruncate"] as const;
const ERRORS = ["EIO", "ENOSPC", "KILL"] as const;

const DISK_STATUS = 74;
const ENVIRONMENT = { UV_THREADPOOL_SIZE: "1" };

export interface Fault {
  readonly call: string;
  readonly error: string;
  readonly at: number;
}

/** @returns every error in every such call of an ingest. */
export function faultsOf(pair: Twins, isJournalled: boolean): Fault[] {
  const counts = countCalls(pair);
  const calls = isJournalled ? BEAT_CALLS : CALLS;
  return calls
    .flatMap((call) =>
      Array.from({ length: counts.get(call) ?? 0 }, (_, at) => ({ call, at: at + 1 })),
    )
    .flatMap(({ call, at }) => ERRORS.map((error) => ({ call, error, at })));
}

/**
 * The error is told with its status, or nothing is; afterwards another log can be recorded, and the
 * same command ends with the bytes of the twin that nobody disturbed.
 *
 * @returns whether the call was made, and the fault felt
 * @throws AssertionError
 */
export async function inject(pair: Twins, fault: Fault): Promise<boolean> {
  const { call, error, at } = fault;
  const when = `${error} at ${call} ${at}`;
  const root = pair.fresh();
  const { status, err } = ritma(pair.ingest(root), traced(fault), ENVIRONMENT);
  const isFelt = error === "KILL" ? status === null || status > 128 : status === DISK_STATUS;
  assert.ok(isFelt || status === 0, `${when}: ${status} ${err}`);
  await pair.mustTakeAnother(root, when);
  pair.mustBecomeTheSame(root, when);
  return isFelt;
}

function traced({ call, error, at }: Fault): string[] {
  const isKill = error === "KILL";
  // It stops at the calls in question alone, which is many times faster; but sends no signals then.
  const flags = isKill ? ["-f"] : ["-f", "--seccomp-bpf"];
  const injected = isKill ? "signal=KILL" : `error=${error}`;
  const where = ["-e", `trace=${call}`, "-e", `inject=${call}:${injected}:when=${at}`];
  return ["strace", ...flags, "-qq", "-o", "/dev/null", ...where, process.execPath];
}

/** @returns how many calls of each kind an ingest makes. */
function countCalls(pair: Twins): Map<string, number> {
  const root = pair.fresh();
  const counts = join(root, "counts");
  const calls = ["-e", `trace=${BEAT_CALLS.join(",")}`];
  const flags = ["-f", "--seccomp-bpf", "-qq", "-c", ...calls, "-o", counts];
  const prefix = ["strace", ...flags, process.execPath];
  const { status, err } = ritma(pair.ingest(root), prefix, ENVIRONMENT);
  assert.equal(status, 0, err);
  const rows = readFileSync(counts, "utf8").split("\n");
  return new Map(
    rows.map((row) => row.trim().split(/\s+/u)).map((row) => [row.at(-1) ?? "", Number(row[3])]),
  );
}
