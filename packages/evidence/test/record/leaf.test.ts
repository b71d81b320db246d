/**
 * Goal: what is signed is what spec/05-record.md says, to the bit.
 *
 * Method: the same atoms through the package (dictionary, section, hasher) and through
 * `naive-leaf.ts`, which shares no code with it; then the worked example of the page.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  AtomTable,
  cutSection,
  Dictionary,
  entityRef,
  entitySalt,
  LeafHasher,
  type Section,
  toHex,
} from "@ritma/evidence";
import {
  array,
  assert as forAll,
  constantFrom,
  integer,
  nat,
  option,
  property,
  record,
  uint8Array,
} from "fast-check";
import { primitives } from "../primitives.ts";
import { readVectors, type Vector } from "../vectors.ts";
import { uints } from "./arbitrary.ts";
import {
  commitmentOf,
  generationSalt,
  type NaiveAtom,
  naiveLeaf,
  saltOf,
  treeHash,
} from "./naive-leaf.ts";

const salt = new Uint8Array(32).fill(9);

interface Made {
  readonly dictionary: Dictionary;
  readonly section: Section;
  readonly hasher: LeafHasher;
}

/** @param processes the process of each atom. @param generation the salt of its dictionary */
function make(
  generation: Uint8Array,
  processes: readonly Uint8Array[],
  atoms: readonly NaiveAtom[],
): Made {
  const dictionary = new Dictionary(primitives, 1, generation);
  const id = (entity: Uint8Array | null): number =>
    entity === null ? 0 : dictionary.intern(entityRef(entity));
  const table = new AtomTable();
  for (const [at, atom] of atoms.entries()) {
    const row = table.add();
    table.time[row] = atom.t;
    table.serial[row] = atom.serial;
    table.etype[row] = atom.etype;
    table.flags[row] = atom.flags;
    table.ret[row] = atom.ret;
    table.process[row] = id(processes[at] ?? null);
    table.object[row] = id(atom.object);
    table.object2[row] = id(atom.object2);
    table.num[row] = atom.num ?? Number.NaN;
    table.arg[row] = id(atom.arg);
  }
  const hasher = new LeafHasher(primitives.sha256, (writer, each) =>
    dictionary.writeCommitment(writer, each),
  );
  return { dictionary, section: cutSection(0, table), hasher };
}

/** Few, so that they repeat; the longer one crosses from WebAssembly's hash to OpenSSL's. */
const entityBytes = constantFrom(
  Uint8Array.of(1),
  Uint8Array.of(2, 2),
  new Uint8Array(300).fill(3),
  new Uint8Array(0),
);

const atoms = record({
  t: integer({ min: 0, max: 3 }).map((step) => 1_700_000_000_000_000 + step * 300_000),
  serial: uints,
  etype: nat(255),
  flags: nat(0xffff_ffff),
  ret: nat(200),
  object: option(entityBytes),
  object2: option(entityBytes),
  num: option(integer()),
  arg: option(entityBytes),
});

test("leaves and roots are those of the naive implementation", () => {
  const rows = array(record({ atom: atoms, process: nat(2) }), { minLength: 1, maxLength: 20 });
  forAll(
    property(rows, uint8Array({ minLength: 32, maxLength: 32 }), (list, generation) => {
      const inOrder = list.toSorted((a, b) => a.atom.t - b.atom.t || a.atom.serial - b.atom.serial);
      const processes = inOrder.map(({ process }) => Uint8Array.of(100, process));
      const { section, hasher } = make(
        generation,
        processes,
        inOrder.map(({ atom }) => atom),
      );
      const leaves: Uint8Array[] = [];
      for (const process of new Set(inOrder.map((each) => each.process))) {
        const own = inOrder.filter((each) => each.process === process).map(({ atom }) => atom);
        leaves.push(naiveLeaf(generation, Uint8Array.of(100, process), own).instantiation);
      }
      const found = leaves.map((_, at) => hasher.instantiation(section, at));
      assert.deepEqual(new Set(found.map(toHex)), new Set(leaves.map(toHex)));
      assert.deepEqual(hasher.root(section), treeHash(found));
    }),
    { numRuns: 300 },
  );
});

function numbered(n: number): NaiveAtom {
  return {
    t: n,
    serial: n,
    etype: n % 7,
    flags: 0,
    ret: 0,
    object: Uint8Array.of(n % 5),
    object2: null,
    num: -n,
    arg: n % 3 === 0 ? Uint8Array.of(n % 5) : null,
  };
}

test("an instantiation of every size up to 70, and one of 4,096", () => {
  const process = Uint8Array.of(1, 2, 3);
  for (const size of [...Array.from({ length: 70 }, (_, at) => at + 1), 4096]) {
    const list = Array.from({ length: size }, (_, n) => numbered(n));
    const { section, hasher } = make(
      salt,
      list.map(() => process),
      list,
    );
    const naive = naiveLeaf(salt, process, list);
    assert.deepEqual(hasher.leaf(section, 0), naive.leaf, `${size} atoms`);
    assert.deepEqual(hasher.atom(section.atoms, size - 1, size - 1), naive.atoms.at(-1));
  }
});

/** Every field matters: a change of any gives another leaf. */
test("no field of an atom can change under a leaf", () => {
  const base: NaiveAtom = {
    t: 10,
    serial: 20,
    etype: 1,
    flags: 2,
    ret: 3,
    object: Uint8Array.of(1),
    object2: Uint8Array.of(2),
    num: 4,
    arg: Uint8Array.of(3),
  };
  const changed: readonly Partial<NaiveAtom>[] = [
    {},
    { t: 11 },
    { serial: 21 },
    { etype: 2 },
    { flags: 3 },
    { ret: 4 },
    { object: Uint8Array.of(9) },
    { object: null },
    { object2: Uint8Array.of(9) },
    { object2: null },
    { num: 5 },
    { num: null },
    { arg: Uint8Array.of(9) },
    { arg: null },
    { object: base.object2, object2: base.object },
  ];
  const leaves = changed.map((edit) => {
    const { section, hasher } = make(salt, [Uint8Array.of(7)], [Object.assign({}, base, edit)]);
    return toHex(hasher.leaf(section, 0));
  });
  const { section, hasher } = make(salt, [Uint8Array.of(8)], [base]);
  leaves.push(toHex(hasher.leaf(section, 0)));
  assert.equal(new Set(leaves).size, leaves.length);
});

// ---- the worked example

const vectors = readVectors("leaf.json");

function entityOf(name: string): Uint8Array {
  const found = vectors
    .at("entities")
    .list()
    .find((each) => each.at("name").text() === name);
  assert.ok(found !== undefined, name);
  return found.at("hex").hex();
}

function nullOr<Value>(vector: Vector, name: string, read: (item: Vector) => Value): Value | null {
  return vector.at(name).isNull() ? null : read(vector.at(name));
}

function readAtom(vector: Vector): NaiveAtom {
  const entity = (name: string): Uint8Array | null =>
    nullOr(vector, name, (item) => entityOf(item.text()));
  return {
    t: vector.at("t").number(),
    serial: vector.at("serial").number(),
    etype: vector.at("etype").number(),
    flags: vector.at("flags_class").number(),
    ret: vector.at("ret").number(),
    object: entity("object"),
    object2: entity("object2"),
    num: nullOr(vector, "num", (item) => item.number()),
    arg: entity("arg"),
  };
}

test("the worked example, by the package and by the naive implementation", () => {
  const secret = vectors.at("store_secret").hex();
  const generation = generationSalt(secret, vectors.at("store").hex(), 1);
  assert.equal(toHex(generation), vectors.at("generation_salt").text());
  for (const vector of vectors.at("entities").list()) {
    const bytes = vector.at("hex").hex();
    assert.equal(toHex(saltOf(generation, bytes)), vector.at("salt").text());
    assert.equal(toHex(commitmentOf(generation, bytes)), vector.at("commitment").text());
    assert.deepEqual(entitySalt(primitives, generation, bytes), saltOf(generation, bytes));
  }
  const list = vectors.at("atoms").list();
  const process = entityOf(vectors.at("process").text());
  const naive = naiveLeaf(generation, process, list.map(readAtom));
  const { section, hasher } = make(
    generation,
    list.map(() => process),
    list.map(readAtom),
  );
  for (const [at, vector] of list.entries()) {
    const bytes = vector.at("hex").text();
    assert.equal(toHex(naive.atoms[at] ?? new Uint8Array(0)), bytes);
    assert.equal(toHex(hasher.atom(section.atoms, at, at)), bytes);
  }
  assert.equal(toHex(naive.shape), vectors.at("shape").text());
  assert.equal(toHex(naive.shapeHash), vectors.at("shape_hash").text());
  assert.equal(toHex(naive.atomsRoot), vectors.at("atoms_root").text());
  assert.equal(toHex(naive.instantiation), vectors.at("instantiation").text());
  assert.equal(toHex(hasher.instantiation(section, 0)), vectors.at("instantiation").text());
  assert.equal(toHex(naive.leaf), vectors.at("leaf").text());
  assert.equal(toHex(hasher.leaf(section, 0)), vectors.at("leaf").text());
  assert.equal(toHex(hasher.root(section)), vectors.at("micro_root").text());
});

test("the page shows the worked example as it is in the vectors", () => {
  const page = readFileSync(new URL("../../../../spec/05-record.md", import.meta.url), "utf8");
  const shown = page.slice(page.indexOf("## Worked example")).replaceAll(/\s/gu, "");
  for (const name of ["generation_salt", "shape", "atoms_root", "instantiation", "leaf"]) {
    assert.ok(shown.includes(vectors.at(name).text()), `${name} is not on the page`);
  }
  for (const vector of [...vectors.at("entities").list(), ...vectors.at("atoms").list()]) {
    assert.ok(shown.includes(vector.at("hex").text()), "an entity or atom is not on the page");
  }
});
