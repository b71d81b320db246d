/**
 * Goal: whatever is wrong with a store that can be opened is found, with its place, and a store in
 * which nothing is wrong has no fault.
 *
 * Method: a branch with something of everything; each record in turn changed, each blob in turn
 * changed and removed.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type BeatRecord, parseRecordKey, recordKey } from "../../src/stores/beat/record.ts";
import { BeatTree } from "../../src/stores/beat/tree.ts";
import { verifyBeatStore } from "../../src/stores/beat/verify-store.ts";
import { overwrite } from "./altering.ts";
import { fillBranch } from "./bundling.ts";
import { blobOf } from "./casting.ts";
import { memoryEngine, storing } from "./storing.ts";

test("a store without a fault has none", async () => {
  await using made = await storing();
  await fillBranch(made.store, "x");
  const { branches, faults } = await verifyBeatStore(made.store, null);
  assert.deepEqual(faults, []);
  const x = branches.find(({ branch }) => branch === "x");
  assert.equal(x?.cells, 4);
  assert.equal(x?.payloadBytes, 10 + 70_000 + 220_000);
});

/** Records of a payload that is in use, or with the digest of one. */
function isTold({ key }: BeatRecord): boolean {
  const { kind, path, suffix } = parseRecordKey(key);
  // The third chunk is left over from a longer payload.
  if (kind === "chunk") return path[1] === "chunks" && suffix[3] !== 2;
  return kind === "cell" && (path[1] === "chunks" || path[1] === "blob");
}

test("a changed payload or digest is a fault, in each record that has one", async () => {
  await using source = await storing();
  await fillBranch(source.store, "x");
  const records = await Array.fromAsync(source.store.scan("x", new Uint8Array(0)));
  const told = records.filter(isTold);
  assert.equal(told.length, 4);
  for (const { key, body } of told) {
    const engine = await memoryEngine();
    await using made = await storing({}, engine, source.disk);
    const last = body.length - 1;
    const changed = body.with(last, (body[last] ?? 0) ^ 0x41);
    await made.store.append(
      "x",
      records.map((one) => (one.key === key ? { key, body: changed } : one)),
    );
    const { faults } = await verifyBeatStore(made.store, "x");
    assert.deepEqual(
      faults.map(({ place }) => place),
      [`/x/${parseRecordKey(key).path.join("/")}`],
    );
  }
});

test("a blob that is changed or gone is a fault at its cell", async () => {
  for (const isGone of [true, false]) {
    await using made = await storing();
    const { store, disk } = made;
    await store.apply(async (beat) => await store.cells.put(beat, "x", ["b"], blobOf(1, 300_000)));
    const path = [...disk.contents().keys()].find((name) => name.endsWith(".blob")) ?? "";
    if (isGone) await disk.remove(`/${path}`);
    else await overwrite(disk, `/${path}`, (bytes) => bytes.with(7, 0));
    const { faults } = await verifyBeatStore(store, null);
    assert.equal(faults.length, 1);
    assert.equal(faults[0]?.place, "/x/b");
  }
});

test("a branch without links has cells without parents, which the tree shows", async () => {
  await using made = await storing();
  const { store } = made;
  await store.apply(async (beat) => await store.cells.put(beat, "x", ["a"], null));
  const cell = await store.get("x", recordKey("cell", ["a"]));
  const body = cell?.body ?? new Uint8Array(0);
  const paths = [["beats", "1"], ["beats", "2"], ["left"]];
  await store.append(
    "journal",
    paths.map((path) => ({ key: recordKey("cell", path), body })),
  );
  assert.deepEqual((await verifyBeatStore(store, "journal")).faults, []);
  const tree = new BeatTree(store);
  assert.deepEqual(await tree.list(["journal"]), [
    { name: "beats", hasChildren: true },
    { name: "left", hasChildren: false },
  ]);
  assert.equal((await tree.list(["journal", "beats"])).length, 2);
});

test("a cell that no parent has, and a child that is not there", async () => {
  await using made = await storing();
  const { store } = made;
  await store.apply(async (beat) => await store.cells.put(beat, "x", ["a"], null));
  const cell = await store.get("x", recordKey("cell", ["a"]));
  await store.append("x", [
    { key: recordKey("cell", ["b"]), body: cell?.body ?? new Uint8Array(0) },
  ]);
  const { faults } = await verifyBeatStore(store, "x");
  assert.deepEqual(faults, [{ place: "/x/b", message: "no parent has it among its children" }]);
});
