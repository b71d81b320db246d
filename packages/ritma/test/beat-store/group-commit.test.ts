/**
 * Goal: many callers share beats, each is told when its own is durable and not before; what waits
 * is bounded; one that fails does not take others along; after a failed commit nothing is accepted.
 *
 * Method: rows over the memory engine, whose commits are held back or made to fail.
 */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";
import { RitmaError } from "../../src/base/error.ts";
import { record, storing } from "./storing.ts";

/** No timer fires while a test runs. */
const NEVER = { ms: 1_000_000 };

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
}

test("enough records make a beat at once, fewer wait", async () => {
  await using made = await storing({ group: { ...NEVER, records: 10 } });
  const { store, engine } = made;
  const appends = Array.from(
    { length: 9 },
    async (_, at) => await store.append("x", [record(`${at}`)]),
  );
  await settle();
  assert.equal(engine.commits, 0);
  appends.push(store.append("y", [record("9")]));
  assert.deepEqual(
    await Promise.all(appends),
    Array.from({ length: 10 }, () => 1),
  );
  assert.equal(engine.commits, 1, "one beat, two branches");
  for (let at = 0; at < 9; at += 1) assert.ok((await store.get("x", record(`${at}`).key)) !== null);
  assert.ok((await store.get("y", record("9").key)) !== null);
});

test("after the time a beat takes what is there", async () => {
  await using made = await storing({ group: { ms: 1 } });
  assert.equal(await made.store.append("x", [record("a")]), 1);
});

test("nobody is told before the commit has returned; later ones share the next", async () => {
  await using made = await storing({ group: { ...NEVER, records: 1 } });
  const { store, engine } = made;
  const held: PromiseWithResolvers<void>[] = [];
  engine.slow = async () => {
    const hold = Promise.withResolvers<void>();
    held.push(hold);
    await hold.promise;
  };
  const told: string[] = [];
  const append = async (name: string): Promise<void> => {
    const beat = await store.append("x", [record(name)]);
    told.push(`${name}${beat}`);
  };
  const all = ["a", "b", "c"].map(append);
  await settle();
  all.push(append("d"), append("e"));
  await settle();
  assert.deepEqual(told, []);
  assert.equal(await store.get("x", record("a").key), null, "not seen before its commit");
  held[0]?.resolve();
  await settle();
  const first = told.length;
  assert.ok(first > 0 && first < 5, told.join(" "));
  engine.slow = async () => {};
  for (const hold of held) hold.resolve();
  await Promise.all(all);
  assert.equal(told.length, 5);
  assert.equal(store.lastBeat, 2, told.join(" "));
});

test("whoever brings more than there is room for waits, first come first", async () => {
  await using made = await storing({
    group: { ...NEVER, records: 4, waitingRecordsMax: 4, waitingBytesMax: 1_000_000 },
  });
  const { store, engine } = made;
  let most = 0;
  let accepted = 0;
  engine.slow = async () => {
    most = Math.max(most, accepted);
    await settle();
  };
  const order: number[] = [];
  const appends = Array.from({ length: 30 }, async (_, at) => {
    const change = store.apply(async (beat) => {
      accepted += 1;
      order.push(at);
      beat.put("x", record(`${at}`));
    });
    await change.finally(() => {
      accepted -= 1;
    });
  });
  await settle();
  // The last beat may be too small to come by itself.
  await store.flush();
  await Promise.all(appends);
  assert.ok(most <= 4, `${most} at once`);
  assert.deepEqual(
    order,
    Array.from({ length: 30 }, (_, at) => at),
  );
});

test("one that is larger than the room comes alone", async () => {
  await using made = await storing({ group: { ms: 0, waitingBytesMax: 10, waitingRecordsMax: 2 } });
  const { store } = made;
  const many = Array.from({ length: 7 }, (_, at) => record(`${at}`, new Uint8Array(50)));
  const beats = await Promise.all([store.append("x", many), store.append("x", [record("z")])]);
  assert.deepEqual(beats, [1, 2]);
});

test("what fails in a beat is taken back, and the others go on", async () => {
  await using made = await storing({ group: { ms: 0 } });
  const { store } = made;
  const results = await Promise.allSettled([
    store.append("x", [record("a")]),
    store.apply(async (beat) => {
      beat.put("x", record("a", new Uint8Array(9)));
      beat.put("x", record("b"));
      beat.put("z", record("b"));
      throw new RitmaError("beat/missing", "mine");
    }),
    store.apply(async (beat) => {
      assert.equal((await beat.get("x", record("a").key))?.body.length, 3, "what came before it");
      assert.equal(await beat.get("x", record("b").key), null);
      beat.put("x", record("c"));
    }),
  ]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled"],
  );
  assert.equal((await store.get("x", record("a").key))?.body.length, 3);
  assert.equal(await store.get("x", record("b").key), null);
  assert.ok(!store.engine.branches().includes("z"));
});

test("after a failed commit everything is refused, until another store is opened", async () => {
  await using made = await storing({ group: { ...NEVER, records: 2 } });
  const { store, engine, notices } = made;
  await Promise.all([store.append("x", [record("a")]), store.append("x", [record("b")])]);
  engine.failure = new RitmaError("disk/io", "no");
  const lost = await Promise.allSettled([
    store.append("x", [record("c")]),
    store.append("x", [record("d")]),
    store.append("x", [record("e")]),
  ]);
  engine.failure = null;
  const codes = lost.map((one) =>
    one.status === "rejected" && one.reason instanceof RitmaError ? one.reason.code : "told well",
  );
  assert.ok(
    codes.every((code) => code === "disk/io" || code === "store/refused"),
    codes.join(),
  );
  for (const work of [
    async () => await store.append("x", [record("f")]),
    async () => await store.apply(async () => {}),
    async () => await store.beginBeat(),
  ]) {
    await assert.rejects(work, { code: "store/refused" });
  }
  assert.ok((await store.get("x", record("a").key)) !== null, "what is there is still read");
  const said = notices.map(({ topic, severity, branch }) => `${topic} ${severity} ${branch}`);
  assert.ok(said.includes("persist.frame.io error x"), said.join());
  assert.ok(said.includes("persist.commit error x"), said.join());
  await store[Symbol.asyncDispose]();
  await using again = await storing({ group: { ms: 0 } }, engine);
  assert.equal(await again.store.append("x", [record("f")]), again.store.lastBeat);
});

test("beats that are begun by hand and those of the group wait for each other", async () => {
  await using made = await storing({ group: { ms: 0 } });
  const { store } = made;
  const beat = await store.beginBeat();
  const appended = store.append("x", [record("b")]);
  const third = store.beginBeat();
  await settle();
  beat.put("x", record("a"));
  await store.commitBeat(beat);
  store.abortBeat(await third);
  assert.equal(beat.beat, 1);
  assert.equal(await appended, 2);
  await assert.rejects(store.commitBeat(beat), TypeError);
  await assert.rejects(store.beginBeat(2), { code: "beat/order" });
  const far = await store.beginBeat(100);
  far.put("x", record("c"));
  await store.commitBeat(far);
  assert.equal(store.nextBeat, 101);
});
