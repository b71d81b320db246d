/**
 * Random runs of entities that have much in common, so that every guess of the model is right and
 * wrong often; and the entities of the golden store.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { zstdDecompressSync } from "node:zlib";
import {
  BIRTHS,
  CREDENTIAL_IDS,
  decodeEntitiesFrame,
  encodeEntity,
  type Entity,
  type Path,
  type ProcessKey,
  splitFrames,
  type Value,
} from "@ritma/evidence";
import {
  type Arbitrary,
  array,
  boolean,
  constant,
  constantFrom,
  integer,
  nat,
  oneof,
  option,
  record,
  tuple,
} from "fast-check";
import { entities } from "../record/arbitrary.ts";

const utf8 = new TextEncoder();

export const plain = (text: string): Value => ({ hashed: false, bytes: utf8.encode(text) });

const words = ["", "usr", "bin", "bash", "usr-bash", "0123456789abcdef", "deadbeefdead", "a b c"];
const word: Arbitrary<Value> = oneof(
  constantFrom(...words).map((text) => plain(text)),
  nat(3).map((n) => ({ hashed: true, bytes: new Uint8Array(16).fill(n) })),
  nat(2000).map((n) => plain(`name-${n}-${n % 7}`)),
);
const path: Arbitrary<Path> = record({
  base: constantFrom<(0 | 1 | 2)[]>(0, 0, 0, 1, 2),
  components: array(word, { maxLength: 20 }),
});
const KEY = {
  boot: nat(1),
  pid: nat(4),
  start: constantFrom(0, 1000, 2500, 5000),
  serial: nat(3),
};
const key: Arbitrary<ProcessKey> = record(KEY);
const id = oneof(constantFrom(0, 1000, 0xffff_ffff, null), constant(1000));
const credentials = record({
  kind: constant("credentials" as const),
  ids: array(id, { minLength: CREDENTIAL_IDS.length, maxLength: CREDENTIAL_IDS.length }),
  terminal: option(word),
  label: option(word),
});
const number = oneof(integer({ min: -5, max: 5 }), constantFrom(2 ** 50, 2 ** 50 + 1, -(2 ** 52)));

/** Each kind, of few different parts. */
const near: Arbitrary<Entity> = oneof(
  record({ kind: constant("string" as const), value: word }),
  record({
    kind: constant("file" as const),
    path: option(path),
    inode: option(oneof(nat(900), constantFrom(1_000_000, Number.MAX_SAFE_INTEGER))),
    device: option(tuple(nat(2), nat(1))),
    mode: option(nat(1)),
    uid: constantFrom(0, null),
    gid: constantFrom(0, null),
  }),
  record({
    kind: constant("process" as const),
    node: word,
    ...KEY,
    birth: constantFrom(...BIRTHS),
    parent: option(key),
    executable: option(path),
    name: option(word),
    credentials: option(credentials),
    container: option(word),
  }),
  record({
    kind: constant("flow" as const),
    family: constantFrom(1, 2, 10, 44),
    address: oneof(word, path),
    port: option(oneof(nat(200), integer({ min: 60_000, max: 70_000 }))),
    scope: option(nat(2)),
  }),
  credentials,
  record({ kind: constant("arguments" as const), whole: boolean(), values: array(word) }),
  record({
    kind: constant("fields" as const),
    type: constantFrom("USER_LOGIN", "USER_AUTH", "ü"),
    fields: array(tuple(constantFrom("op", "res", "id"), oneof(word, number)), { maxLength: 6 }),
  }),
  record({ kind: constant("line" as const), length: nat(99), value: word }),
);

/** A record type of 20 characters may have more bytes than one is allowed. */
function isCanonical(entity: Entity): boolean {
  return entity.kind !== "fields" || utf8.encode(entity.type).length <= 64;
}

const some = oneof(
  { weight: 8, arbitrary: near },
  { weight: 1, arbitrary: entities.filter((entity) => isCanonical(entity)) },
);

/** Canonical bytes, many of them more than once. */
export const story: Arbitrary<readonly Uint8Array[]> = tuple(
  array(some, { minLength: 1, maxLength: 40 }),
  array(nat(), { maxLength: 30 }),
).map(([list, again]) => {
  const first = list.map((entity) => encodeEntity(entity));
  return first.concat(again.map((at) => first[at % first.length] ?? new Uint8Array(0)));
});

export function goldenEntities(): readonly Uint8Array[] {
  const store = new URL("../../../../test/compat/store-1/", import.meta.url);
  const log = readFileSync(new URL("graph/dict/v0001/entities.cbor.zst", store));
  const frames = splitFrames(log).map((frame) => new Uint8Array(zstdDecompressSync(frame)));
  return frames.flatMap((frame) => decodeEntitiesFrame(frame).entities);
}
