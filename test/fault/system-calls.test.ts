/**
 * Goal: an error of the kernel in any call that makes something durable is told with its status,
 * and the same command then finishes, to the bytes of an uninterrupted run. So does a kill there.
 *
 * Method: strace injects the error or the signal into the n-th call of a real process. Its counters
 * are per thread, so there is one thread for files. RITMA_FAULTS=all tries every call, else a few
 * are drawn from the seed.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { join } from "node:path";
import { drawFrom } from "../../packages/ritma/test/recorder/random-log.ts";
import { skipLoudly } from "../../tools/skip.ts";
import { has, ritma } from "../e2e/processes.ts";
import { type Twins, twins } from "./twins.ts";

/** The calls of libuv's thread that only the Disk makes. */
const CALLS = ["fsync", "rename", "mkdir", "unlink"] as const;
/** And those of a beat besides. */
const BEAT_CALLS = [...CALLS, "fdatasync", "ftruncate"] as const;
const ERRORS = ["EIO", "ENOSPC", "KILL"] as const;
const SEED = Number(process.env["RITMA_SEED"] ?? 1);
const IS_ALL = process.env["RITMA_FAULTS"] === "all";
const DRAWN = 3;

const DISK_STATUS = 74;
const ENVIRONMENT = { UV_THREADPOOL_SIZE: "1" };

interface Fault {
  readonly call: string;
  readonly error: string;
  readonly at: number;
}

function traced(flags: readonly string[]): string[] {
  return ["strace", "-f", "-qq", "-o", "/dev/null", ...flags, process.execPath];
}

/** @returns how many calls of each kind an ingest makes. */
function countCalls(pair: Twins): Map<string, number> {
  const root = pair.fresh();
  const counts = join(root, "counts");
  const prefix = ["strace", "-f", "-qq", "-c", "-o", counts, process.execPath];
  const { status, err } = ritma(pair.ingest(root), prefix, ENVIRONMENT);
  assert.equal(status, 0, err);
  const rows = readFileSync(counts, "utf8").split("\n");
  return new Map(
    rows.map((row) => row.trim().split(/\s+/u)).map((row) => [row.at(-1) ?? "", Number(row[3])]),
  );
}

function faultsFor(counts: ReadonlyMap<string, number>, calls: readonly string[]): Fault[] {
  const every = calls
    .flatMap((call) =>
      Array.from({ length: counts.get(call) ?? 0 }, (_, at) => ({ call, at: at + 1 })),
    )
    .flatMap(({ call, at }) => ERRORS.map((error) => ({ call, error, at })));
  if (IS_ALL) return every;
  const draw = drawFrom(SEED);
  return Array.from({ length: DRAWN }, () => every.splice(draw(every.length), 1)).flat();
}

for (const isJournalled of [false, true]) {
  const name = isJournalled ? "through the journal" : "straight";
  test(`an error or a kill in any call that makes something durable, ${name}`, async (context) => {
    if (!has("strace")) {
      skipLoudly(context, "strace (apt install strace)");
      return;
    }
    using pair = twins({ events: 60, step: 300, isJournalled });
    const faults = faultsFor(countCalls(pair), isJournalled ? BEAT_CALLS : CALLS);
    const hits = await injectAll(pair, faults);
    assert.ok(hits * 2 >= faults.length, `${hits} of ${faults.length} faults were felt`);
  });
}

/** @returns how many were felt: not every thread makes every call. */
async function injectAll(pair: Twins, faults: readonly Fault[]): Promise<number> {
  let hits = 0;
  for (const { call, error, at } of faults) {
    const when = `${error} at ${call} ${at}`;
    const root = pair.fresh();
    const injected = error === "KILL" ? "signal=KILL" : `error=${error}`;
    const prefix = traced(["-e", `trace=${call}`, "-e", `inject=${call}:${injected}:when=${at}`]);
    const { status, err } = ritma(pair.ingest(root), prefix, ENVIRONMENT);
    const isExpected = error === "KILL" ? status === null || status > 128 : status === DISK_STATUS;
    assert.ok(isExpected || status === 0, `${when}: ${status} ${err}`);
    if (isExpected) hits += 1;
    await pair.mustTakeAnother(root, when);
    pair.mustBecomeTheSame(root, when);
  }
  return hits;
}
