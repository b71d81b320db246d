/**
 * Goal: a blob that was put comes back or is said to be damaged or missing; look-ups are counted;
 * the runtime tree is asked, and believed no more than the disk is.
 *
 * Method: rows on the simulated disk, with files changed behind the cache's back.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import type { RitmaError } from "../../src/base/error.ts";
import { readManifest } from "../../src/stores/beat/cas/cas-manifest.ts";
import { overwrite } from "./altering.ts";
import { blobOf, blobPath, blake3, CAS_DIR, casting } from "./casting.ts";

const BLOB = blobOf(1, 3_000);
const OTHER = blobOf(2, 700);
const DIGEST = blake3(BLOB);

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  return await work().then(
    () => "nothing was thrown",
    (error: RitmaError) => error.code,
  );
}

test("equal bytes are kept once, and come back, also to another process", async () => {
  const disk = new SimDisk();
  const { cas, counters } = casting(disk);
  assert.deepEqual(await cas.put(BLOB), DIGEST);
  const steps = disk.steps;
  assert.deepEqual(await cas.put(BLOB), DIGEST);
  assert.equal(disk.steps, steps, "what this process made durable costs nothing more");
  assert.deepEqual(await cas.get(DIGEST), BLOB);
  assert.deepEqual(await casting(disk).cas.get(DIGEST), BLOB);
  assert.deepEqual(counters, { hits: 1, misses: 0, latencyNs: 1_000 });
  assert.deepEqual(await cas.list(), [{ name: DIGEST.toHex(), length: 3_000 }]);
});

test("reading writes nothing", async () => {
  const disk = new SimDisk();
  await casting(disk).cas.put(BLOB);
  const before = disk.contents();
  const { cas } = casting(disk, { runtime: async () => OTHER });
  await cas.get(DIGEST);
  await cas.get(blake3(OTHER));
  await cas.list();
  assert.deepEqual(disk.contents(), before);
});

test("a damaged blob is never returned, and written again by the next put", async () => {
  const disk = new SimDisk();
  await casting(disk).cas.put(BLOB);
  await overwrite(disk, blobPath(DIGEST), (bytes) => bytes.with(5, (bytes[5] ?? 0) ^ 1));
  const { cas, counters, notices } = casting(disk);
  assert.equal(await codeOf(async () => await cas.get(DIGEST)), "beat/damaged");
  assert.equal(await cas.check(DIGEST.toHex()), "damaged");
  assert.deepEqual([counters.hits, counters.misses], [0, 1]);
  assert.deepEqual(
    notices.map(({ topic, severity }) => `${topic} ${severity}`),
    ["persist.recover error"],
  );
  await cas.put(BLOB);
  assert.deepEqual(await cas.get(DIGEST), BLOB);
});

test("a blob that lies there is hashed before it counts, also a short one", async () => {
  for (const length of [0, 1_024, 2_999]) {
    const disk = new SimDisk();
    await casting(disk).cas.put(BLOB);
    await disk.truncate(blobPath(DIGEST), length);
    const { cas, notices } = casting(disk);
    await cas.put(BLOB);
    assert.equal(notices[0]?.topic, "persist.recover", `${length} bytes`);
    assert.deepEqual(await casting(disk).cas.get(DIGEST), BLOB);
  }
});

test("what the cache has not, the runtime tree is asked for, and kept when asked to", async () => {
  const disk = new SimDisk();
  const asked: string[] = [];
  const runtime = async (digest: Uint8Array): Promise<Uint8Array | null> => {
    asked.push(digest.toHex());
    return digest.toHex() === DIGEST.toHex() ? BLOB : null;
  };
  const without = casting(disk, { runtime });
  assert.deepEqual(await without.cas.get(DIGEST), BLOB);
  assert.deepEqual(await without.cas.get(DIGEST), BLOB);
  assert.deepEqual(without.counters, { hits: 0, misses: 2, latencyNs: 2_000 });
  const filling = casting(disk, { runtime, fill: true });
  assert.deepEqual(await filling.cas.get(DIGEST), BLOB);
  assert.deepEqual(await filling.cas.get(DIGEST), BLOB);
  assert.deepEqual([filling.counters.hits, filling.counters.misses], [1, 1]);
  assert.equal(asked.length, 3);
  const missing = blake3(OTHER);
  assert.equal(await codeOf(async () => await filling.cas.get(missing)), "beat/missing");
  const [, notice] = filling.notices;
  assert.match(notice?.detail ?? "", /neither the cache nor the runtime tree/u);
  assert.deepEqual([notice?.topic, notice?.severity], ["persist.recover", "warning"]);
});

test("a damaged blob comes from the runtime tree, and is mended", async () => {
  const disk = new SimDisk();
  await casting(disk).cas.put(BLOB);
  await disk.truncate(blobPath(DIGEST), 10);
  const { cas } = casting(disk, { runtime: async () => BLOB, fill: true });
  assert.deepEqual(await cas.get(DIGEST), BLOB);
  assert.deepEqual(await casting(disk).cas.get(DIGEST), BLOB);
});

test("the runtime tree is not believed", async () => {
  const { cas, notices } = casting(new SimDisk(), { runtime: async () => OTHER, fill: true });
  assert.equal(await codeOf(async () => await cas.get(DIGEST)), "beat/missing");
  assert.match(notices[0]?.detail ?? "", /other bytes/u);
  assert.deepEqual(await cas.list(), []);
});

test("a full disk does not lose what the runtime tree had", async () => {
  const disk = new SimDisk({ failAt: (_, operation) => (operation === "write" ? "enospc" : null) });
  const { cas, notices } = casting(disk, { runtime: async () => BLOB, fill: true });
  assert.deepEqual(await cas.get(DIGEST), BLOB);
  assert.match(notices[0]?.detail ?? "", /not kept/u);
});

for (const [what, alter] of [
  ["missing", null],
  ["empty", () => new Uint8Array(0)],
  ["of zeros", (bytes: Uint8Array) => new Uint8Array(bytes.length)],
  ["with a changed entry", (bytes: Uint8Array) => bytes.with(20, (bytes[20] ?? 0) ^ 1)],
  ["cut in an entry", (bytes: Uint8Array) => bytes.slice(0, -7)],
] as const) {
  test(`a manifest that is ${what} costs nothing but work`, async () => {
    const disk = new SimDisk();
    const first = casting(disk);
    for (const blob of [BLOB, OTHER]) await first.cas.put(blob);
    await first.cas.close();
    const path = `${CAS_DIR}/manifest.bin`;
    if (alter === null) await disk.remove(path);
    else await overwrite(disk, path, alter);
    assert.deepEqual(await casting(disk).cas.get(DIGEST), BLOB);
    const { cas } = casting(disk);
    for (const blob of [OTHER, BLOB, blobOf(3, 5)]) await cas.put(blob);
    await cas.close();
    const manifest = await disk.read(path);
    const { lengths, wholeBytes } = readManifest(manifest);
    assert.deepEqual([lengths.size, wholeBytes], [3, manifest.length], "it is whole again");
    const again = casting(disk);
    const names = [BLOB, OTHER, blobOf(3, 5)].map((blob) => blake3(blob).toHex());
    assert.deepEqual(
      (await again.cas.list()).map(({ name }) => name),
      names.toSorted(),
    );
    for (const blob of [BLOB, OTHER]) assert.deepEqual(await again.cas.get(blake3(blob)), blob);
  });
}

test("sweeping removes what nothing refers to, and nothing else", async () => {
  const disk = new SimDisk();
  const { cas } = casting(disk);
  for (const blob of [BLOB, OTHER]) await cas.put(blob);
  assert.equal(await cas.sweep(new Set([DIGEST.toHex()])), OTHER.length);
  assert.deepEqual(await cas.get(DIGEST), BLOB);
  assert.equal(await codeOf(async () => await cas.get(blake3(OTHER))), "beat/missing");
  await cas.put(OTHER);
  assert.deepEqual(await casting(disk).cas.get(blake3(OTHER)), OTHER);
  assert.equal(await cas.sweep(new Set([BLOB, OTHER].map((blob) => blake3(blob).toHex()))), 0);
});

test("a put that failed can be tried again", async () => {
  let failures = 0;
  for (let step = 1; step < 60; step += 1) {
    // A file system that cannot sync names has given up: what then counts is up to it.
    const disk = new SimDisk({
      failAt: (at, operation) => (at === step && operation !== "syncDir" ? "eio" : null),
    });
    const { cas } = casting(disk);
    const failed = await cas.put(BLOB).then(
      () => false,
      () => true,
    );
    await cas.put(BLOB);
    for (const image of disk.crashStates({ seed: step, perPoint: 8, atomBytes: 512 })) {
      assert.deepEqual(await casting(image).cas.get(DIGEST), BLOB, `step ${step}`);
    }
    failures += failed ? 1 : 0;
  }
  assert.ok(failures > 5, `${failures} puts failed`);
});
