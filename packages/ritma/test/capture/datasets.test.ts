/**
 * Goal: in real logs every line is accounted for, and there are as many events as identities.
 * Method: the captures and the published logs of a data set beside the checkout, if there is one;
 * their own index files say how many lines, records and identities each has, counted by others.
 *
 *     RITMA_DATASETS=DIR   where `captures/INDEX` and `public/AUDIT-FILES` are
 *     RITMA_FULL=1         the largest capture to its end, not its first 40 MB
 *
 * @module
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { constants, zstdDecompressSync } from "node:zlib";
import { skipLoudly } from "../../../../tools/skip.ts";
import { AuditParser } from "../../src/flow/capture/auditd/parser.ts";

const DATASETS =
  process.env["RITMA_DATASETS"] ?? join(import.meta.dirname, "../../../../../shared/data");
const FULL = process.env["RITMA_FULL"] === "1";
const CHUNK_BYTES = 256 * 1024;
const PART_BYTES_MAX = 40_000_000;
const MISSING = `data sets (RITMA_DATASETS, now ${DATASETS})`;

interface Tally {
  readonly counts: AuditParser["counts"];
  /** Different (node, time, serial) among the delivered events. */
  readonly identities: number;
  /** Lines in delivered events. */
  readonly delivered: number;
}

/** Parses `files` as one log. */
function tally(files: Iterable<Uint8Array>): Tally {
  const identities = new Set<string>();
  let delivered = 0;
  const parser = new AuditParser({
    event(event) {
      identities.add(`${event.node} ${event.timeUs} ${event.serial}`);
      delivered += event.lines;
    },
    uninterpreted: () => {},
    refused: () => {},
  });
  for (const file of files) {
    for (let at = 0; at < file.length; at += CHUNK_BYTES) {
      parser.feed(file.subarray(at, at + CHUNK_BYTES));
    }
    parser.endOfFile();
  }
  parser.end();
  return { counts: parser.counts, identities: identities.size, delivered };
}

function checkInvariants({ counts, identities, delivered }: Tally): void {
  assert.equal(counts.records + counts.uninterpreted + counts.refused, counts.lines);
  assert.equal(delivered + counts.trailing, counts.records);
  assert.equal(counts.events, identities);
}

function rows(path: string): string[][] {
  const lines = readFileSync(path, "utf8").split("\n");
  return lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split("\t"));
}

function unpack(path: string): Uint8Array {
  const params = { [constants.ZSTD_d_windowLogMax]: 31 };
  return zstdDecompressSync(readFileSync(path), { params });
}

/** Up to the last newline within the limit. */
function part(file: Uint8Array): Uint8Array {
  return file.subarray(0, file.lastIndexOf(0x0a, PART_BYTES_MAX) + 1);
}

test("captures: no line is lost, no event comes in two pieces", (context) => {
  const index = join(DATASETS, "captures/INDEX");
  if (!existsSync(index)) return skipLoudly(context, MISSING);
  for (const [name = "", files = "", bytes, lines, events] of rows(index)) {
    const unpacked = files.split(",").map((file) => unpack(join(DATASETS, "captures", name, file)));
    const isLarge = Number(bytes) > 100_000_000 && !FULL;
    const result = tally(isLarge ? unpacked.map(part) : unpacked);
    checkInvariants(result);
    const { counts } = result;
    assert.deepEqual([name, counts.continuations, counts.evicted], [name, 0, 0]);
    if (isLarge) continue;
    assert.deepEqual(
      [name, counts.bytes, counts.lines, counts.records, counts.events],
      [name, Number(bytes), Number(lines), Number(lines), Number(events)],
    );
  }
});

test("published logs: lines, records and events are as many as others counted", (context) => {
  const list = join(DATASETS, "public/AUDIT-FILES");
  if (!existsSync(list)) return skipLoudly(context, MISSING);
  for (const [path = "", bytes, lines, records, events] of rows(list)) {
    const result = tally([readFileSync(join(DATASETS, "public", path))]);
    checkInvariants(result);
    const { counts } = result;
    assert.deepEqual(
      [path, counts.bytes, counts.lines, counts.records, counts.events],
      [path, Number(bytes), Number(lines), Number(records), Number(events)],
    );
  }
});
