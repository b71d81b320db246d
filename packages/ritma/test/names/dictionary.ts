/**
 * Dictionaries for the tests of the index of names, of every kind of entity, and a place to build.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { encodeEntity, type Entity, encodeUtf8, type Path, type Value } from "@ritma/evidence";
import fc from "fast-check";
import { RealDisk } from "../../src/base/disk/real-disk.ts";
import { loadPrimitives } from "../../src/base/primitives.ts";
import type { NamesPlace, NumberedEntity } from "../../src/stores/names/names-builder.ts";

export const primitives = await loadPrimitives();

export function value(text: string): Value {
  return { hashed: false, bytes: encodeUtf8(text) };
}

export function path(text: string): Path {
  return { base: 0, components: text.split("/").slice(1).map(value) };
}

export function file(name: string, inode: number): Entity {
  return { kind: "file", path: path(name), inode, device: [8, 1], mode: 33_188, uid: 0, gid: 0 };
}

export function numbered(generation: number, entities: readonly Entity[]): NumberedEntity[] {
  return entities.map((entity, at) => ({ generation, id: at + 1, entity: encodeEntity(entity) }));
}

/** A folder that is removed when the test has ended. */
export function place(context: TestContext): NamesPlace & { readonly dir: string } {
  const dir = mkdtempSync(join(tmpdir(), "ritma-names-"));
  context.after(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  const store = join(dir, "store");
  return {
    disk: new RealDisk(),
    dir: store,
    path: `${store}/dict.lmdb`,
    scratch: `${dir}/scratch`,
  };
}

/** Few of each, so that names are shared. */
const small = fc.nat({ max: 3 });
const maybe = fc.option(small);
const anyValue: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom("", "a", "b", "etc", "passwd").map(value),
  small.map((byte) => ({ hashed: true, bytes: new Uint8Array(16).fill(byte) })),
);
const anyPath: fc.Arbitrary<Path> = fc.record({
  base: fc.constantFrom(0, 1, 2),
  components: fc.array(anyValue, { maxLength: 3 }),
});
const credentials = fc.record({
  kind: fc.constant("credentials" as const),
  ids: fc.array(maybe, { minLength: 10, maxLength: 10 }),
  terminal: fc.option(anyValue),
  label: fc.constant(null),
});

const anyEntity: fc.Arbitrary<Entity> = fc.oneof(
  fc.record({ kind: fc.constant("string" as const), value: anyValue }),
  fc.record({
    kind: fc.constant("file" as const),
    path: fc.option(anyPath),
    inode: maybe,
    device: fc.constant(null),
    mode: maybe,
    uid: maybe,
    gid: maybe,
  }),
  fc.record({
    kind: fc.constant("process" as const),
    node: anyValue,
    boot: small,
    pid: small,
    start: small,
    serial: small,
    birth: fc.constantFrom("fork" as const, "exec" as const),
    parent: fc.constant(null),
    executable: fc.option(anyPath),
    name: fc.option(anyValue),
    credentials: fc.option(credentials),
    container: fc.constant(null),
  }),
  fc.record({
    kind: fc.constant("flow" as const),
    family: small,
    address: fc.oneof(anyValue, anyPath),
    port: maybe,
    scope: maybe,
  }),
  credentials,
  fc.record({
    kind: fc.constant("arguments" as const),
    whole: fc.boolean(),
    values: fc.oneof(fc.array(anyValue), fc.array(anyValue, { minLength: 60, maxLength: 70 })),
  }),
  fc.record({
    kind: fc.constant("fields" as const),
    type: fc.constantFrom("LOGIN", "USER_AUTH"),
    fields: fc.constant([]),
  }),
  fc.record({ kind: fc.constant("line" as const), length: small, value: anyValue }),
  // Longer than what a page takes.
  small.map((byte) => ({
    kind: "string" as const,
    value: { hashed: false, bytes: new Uint8Array(5_000).fill(byte) },
  })),
);

/** Generations with holes between them, and between ids, over several pages. */
export const anyDictionary: fc.Arbitrary<NumberedEntity[]> = fc
  .uniqueArray(
    fc.record({ generation: fc.nat({ max: 2 }), id: fc.integer({ min: 1, max: 4_000 }) }),
    { selector: ({ generation, id }) => `${generation} ${id}`, maxLength: 60 },
  )
  .chain((ids) =>
    fc.tuple(
      ...ids.map(({ generation, id }) =>
        anyEntity.map((entity) => ({ generation, id, entity: encodeEntity(entity) })),
      ),
    ),
  )
  .map((entries) => entries.toSorted((a, b) => a.generation - b.generation || a.id - b.id));
