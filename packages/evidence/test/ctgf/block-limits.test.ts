/**
 * Goal: what a coded block cannot hold is written in the older form, and no bytes make its reader
 * work for long or throw anything but a FormatError.
 *
 * Method: rows of sections beyond each limit and just at it; bytes that claim much, with a clock
 * beside them.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AtomTable,
  BlockReader,
  BlockWriter,
  CODED_ATOMS_MAX,
  CODED_SECTIONS_MAX,
  ConeLibrary,
  cutSection,
  decodeAnyBlock,
  decodeBlock,
  encodeBlock,
  Facts,
  sameSection,
} from "@ritma/evidence";
import { faultOf } from "../fault.ts";
import { tableOf } from "../record/arbitrary.ts";
import { assertSame, atom, codedOf, encode, PLACE, tagOf, withCoded } from "./block-framing.ts";
import { FACTS, SIZE } from "./section-arbitrary.ts";

/** A bomb takes a second on a slow machine; what is meant is that it does not take minutes. */
const BOMB_MS_MAX = 10_000;

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
  few.add(new Uint8Array(0));
  assert.equal(
    faultOf(() => decodeAnyBlock(bytes, few, cones)),
    "out-of-range",
  );
});
