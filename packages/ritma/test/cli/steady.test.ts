/**
 * Goal: a store that is written to while it is verified is never called TAMPERED for that, and one
 * that stands still is, however often it is looked at.
 *
 * Method: a disk that gives a wrong byte once, or always, with or without another file appearing
 * at the same time, as it does when a recorder is at work.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fingerprint } from "@ritma/evidence";
import { RealDisk } from "../../src/base/disk/real-disk.ts";
import { loadPrimitives } from "../../src/base/primitives.ts";
import { verifyOnDisk } from "../../src/services/verifier/verifier.ts";
import { refuses } from "../base/disk-helpers.ts";
import { auditLog } from "./audit-log.ts";
import { Bench } from "./harness.ts";

/** Spoils the checkpoint for its first readers; each time a draft may appear as well. */
class ShakyDisk extends RealDisk {
  readonly #spoiledReads: number;
  readonly #out: string;
  readonly #moves: boolean;
  reads = 0;

  constructor(out: string, spoiledReads: number, moves: boolean) {
    super();
    this.#out = out;
    this.#spoiledReads = spoiledReads;
    this.#moves = moves;
  }

  override async read(path: string, maxBytes?: number): Promise<Uint8Array> {
    const bytes = await super.read(path, maxBytes);
    if (!path.endsWith("checkpoint")) return bytes;
    this.reads += 1;
    if (this.reads > this.#spoiledReads) return bytes;
    if (this.#moves) writeFileSync(join(this.#out, `${this.reads}.draft`), "");
    return bytes.with(5, (bytes[5] ?? 0) ^ 1);
  }
}

async function withStore(use: (out: string, trust: string) => Promise<void>): Promise<void> {
  using bench = new Bench();
  const trust = await bench.init();
  await bench.run("ingest", bench.file("audit.log", auditLog({ events: 3 })));
  await use(bench.out, trust);
}

async function resultOf(disk: ShakyDisk, out: string, trust: string): Promise<string> {
  const options = { trust: fingerprint(trust) };
  return (await verifyOnDisk(disk, await loadPrimitives(), out, options)).result;
}

test("what was wrong only while files came is looked at again", async () => {
  await withStore(async (out, trust) => {
    const disk = new ShakyDisk(out, 1, true);
    assert.equal(await resultOf(disk, out, trust), "VALID");
    assert.equal(disk.reads, 2);
  });
});

test("a store that never stands still is busy", async () => {
  await withStore(async (out, trust) => {
    const disk = new ShakyDisk(out, Number.POSITIVE_INFINITY, true);
    await refuses("store/busy", async () => await resultOf(disk, out, trust));
    assert.equal(disk.reads, 3);
  });
});

test("a store that stands still is TAMPERED at once", async () => {
  await withStore(async (out, trust) => {
    const disk = new ShakyDisk(out, 1, false);
    assert.equal(await resultOf(disk, out, trust), "TAMPERED");
    assert.equal(disk.reads, 1);
  });
});
