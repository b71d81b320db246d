/**
 * Goal: every entity but processes is found by each of its names, and by nothing else; every id
 * gives its entity; and equal dictionaries give equal content.
 *
 * Method: dictionaries at random, the answers of the index against a Map that is filled by the
 * codec's own words; then by hand what chance does not meet: many answers, pages, colliding hashes.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { decodeEntity, encodeEntity } from "@ritma/evidence";
import fc from "fast-check";
import { NAMES_EXAMINED_MAX, NAMES_FOUND_MAX } from "../../src/base/limits.ts";
import { PART_NAMES } from "../../src/stores/names/layout.ts";
import { ARGUMENTS_NAMED, encodeName, type Name, namesOf } from "../../src/stores/names/name.ts";
import { buildNames, type NumberedEntity } from "../../src/stores/names/names-builder.ts";
import { type EntityId, type NamesReader, openNames } from "../../src/stores/names/names-reader.ts";
import { anyDictionary, file, numbered, path, place, primitives, value } from "./dictionary.ts";

async function findAll(names: NamesReader, name: Name): Promise<EntityId[]> {
  const all: EntityId[] = [];
  for (let after: EntityId | null | undefined; after !== null;) {
    const { found, next } = await names.find(name, after);
    all.push(...found);
    after = next;
  }
  return all;
}

function expected(dictionary: readonly NumberedEntity[]): Map<string, [Name, EntityId[]]> {
  const map = new Map<string, [Name, EntityId[]]>();
  for (const { generation, id, entity } of dictionary) {
    const seen = new Set<string>();
    for (const name of namesOf(decodeEntity(entity))) {
      const key = encodeName(name).toHex();
      if (seen.has(key)) continue;
      seen.add(key);
      const known = map.get(key) ?? [name, []];
      known[1].push({ generation, id });
      map.set(key, known);
    }
  }
  return map;
}

test("what a Map knows, the index knows, both ways", { timeout: 120_000 }, async (context) => {
  const at = place(context);
  await fc.assert(
    fc.asyncProperty(
      anyDictionary,
      fc.constantFrom(1, 50, PART_NAMES),
      async (dictionary, size) => {
        const built = await buildNames(at, primitives, dictionary, size);
        await using names = await openNames(primitives, at.path, built);
        for (const [name, ids] of expected(dictionary).values()) {
          assert.deepEqual(await findAll(names, name), ids);
        }
        for (const { generation, id, entity } of dictionary) {
          const isProcess = decodeEntity(entity).kind === "process";
          assert.deepEqual(await names.entity(generation, id), isProcess ? null : entity);
        }
        assert.equal(await names.entity(0, 4_001), null);
        assert.equal(await names.entity(7, 1), null);
        const none = await findAll(names, { kind: "string", value: value("nobody") });
        assert.deepEqual(none, []);
        assert.deepEqual(await names.content(), built.content);
      },
    ),
    { numRuns: 12 },
  );
});

test("equal dictionaries give equal content, others another", async (context) => {
  const [one, two] = [place(context), place(context)];
  const files = Array.from({ length: 3_000 }, (_, at) => file(`/usr/lib/${at % 700}/x${at}`, at));
  const dictionary = numbered(1, files);
  const first = await buildNames(one, primitives, dictionary);
  async function* later(): AsyncGenerator<NumberedEntity> {
    yield* dictionary;
  }
  const second = await buildNames(two, primitives, later());
  assert.deepEqual(second, first, "of this version of LMDB the bytes are the same too");
  assert.deepEqual(readFileSync(two.path), readFileSync(one.path));
  const other = await buildNames(two, primitives, dictionary.slice(0, -1));
  assert.notDeepEqual(other.content, first.content);
  const renumbered = numbered(2, files);
  const elsewhere = await buildNames(two, primitives, renumbered);
  assert.notDeepEqual(elsewhere.content, first.content);
});

test("one file of mode 0600 is left, and nothing beside it", async (context) => {
  const at = place(context);
  const before = process.umask(0);
  try {
    const built = await buildNames(at, primitives, numbered(1, [file("/etc/passwd", 1)]));
    await using names = await openNames(primitives, at.path, built);
    assert.deepEqual(readdirSync(at.dir), ["dict.lmdb"]);
    assert.deepEqual(readdirSync(`${at.dir}/..`), ["store"]);
    assert.equal(names.parts.length, 1);
  } finally {
    process.umask(before);
  }
  assert.deepEqual(readdirSync(at.dir), ["dict.lmdb"]);
  assert.equal(statSync(at.path).mode & 0o777, 0o600);
});

test("a dictionary without entities is an index that finds nothing", async (context) => {
  const at = place(context);
  const built = await buildNames(at, primitives, []);
  await using names = await openNames(primitives, at.path, built);
  assert.deepEqual(names.parts, []);
  assert.deepEqual(await names.find({ kind: "port", port: 22 }), { found: [], next: null });
  assert.equal(await names.entity(1, 1), null);
});

test("many answers come in pieces, and a piece has its limit", async (context) => {
  const at = place(context);
  const files = Array.from({ length: 2_500 }, (_, inode) => file("/var/log/syslog", inode));
  const built = await buildNames(at, primitives, [...numbered(1, files), ...numbered(4, files)]);
  await using names = await openNames(primitives, at.path, built);
  const name: Name = { kind: "path", path: path("/var/log/syslog") };
  const first = await names.find(name);
  assert.equal(first.found.length, NAMES_FOUND_MAX);
  assert.deepEqual(first.next, { generation: 1, id: NAMES_FOUND_MAX });
  const all = await findAll(names, name);
  assert.equal(all.length, 5_000);
  assert.deepEqual(all.at(-1), { generation: 4, id: 2_500 });
  assert.ok(NAMES_EXAMINED_MAX > NAMES_FOUND_MAX);
});

test("names whose hashes are the same are told apart by the entities", async (context) => {
  const at = place(context);
  // All names have one hash: as if somebody had looked for such names.
  const blunt = { ...primitives, sha256: () => new Uint8Array(32) };
  const files = Array.from({ length: 5_000 }, (_, inode) => file(`/x/${inode}`, inode));
  const built = await buildNames(at, blunt, numbered(1, files));
  await using names = await openNames(blunt, at.path, built);
  const name: Name = { kind: "path", path: path("/x/4999") };
  const first = await names.find(name);
  assert.deepEqual(first, { found: [], next: { generation: 1, id: NAMES_EXAMINED_MAX } });
  assert.deepEqual(await findAll(names, name), [{ generation: 1, id: 5_000 }]);
});

test("of a long list the first arguments are names, and those behind are not", async (context) => {
  const at = place(context);
  const values = Array.from({ length: ARGUMENTS_NAMED + 1 }, (_, each) => value(`a${each}`));
  const entity = encodeEntity({ kind: "arguments", whole: true, values });
  const built = await buildNames(at, primitives, [{ generation: 1, id: 9, entity }]);
  await using names = await openNames(primitives, at.path, built);
  const of = async (text: string) => await findAll(names, { kind: "argument", value: value(text) });
  assert.deepEqual(await of(`a${ARGUMENTS_NAMED - 1}`), [{ generation: 1, id: 9 }]);
  assert.deepEqual(await of(`a${ARGUMENTS_NAMED}`), []);
});

test("a generation of many names is in parts", async (context) => {
  const at = place(context);
  const files = Array.from({ length: 3_000 }, (_, inode) => file(`/x/${inode % 1_500}`, inode));
  const built = await buildNames(at, primitives, numbered(1, files), 100);
  await using names = await openNames(primitives, at.path, built);
  const ranges = names.parts.map(({ firstId, lastId }) => [firstId, lastId]);
  assert.deepEqual(ranges, [
    [1, 1_024],
    [1_025, 2_048],
    [2_049, 3_000],
  ]);
  const { found } = await names.find({ kind: "path", path: path("/x/1400") });
  assert.deepEqual(found, [
    { generation: 1, id: 1_401 },
    { generation: 1, id: 2_901 },
  ]);
});

test("questions at the same time get each its answer", async (context) => {
  const at = place(context);
  const files = Array.from({ length: 3_000 }, (_, inode) => file(`/x/${inode}`, inode));
  const built = await buildNames(at, primitives, numbered(1, files));
  await using names = await openNames(primitives, at.path, built);
  await Promise.all(
    files.map(async (entity, inode) => {
      assert.deepEqual(await names.entity(1, inode + 1), encodeEntity(entity));
    }),
  );
});

test("entities out of order are a mistake of the caller", async (context) => {
  const at = place(context);
  const [a, b] = numbered(1, [file("/a", 1), file("/b", 2)]);
  assert.ok(a !== undefined && b !== undefined);
  for (const wrong of [[b, a], [a, a], [{ ...a, generation: 2 }, b], [{ ...a, id: 0 }]]) {
    await assert.rejects(async () => await buildNames(at, primitives, wrong), RangeError);
  }
});
