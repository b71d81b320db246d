/**
 * Blocks of tests: made, looked into, and compared.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type BlockPlace,
  BlockWriter,
  CborReader,
  CborWriter,
  ConeLibrary,
  sameSection,
  type Section,
} from "@ritma/evidence";
import { plainSection } from "../record/arbitrary.ts";
import { FACTS, SIZE } from "./section-arbitrary.ts";

export const PLACE: BlockPlace = {
  store: new Uint8Array(16),
  sequence: 3,
  number: 1,
  generation: 2,
};
export const atom = {
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

export function encode(
  sections: readonly Section[],
  cones = new ConeLibrary(),
  newest = 0,
  size = SIZE,
): Uint8Array {
  const writer = new BlockWriter(FACTS, cones, newest);
  for (const section of sections) writer.add(section, size);
  return writer.finish(PLACE);
}

export function tagOf(bytes: Uint8Array): string {
  const reader = new CborReader(bytes);
  reader.array();
  return reader.text();
}

export function assertSame(found: readonly Section[], given: readonly Section[]): void {
  assert.equal(found.length, given.length);
  for (const [at, section] of given.entries()) {
    const other = found[at];
    assert.ok(other !== undefined);
    assert.deepEqual(plainSection(other), plainSection(section));
    assert.ok(sameSection(other, section));
  }
}

/** The coded bytes of a block. */
export function codedOf(bytes: Uint8Array): Uint8Array {
  const reader = new CborReader(bytes);
  reader.array();
  for (let items = 8; items > 0; items -= 1) reader.skip();
  return reader.bytes();
}

export function withCoded(bytes: Uint8Array, coded: Uint8Array): Uint8Array {
  const reader = new CborReader(bytes);
  reader.array();
  for (let items = 8; items > 0; items -= 1) reader.skip();
  const head = new CborWriter().raw(bytes.subarray(0, reader.offset));
  return head.bytes(coded).finish();
}
