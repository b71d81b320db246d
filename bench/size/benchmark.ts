/**
 * What is stored of an event, all files counted, beside general compressors on the same log.
 *
 * Sizes are exact: the same log gives the same bytes on every machine, but for keys and stamps of
 * the store's making. baselines.json has what was measured when it was last written.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { mkdtemp, open, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { constants, zstdCompressSync } from "node:zlib";
import {
  captureLog,
  eventsOf,
  ingestInto,
  ritma,
  run,
  say,
  sizesOf,
  unpack,
} from "../shared/measure.ts";

const CAPTURES = ["web-steady", "ci-mixed", "web-attack"] as const;
/** Peers that take minutes are given this much of the log. */
const SLICE_BYTES = 64 * 1024 * 1024;
/** Leaves out the peers, which take minutes each. */
const ALONE = "--alone";
const BASELINES = join(import.meta.dirname, "baselines.json");

interface Measured {
  readonly events: number;
  readonly logBytes: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly bytes: number;
  readonly allocated: number;
}

function perEvent(bytes: number, { events }: { events: number }): string {
  return (bytes / events).toFixed(3).padStart(8);
}

async function measure(work: string, name: string): Promise<Measured> {
  const log = join(work, "audit.log");
  await unpack(captureLog(name), log);
  const { size: logBytes } = await stat(log);
  const data = join(work, "data");
  const events = eventsOf(await ingestInto(data, log));
  await ritma("reindex", "--data", data);
  const { kinds, bytes, allocated } = await sizesOf(join(data, "RITMA_OUT"));
  const measured = { events, logBytes, kinds: Object.fromEntries(kinds), bytes, allocated };
  const kind = (each: string): number => kinds.get(each) ?? 0;
  const records = kind("blocks") + kind("dict") + kind("cones");
  say(`${name}   ${events} events, ${(logBytes / 1e6).toFixed(1)} MB`);
  say(`  bytes an event`);
  say(`  ${perEvent(records, measured)}  blocks, dictionary, cones`);
  const sealed = bytes - kind("derived");
  say(`  ${perEvent(sealed, measured)}  all authoritative files, proofs included`);
  say(`  ${perEvent(bytes, measured)}  everything, derived indexes included, by length`);
  say(`  ${perEvent(allocated, measured)}  all files, as the disk allocates them`);
  const times = `${(logBytes / sealed).toFixed(0)} times the authoritative files`;
  say(`  ${perEvent(logBytes, measured)}  the log   ${times}`);
  for (const [each, size] of [...kinds].toSorted(([, a], [, b]) => b - a)) {
    say(`    ${perEvent(size, measured)}  ${each}`);
  }
  if (!process.argv.includes(ALONE)) await peers(work, log, measured);
  return measured;
}

/** Of the beginning of the log: general compressors, and what is stored of the same part. */
async function peers(work: string, log: string, { logBytes }: Measured): Promise<void> {
  const slice = await beginningOf(log);
  const part = join(work, "slice.log");
  await writeFile(part, slice);
  const data = join(work, "slice");
  const events = eventsOf(await ingestInto(data, part));
  const { kinds, bytes: all } = await sizesOf(join(data, "RITMA_OUT"));
  const bytes = all - (kinds.get("derived") ?? 0);
  const zstd = zstdCompressSync(slice, {
    params: {
      [constants.ZSTD_c_compressionLevel]: 19,
      [constants.ZSTD_c_windowLog]: 27,
      [constants.ZSTD_c_enableLongDistanceMatching]: 1,
    },
  }).length;
  const which = slice.length === logBytes ? "the same log" : "its first 64 MB";
  const line = (size: number, what: string): void => {
    say(`  ${perEvent(size, { events })}  ${what}   ${(size / bytes).toFixed(1)} times as much`);
  };
  say(`  of ${which}: ${perEvent(bytes, { events }).trim()} here`);
  line(zstd, "zstd -19 --long=27");
  if (!existsSync("/usr/bin/xz")) return;
  await run("xz", ["-9e", "--keep", "--force", part]);
  line((await stat(`${part}.xz`)).size, "xz -9e");
}

async function beginningOf(log: string): Promise<Uint8Array> {
  await using file = await open(log, "r");
  const bytes = new Uint8Array(SLICE_BYTES);
  const { bytesRead } = await file.read(bytes, 0, SLICE_BYTES, 0);
  const end = bytesRead < SLICE_BYTES ? bytesRead : bytes.lastIndexOf(10) + 1;
  return bytes.subarray(0, end);
}

const work = await mkdtemp(join(tmpdir(), "ritma-size-"));
try {
  const all: Record<string, Measured> = {};
  for (const name of CAPTURES) all[name] = await measure(work, name);
  if (process.argv.includes("--write")) {
    await writeFile(BASELINES, `${JSON.stringify(all, null, 2)}\n`);
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
