/**
 * Leaves, written from spec/05-record.md with another CBOR library and Node.js's own hashes.
 *
 * Shares no code with the package: where both agree, the page says enough.
 *
 * @module
 */
import { createHash, createHmac, hkdfSync } from "node:crypto";
import { encode } from "cborg";

const TAG_LEAF = Uint8Array.of(0);
const TAG_NODE = Uint8Array.of(1);
const TAG_COMMITMENT = Uint8Array.of(2);

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

/** RFC 6962 §2.1, as it is written there. */
export function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return sha256();
  if (leaves.length === 1) return sha256(TAG_LEAF, only);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(TAG_NODE, treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}

export function generationSalt(
  storeSecret: Uint8Array,
  storeId: Uint8Array,
  generation: number,
): Uint8Array {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(generation);
  const info = Buffer.concat([Buffer.from("ritma/generation@1"), number]);
  return new Uint8Array(hkdfSync("sha256", storeSecret, storeId, info, 32));
}

export function saltOf(salt: Uint8Array, entity: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac("sha256", salt).update(entity).digest());
}

export function commitmentOf(salt: Uint8Array, entity: Uint8Array): Uint8Array {
  return sha256(TAG_COMMITMENT, saltOf(salt, entity), entity);
}

/** An atom as the page speaks of it: entities, not numbers. */
export interface NaiveAtom {
  readonly t: number;
  readonly serial: number;
  readonly etype: number;
  readonly flags: number;
  readonly ret: number;
  readonly object: Uint8Array | null;
  readonly object2: Uint8Array | null;
  readonly num: number | null;
  readonly arg: Uint8Array | null;
}

export interface NaiveLeaf {
  readonly atoms: readonly Uint8Array[];
  readonly atomsRoot: Uint8Array;
  readonly shape: Uint8Array;
  readonly shapeHash: Uint8Array;
  readonly instantiation: Uint8Array;
  readonly leaf: Uint8Array;
}

/** @param process its entity. @param salt of the generation */
export function naiveLeaf(
  salt: Uint8Array,
  process: Uint8Array,
  atoms: readonly NaiveAtom[],
): NaiveLeaf {
  const commit = (entity: Uint8Array | null): Uint8Array | null =>
    entity === null ? null : commitmentOf(salt, entity);
  const encoded = atoms.map((atom, i) =>
    plainEncode([
      "ritma/atom@1",
      i,
      atom.t,
      atom.serial,
      atom.etype,
      atom.flags,
      atom.ret,
      commit(process),
      commit(atom.object),
      commit(atom.object2),
      atom.num,
      commit(atom.arg),
      null,
    ]),
  );
  const shape = plainEncode(["ritma/shape@1", shapeRows(atoms)]);
  const [first] = atoms;
  const instantiation = plainEncode([
    "ritma/instantiation@1",
    sha256(shape),
    commit(process),
    first?.t,
    first?.serial,
    atoms.length,
    treeHash(encoded),
  ]);
  return {
    atoms: encoded,
    atomsRoot: treeHash(encoded),
    shape,
    shapeHash: sha256(shape),
    instantiation,
    leaf: sha256(TAG_LEAF, instantiation),
  };
}

/** cborg gives a Buffer under Node.js. */
function plainEncode(items: readonly unknown[]): Uint8Array {
  return new Uint8Array(encode(items));
}

function shapeRows(atoms: readonly NaiveAtom[]): number[][] {
  const seen: string[] = [];
  const number = (entity: Uint8Array | null): number => {
    if (entity === null) return 0;
    const name = Buffer.from(entity).toString("hex");
    if (!seen.includes(name)) seen.push(name);
    return seen.indexOf(name) + 1;
  };
  return atoms.map(({ etype, flags, ret, object, object2, arg }) => [
    etype,
    flags,
    ret,
    number(object),
    number(object2),
    number(arg),
  ]);
}
