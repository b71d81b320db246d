/**
 * Goal: an hour that contradicts itself, the store or the node log is TAMPERED, though it is
 * properly sealed.
 *
 * Method: rows. The last hour is changed in one way, everything that follows from the change is
 * made to fit, and it is sealed again with the genuine keys: a recorder that lies, or a defect of
 * one. Each row says which code must be reported and where.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Block,
  blockPath,
  type ConesPiece,
  type FindingCode,
  HOUR_HEADER,
  HOUR_SEAL,
  HOUR_TREE,
  type HourEntry,
  type HourHeader,
  type HourSeal,
  type MicroHeader,
} from "@ritma/evidence";
import { bytesAt, type HourEdit, resealLast } from "./forge.ts";
import { check, hour, store, verify } from "./forging.ts";
import { recodeBlock } from "./recode.ts";

const { files } = store;
const otherId = store.storeFile.store.with(0, 1);
const otherDigest = new Uint8Array(32).fill(7);

test("the last hour sealed again as it is, is the same store", () => {
  const again = resealLast(store, {});
  assert.deepEqual(again, new Map([...again.keys()].map((path) => [path, files.get(path)])));
});

const INST = blockPath("inst", 0);
const NEXT = blockPath("inst", 1);
const stored = bytesAt(files, `${hour}/${INST}`);

const header = (edit: Partial<HourHeader>): HourEdit => ({
  header: (before) => ({ ...before, ...edit }),
});
const unlisted = (path: string): HourEdit => ({
  header: (before) => ({ ...before, files: before.files.filter((file) => file.path !== path) }),
});
const piece = (edit: (before: HourHeader["generation"]) => object): HourEdit => ({
  header: (before) => ({
    ...before,
    generation: { ...before.generation, ...edit(before.generation) },
  }),
});
const cones = (edit: (before: ConesPiece) => object): HourEdit => ({
  header: (before) =>
    before.cones === null
      ? before
      : { ...before, cones: { ...before.cones, ...edit(before.cones) } },
});
const seal = (edit: Partial<HourSeal>): HourEdit => ({
  seal: (before) => ({ ...before, ...edit }),
});
const tree = (entries: (before: readonly HourEntry[]) => HourEntry[]): HourEdit => ({ entries });
const micro = (edit: (before: MicroHeader) => Partial<MicroHeader>): HourEdit => ({
  micro: (before) => ({ ...before, ...edit(before) }),
});
const block = (edit: (before: Block) => Partial<Block>): HourEdit => ({
  files: new Map([
    [INST, recodeBlock(store, `${hour}/${INST}`, (before) => ({ ...before, ...edit(before) }))],
  ]),
});
const named = (...entries: readonly (readonly [string, Uint8Array | null])[]): HourEdit => ({
  files: new Map(entries),
});

function shifted(before: Block, us: number): Block {
  const atoms = before.sections[0]?.atoms;
  assert.ok(atoms !== undefined);
  for (let row = 0; row < atoms.length; row += 1) atoms.time[row] = (atoms.time[row] ?? 0) + us;
  return before;
}

function unknownEntity(before: Block): Block {
  const atoms = before.sections[0]?.atoms;
  assert.ok(atoms !== undefined);
  atoms.object[0] = 4_000_000;
  return before;
}

function renumbered(entries: readonly HourEntry[]): HourEntry[] {
  return entries.map((entry) => (entry.window === 0 ? { ...entry, window: 59 } : entry));
}

/** The second window takes the time of the first as well. */
function joined(entries: readonly HourEntry[]): HourEntry[] {
  const [first, second, ...rest] = entries;
  assert.ok(first !== undefined && second !== undefined);
  return [{ ...second, t1: first.t1 }, ...rest];
}

/** The first window takes the time of the second as well. */
function prolonged(entries: readonly HourEntry[]): HourEntry[] {
  const [first, second, ...rest] = entries;
  assert.ok(first !== undefined && second !== undefined);
  return [{ ...first, t2: second.t2 }, ...rest];
}

const HEADER_LIES: readonly (readonly [string, FindingCode, HourEdit])[] = [
  ["of another store", "hour/header", header({ store: otherId })],
  ["of another hour", "hour/header", header({ sequence: 3 })],
  ["of another session", "hour/header", header({ session: 0 })],
  ["of another namespace", "hour/header", header({ namespace: "ns://x" })],
  ["of another time", "hour/header", header({ t2: 1 })],
  ["of another mode", "hour/header", header({ privacy: "hash-only" })],
  ["without a window's file", "hour/header", unlisted("micro/w000.cbor")],
  ["with another file", "hour/header", named(["micro/w059.cbor", Uint8Array.of(1)])],
];

for (const [name, code, edit] of HEADER_LIES) {
  test(`a header ${name}`, async () => {
    await check(resealLast(store, edit), "TAMPERED", code, `${hour}/${HOUR_HEADER}`);
  });
}

test("a count too many", async () => {
  for (const name of ["events", "atoms", "instantiations"] as const) {
    const edit: HourEdit = {
      header: (before) => ({
        ...before,
        counts: { ...before.counts, [name]: before.counts[name] + 1 },
      }),
    };
    await check(resealLast(store, edit), "TAMPERED", "hour/counts", `${hour}/${HOUR_HEADER}`);
  }
});

const PIECE_LIES: readonly (readonly [string, FindingCode, HourEdit])[] = [
  ["another root", "dictionary/root", piece(() => ({ root: otherDigest }))],
  ["another first id", "dictionary/piece", piece(({ firstId }) => ({ firstId: firstId + 1 }))],
  ["fewer entities", "dictionary/piece", piece(({ entities }) => ({ entities: entities - 1 }))],
  ["a later begin", "dictionary/piece", piece(({ offset }) => ({ offset: offset + 1 }))],
  ["an earlier begin", "dictionary/piece", piece(({ offset }) => ({ offset: offset - 1 }))],
  ["an earlier end", "dictionary/piece", piece(({ length }) => ({ length: length - 1 }))],
  ["a later end", "dictionary/piece", piece(({ length }) => ({ length: length + 1 }))],
  ["another digest", "dictionary/piece", piece(() => ({ sha256: otherDigest }))],
  ["the next generation", "dictionary/piece", piece(() => ({ number: 2 }))],
];

const CONE_LIES: readonly (readonly [string, HourEdit])[] = [
  ["another first id", cones(({ firstId }) => ({ firstId: firstId + 1 }))],
  ["more cones", cones((before) => ({ cones: before.cones + 1 }))],
  ["a later end", cones(({ length }) => ({ length: length + 1 }))],
  ["another digest", cones(() => ({ sha256: otherDigest }))],
];

for (const [name, edit] of CONE_LIES) {
  test(`a piece of the cones with ${name}`, async () => {
    const report = await verify(resealLast(store, edit));
    assert.equal(report.result, "TAMPERED");
    assert.ok(report.findings.some(({ code }) => code === "cones/piece"));
  });
}

for (const [name, code, edit] of PIECE_LIES) {
  test(`a piece of the dictionary with ${name}`, async () => {
    await check(resealLast(store, edit), "TAMPERED", code, "graph/dict/");
  });
}

const SEAL_LIES: readonly (readonly [string, FindingCode, HourEdit])[] = [
  ["of another store", "hour/seal", seal({ store: otherId })],
  ["of another hour", "hour/seal", seal({ sequence: 3 })],
  ["of another time", "hour/seal", seal({ t1: 1 })],
  ["at another place of the log", "hour/seal", seal({ logSize: 1 })],
  ["of another root", "hour/seal", seal({ hourRoot: otherDigest })],
  ["after another hour", "hour/chain", seal({ previous: otherDigest })],
  ["after none", "hour/chain", seal({ previous: null })],
];

for (const [name, code, edit] of SEAL_LIES) {
  test(`a seal ${name}`, async () => {
    await check(resealLast(store, edit), "TAMPERED", code, `${hour}/${HOUR_SEAL}`);
  });
}

const WINDOW_LIES: readonly (readonly [string, FindingCode, string, HourEdit])[] = [
  ["a hole", "hour/tree", HOUR_TREE, tree((all) => all.filter(({ kind }) => kind !== "empty"))],
  ["another order", "hour/tree", HOUR_TREE, tree((all) => all.toReversed())],
  ["a window too few", "micro/seal", "micro", tree((all) => all.filter((e) => e.window !== 0))],
  ["a window's number changed", "hour/tree", HOUR_TREE, tree(renumbered)],
  ["a window that begins too early", "hour/tree", HOUR_TREE, tree(joined)],
  ["a window that ends too late", "hour/tree", HOUR_TREE, tree(prolonged)],
  ["headers of another time", "micro/header", "micro/", micro(({ t2 }) => ({ t2: t2 + 1 }))],
  ["headers of another hour", "micro/header", "micro/", micro(() => ({ sequence: 3 }))],
  ["headers of another window", "micro/header", "micro/", micro(() => ({ window: 58 }))],
  ["headers of another store", "micro/header", "micro/", micro(() => ({ store: otherId }))],
  ["other counts", "hour/counts", "blocks/", micro(({ atoms }) => ({ atoms: atoms + 1 }))],
  ["another root", "micro/root", "blocks/", micro(() => ({ microRoot: otherDigest }))],
];

for (const [name, code, where, edit] of WINDOW_LIES) {
  test(`windows with ${name}`, async () => {
    await check(resealLast(store, edit), "TAMPERED", code, `${hour}/${where}`);
  });
}

const BLOCK_LIES: readonly (readonly [string, FindingCode, HourEdit])[] = [
  ["atoms outside their window", "micro/time", block((b) => shifted(b, 60_000_000))],
  ["atoms a little later", "micro/root", block((b) => shifted(b, 1000))],
  ["an entity that is not there", "micro/root", block(unknownEntity)],
  ["another hour", "block/format", block(() => ({ sequence: 0 }))],
  ["another store", "block/format", block(() => ({ store: otherId }))],
  ["another number", "block/format", block(() => ({ number: 1 }))],
  ["another generation", "block/format", block(() => ({ generation: 2 }))],
  ["no first window", "block/format", block((b) => ({ sections: b.sections.slice(1) }))],
  ["no last window", "block/format", block((b) => ({ sections: b.sections.slice(0, -1) }))],
  ["another name", "block/format", named([INST, null], [NEXT, stored])],
  ["a copy beside it", "block/format", named([NEXT, stored])],
  ["nothing", "block/format", named([INST, null])],
  ["no late atoms", "block/format", named([blockPath("late", 0), null])],
  ["bytes that are not zstd", "block/format", named([INST, Uint8Array.of(1, 2, 3)])],
  ["no place in the header", "block/format", unlisted(INST)],
];

for (const [name, code, edit] of BLOCK_LIES) {
  test(`a block with ${name}`, async () => {
    await check(resealLast(store, edit), "TAMPERED", code, `${hour}/blocks`);
  });
}
