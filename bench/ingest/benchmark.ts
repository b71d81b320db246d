/**
 * Ingest, end to end, against ausearch; verify against sha256sum; memory against length.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { mkdtemp, open, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  captureLog,
  eventsOf,
  ingestInto,
  median,
  ritma,
  run,
  type Run,
  say,
  sizesOf,
  unpack,
} from "../shared/measure.ts";
import { repeated } from "./repeat.ts";

const RUNS = 3;
const WRITE = "--write";
const BASELINES = join(import.meta.dirname, "baselines.json");
/** Peak memory is that of a log of this length, and of the same log ten times over. */
const SHORT_BYTES = 150_000_000;
const LONGER = 10;

/** What --write keeps: of one machine at one time; the ratios are what travels. */
interface Baselines {
  readonly events: number;
  readonly logBytes: number;
  readonly ingestSeconds: number;
  /** The same without the indexes of its hours. */
  readonly unindexedSeconds: number;
  /** Made durable in the journal, and all but the last hour sealed. */
  readonly journalSeconds: number;
  /** Null where ausearch is not installed. */
  readonly ausearchSeconds: number | null;
  readonly verifySeconds: number;
  readonly sha256sumSeconds: number;
  readonly peakMiB: { readonly log: number; readonly short: number; readonly tenTimes: number };
}

async function measure(work: string, log: string): Promise<Baselines> {
  const data = join(work, "data");
  const { size: bytes } = await stat(log);
  const hasPeer = existsSync("/usr/sbin/ausearch") || existsSync("/sbin/ausearch");
  const ours: Run[] = [];
  const journalled: Run[] = [];
  const unindexed: Run[] = [];
  const theirs: Run[] = [];
  for (let at = 0; at < RUNS; at += 1) {
    journalled.push(await ingestInto(data, log, "--no-seal"));
    unindexed.push(await ingestInto(data, log, "--no-index"));
    ours.push(await ingestInto(data, log));
    if (hasPeer) theirs.push(await ausearch(work, log));
  }
  const [first] = ours;
  const events = first === undefined ? 0 : eventsOf(first);
  const seconds = median(ours.map((each) => each.seconds));
  const memory = median(ours.map((each) => each.memory));
  say(`log          ${(bytes / 1e6).toFixed(1)} MB, ${events} events`);
  say(`ingest       ${seconds.toFixed(2)} s   ${Math.round(events / seconds)} events/s`);
  say(`             ${(bytes / 1e6 / seconds).toFixed(0)} MB/s   peak ${memory.toFixed(0)} MiB`);
  const bare = median(unindexed.map((each) => each.seconds));
  say(`no indexes   ${bare.toFixed(2)} s   ${Math.round(events / bare)} events/s`);
  const journalSeconds = median(journalled.map((each) => each.seconds));
  say(`through the journal ${journalSeconds.toFixed(2)} s, the last hour left open`);
  if (hasPeer) {
    const peer = median(theirs.map((each) => each.seconds));
    say(
      `ausearch     ${peer.toFixed(2)} s   ingest takes ${(seconds / peer).toFixed(2)} times that`,
    );
  } else say("ausearch     not installed, not compared");
  const verify = await ritma("verify", data, "--trust", await fingerprintOf(data));
  const sha = await run("sha256sum", [log]);
  say(`verify       ${verify.seconds.toFixed(2)} s   peak ${verify.memory.toFixed(0)} MiB`);
  say(`             ${(verify.seconds / sha.seconds).toFixed(1)} times sha256sum of the log`);
  const { kinds, bytes: total } = await sizesOf(join(data, "RITMA_OUT"));
  say(
    `store        ${total} bytes, ${(total / events).toFixed(2)} an event, ` +
      `1:${Math.round(bytes / total)}`,
  );
  for (const [kind, size] of [...kinds].toSorted(([a], [b]) => a.localeCompare(b))) {
    say(`  ${kind.padEnd(11)}${size}`);
  }
  const short = join(work, "short.log");
  await beginningOf(log, short);
  const shortPeak = await sayMemory(data, short, "150 MB of it");
  const longer = join(work, "longer.log");
  await repeated(short, longer, LONGER);
  const longPeak = await sayMemory(data, longer, `${LONGER} times over`);
  return {
    events,
    logBytes: bytes,
    ingestSeconds: seconds,
    unindexedSeconds: bare,
    journalSeconds,
    ausearchSeconds: hasPeer ? median(theirs.map((each) => each.seconds)) : null,
    verifySeconds: verify.seconds,
    sha256sumSeconds: sha.seconds,
    peakMiB: { log: memory, short: shortPeak, tenTimes: longPeak },
  };
}

/**
 * With ids of users from /etc/passwd alone where that can be arranged: it asks the host's name
 * service about each event, and that of systemd opens nine files to answer.
 */
async function ausearch(work: string, log: string): Promise<Run> {
  const args = ["--input", log, "--format", "csv"];
  if (process.geteuid?.() !== 0) return await run("ausearch", args);
  const names = join(work, "nsswitch.conf");
  await writeFile(names, "passwd: files\ngroup: files\nhosts: files\n");
  const script = 'mount --bind "$0" /etc/nsswitch.conf && exec ausearch "$@"';
  return await run("unshare", ["--mount", "sh", "-c", script, names, ...args]);
}

/** @returns the peak in MiB. */
async function sayMemory(data: string, log: string, what: string): Promise<number> {
  const { seconds, memory } = await ingestInto(data, log);
  say(`${what} ${seconds.toFixed(2)} s   peak ${memory.toFixed(0)} MiB`);
  return memory;
}

async function beginningOf(log: string, short: string): Promise<void> {
  await using file = await open(log, "r");
  const bytes = new Uint8Array(SHORT_BYTES);
  const { bytesRead } = await file.read(bytes, 0, SHORT_BYTES, 0);
  await writeFile(short, bytes.subarray(0, bytes.lastIndexOf(10, bytesRead - 1) + 1));
}

async function fingerprintOf(data: string): Promise<string> {
  const { output } = await ritma("keys", "--data", data, "--json");
  return /"fingerprint":\s*"([0-9a-f]{64})"/u.exec(output)?.[1] ?? "";
}

const capture = process.argv.slice(2).find((each) => each !== WRITE) ?? captureLog("web-steady");
const work = await mkdtemp(join(tmpdir(), "ritma-bench-"));
try {
  const log = join(work, "audit.log");
  await unpack(capture, log);
  const measured = await measure(work, log);
  if (process.argv.includes(WRITE)) {
    await writeFile(BASELINES, `${JSON.stringify(measured, null, 2)}\n`);
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
