/**
 * Goal: what becomes a cone is what the page says, a frame of cones gives back what went in and has
 * one spelling, and the hash of a cone is the `shape_hash` of its instantiations.
 *
 * Method: rows; random sections; changed, cut and false bytes; the leaf hasher's own bytes; the
 * vectors.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CborReader,
  type Cone,
  CONE_ATOMS_MAX,
  coneHash,
  ConeLibrary,
  CONES_MAX,
  type ConesFrame,
  cutSection,
  decodeConesFrame,
  encodeConesFrame,
  LeafHasher,
  type Section,
} from "@ritma/evidence";
import { assert as forAll, integer, nat, property } from "fast-check";
import { faultOf } from "../fault.ts";
import { primitives } from "../primitives.ts";
import { tableOf } from "../record/arbitrary.ts";
import { readVectors } from "../vectors.ts";
import { blocksOfSections } from "./section-arbitrary.ts";

const atom = {
  time: 5000,
  serial: 1,
  etype: 1,
  flags: 2,
  ret: 3,
  process: 1,
  object: 9,
  object2: 0,
  arg: 7,
  num: null,
};

/** Each atom by another process. */
function sectionOf(...lists: readonly (readonly Partial<typeof atom>[])[]): Section {
  return cutSection(
    0,
    tableOf(
      lists.flatMap((list, at) => list.map((fields) => ({ ...atom, process: at + 1, ...fields }))),
    ),
  );
}

function idsOf(cones: ConeLibrary, section: Section): number[] {
  const { starts } = section;
  return starts.slice(1).map((end, at) => cones.idOf(section, starts[at] ?? 0, end));
}

/** Every instantiation twice, so that all become cones. */
function libraryOf(sections: readonly Section[]): ConeLibrary {
  const cones = new ConeLibrary();
  for (const section of [...sections, ...sections]) idsOf(cones, section);
  return cones;
}

function frameOf(cones: readonly Cone[], firstId = 1): ConesFrame {
  return { store: new Uint8Array(16), generation: 3, firstId, cones };
}

test("the second of a shape makes a cone, and ids count from 1", () => {
  const cones = new ConeLibrary();
  const [a, b] = [{ object: 5 }, { object: 6, ret: 4 }];
  assert.deepEqual(idsOf(cones, sectionOf([a], [b], [a], [b], [a], [b])), [0, 0, 1, 2, 1, 2]);
  assert.deepEqual(cones.cone(1), {
    shape: Uint32Array.of(1, 2, 3, 0, 1, 0, 2),
    atoms: 1,
    entities: 2,
  });
  assert.equal(cones.cone(0), undefined);
  assert.equal(cones.cone(3), undefined);
  assert.deepEqual(
    cones.since(2).map(({ shape }) => shape[2]),
    [4],
  );
});

test("which entity it is makes no other shape, whether there is one does", () => {
  const cones = new ConeLibrary();
  const repeated = [{ object: 5, arg: 5 }];
  assert.deepEqual(
    idsOf(cones, sectionOf([{}], [{ object: 70_000, arg: 3 }], repeated)),
    [0, 1, 0],
  );
  assert.deepEqual(idsOf(cones, sectionOf([{ object: 0 }], repeated, [{}])), [0, 2, 1]);
});

test("a shape seen once is forgotten with the hour, a cone is not", () => {
  const cones = new ConeLibrary();
  assert.deepEqual(idsOf(cones, sectionOf([{ ret: 1 }], [{ ret: 2 }], [{ ret: 2 }])), [0, 0, 1]);
  cones.beginHour();
  assert.deepEqual(idsOf(cones, sectionOf([{ ret: 1 }], [{ ret: 2 }], [{ ret: 1 }])), [0, 1, 2]);
});

test("an instantiation of 513 atoms is never a cone", () => {
  const lists = [CONE_ATOMS_MAX, CONE_ATOMS_MAX + 1].map((atoms) =>
    Array.from({ length: atoms }, () => ({})),
  );
  const cones = new ConeLibrary();
  assert.deepEqual(idsOf(cones, sectionOf(...lists, ...lists, ...lists)), [0, 0, 1, 0, 1, 0]);
});

test("65,536 shapes seen once are remembered", () => {
  const cones = new ConeLibrary();
  const shapes = Array.from({ length: 65_537 }, (_, flags) => [{ flags }]);
  idsOf(cones, sectionOf(...shapes));
  const [first, last] = [[{ flags: 0 }], [{ flags: 65_536 }]];
  assert.deepEqual(idsOf(cones, sectionOf(first, last, last)), [1, 0, 0]);
  idsOf(cones, sectionOf(...shapes));
  assert.equal(cones.size, CONES_MAX);
  cones.beginHour();
  assert.deepEqual(idsOf(cones, sectionOf(last, last, first)), [0, 0, 1]);
});

test("what went in comes out, and the library goes on where it was", () => {
  forAll(
    property(blocksOfSections, (sections) => {
      const cones = libraryOf(sections);
      const frame = frameOf(cones.since(1));
      const bytes = encodeConesFrame(frame);
      assert.deepEqual(decodeConesFrame(bytes), frame);
      const other = new ConeLibrary();
      other.append(1, decodeConesFrame(bytes).cones);
      assert.equal(other.size, cones.size);
      for (const section of sections) {
        assert.deepEqual(idsOf(other, section), idsOf(cones, section));
      }
    }),
    { numRuns: 100 },
  );
});

test("a changed byte is refused, or makes another frame in its one spelling", () => {
  forAll(
    property(blocksOfSections, nat(), integer({ min: 1, max: 255 }), (sections, at, mask) => {
      const bytes = encodeConesFrame(frameOf(libraryOf(sections).since(1)));
      const offset = at % bytes.length;
      const changed = bytes.with(offset, (bytes[offset] ?? 0) ^ mask);
      let again: ConesFrame | undefined;
      const fault = faultOf(() => (again = decodeConesFrame(changed)));
      if (fault === "ok" && again !== undefined) {
        assert.deepEqual(encodeConesFrame(again), changed);
      }
      assert.notEqual(
        faultOf(() => decodeConesFrame(bytes.subarray(0, offset))),
        "ok",
      );
    }),
    { numRuns: 1000 },
  );
});

test("cones twice, out of order, or too many for one hash are refused", () => {
  const [cone] = libraryOf([sectionOf([{}])]).since(1);
  assert.ok(cone !== undefined);
  const cones = new ConeLibrary();
  assert.equal(
    faultOf(() => cones.append(2, [cone])),
    "out-of-range",
  );
  assert.equal(
    faultOf(() => cones.append(1, [cone, cone])),
    "not-canonical",
  );
  assert.equal(cones.size, 1);
  const full = new ConeLibrary();
  const many = Array.from({ length: CONES_MAX + 1 }, (_, flags) => ({
    ...cone,
    shape: cone.shape.with(1, flags),
  }));
  assert.equal(
    faultOf(() => full.append(1, many)),
    "out-of-range",
  );
});

test("the hash of a cone is the shape hash of its instantiation", () => {
  const section = sectionOf([{}, { object: 0, object2: 7, arg: 9, num: null }, { arg: 0 }]);
  const hasher = new LeafHasher(
    primitives.sha256,
    (writer) => void writer.bytes(new Uint8Array(32)),
  );
  const reader = new CborReader(hasher.instantiation(section, 0));
  reader.array(7);
  reader.textTag("ritma/instantiation@1");
  const [cone] = libraryOf([section]).since(1);
  assert.ok(cone !== undefined);
  assert.deepEqual(coneHash(primitives.sha256, cone), Uint8Array.from(reader.bytes(32)));
});

test("the vectors", () => {
  const vectors = readVectors("cones.json");
  for (const vector of vectors.at("good").list()) {
    const bytes = vector.at("hex").hex();
    const frame = decodeConesFrame(bytes);
    assert.deepEqual(encodeConesFrame(frame), bytes, vector.at("name").text());
    for (const [at, found] of frame.cones.entries()) {
      const told = vector.at("cones").at(at);
      const rows = told.at("atoms").list();
      assert.deepEqual(
        [...found.shape],
        rows.flatMap((row) => row.list().map((field) => field.number())),
      );
      assert.deepEqual(coneHash(primitives.sha256, found), told.at("hash").hex());
    }
  }
  for (const vector of vectors.at("bad").list()) {
    const fault = faultOf(() => decodeConesFrame(vector.at("hex").hex()));
    assert.equal(fault, vector.at("fault").text(), vector.at("name").text());
  }
});
