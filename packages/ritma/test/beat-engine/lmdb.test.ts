/**
 * Goal: the LMDB engine is what the port says, and a damaged file hurts nobody.
 *
 * Method: the conformance suite, on a real folder; then a file that is cut, and whose pages are
 * overwritten: a process of its own is told to open it, so that nothing here can kill the test.
 */
import assert from "node:assert/strict";
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { openLmdbEngine } from "../../src/stores/beat/lmdb/lmdb-engine.ts";
import { METAS_BYTES, readMetas } from "../../src/stores/beat/lmdb/lmdb-metas.ts";
import { refuses } from "../base/disk-helpers.ts";
import { engineSuite } from "./conformance.ts";
import { libraryPlace } from "./library-place.ts";
import { beat, got, scanned } from "./records.ts";

const PAGE_BYTES = 4096;

engineSuite({
  name: "lmdb",
  modelRuns: 4,
  make: async (context) => await libraryPlace(context, openLmdbEngine, { canBeDamaged: true }),
});

/** A place with a closed store of three beats, and the path of its table. */
async function filled(context: TestContext) {
  const place = await libraryPlace(context, openLmdbEngine, { canBeDamaged: true });
  const engine = await place.open();
  for (let at = 1; at <= 3; at += 1) {
    const puts = Object.fromEntries(
      Array.from({ length: 60 }, (_, k) => [`k${k}`, `${at}`.repeat(90)]),
    );
    await beat(engine, at, { data: puts });
  }
  await engine[Symbol.asyncDispose]();
  return { place, path: join(place.dir, "table-0000000001.mdb") };
}

test("a file that is cut or overwritten is refused, and kills nobody", async (context) => {
  const { place, path } = await filled(context);
  const whole = readFileSync(path);
  const pages = whole.length / PAGE_BYTES;
  const changes: readonly ((bytes: Buffer) => Buffer)[] = [
    (bytes) => bytes.subarray(0, 0),
    (bytes) => bytes.subarray(0, PAGE_BYTES),
    (bytes) => bytes.subarray(0, bytes.length - PAGE_BYTES),
    (bytes) => bytes.fill(0, 0, 2 * PAGE_BYTES),
    (bytes) => bytes.fill(0, 0, PAGE_BYTES),
    (bytes) => bytes.fill(0xff, PAGE_BYTES, 2 * PAGE_BYTES),
    // The pages with records, of the newest tree and of those before it.
    (bytes) => bytes.fill(0xff, 2 * PAGE_BYTES),
    (bytes) => bytes.fill(0, 2 * PAGE_BYTES),
  ];
  assert.ok(pages > 6);
  for (const change of changes) {
    writeFileSync(path, change(Buffer.from(whole)));
    await refuses("beat/damaged", place.open);
  }
  writeFileSync(path, whole);
  await using engine = await place.open();
  assert.equal(await got(engine, "data", "k7"), `${"3".repeat(90)}@3`);
});

function metaPage(transaction: bigint, root: bigint): Buffer {
  const bytes = Buffer.alloc(PAGE_BYTES);
  bytes.writeUInt32LE(0xbeef_c0de, 24);
  bytes.writeUInt32LE(2, 28);
  bytes.writeUInt32LE(PAGE_BYTES, 48);
  bytes.writeBigUInt64LE(root, 136);
  bytes.writeBigUInt64LE(9n, 144);
  bytes.writeBigUInt64LE(transaction, 152);
  return bytes;
}

/** Are these two, each a transaction and a root, what LMDB leaves? */
function areMetas(even: readonly [bigint, bigint], odd: readonly [bigint, bigint]): boolean {
  const file = Buffer.concat([metaPage(...even), metaPage(...odd)]);
  return readMetas(file.subarray(0, METAS_BYTES)) !== null;
}

test("a meta page that was turned back is noticed", () => {
  const none = 0xffff_ffff_ffff_ffffn;
  assert.ok(areMetas([6n, 3n], [5n, 4n]), "as after any commit");
  assert.ok(areMetas([0n, none], [7n, 4n]), "as after a copy");
  assert.ok(!areMetas([4n, 3n], [7n, 4n]), "the even one is of an older commit");
  assert.ok(!areMetas([0n, 3n], [7n, 4n]), "the even one has lost its number");
  assert.ok(!areMetas([7n, 3n], [6n, 4n]), "exchanged");
});

test("a table that is gone is not begun anew, and an older one is removed", async (context) => {
  const { place, path } = await filled(context);
  const engine = await place.open();
  const old = `${place.dir}.old`;
  copyFileSync(path, old);
  await beat(engine, 4, { data: { k7: "4" } });
  await engine.compact();
  await engine[Symbol.asyncDispose]();
  // As a crash leaves it, behind the rename of the new table.
  copyFileSync(old, path);
  const again = await place.open();
  assert.equal(await got(again, "data", "k7"), "4@4");
  assert.ok(!readdirSync(place.dir).includes("table-0000000001.mdb"));
  assert.equal((await scanned(again, "data")).split(" ").length, 60);
  await again[Symbol.asyncDispose]();
  rmSync(join(place.dir, "table-0000000002.mdb"));
  await refuses("beat/damaged", place.open);
  rmSync(old);
});
