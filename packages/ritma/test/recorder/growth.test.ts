/**
 * Goal: a file that is recorded in two parts, cut anywhere, is recorded whole: each of its lines is
 * counted once, as a record, as uninterpreted or as refused.
 *
 * Method: a small log with events that interleave, end twice or not at all is cut at a fourth of
 * its bytes and around each end of a line (at every byte with `RITMA_CUTS=all`), its beginning
 * recorded, then the whole. The expected numbers are the parser's for the same two parts: a line
 * that is cut is two.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { HourCount } from "@ritma/evidence";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { AuditParser } from "../../src/flow/capture/auditd/parser.ts";
import { bytesOf, endOf, line, memoryInput } from "./audit-lines.ts";
import { assertValid, filesBelow, hoursOf, init, OUT, record, verify } from "./recording.ts";

const CALL = "arch=c000003e syscall=3 pid=9";
const CUT_STEP = 4;
const SEED = Number(process.env["RITMA_SEED"] ?? 1);
const LOG = bytesOf(
  line("SYSCALL", "09:00:00", 1, CALL),
  line("LOGIN", "09:00:00", 2, "pid=3"),
  ...endOf("09:00:00", 1),
  "not a record\n",
  "\n",
  line("EOE", "09:00:00", 1, ""),
  line("USER_END", "-14000+00:00:00", 3, "res=1"),
  line("SYSCALL", "09:00:09", 4, CALL),
  ...endOf("09:00:09", 4).slice(0, 1),
  line("SYSCALL", "-14000+00:00:00", 5, CALL),
  ...endOf("-14000+00:00:00", 5),
);

const COUNTS: readonly HourCount[] = ["records", "uninterpreted", "refused"];

/**
 * Lines of each kind, as the parser counts them in the two parts. A second part of nothing but late
 * ends of events that were delivered seals nothing; it waits for the next time.
 */
function parsed(bytes: Uint8Array, cut: number): number[] {
  const sink = { event: () => {}, uninterpreted: () => {}, refused: () => {} };
  const parser = new AuditParser(sink, { inFlightEventsMax: 64, recentEventsMax: 64 });
  parser.feed(bytes.subarray(0, cut));
  if (cut > 0) parser.end();
  const first = { ...parser.counts };
  parser.feed(bytes.subarray(cut));
  parser.end();
  const { events, continuations, uninterpreted } = parser.counts;
  const seals =
    events > first.events ||
    continuations > first.continuations ||
    uninterpreted > first.uninterpreted;
  const last = seals ? parser.counts : first;
  return [last.records, last.uninterpreted, last.refused];
}

/** Lines of each kind, as the sealed headers count them. */
function sealed(disk: SimDisk): number[] {
  const hours = hoursOf(filesBelow(disk, OUT));
  return COUNTS.map((name) => hours.reduce((sum, { header }) => sum + header.counts[name], 0));
}

async function recordOrRefuse(disk: SimDisk, bytes: Uint8Array): Promise<boolean> {
  try {
    await record(disk, [memoryInput(bytes)]);
    return true;
  } catch (error) {
    if (error instanceof RitmaError && error.code.startsWith("input/")) return false;
    throw error;
  }
}

/** All around the end of a line, else every fourth; `RITMA_CUTS=all` for all. */
function cutsOf(log: Uint8Array): number[] {
  const isNearEnd = (at: number): boolean => log.subarray(Math.max(0, at - 2), at + 2).includes(10);
  const isAll = process.env["RITMA_CUTS"] === "all";
  return Array.from({ length: log.length + 1 }, (_, at) => at).filter(
    (at) => isAll || at % CUT_STEP === SEED % CUT_STEP || isNearEnd(at),
  );
}

test("cut at any byte, no line is lost or counted twice", async () => {
  const fresh = new SimDisk();
  await init(fresh);
  const cuts = cutsOf(LOG);
  assert.ok(cuts.length > LOG.length / CUT_STEP);
  for (const cut of cuts) {
    const disk = fresh.snapshot();
    // A beginning without a record is refused as no audit log; then all of it comes later.
    const taken = await recordOrRefuse(disk, LOG.subarray(0, cut));
    await record(disk, [memoryInput(LOG)]);
    assert.deepEqual(sealed(disk), parsed(LOG, taken ? cut : 0), `cut at ${cut}`);
    const { findings } = await verify(filesBelow(disk, OUT));
    assert.deepEqual(findings, [], `cut at ${cut}`);
  }
});

test("cut at every line, in as many parts as there are lines", async () => {
  const disk = new SimDisk();
  await init(disk);
  const ends = [...LOG.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1);
  for (const end of ends) await record(disk, [memoryInput(LOG.subarray(0, end))]);
  assert.equal(ends.length, 13);
  assert.deepEqual(sealed(disk), parsed(LOG, ends.at(-2) ?? 0), "the last is an EOE alone");
  await assertValid(disk);
});
