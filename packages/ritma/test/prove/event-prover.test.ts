/**
 * Goal: every event of a store can be proved and says the same as the store does; a proof has
 * nothing else of the store, above all no salt of a generation; and no proof made of parts of
 * proofs, of this store or another, is VALID.
 *
 * Method: two stores of one log under different keys. Every event alone; all in one; every byte of
 * a slice of one proof changed; every mixture of the parts of two.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  decodeEventProof,
  encodeEntity,
  encodeEventProof,
  type EventProof,
  type ProofReport,
  verifyEventProof,
} from "@ritma/evidence";
import { loadPrimitives } from "../../src/base/primitives.ts";
import { RealDisk } from "../../src/base/disk/real-disk.ts";
import { windowsOf } from "../../src/flow/investigate/windows.ts";
import { EventProver, type MadeProof } from "../../src/services/prover/event-prover.ts";
import { EventSearch } from "../../src/stores/sealed/events.ts";
import type { EventView } from "../../src/stores/sealed/event-view.ts";
import { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { Bench } from "../cli/harness.ts";
import { opened } from "../recorder/audit-lines.ts";
import { EVERY_EVENT } from "../sealed/searching.ts";
import { ATTACK } from "../timeline/attack-log.ts";

/** Two hours, and one event that comes late. */
const LOG = [
  ATTACK,
  opened("11:00:00", 31, { path: "/etc/hosts" }),
  opened("11:00:30", 33, { pid: 7 }),
  opened("09:40:30", 32, { pid: 9 }),
  opened("11:02:00", 34),
].join("");

const primitives = await loadPrimitives();
const benches: Bench[] = [];
let reader: StoreReader;
let prover: EventProver;
let views: EventView[];
after(() => {
  for (const bench of benches) bench[Symbol.dispose]();
});

async function sealed(): Promise<StoreReader> {
  const bench = new Bench();
  benches.push(bench);
  await bench.init("--privacy", "raw");
  const { status, err } = await bench.run(`ingest ${bench.file("audit.log", LOG)}`);
  assert.equal(status, 0, err);
  return await StoreReader.open(new RealDisk(), primitives, bench.out);
}

before(async () => {
  reader = await sealed();
  prover = await EventProver.of(reader);
  views = [];
  for await (const event of new EventSearch(reader, EVERY_EVENT).run()) views.push(event.view());
});

/** All atoms with one of these stamps and serials. */
async function proved(
  from: StoreReader,
  by: EventProver,
  events: readonly Pick<EventView, "time" | "serial">[],
): Promise<MadeProof> {
  const stamps = new Set(events.map(({ time, serial }) => `${time} ${serial}`));
  const windows = [];
  for (const hour of from.hours) windows.push(...(await windowsOf(from, hour)));
  const chosen = windows.map((window) => ({
    window,
    isChosen: (atoms: { time: Float64Array; serial: Float64Array }, row: number) =>
      stamps.has(`${atoms.time[row]} ${atoms.serial[row]}`),
  }));
  return await by.prove(chosen, new Set());
}

function verify(proof: EventProof | Uint8Array): ProofReport {
  const bytes = proof instanceof Uint8Array ? proof : encodeEventProof(proof);
  return verifyEventProof(bytes, primitives, { trust: reader.fingerprint });
}

test("every event alone, and it says what the store says", async () => {
  assert.ok(views.length > 20);
  for (const view of views) {
    const { bytes, report } = await proved(reader, prover, [view]);
    assert.equal(report.result, "VALID");
    assert.deepEqual(verify(bytes), report);
    const own = report.atoms.filter(({ process: { entity } }) => {
      return entity?.kind === "process" && entity.serial === view.process.serial;
    });
    const told = own.map(({ etype, flags, ret, num, object, object2, arg, window }) => {
      const [a, b, c] = [object, object2, arg].map((each) => each?.entity ?? null);
      return { etype, flags, ret, num, object: a, object2: b, arg: c, late: window === null };
    });
    const wanted = [view.atom, ...view.also].map((atom) =>
      Object.assign({}, atom, { late: view.late }),
    );
    for (const atom of wanted) {
      assert.ok(
        told.some((each) => JSON.stringify(sorted(each)) === JSON.stringify(sorted(atom))),
        JSON.stringify(atom),
      );
    }
    assert.equal(told.length, wanted.length);
  }
});

function sorted(atom: object): unknown {
  return Object.entries(atom).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

test("all events in one proof, over hours and late ones", async () => {
  const { report } = await proved(reader, prover, views);
  assert.equal(report.result, "VALID");
  assert.ok(report.windows.some(({ window }) => window === null));
  assert.equal(new Set(report.windows.map(({ sequence }) => sequence)).size, reader.hours.length);
  let atoms = 0;
  for (const hour of reader.hours) atoms += (await reader.header(hour)).counts.atoms;
  assert.equal(report.atoms.length, atoms);
});

test("a proof has no salt of a generation, no secret and nothing of other events", async () => {
  const view = views.find(({ serial }) => serial === 11);
  assert.ok(view !== undefined);
  const { bytes, report } = await proved(reader, prover, [view]);
  const text = Buffer.from(bytes).toString("hex");
  for (const hour of reader.hours) {
    const { salt } = await reader.entities(await reader.header(hour));
    assert.equal(salt.length, 32);
    assert.ok(!text.includes(salt.toHex()));
  }
  for (const role of ["identity", "seal", "log", "privacy", "salt"]) {
    const secret = readFileSync(join(benches[0]?.root ?? "", "keys", `${role}.key`)).subarray(-32);
    assert.ok(!text.includes(secret.toString("hex")), role);
  }
  const own = report.atoms.flatMap(({ process, object }) => [process, object]);
  const named = new Set(
    own.flatMap((each) => (each?.entity ? [encodeEntity(each.entity).toHex()] : [])),
  );
  for (const { entity } of decodeEventProof(bytes).openings) assert.ok(named.has(entity.toHex()));
  assert.ok(!Buffer.from(bytes).includes("curl"));
  assert.ok(Buffer.from(bytes).includes("shadow"));
});

test("a byte changed anywhere in a real proof", async () => {
  const { bytes } = await proved(reader, prover, views.slice(4, 6));
  for (const [turn, mask] of [0x01, 0x80, 0xff].entries()) {
    for (let at = turn * 2; at < bytes.length; at += 11) {
      const { result, atoms } = verify(bytes.with(at, (bytes[at] ?? 0) ^ mask));
      assert.notEqual(result, "VALID", `byte ${at} ^ ${mask}`);
      if (result === "TAMPERED") assert.deepEqual(atoms, []);
    }
  }
});

test("no mixture with the same proof of another store is VALID", async () => {
  const other = await sealed();
  const theirs = await EventProver.of(other);
  const event = views.slice(6, 7);
  const [one, two] = [
    decodeEventProof((await proved(reader, prover, event)).bytes),
    decodeEventProof((await proved(other, theirs, event)).bytes),
  ];
  assert.equal(verify(two).result, "UNTRUSTED");
  const parts = ["store", "keys", "checkpoint", "logPath", "hours", "openings"] as const;
  for (let set = 1; set < 2 ** parts.length - 1; set += 1) {
    const taken = parts.filter((_, at) => (set >> at) % 2 === 1);
    const mixed = { ...one, ...Object.fromEntries(taken.map((part) => [part, two[part]])) };
    assert.equal(verify(mixed).result, "TAMPERED", taken.join(", "));
  }
});

test("no mixture of two proofs of one store shows what was not sealed", async () => {
  const [one, two] = [
    decodeEventProof((await proved(reader, prover, views.slice(3, 4))).bytes),
    decodeEventProof((await proved(reader, prover, views.slice(-1))).bytes),
  ];
  for (const part of ["hours", "logPath", "openings"] as const) {
    assert.equal(verify({ ...one, [part]: two[part] }).result, "TAMPERED", part);
  }
  const [hour] = one.hours;
  const [foreign] = two.hours;
  assert.ok(hour !== undefined && foreign !== undefined && hour.index !== foreign.index);
  const moved = { ...hour, windows: foreign.windows };
  assert.equal(verify({ ...one, hours: [moved] }).result, "TAMPERED");
});

test("what nobody chose is refused, and what does not hash to its seal too", async () => {
  await assert.rejects(proved(reader, prover, []), { code: "query/unknown" });
  const files = reader.files;
  const [last] = reader.hours.slice(-1);
  assert.ok(last !== undefined);
  const [window] = await windowsOf(reader, last);
  assert.ok(window !== undefined);
  const lying = { ...window, root: files.primitives.sha256(window.root) };
  const fresh = await EventProver.of(reader);
  await assert.rejects(fresh.prove([{ window: lying, isChosen: () => true }], new Set()), {
    code: "store/damaged",
  });
});
