/**
 * Goal: cells come back as they were put, under their parents, in the order in which they came;
 * removed ones are gone with all below them; what a reader gets is one version of a cell, whole.
 *
 * Method: rows at the lengths where payloads change their place; a model run with random beats,
 * some aborted; readers during commits; records changed behind the store's back.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import type { RitmaError } from "../../src/base/error.ts";
import { CHUNK_BYTES } from "../../src/stores/beat/chunk.ts";
import { decodeManifestDelta, decodeOrderDelta } from "../../src/stores/beat/deltas.ts";
import type { BeatStore } from "../../src/stores/beat/beat-store.ts";
import type { CellStore } from "../../src/stores/beat/cells/cell-store.ts";
import { type CellPath, recordKey, recordPrefix } from "../../src/stores/beat/record.ts";
import { blobOf } from "./casting.ts";
import { primitives, storing } from "./storing.ts";

const { blake3 } = primitives;

for (const length of [0, 1, 64, 65, CHUNK_BYTES, CHUNK_BYTES + 1, 199_999, 200_000, 400_000]) {
  test(`a payload of ${length} bytes`, async () => {
    await using made = await storing();
    const { store } = made;
    const bytes = blobOf(length, length);
    await store.apply(async (beat) => await store.cells.put(beat, "x", ["a", "ü"], bytes));
    const read = await store.cells.get("x", ["a", "ü"]);
    assert.deepEqual(read?.bytes, bytes);
    const place = length <= 64 ? "inline" : length < 200_000 ? "chunks" : "reference";
    assert.equal(read?.cell.payload?.place, place);
    const chunks = await Array.fromAsync(store.scan("x", recordPrefix("chunk", [])));
    assert.equal(chunks.length, place === "chunks" ? Math.ceil(length / CHUNK_BYTES) : 0);
  });
}

test("a secured payload passes through untouched, with what is said of it", async () => {
  await using made = await storing();
  const { store } = made;
  const bytes = blobOf(9, 500);
  const secmeta = {
    mode: "aes-256-gcm",
    codec: "none",
    rawLength: 484,
    storedLength: 500,
    fingerprint: new Uint8Array(16).fill(1),
    sealing: {
      keyId: new Uint8Array(16).fill(2),
      nonce: new Uint8Array(12).fill(3),
      aadHash: new Uint8Array(32).fill(4),
    },
  } as const;
  await store.apply(async (beat) => await store.cells.put(beat, "x", ["s"], bytes, { secmeta }));
  const read = await store.cells.get("x", ["s"]);
  assert.deepEqual(read?.bytes, bytes);
  assert.deepEqual(read?.cell.secmeta, secmeta);
});

/** What the cells of a branch are, in the plainest way. */
class Model {
  cells: Map<string, Uint8Array | null> = new Map();
  came: Map<string, string[]> = new Map();

  put(path: CellPath, bytes: Uint8Array | null): void {
    for (let depth = 1; depth < path.length; depth += 1) this.#make(path.slice(0, depth), null);
    this.#make(path, bytes);
    this.cells.set(path.join("/"), bytes);
  }

  remove(path: CellPath): void {
    const name = path.join("/");
    for (const other of this.cells.keys()) {
      if (other === name || other.startsWith(`${name}/`)) {
        this.cells.delete(other);
        this.came.delete(other);
      }
    }
    const parent = path.slice(0, -1).join("/");
    this.came.set(
      parent,
      (this.came.get(parent) ?? []).filter((one) => one !== path.at(-1)),
    );
  }

  copy(): Model {
    const copy = new Model();
    copy.cells = new Map(this.cells);
    copy.came = new Map([...this.came].map(([parent, names]) => [parent, [...names]]));
    return copy;
  }

  #make(path: CellPath, bytes: Uint8Array | null): void {
    const name = path.join("/");
    if (this.cells.has(name)) return;
    this.cells.set(name, bytes);
    const parent = path.slice(0, -1).join("/");
    this.came.set(parent, [...(this.came.get(parent) ?? []), path.at(-1) ?? ""]);
  }
}

async function compare(cells: CellStore, model: Model, paths: readonly CellPath[]): Promise<void> {
  for (const path of [[], ...paths]) {
    const name = path.join("/");
    const read = await cells.get("x", path);
    assert.equal(read !== null, model.cells.has(name), name);
    if (read !== null) assert.deepEqual(read.bytes, model.cells.get(name), name);
    const came = model.came.get(name) ?? [];
    assert.deepEqual(await cells.childrenAsTheyCame("x", path), came, name);
    const children = await cells.children("x", path);
    assert.deepEqual(
      children.map((child) => child.name),
      came.toSorted(),
      name,
    );
  }
}

const NAMES = ["a", "b", "c", "ä"];
const anyPath = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 });
const anyStep = fc.oneof(
  { weight: 5, arbitrary: fc.record({ put: anyPath, length: fc.integer({ min: 0, max: 90 }) }) },
  { weight: 2, arbitrary: fc.record({ remove: anyPath }) },
  { weight: 1, arbitrary: fc.record({ fold: anyPath }) },
);
const anyBeat = fc.record({
  steps: fc.array(anyStep, { maxLength: 12 }),
  isAborted: fc.boolean(),
});

test("cells are what a map would hold", async () => {
  const pairs = NAMES.flatMap((a) => NAMES.map((b) => [a, b]));
  const paths: readonly CellPath[] = [...NAMES.map((name) => [name]), ...pairs];
  await fc.assert(
    fc.asyncProperty(fc.array(anyBeat, { maxLength: 8 }), async (beats) => {
      await using made = await storing({ blobs: null });
      const { store } = made;
      let model = new Model();
      for (const { steps, isAborted } of beats) {
        const next = model.copy();
        const beat = await store.beginBeat();
        for (const [at, step] of steps.entries()) {
          if ("put" in step) {
            const bytes = blobOf(at, step.length);
            await store.cells.put(beat, "x", step.put, bytes);
            next.put(step.put, bytes);
          } else if ("remove" in step) {
            if (!next.cells.has(step.remove.join("/"))) {
              const gone = store.cells.remove(beat, "x", step.remove);
              await assert.rejects(gone, { code: "beat/missing" });
              continue;
            }
            await store.cells.remove(beat, "x", step.remove);
            next.remove(step.remove);
          } else {
            await store.cells.foldLinks(beat, "x", step.fold.slice(1));
          }
        }
        await compare(store.cells, model, paths);
        if (isAborted) store.abortBeat(beat);
        else await store.commitBeat(beat);
        if (!isAborted) model = next;
        await compare(store.cells, model, paths);
      }
    }),
    { numRuns: 60, seed: 4 },
  );
});

test("a thousand children, some of which go, in beats of all sizes", async () => {
  await using made = await storing();
  const { store } = made;
  const names = Array.from({ length: 1_000 }, (_, at) => `n${(at * 617) % 1_000}`);
  let at = 0;
  for (const size of [1, 1, 1, 62, 1, 63, 64, 65, 200, 542]) {
    const beat = await store.beginBeat();
    for (const name of names.slice(at, at + size)) {
      await store.cells.put(beat, "x", ["dir", name], new Uint8Array(1));
    }
    await store.commitBeat(beat);
    at += size;
  }
  assert.equal(at, 1_000);
  assert.deepEqual(await store.cells.childrenAsTheyCame("x", ["dir"]), names);
  for (const gone of [names.slice(0, 300), names.slice(300, 990)]) {
    const beat = await store.beginBeat();
    for (const name of gone) await store.cells.remove(beat, "x", ["dir", name]);
    await store.commitBeat(beat);
  }
  assert.deepEqual(await store.cells.childrenAsTheyCame("x", ["dir"]), names.slice(990));
  assert.ok((await pagesInUse(store)) > 30);
  const beat = await store.beginBeat();
  assert.ok((await store.cells.foldLinks(beat, "x", ["dir"])) > 30);
  await store.cells.put(beat, "x", ["dir", "new"], null);
  await store.commitBeat(beat);
  assert.deepEqual(await store.cells.childrenAsTheyCame("x", ["dir"]), [
    ...names.slice(990),
    "new",
  ]);
  assert.equal((await store.cells.children("x", ["dir"])).length, 11);
  assert.equal(await pagesInUse(store), 2, "one of names, one of their order");
});

/** Of the children of /x/dir. */
async function pagesInUse(store: BeatStore): Promise<number> {
  let pages = 0;
  for (const kind of ["manifest", "order"] as const) {
    const decode = kind === "manifest" ? decodeManifestDelta : decodeOrderDelta;
    for await (const { body } of store.scan("x", recordKey(kind, ["dir"]))) {
      pages += decode(body).operations.length > 0 ? 1 : 0;
    }
  }
  return pages;
}

test("what a beat says of children, later beats do not change", async () => {
  await using made = await storing();
  const { store } = made;
  for (const name of ["b", "a", "c"]) {
    await store.apply(async (beat) => await store.cells.put(beat, "x", ["dir", name], null));
  }
  const pages = await Array.fromAsync(store.scan("x", recordKey("manifest", ["dir"])));
  assert.deepEqual(
    pages.map(({ beat, body }) => [beat, decodeManifestDelta(body).epoch]),
    [1, 2, 3].map((beat) => [beat, beat]),
  );
});

test("payloads of before: the last few, newest first, those of one beat as one", async () => {
  await using made = await storing();
  const { store, notices } = made;
  const put = async (bytes: Uint8Array): Promise<void> =>
    await store.apply(
      async (beat) => await store.cells.put(beat, "x", ["h"], bytes, { history: 3 }),
    );
  const past = [10, 100, CHUNK_BYTES, CHUNK_BYTES + 1, 250_000, 7, 8].map((length) =>
    blobOf(length, length),
  );
  for (const bytes of past) await put(bytes);
  const kept = await store.cells.history("x", ["h"]);
  assert.deepEqual(
    kept.map(({ beat }) => beat),
    [6, 5, 4],
  );
  for (const [at, one] of kept.entries()) {
    assert.deepEqual(await store.cells.pastBytes("x", ["h"], one), past[5 - at]);
  }
  const beat = await store.beginBeat();
  for (const length of [1, 2]) {
    await store.cells.put(beat, "x", ["h"], new Uint8Array(length), { history: 3 });
  }
  await store.commitBeat(beat);
  assert.equal((await store.cells.history("x", ["h"]))[0]?.beat, 7);
  assert.ok(!notices.some(({ severity }) => severity === "warning"));
});

test("without blobs a past payload that is too long is not kept, and that is said", async () => {
  await using made = await storing({ blobs: null });
  const { store, notices } = made;
  for (const length of [CHUNK_BYTES + 1, 5]) {
    await store.apply(
      async (beat) =>
        await store.cells.put(beat, "x", ["h"], new Uint8Array(length), { history: 2 }),
    );
  }
  assert.deepEqual(await store.cells.history("x", ["h"]), []);
  assert.match(notices.find(({ severity }) => severity === "warning")?.detail ?? "", /too long/u);
});

test("whoever reads while beats are committed gets one version, whole", async () => {
  await using made = await storing({ blobs: null });
  const { store, engine } = made;
  engine.slowRead = async () => {
    await setImmediate();
  };
  const state = { isDone: false };
  const write = async (): Promise<void> => {
    for (let version = 0; version < 60; version += 1) {
      const bytes = blobOf(version, 70_000 + version * 4_001);
      await store.apply(async (beat) => await store.cells.put(beat, "x", ["r"], bytes));
    }
    state.isDone = true;
  };
  const read = async (): Promise<number> => {
    let reads = 0;
    while (!state.isDone) {
      const found = await store.cells.get("x", ["r"]);
      const payload = found?.cell.payload ?? null;
      if (payload !== null && payload.place === "chunks") {
        assert.deepEqual(blake3(found?.bytes ?? new Uint8Array(0)), payload.digest);
        reads += 1;
      }
      await setImmediate();
    }
    return reads;
  };
  const [, reads] = await Promise.all([write(), read()]);
  assert.ok(reads > 5, `${reads} reads`);
});

for (const [what, change] of [
  ["changed", (body: Uint8Array) => body.with(body.length - 1, (body.at(-1) ?? 0) ^ 1)],
  ["of another payload", () => Uint8Array.of(1, 0, 9)],
  ["garbage", () => Uint8Array.of(0xff, 0xff)],
] as const) {
  test(`a chunk that is ${what} is damage, not other bytes`, async () => {
    await using made = await storing();
    const { store } = made;
    const bytes = blobOf(1, 100_000);
    await store.apply(async (beat) => await store.cells.put(beat, "x", ["d"], bytes));
    const key = recordKey("chunk", ["d"], Uint8Array.of(0, 0, 0, 1));
    const chunk = await store.get("x", key);
    await store.append("x", [{ key, body: change(chunk?.body ?? new Uint8Array(1)) }]);
    await assert.rejects(store.cells.get("x", ["d"]), (error: RitmaError) => {
      assert.match(error.message, /\/x\/d: its payload is damaged/u);
      return error.code === "beat/damaged";
    });
  });
}

test("paths that no cell can have are refused before anything is put", async () => {
  await using made = await storing();
  const { store } = made;
  for (const path of [
    [],
    [""],
    ["a\0b"],
    ["x".repeat(256)],
    Array.from({ length: 33 }, () => "a"),
  ]) {
    const put = store.apply(async (beat) => await store.cells.put(beat, "x", path, null));
    await assert.rejects(put, RangeError);
  }
  const long = Array.from({ length: 20 }, () => "x".repeat(200));
  await assert.rejects(store.apply(async (beat) => await store.cells.put(beat, "x", long, null)));
  assert.equal(store.lastBeat, 0);
});
