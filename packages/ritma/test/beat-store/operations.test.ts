/**
 * Goal: each operation has an entry with its outcome; a store is ready only when its counters are
 * there to be read; what a dead process left unfinished is said; compaction takes nothing that is
 * referred to; the tree shows it all.
 *
 * Method: rows over the memory engine.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { RitmaError } from "../../src/base/error.ts";
import { OPERATIONS_KEPT } from "../../src/base/limits.ts";
import { metricPath } from "../../src/stores/beat/metrics.ts";
import { beginOperation, readOperations } from "../../src/stores/beat/operations/operation-log.ts";
import { Operations } from "../../src/stores/beat/operations/operations.ts";
import { BeatTree, formatTreePath, parseTreePath } from "../../src/stores/beat/tree.ts";
import { blobOf, blake3 } from "./casting.ts";
import { memoryEngine, record, storing, type Storing } from "./storing.ts";

function operating({ store, notices }: Storing): Operations {
  return new Operations(store, (notice) => void notices.push(notice));
}

async function states({ store }: Storing, verb: "op/boot" | "op/sync"): Promise<string[]> {
  return (await readOperations(store, verb)).map(({ number, state }) => `${number} ${state}`);
}

test("a store is ready when its counters are published, and not before", async () => {
  const engine = await memoryEngine();
  await using made = await storing({ nowMs: () => 0 }, engine);
  await made.store.append("x", [record("a")]);
  await made.store.append("x", [record("b")]);
  const operations = operating(made);
  let published: string | null = null;
  engine.slow = async () => {
    assert.ok(!operations.isReady);
    const read = await made.store.cells.get("data", metricPath("x", "frames"));
    published = new TextDecoder().decode(read?.bytes ?? undefined);
  };
  assert.deepEqual(await operations.boot(), []);
  assert.equal(published, "2", "there when the last entry of the boot was committed");
  assert.ok(operations.isReady);
  assert.deepEqual(await states(made, "op/boot"), ["1 ist:store"]);
  const last = made.notices.at(-1);
  assert.deepEqual([last?.topic, last?.severity], ["persist.bootstrap", "info"]);
  engine.slow = async () => {};
  await operations.shutdown();
  assert.ok(!operations.isReady);
});

test("what a dead process left unfinished is told at the next boot, once", async () => {
  const engine = await memoryEngine();
  const first = await storing({}, engine);
  await beginOperation(first.store, "op/sync", "import");
  await using made = await storing({}, engine);
  const left = await operating(made).boot();
  assert.deepEqual(
    left.map(({ verb, number }) => `${verb} ${number}`),
    ["op/sync 1"],
  );
  assert.deepEqual(await states(made, "op/sync"), ["1 ist:failed"]);
  assert.ok(
    made.notices.some(
      ({ topic, detail }) => topic === "persist.recover" && /op\/sync 1/u.test(detail),
    ),
  );
  assert.deepEqual(await operating(made).boot(), []);
});

test("an operation that fails says so, and throws", async () => {
  await using made = await storing();
  const work = operating(made).run("op/sync", "x", async () => {
    throw new RitmaError("beat/bundle", "not whole");
  });
  await assert.rejects(work, { code: "beat/bundle" });
  const [newest] = await readOperations(made.store, "op/sync");
  assert.deepEqual([newest?.state, newest?.detail], ["ist:failed", "not whole (beat/bundle)"]);
});

test("the newest outcomes are kept, newest first", async () => {
  await using made = await storing();
  const operations = operating(made);
  for (let at = 0; at < OPERATIONS_KEPT + 3; at += 1) {
    await operations.run("op/sync", "x", async () => `${at}`);
  }
  const kept = await readOperations(made.store, "op/sync");
  assert.equal(kept.length, OPERATIONS_KEPT);
  assert.equal(kept[0]?.number, OPERATIONS_KEPT + 3);
  assert.equal(kept.at(-1)?.number, 4);
});

test("an entry that holds no operation is damage", async () => {
  await using made = await storing();
  await operating(made).checkpoint();
  await made.store.apply(
    async (beat) =>
      await made.store.cells.put(beat, "rt", ["ops", "checkpt", "01"], Uint8Array.of(1)),
  );
  await assert.rejects(readOperations(made.store, "op/checkpt"), { code: "beat/damaged" });
});

test("compaction takes blobs that nothing refers to, and none that something does", async () => {
  await using made = await storing();
  const { store } = made;
  const put = async (branch: string, name: string, bytes: Uint8Array, history = 0): Promise<void> =>
    await store.apply(
      async (beat) => await store.cells.put(beat, branch, [name], bytes, { history }),
    );
  const blobs = Array.from({ length: 5 }, (_, at) => blobOf(at, 200_000 + at));
  const [a, b, c, d, e] = blobs.map((blob) => blake3(blob).toHex());
  await put("x", "gone", blobs[0] ?? new Uint8Array(0));
  await put("x", "gone", blobs[1] ?? new Uint8Array(0));
  await put("x", "past", blobs[2] ?? new Uint8Array(0));
  await put("x", "past", blobs[3] ?? new Uint8Array(0), 1);
  await put("y", "other", blobs[4] ?? new Uint8Array(0));
  await put("x", "other", blobs[4] ?? new Uint8Array(0));
  await store.apply(async (beat) => await store.cells.remove(beat, "x", ["other"]));
  const { blobBytes } = await operating(made).compact();
  assert.equal(blobBytes, 200_000);
  const left = new Set((await store.casOf("x")?.list())?.map(({ name }) => name));
  assert.deepEqual(left.size, 4);
  for (const name of [b, c, d, e]) assert.ok(left.has(name ?? ""));
  assert.ok(!left.has(a ?? ""));
  const [past] = await store.cells.history("x", ["past"]);
  assert.ok(past !== undefined);
  assert.deepEqual(await store.cells.pastBytes("x", ["past"], past), blobs[2]);
});

test("a cell that cannot be read keeps all blobs", async () => {
  await using made = await storing();
  const { store } = made;
  await store.apply(async (beat) => await store.cells.put(beat, "x", ["b"], blobOf(1, 300_000)));
  await store.apply(async (beat) => await store.cells.remove(beat, "x", ["b"]));
  const key = record("n").key;
  await store.append("x", [
    { key: Uint8Array.of(1, ...key.subarray(1)), body: Uint8Array.of(0xff) },
  ]);
  await assert.rejects(operating(made).compact(), { code: "beat/damaged" });
  assert.equal((await store.casOf("x")?.list())?.length, 1);
  await store.append("x", [record("m")]);
});

test("the tree shows branches, cells, counters of now, operations and blobs", async () => {
  await using made = await storing();
  const { store } = made;
  const blob = blobOf(1, 250_000);
  await store.apply(async (beat) => await store.cells.put(beat, "data", ["a/b", "%"], blob));
  await operating(made).checkpoint();
  const tree = new BeatTree(store);
  const names = async (path: string): Promise<string[]> =>
    (await tree.list(parseTreePath(path))).map(
      ({ name, hasChildren }) => name + (hasChildren ? "/" : ""),
    );
  assert.deepEqual(await names("/"), ["cas/", "data/", "rt/"]);
  assert.deepEqual(await names("/data"), ["a/b/", "persist/"]);
  assert.deepEqual(await names("/data/a%2Fb"), ["%"]);
  assert.deepEqual(await names("/rt/ops"), ["checkpt/"]);
  assert.deepEqual(await names("/cas"), [blake3(blob).toHex()]);
  assert.deepEqual(await tree.read(parseTreePath("data/a%2fb/%25")), blob);
  assert.deepEqual(await tree.read(parseTreePath(`cas/${blake3(blob).toHex()}`)), blob);
  const text = async (path: string): Promise<string> =>
    new TextDecoder().decode((await tree.read(parseTreePath(path))) ?? undefined);
  assert.equal(await text("/data/persist/data/kv_eng"), "memory");
  for (const hits of [0, 1, 2]) {
    assert.equal(await text("/data/persist/data/metrics/cas_hits"), `${hits + 1}`);
    await store.cells.get("data", ["a/b", "%"]);
  }
  for (const path of ["/no", "/data/no", "/cas/00", "/data/persist/no/kv_eng"]) {
    await assert.rejects(tree.read(parseTreePath(path)), { code: "beat/missing" });
  }
  await assert.rejects(tree.list(["data", "no"]), { code: "beat/missing" });
});

test("a path is written in one way and read back", () => {
  for (const path of [["a"], ["a/b", "%2F"], ["%", "/", "ü"], []]) {
    assert.deepEqual(parseTreePath(formatTreePath(path)), path);
  }
  assert.throws(() => parseTreePath("a\0"), RangeError);
});
