/**
 * Goal: on any object store that keeps conditions, a beat that was acknowledged is there with all
 * its branches whatever happens to any request, and one of two writers is refused.
 *
 * Method: the conformance suite on a simulated server; then one workload with a fault in each of
 * its requests in turn, once with a client that tries again and once with one that gives up there
 * and is opened anew; two writers at every point of each other's beats.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { realRng } from "../../src/base/rng.ts";
import { RitmaError } from "../../src/base/error.ts";
import { loadPrimitives } from "../../src/base/primitives.ts";
import type { BeatEngine } from "../../src/stores/beat/engine.ts";
import { openObjectEngine } from "../../src/stores/beat/object/object-engine.ts";
import type { Notice } from "../../src/stores/beat/notice.ts";
import { refuses } from "../base/disk-helpers.ts";
import { engineSuite } from "./conformance.ts";
import { beat, got, scanned, stage, STORE } from "./records.ts";
import { type ObjectFault, SimServer } from "./sim-objects.ts";

const FAULTS: readonly ObjectFault[] = ["lost request", "lost answer", "cut answer"];
const primitives = await loadPrimitives();

/** @param attempts 1: the client gives up at the first fault. */
async function open(
  server: SimServer,
  attempts = 1,
  store: Uint8Array = STORE,
  notices: Notice[] = [],
): Promise<BeatEngine> {
  return await openObjectEngine({
    objects: server.open(),
    primitives,
    rng: realRng,
    store,
    notice: (each) => void notices.push(each),
    patience: { attempts, waitMs: 0 },
  });
}

engineSuite({
  name: "object",
  make: async () => {
    const server = new SimServer();
    const notices: Notice[] = [];
    return {
      notices,
      open: async (store) => await open(server, 1, store, notices),
      failNext: () => {
        const next = server.requests + 1;
        server.faultAt = (request) => (request === next ? "lost answer" : null);
      },
    };
  },
});

/** What was acknowledged, by the number of beats that the workload came to. */
async function work(server: SimServer, attempts: number): Promise<number> {
  let acknowledged = 0;
  try {
    const engine = await open(server, attempts);
    for (let at = 1; at <= 6; at += 1) {
      await beat(engine, at, { data: { a: `${at}`, [`k${at}`]: "x" }, rt: { b: `${at}` } });
      acknowledged = at;
      if (at === 3) await engine.checkpoint();
      if (at === 5) await engine.compact();
    }
    await engine[Symbol.asyncDispose]();
  } catch (error) {
    if (!(error instanceof RitmaError)) throw error;
    assert.ok(attempts === 1, `a client that tries again: ${error.message}`);
  }
  return acknowledged;
}

async function mustHold(server: SimServer, acknowledged: number, when: string): Promise<void> {
  server.faultAt = () => null;
  const engine = await open(server);
  const last = engine.lastBeat;
  assert.ok(last === acknowledged || last === acknowledged + 1, `${when}: beat ${last}`);
  if (last > 0) {
    assert.equal(await got(engine, "data", "a"), `${last}@${last}`, when);
    assert.equal(await got(engine, "rt", "b"), `${last}@${last}`, when);
    for (let at = 1; at <= last; at += 1) {
      assert.equal(await got(engine, "data", `k${at}`), `x@${at}`, when);
    }
  }
  await beat(engine, last + 1, { data: { after: "y" } });
  await engine.compact();
  await engine[Symbol.asyncDispose]();
  await (await open(server))[Symbol.asyncDispose]();
  const left = [...server.objects.keys()].filter((name) => !name.startsWith("probes/"));
  assert.equal(left.length, 2, `${when}: head and checkpoint, and no garbage`);
}

for (const attempts of [1, 3]) {
  test(`a fault in each request, ${attempts} attempts`, async () => {
    const clean = new SimServer();
    assert.equal(await work(clean, attempts), 6);
    assert.ok(clean.requests > 25, "the workload must reach the server");
    for (const fault of FAULTS) {
      for (let at = 1; at <= clean.requests; at += 1) {
        const when = `${fault} at request ${at}`;
        const server = new SimServer();
        server.faultAt = (request) => (request === at ? fault : null);
        const acknowledged = await work(server, attempts);
        if (attempts > 1) assert.equal(acknowledged, 6, when);
        await mustHold(server, acknowledged, when);
      }
    }
  });
}

test("the slower of two writers is refused, wherever the other one comes between", async () => {
  let interrupted = 0;
  for (let at = 1; at <= 8; at += 1) {
    const server = new SimServer();
    const slow = await open(server);
    await beat(slow, 1, { data: { a: "1" } });
    stage(slow, 2, { data: { a: "slow" }, rt: { b: "slow" } });
    let left = at;
    server.before = async () => {
      left -= 1;
      if (left !== 0) return;
      interrupted += 1;
      server.before = null;
      const quick = await open(server);
      await beat(quick, 2, { data: { a: "quick" } });
      if (at % 2 === 0) await quick.checkpoint();
      await quick[Symbol.asyncDispose]();
    };
    const before = interrupted;
    const refused = async (): Promise<void> => await slow.commitBeat();
    if (at <= 2) await refuses("store/busy", refused);
    else await refused();
    assert.equal(interrupted > before, at <= 2, "a commit is two requests");
    if (at <= 2) {
      await refuses("store/refused", async () => slow.beginBeat(3));
      assert.equal(await got(slow, "data", "a"), "1@1", "it still reads what it had");
    }
    server.before = null;
    const after = await open(server);
    const winner = at <= 2 ? "quick" : "slow";
    assert.equal(await got(after, "data", "a"), `${winner}@2`);
    assert.equal(await got(after, "rt", "b"), winner === "slow" ? "slow@2" : null);
  }
});

test("what another writer is just committing is not swept", async () => {
  const server = new SimServer();
  const writer = await open(server);
  await beat(writer, 1, { data: { a: "1" } });
  stage(writer, 2, { data: { a: "2" } });
  server.before = async (what, name) => {
    if (what !== "put" || name !== "head") return;
    server.before = null;
    // The segment is there and no head names it yet.
    await (await open(server))[Symbol.asyncDispose]();
  };
  await writer.commitBeat();
  assert.equal(await got(await open(server), "data", "a"), "2@2");
});

test("opening begins again when a checkpoint removes what was to be read", async () => {
  const server = new SimServer();
  const writer = await open(server);
  for (let at = 1; at <= 3; at += 1) await beat(writer, at, { data: { a: `${at}` } });
  server.before = async (what, name) => {
    if (what !== "get" || !name.startsWith("segments/")) return;
    server.before = null;
    await writer.checkpoint();
  };
  assert.equal(await got(await open(server), "data", "a"), "3@3");
});

test("a server that keeps no conditions is refused", async () => {
  for (const lie of ["If-None-Match", "If-Match", "If-Match never"] as const) {
    const server = new SimServer();
    server.lie = lie;
    await refuses("beat/unsupported", async () => await open(server));
    assert.deepEqual([...server.objects.keys()], ["head"], "nothing is left of the trial");
  }
});

test("objects that were changed, cut, exchanged or removed are damage", async () => {
  const server = new SimServer();
  const writer = await open(server);
  for (let at = 1; at <= 3; at += 1) await beat(writer, at, { data: { a: `${at}`, b: "x" } });
  await writer.checkpoint();
  for (let at = 4; at <= 6; at += 1) await beat(writer, at, { data: { a: `${at}` } });
  const whole = new Map(server.objects);
  assert.equal(whole.size, 5, "a head, a part and three segments");
  const names = [...whole.keys()];
  const mustBeDamage = async (): Promise<void> => {
    const before = [...server.objects.keys()];
    await refuses("beat/damaged", async () => await open(server));
    assert.deepEqual([...server.objects.keys()], before, "nothing was removed");
    server.objects.clear();
    for (const [name, object] of whole) server.objects.set(name, object);
  };
  for (const [name, object] of whole) {
    for (let at = 0; at < object.bytes.length; at += 1) {
      const bytes = object.bytes.slice();
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      server.objects.set(name, { ...object, bytes });
      await mustBeDamage();
    }
    for (const bytes of [object.bytes.slice(0, -1), new Uint8Array(0)]) {
      server.objects.set(name, { ...object, bytes });
      await mustBeDamage();
    }
    server.objects.delete(name);
    await mustBeDamage();
    const other = whole.get(names[(names.indexOf(name) + 1) % names.length] ?? "");
    if (other !== undefined) server.objects.set(name, other);
    await mustBeDamage();
  }
  assert.equal(await scanned(await open(server), "data"), "a=6@6 b=x@3");
});

test("a long row of beats makes checkpoints by itself", async () => {
  const server = new SimServer();
  const engine = await open(server);
  for (let at = 1; at <= 300; at += 1) await beat(engine, at, { data: { a: `${at}` } });
  assert.ok(server.objects.size < 60, `${server.objects.size} objects`);
  assert.equal(await got(await open(server), "data", "a"), "300@300");
});
