/**
 * The audit parser alone, in megabytes a second; see README.md.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { constants, zstdDecompressSync } from "node:zlib";
import { AuditParser } from "../../packages/ritma/src/flow/capture/auditd/parser.ts";

const DATASETS = process.env["RITMA_DATASETS"] ?? join(import.meta.dirname, "../../../shared/data");
const CHUNK_BYTES = 256 * 1024;
const PASSES = 9;

function load(path: string): Buffer {
  const file = readFileSync(path);
  if (!path.endsWith(".zst")) return file;
  return zstdDecompressSync(file, { params: { [constants.ZSTD_d_windowLogMax]: 31 } });
}

/** Milliseconds of each of the passes, fastest first. */
function time(pass: () => unknown): number[] {
  const passes = Array.from({ length: PASSES }, () => {
    const start = performance.now();
    pass();
    return performance.now() - start;
  });
  return passes.toSorted((a, b) => a - b);
}

function parse(log: Buffer): AuditParser["counts"] {
  let lines = 0;
  const parser = new AuditParser({
    event: (event) => void (lines += event.lines),
    uninterpreted: () => void (lines += 1),
    refused: () => void (lines += 1),
  });
  for (let at = 0; at < log.length; at += CHUNK_BYTES) {
    parser.feed(log.subarray(at, at + CHUNK_BYTES));
  }
  parser.end();
  if (lines + parser.counts.trailing !== parser.counts.lines) throw new Error("lines were lost");
  return parser.counts;
}

function findNewlines(log: Buffer): number {
  let lines = 0;
  for (let at = 0; at < log.length; at += CHUNK_BYTES) {
    const chunk = log.subarray(at, at + CHUNK_BYTES);
    for (let next = chunk.indexOf(10); next >= 0; next = chunk.indexOf(10, next + 1)) lines += 1;
  }
  return lines;
}

function readBytes(log: Buffer): number {
  let sum = 0;
  for (let at = 0; at < log.length; at += 1) sum = (sum + (log[at] ?? 0)) | 0;
  return sum;
}

function print(title: string, bytes: number, milliseconds: readonly number[]): void {
  const rate = (ms: number): string => (bytes / 1_000 / ms).toFixed(0).padStart(6);
  const fastest = milliseconds[0] ?? Number.NaN;
  const median = milliseconds[milliseconds.length >> 1] ?? Number.NaN;
  process.stdout.write(
    `${title.padEnd(16)} fastest ${rate(fastest)} MB/s, median ${rate(median)} MB/s\n`,
  );
}

const given = process.argv.slice(2);
const files = given.length > 0 ? given : [join(DATASETS, "captures/web-steady/audit.log.zst")];
for (const file of files) {
  if (!existsSync(file)) {
    process.stderr.write(`${file} is not there: name a file, or set RITMA_DATASETS\n`);
    process.exitCode = 66;
    continue;
  }
  const log = load(file);
  const counts = parse(log);
  const { bytes, lines, events } = counts;
  process.stdout.write(`${file}: ${bytes} bytes, ${lines} lines, ${events} events\n`);
  const passes = time(() => parse(log));
  print("parser", bytes, passes);
  print(
    "newlines",
    bytes,
    time(() => findNewlines(log)),
  );
  print(
    "bytes",
    bytes,
    time(() => readBytes(log)),
  );
  const seconds = (passes[0] ?? Number.NaN) / 1_000;
  process.stdout.write(
    `${(lines / seconds / 1e6).toFixed(2)} M lines/s, ${(events / seconds / 1e6).toFixed(2)} M ` +
      `events/s, peak memory ${(process.resourceUsage().maxRSS / 1_024).toFixed(0)} MiB\n`,
  );
}
