/**
 * Goal: real sections come back from coded blocks, in less than half of their bytes.
 *
 * Method: every block of the golden store, read in the older form and coded again.
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  BLOCK_UNPACKED_MAX,
  BlockReader,
  BlockWriter,
  ConeLibrary,
  decodeBlock,
  decodeEntitiesFrame,
  Facts,
  FRAME_UNPACKED_MAX,
  sameSection,
  splitFrames,
} from "@ritma/evidence";
import { primitives } from "../primitives.ts";

const STORE = join(import.meta.dirname, "../../../../test/compat/store-1");

function read(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(STORE, path)));
}

test("the blocks of the golden store, coded and read again", () => {
  const facts = new Facts();
  for (const frame of splitFrames(read("graph/dict/v0001/entities.cbor.zst"))) {
    const content = primitives.unzstd(frame, FRAME_UNPACKED_MAX);
    for (const entity of decodeEntitiesFrame(content).entities) facts.add(entity);
  }
  const paths = globSync("windows/**/blocks/*.cbor.zst", { cwd: STORE }).toSorted();
  assert.notEqual(paths.length, 0);
  const cones = new ConeLibrary();
  const reader = new BlockReader(facts, cones);
  const writer = new BlockWriter(facts, cones, 0);
  for (const path of paths) {
    const packed = read(path);
    const { sections, ...place } = decodeBlock(primitives.unzstd(packed, BLOCK_UNPACKED_MAX));
    for (const section of sections) writer.add(section, facts.size);
    const bytes = writer.finish(place);
    const found = reader.decode(bytes);
    assert.equal(found.sections.length, sections.length);
    for (const [at, section] of sections.entries()) {
      const other = found.sections[at];
      assert.ok(other !== undefined && sameSection(other, section));
    }
    assert.ok(bytes.length * 2 < packed.length, `${bytes.length} of ${packed.length} bytes`);
  }
  assert.ok(cones.size > 0);
});
