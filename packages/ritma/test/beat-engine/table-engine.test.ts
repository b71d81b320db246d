/**
 * Goal: what the engines over tables have in common is right, whatever the library does: also when
 * a write fails, before it was done or after.
 *
 * Method: the conformance suite over a table in memory that keeps what was written, and fails when
 * it is told to.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compareBytes } from "@ritma/evidence";
import { RitmaError } from "../../src/base/error.ts";
import { loadPrimitives } from "../../src/base/primitives.ts";
import type { Notice } from "../../src/stores/beat/notice.ts";
import { HEADER_KEY, headerEntry } from "../../src/stores/beat/table/table-codec.ts";
import { auditNow, openTableEngine, tellBroken } from "../../src/stores/beat/table/table-engine.ts";
import type {
  BeatTable,
  TableBatch,
  TableEntry,
  TableView,
} from "../../src/stores/beat/table/table.ts";
import { bytesOf, refuses } from "../base/disk-helpers.ts";
import { engineSuite } from "./conformance.ts";
import { beat, got, scanned, STORE } from "./records.ts";

type Failure = "before" | "after" | null;

/** By the hexadecimal key. */
type Entries = ReadonlyMap<string, TableEntry>;

class MapTable implements BeatTable {
  entries: Entries = new Map();
  failure: Failure = null;
  views = 0;
  syncs = 0;

  get sizeBytes(): number {
    return [...this.entries.values()].reduce((sum, { value }) => sum + value.length, 0);
  }

  view(): TableView {
    const { entries } = this;
    let isReleased = false;
    this.views += 1;
    const held = (): Entries => {
      assert.ok(!isReleased, "a view is read after it was released");
      return entries;
    };
    return {
      get: async (key) => held().get(key.toHex())?.value ?? null,
      page: async (from, below) =>
        [...held().values()]
          .filter(({ key }) => compareBytes(key, from) >= 0 && compareBytes(key, below) < 0)
          .toSorted((a, b) => compareBytes(a.key, b.key))
          .slice(0, 3),
      release: () => {
        if (!isReleased) this.views -= 1;
        isReleased = true;
      },
    };
  }

  async write({ puts, removals }: TableBatch): Promise<void> {
    const { failure } = this;
    this.failure = null;
    if (failure === "before") throw new RitmaError("disk/full", "no space");
    const next = new Map(this.entries);
    for (const entry of puts) next.set(entry.key.toHex(), entry);
    for (const key of removals) assert.ok(next.delete(key.toHex()), "removes what is there");
    this.entries = next;
    this.syncs += 1;
    if (failure === "after") throw new RitmaError("disk/io", "not synced");
  }

  async compact(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}

const { blake3 } = await loadPrimitives();

async function open(table: MapTable, notices: Notice[] = [], store: Uint8Array = STORE) {
  if (!table.entries.has(HEADER_KEY.toHex())) {
    await table.write({ puts: [headerEntry(store)], removals: [] });
  }
  tellBroken((each) => void notices.push(each), await auditNow(table));
  return await openTableEngine({ name: "table", table, blake3, store });
}

for (const failure of ["before", "after"] as const) {
  engineSuite({
    name: `table, fails ${failure}`,
    make: async () => {
      const table = new MapTable();
      const notices: Notice[] = [];
      return {
        notices,
        open: async (store) => await open(table, notices, store),
        failNext: () => {
          table.failure = failure;
        },
        damage: async (bytes) => flip(table, bytes),
      };
    },
  });
}

/** @returns how many entries have these bytes */
function flip(table: MapTable, bytes: Uint8Array): number {
  const next = new Map(table.entries);
  let places = 0;
  for (const [name, { key, value }] of next) {
    const at = Buffer.from(value).indexOf(bytes);
    if (at === -1) continue;
    places += 1;
    next.set(name, { key, value: value.with(at, (value[at] ?? 0) ^ 1) });
  }
  table.entries = next;
  return places;
}

test("a missing or exchanged entry of any kind is damage, or is told when it is read", async () => {
  const table = new MapTable();
  const engine = await open(table);
  await beat(engine, 1, { data: { a: "1", b: "1" }, rt: { a: "1" } });
  await beat(engine, 2, { data: { b: "2", c: "2" } }, { data: 2 });
  const whole = table.entries;
  const names = [...whole.keys()];
  assert.ok(names.length >= 9, "a header, heads, tallies, records");
  for (const [name, { key }] of whole) {
    table.entries = new Map([...whole].filter(([other]) => other !== name));
    // Without its header a table would be begun anew by `open`; "a" was forgotten.
    const isForgotten = Buffer.from(key).includes(bytesOf("data\0\u0001a\0"));
    if (key.length > 1 && !isForgotten) {
      await refuses("beat/damaged", async () => await open(table));
    }
    for (const other of names) {
      const value = whole.get(other)?.value;
      if (other === name || value === undefined) continue;
      table.entries = new Map([...whole, [name, { key, value }]]);
      const notices: Notice[] = [];
      try {
        const opened = await open(table, notices);
        assert.equal(notices.length, 1, "told as a record that cannot be read");
        await opened[Symbol.asyncDispose]();
      } catch (error) {
        assert.ok(error instanceof RitmaError && error.code === "beat/damaged", String(error));
      }
    }
  }
});

test("a record that vanishes while the engine is open is missed by a scan", async () => {
  const table = new MapTable();
  const engine = await open(table);
  await beat(engine, 1, { data: { a: "1", b: "1" }, rt: { x: "1" } });
  const lost = [...table.entries].filter(([, { key }]) => !Buffer.from(key).includes("\u0001b\0"));
  table.entries = new Map(lost);
  await beat(engine, 2, { rt: { x: "2" } });
  await refuses("beat/damaged", async () => await scanned(engine, "data", new Uint8Array(0)));
  assert.equal(await got(engine, "data", "a"), "1@1");
});

test("a damaged record outlives forgetting and compaction, and goes on being told", async () => {
  const table = new MapTable();
  const engine = await open(table);
  await beat(engine, 1, { data: { a: "forgotten", b: "1" } });
  await beat(engine, 2, { data: { b: "some text" } });
  await beat(engine, 3, { data: { c: "3" } }, { data: 2 });
  assert.equal(flip(table, bytesOf("some text")), 1);
  const again = await open(table);
  await again.compact();
  await refuses("beat/damaged", async () => await got(again, "data", "b"));
  assert.equal(await got(again, "data", "a"), null);
  assert.equal(await got(again, "data", "c"), "3@3");
  const notices: Notice[] = [];
  await open(table, notices);
  assert.deepEqual(
    notices.map(({ severity }) => severity),
    ["error"],
  );
});

test("views are released when nobody reads from them", async () => {
  const table = new MapTable();
  const engine = await open(table);
  for (let at = 1; at <= 5; at += 1) {
    await beat(engine, at, { data: { a: `${at}`, b: "x" } });
    await scanned(engine, "data");
    for await (const _ of engine.scanPrefix("data", Uint8Array.of(1))) break;
  }
  assert.equal(table.views, 1, "the newest one");
});
