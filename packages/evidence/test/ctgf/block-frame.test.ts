/**
 * Goal: a coded block gives back exactly the sections that went in, and has one spelling.
 *
 * Method: random sections, wild and tame; changed, cut and added bytes; the vectors.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BlockReader,
  BlockWriter,
  CborWriter,
  ConeLibrary,
  cutSection,
  decodeAnyBlock,
  Facts,
  sameSection,
  type Section,
} from "@ritma/evidence";
import { array, assert as forAll, integer, nat, property } from "fast-check";
import { faultOf } from "../fault.ts";
import { rowsOf, tableOf } from "../record/arbitrary.ts";
import { readVectors } from "../vectors.ts";
import { assertSame, atom, codedOf, encode, PLACE, tagOf, withCoded } from "./block-framing.ts";
import { blocksOfSections, FACTS, newestOf, SIZE } from "./section-arbitrary.ts";

test("what went in comes out, block after block", () => {
  forAll(
    property(array(blocksOfSections, { minLength: 1, maxLength: 4 }), nat(SIZE), (list, newest) => {
      const cones = new ConeLibrary();
      const writer = new BlockWriter(FACTS, cones, newest);
      const reader = new BlockReader(FACTS, cones);
      const blocks = list.map((sections) => {
        for (const section of sections) writer.add(section, SIZE);
        return writer.finish(PLACE);
      });
      for (const [at, bytes] of blocks.entries()) {
        assert.equal(tagOf(bytes), "ritma/block@2");
        const { sections, coneIds, ...place } = reader.decode(bytes);
        assert.deepEqual(place, PLACE);
        assertSame(sections, list[at] ?? []);
        assert.deepEqual(
          coneIds.map((ids) => ids.length),
          sections.map(({ starts }) => starts.length - 1),
        );
      }
    }),
    { numRuns: 100 },
  );
});

test("the same input gives the same bytes, with a reader's cones too", () => {
  forAll(
    property(blocksOfSections, (sections) => {
      const cones = new ConeLibrary();
      const first = encode(sections, cones);
      const again = new ConeLibrary();
      assert.deepEqual(encode(sections, again), first);
      const resumed = new ConeLibrary();
      resumed.append(1, cones.since(1));
      cones.beginHour();
      assert.deepEqual(encode(sections, resumed), encode(sections, cones));
    }),
    { numRuns: 50 },
  );
});

test("ids that came later change nothing", () => {
  forAll(
    property(blocksOfSections, (sections) => {
      const size = Math.max(...sections.map(newestOf));
      const facts = new Facts();
      const other = new Facts();
      for (let id = 1; id <= size; id += 1) {
        facts.add(entityOf(id));
        other.add(entityOf(id));
      }
      for (let id = 1; id < 50; id += 1) other.add(entityOf(id * 3));
      const cones = new ConeLibrary();
      const writer = new BlockWriter(facts, cones, 0);
      for (const section of sections) writer.add(section, size);
      assertSame(decodeAnyBlock(writer.finish(PLACE), other, cones).sections, sections);
    }),
    { numRuns: 30 },
  );
});

function entityOf(id: number): Uint8Array {
  return id % 3 === 0 ? (PROCESSES[id % PROCESSES.length] ?? NOTHING) : NOTHING;
}

const NOTHING = new Uint8Array(0);
const PROCESSES = [1, 2, 3, 4].map((serial) =>
  new CborWriter()
    .array(12)
    .text("ritma/process@1")
    .bytes(NOTHING)
    .uint(0)
    .uint(100 + serial)
    .uint(1_772_360_401_000_000)
    .uint(60 + serial)
    .uint(1)
    .null()
    .null()
    .null()
    .null()
    .null()
    .finish(),
);

test("a changed byte is refused, or makes another block in its one spelling", () => {
  forAll(
    property(blocksOfSections, nat(), integer({ min: 1, max: 255 }), (sections, at, mask) => {
      const cones = new ConeLibrary();
      const bytes = encode(sections, cones);
      const offset = at % bytes.length;
      const changed = bytes.with(offset, (bytes[offset] ?? 0) ^ mask);
      let found: readonly Section[] = [];
      if (faultOf(() => (found = decodeAnyBlock(changed, FACTS, cones).sections)) !== "ok") return;
      // The coder refuses a second spelling of one sequence of bits: what is read can be written.
      for (const section of found) assert.equal(section.atoms.length, section.starts.at(-1));
      assertSame(decodeAnyBlock(encode(found, cones), FACTS, cones).sections, found);
    }),
    { numRuns: 200 },
  );
});

test("every cut, and bytes more, are refused", () => {
  forAll(
    property(blocksOfSections, (sections) => {
      const cones = new ConeLibrary();
      const bytes = encode(sections, cones);
      const reader = new BlockReader(FACTS, cones);
      for (let length = 0; length < bytes.length; length += 11) {
        assert.notEqual(
          faultOf(() => reader.decode(bytes.subarray(0, length))),
          "ok",
        );
      }
      assert.equal(
        faultOf(() => reader.decode(Uint8Array.of(...bytes, 0))),
        "trailing-bytes",
      );
      const coded = codedOf(bytes);
      for (const more of [0, 1, 255]) {
        // What follows may change what the last bits say, and is then another block.
        const longer = withCoded(bytes, Uint8Array.of(...coded, more));
        let found: readonly Section[] = [];
        if (faultOf(() => (found = reader.decode(longer).sections)) !== "ok") continue;
        assert.ok(!sections.every((section, at) => sameSection(section, found[at] ?? section)));
      }
      assertSame(reader.decode(bytes).sections, sections);
    }),
    { numRuns: 20 },
  );
});

test("sections that differ anywhere are not the same", () => {
  const section = cutSection(0, tableOf([atom, { ...atom, serial: 2, num: 0 }]));
  assert.ok(sameSection(section, section));
  assert.ok(!sameSection(section, { ...section, window: null }));
  assert.ok(!sameSection(section, { ...section, starts: [0, 1] }));
  assert.ok(!sameSection(section, { ...section, starts: [0, 1, 2] }));
  const columns = ["time", "serial", "etype", "flags", "ret"] as const;
  for (const column of [...columns, "process", "object", "object2", "arg", "num"] as const) {
    const other = cutSection(0, tableOf([atom, { ...atom, serial: 2, num: 0 }]));
    other.atoms[column][1] = 77;
    assert.ok(!sameSection(section, other), column);
    assert.ok(!sameSection(other, section), column);
  }
  const none = cutSection(0, tableOf([atom, { ...atom, serial: 2, num: null }]));
  assert.ok(!sameSection(section, none));
  const one = { ...section, atoms: tableOf([atom]) };
  assert.ok(!sameSection(section, one));
});

test("the vectors", () => {
  const vectors = readVectors("blocks.json");
  const facts = new Facts();
  for (const entity of vectors.at("entities").list()) facts.add(entity.hex());
  for (const vector of vectors.at("good").list()) {
    const cones = new ConeLibrary();
    cones.append(
      1,
      vector
        .at("cones")
        .list()
        .map((cone) => {
          const rows = cone.at("atoms").list();
          const fields = rows.flatMap((row) => row.list().map((field) => field.number()));
          const shape = Uint32Array.from(fields);
          return { shape, atoms: rows.length, entities: cone.at("entities").number() };
        }),
    );
    const { sections, coneIds } = decodeAnyBlock(vector.at("hex").hex(), facts, cones);
    assert.equal(sections.length, vector.at("sections").list().length);
    for (const [at, section] of sections.entries()) {
      const told = vector.at("sections").at(at);
      assert.deepEqual(
        section.starts,
        told
          .at("starts")
          .list()
          .map((start) => start.number()),
      );
      const ids = vector.at("cone_ids").at(at).list();
      assert.deepEqual(
        [...(coneIds[at] ?? [])],
        ids.map((id) => id.number()),
      );
      const rows = rowsOf(section.atoms);
      assert.equal(rows.length, told.at("atoms").list().length);
      for (const [row, fields] of rows.entries()) {
        for (const [name, value] of Object.entries(fields)) {
          const given = told.at("atoms").at(row).at(name);
          assert.equal(value, given.isNull() ? null : given.number(), name);
        }
      }
    }
  }
  for (const vector of vectors.at("bad").list()) {
    const fault = faultOf(() => decodeAnyBlock(vector.at("hex").hex(), facts, new ConeLibrary()));
    assert.equal(fault, vector.at("fault").text(), vector.at("name").text());
  }
});
