/**
 * Goal: a coded block gives back exactly the sections that went in, has one spelling, and no bytes
 * make its reader work for long or throw anything but a FormatError.
 *
 * Method: random sections, wild and tame; changed, cut and added bytes; sections that a block
 * cannot
 * hold; bombs with a clock beside them; the blocks of the golden store; the vectors.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AtomTable,
  type BlockPlace,
  BlockReader,
  BlockWriter,
  CborReader,
  CborWriter,
  CODED_ATOMS_MAX,
  CODED_SECTIONS_MAX,
  ConeLibrary,
  cutSection,
  decodeAnyBlock,
  decodeBlock,
  encodeBlock,
  Facts,
  sameSection,
  type Section,
} from "@ritma/evidence";
import { array, assert as forAll, integer, nat, property } from "fast-check";
import { faultOf } from "../fault.ts";
import { plainSection, rowsOf, tableOf } from "../record/arbitrary.ts";
import { readVectors } from "../vectors.ts";
import { blocksOfSections, FACTS, newestOf, SIZE } from "./section-arbitrary.ts";

const PLACE: BlockPlace = { store: new Uint8Array(16), sequence: 3, number: 1, generation: 2 };
/** A bomb takes a second on a slow machine; what is meant is that it does not take minutes. */
const BOMB_MS_MAX = 10_000;

const atom = {
  time: 5000,
  serial: 1,
  etype: 1,
  flags: 0,
  ret: 0,
  process: 1,
  object: 2,
  object2: 0,
  arg: 0,
  num: null,
};

function encode(
  sections: readonly Section[],
  cones = new ConeLibrary(),
  newest = 0,
  size = SIZE,
): Uint8Array {
  const writer = new BlockWriter(FACTS, cones, newest);
  for (const section of sections) writer.add(section, size);
  return writer.finish(PLACE);
}

function tagOf(bytes: Uint8Array): string {
  const reader = new CborReader(bytes);
  reader.array();
  return reader.text();
}

function assertSame(found: readonly Section[], given: readonly Section[]): void {
  assert.equal(found.length, given.length);
  for (const [at, section] of given.entries()) {
    const other = found[at];
    assert.ok(other !== undefined);
    assert.deepEqual(plainSection(other), plainSection(section));
    assert.ok(sameSection(other, section));
  }
}

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

/** The coded bytes of a block. */
function codedOf(bytes: Uint8Array): Uint8Array {
  const reader = new CborReader(bytes);
  reader.array();
  for (let items = 8; items > 0; items -= 1) reader.skip();
  return reader.bytes();
}

function withCoded(bytes: Uint8Array, coded: Uint8Array): Uint8Array {
  const reader = new CborReader(bytes);
  reader.array();
  for (let items = 8; items > 0; items -= 1) reader.skip();
  const head = new CborWriter().raw(bytes.subarray(0, reader.offset));
  return head.bytes(coded).finish();
}

test("what a coded block cannot hold is written in the older form", () => {
  const one = cutSection(0, tableOf([atom]));
  const unsorted = {
    ...one,
    atoms: tableOf([{ ...atom, serial: 2 }, atom]),
    starts: [0, 2],
  };
  const turned = {
    ...one,
    atoms: tableOf([atom, { ...atom, process: 2, time: 4000 }]),
    starts: [0, 1, 2],
  };
  const long = tableOf(Array.from({ length: 4097 }, (_, serial) => ({ ...atom, serial })));
  const unnamed = cutSection(0, tableOf([{ ...atom, object: 0xffff_ffff }]));
  const tooLong = { window: 0, atoms: long, starts: [0, 4097] };
  for (const section of [unsorted, turned, unnamed, tooLong]) {
    const bytes = encode([section]);
    assert.equal(tagOf(bytes), "ritma/block@1");
    const { sections, coneIds } = decodeAnyBlock(bytes, FACTS, new ConeLibrary());
    assertSame(sections, [section]);
    assert.deepEqual(coneIds, [new Uint32Array(section.starts.length - 1)]);
  }
  const windows = Array.from({ length: CODED_SECTIONS_MAX + 1 }, (_, window) => ({
    ...one,
    window,
  }));
  assert.equal(tagOf(encode(windows)), "ritma/block@1");
  assert.equal(tagOf(encode(windows.slice(1))), "ritma/block@2");
  // The next block is coded again.
  const writer = new BlockWriter(FACTS, new ConeLibrary(), 0);
  writer.add(unnamed, SIZE);
  assert.equal(tagOf(writer.finish(PLACE)), "ritma/block@1");
  writer.add(one, SIZE);
  assert.equal(tagOf(writer.finish(PLACE)), "ritma/block@2");
  assert.throws(() => writer.finish(PLACE), RangeError);
  assert.throws(() => writer.add(one, SIZE + 1), RangeError);
});

test("an older block is read as it is", () => {
  const sections = [cutSection(4, tableOf([atom])), cutSection(9, tableOf([atom]))];
  const bytes = encodeBlock({ ...PLACE, sections });
  const { coneIds, ...block } = decodeAnyBlock(bytes, new Facts(), new ConeLibrary());
  assert.deepEqual(block, decodeBlock(bytes));
  assert.deepEqual(coneIds, [new Uint32Array(1), new Uint32Array(1)]);
});

test("sections out of order, twice, or beside late atoms are refused", () => {
  for (const windows of [
    [1, 0],
    [1, 1],
    [0, null],
    [null, null],
    [null, 0],
  ]) {
    const cones = new ConeLibrary();
    const bytes = encode(
      windows.map((window) => cutSection(window, tableOf([atom]))),
      cones,
    );
    assert.equal(tagOf(bytes), "ritma/block@2");
    assert.equal(
      faultOf(() => decodeAnyBlock(bytes, FACTS, cones)),
      "not-canonical",
    );
  }
});

test("more than a thousand processes in turns come back, in a bearable time", () => {
  const list = Array.from({ length: 60_000 }, (_, at) => ({
    ...atom,
    time: 5000 * (at >> 5),
    serial: at,
    process: 1 + ((at * 7) % 3001),
    num: at % 5 === 0 ? at : null,
  }));
  const section = cutSection(null, tableOf(list));
  const started = performance.now();
  const cones = new ConeLibrary();
  const bytes = encode([section], cones);
  assert.equal(tagOf(bytes), "ritma/block@2");
  assertSame(decodeAnyBlock(bytes, FACTS, cones).sections, [section]);
  assert.ok(performance.now() - started < BOMB_MS_MAX);
});

test("4096 atoms of one process, twice, and one atom of another", () => {
  const list = Array.from({ length: 8193 }, (_, serial) => ({ ...atom, serial: 9000 - serial }));
  const section = cutSection(0, tableOf([...list, { ...atom, process: 9, time: 0 }]));
  assert.equal(section.starts.length, 5);
  const cones = new ConeLibrary();
  assertSame(decodeAnyBlock(encode([section], cones), FACTS, cones).sections, [section]);
});

test("numbers whose differences are not exact", () => {
  const most = Number.MAX_SAFE_INTEGER;
  const nums = [-(2 ** 50), most, 2 ** 50, -most, -(2 ** 50) - 1, 0, most, null, -1];
  const list = nums.map((num, serial) => Object.assign({}, atom, { serial, num }));
  const section = cutSection(0, tableOf(list));
  assertSame(decodeAnyBlock(encode([section]), FACTS, new ConeLibrary()).sections, [section]);
});

test("bytes that claim much are refused before anything is done for them", () => {
  const head = encode([cutSection(0, tableOf([atom]))]);
  const reader = new BlockReader(FACTS, new ConeLibrary());
  // Zeros are all likely bits: the most that bytes can say.
  for (const fill of [0, 1, 0x55, 0xaa, 0xfe, 0xff]) {
    for (const length of [0, 1, 40, 1 << 20]) {
      const started = performance.now();
      const bytes = withCoded(head, new Uint8Array(length).fill(fill));
      assert.notEqual(
        faultOf(() => reader.decode(bytes)),
        "ok",
      );
      const took = performance.now() - started;
      assert.ok(took < BOMB_MS_MAX, `${length} bytes of ${fill}: ${took} ms`);
    }
  }
});

test("the largest block, of atoms all alike, has room for what its bytes may claim", () => {
  const table = new AtomTable(CODED_ATOMS_MAX + 1);
  table.length = CODED_ATOMS_MAX;
  table.process.fill(1);
  table.num.fill(Number.NaN);
  const section = cutSection(0, table);
  const started = performance.now();
  const cones = new ConeLibrary();
  const bytes = encode([section], cones);
  assert.equal(tagOf(bytes), "ritma/block@2");
  assert.ok(codedOf(bytes).length < 1000, `${codedOf(bytes).length} bytes`);
  const found = decodeAnyBlock(bytes, FACTS, cones).sections[0];
  assert.ok(found !== undefined && sameSection(found, section));
  assert.ok(performance.now() - started < 2 * BOMB_MS_MAX);
  table.length = CODED_ATOMS_MAX + 1;
  assert.equal(tagOf(encode([cutSection(0, table)])), "ritma/block@1");
});

test("ids, cones and sections that are not there are refused", () => {
  const cones = new ConeLibrary();
  const section = cutSection(0, tableOf([atom]));
  for (let times = 0; times < 3; times += 1) encode([section], cones);
  const bytes = encode([section], cones);
  assert.equal(cones.size, 1);
  assert.deepEqual(decodeAnyBlock(bytes, FACTS, cones).coneIds, [Uint32Array.of(1)]);
  assert.equal(
    faultOf(() => decodeAnyBlock(bytes, FACTS, new ConeLibrary())),
    "out-of-range",
  );
  const few = new Facts();
  few.add(NOTHING);
  assert.equal(
    faultOf(() => decodeAnyBlock(bytes, few, cones)),
    "out-of-range",
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
