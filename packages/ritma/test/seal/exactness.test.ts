/**
 * Goal: no block is sealed that reads back as something else than was recorded.
 *
 * Method: a press whose encoder has a bug: it leaves out a section, changes an atom, or writes what
 * no decoder reads. The press must write plain columns instead, count them, and give the same
 * records back.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AtomTable, cutSection, Generation, sameSection } from "@ritma/evidence";
import { type EncodeSections, FilePress } from "../../src/flow/seal/file-press.ts";
import { unzstd } from "../../src/base/zstd.ts";
import { primitives } from "../recorder/recording.ts";

const encoded: EncodeSections = ({ generation }, place, sections) => {
  for (const { section, size } of sections) generation.writer.add(section, size);
  return generation.writer.finish(place);
};

const STORE = new Uint8Array(16).fill(7);

function table(count: number): AtomTable {
  const atoms = new AtomTable();
  for (let at = 0; at < count; at += 1) {
    const row = atoms.add();
    atoms.time[row] = 1_772_360_400_000_000 + at * 1000;
    atoms.serial[row] = 100 + at;
    atoms.etype[row] = 4;
    atoms.process[row] = 1 + (at % 3);
    atoms.num[row] = Number.NaN;
  }
  return atoms;
}

function pressed(encode?: EncodeSections): { plain: number; block: Uint8Array } {
  const press = new FilePress(primitives, STORE, null, encode);
  for (const window of [3, 4]) {
    press.window({ sequence: 0, generation: 1, section: cutSection(window, table(10)) });
  }
  const { blocks, plainBlocks } = press.finish(0);
  assert.equal(blocks.length, 1);
  return { plain: plainBlocks, block: unzstd(blocks[0]?.bytes ?? new Uint8Array(0), 1 << 20) };
}

function checkReads(block: Uint8Array): void {
  const { sections } = Generation.of(STORE, 1).block(block);
  const wanted = [3, 4].map((window) => cutSection(window, table(10)));
  assert.equal(sections.length, wanted.length);
  for (const [at, section] of wanted.entries()) {
    const read = sections[at];
    assert.ok(read !== undefined && sameSection(section, read), `section ${at}`);
  }
}

test("a sound encoder is believed", () => {
  const { plain, block } = pressed();
  assert.equal(plain, 0);
  checkReads(block);
});

const BUGS: Readonly<Record<string, EncodeSections>> = {
  "a section is left out": (press, place, sections) => encoded(press, place, sections.slice(1)),
  "an atom is changed": (press, place, sections) => {
    const [first, ...rest] = sections;
    if (first === undefined) throw new TypeError("no section");
    const changed = table(10);
    changed.ret[4] = 13;
    const section = cutSection(first.section.window, changed);
    return encoded(press, place, [{ ...first, section }, ...rest]);
  },
  "what was written cannot be read": () => Uint8Array.of(0x80),
};

for (const [name, encode] of Object.entries(BUGS)) {
  test(`${name}: plain columns, and counted`, () => {
    const { plain, block } = pressed(encode);
    assert.equal(plain, 1);
    checkReads(block);
  });
}
