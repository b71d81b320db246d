/**
 * Inputs that say as much as the formats allow in few bytes. A coder's byte may hold thousands of
 * atoms, so no length of an input bounds the time: 2^19 atoms do, 65,536 entities, and 32 MiB.
 *
 * @module
 */
import {
  AtomTable,
  BlockReader,
  BlockWriter,
  CODED_ATOMS_MAX,
  ConeLibrary,
  cutSection,
  encodeEntity,
  EntityReader,
  Facts,
  FormatError,
  FRAME_ENTITIES_MAX,
  FRAME_UNPACKED_MAX,
} from "@ritma/evidence";
import { RangeWriter } from "../../packages/evidence/src/ctgf/coder.ts";
import { EntityModel } from "../../packages/evidence/src/ctgf/entity-model.ts";
import { STORE } from "./making.ts";

export interface Extreme {
  readonly what: string;
  readonly sizeBytes: number;
  readonly ms: number;
}

const VALUE_BYTES = 10_000;
const VALUES = 200;
const NOISE_BYTES = 4 * 1024 * 1024;

export function measureExtremes(): readonly Extreme[] {
  return [largestBlock(1), largestBlock(3001), mostEntities(), largestEntities(), noisyEntities()];
}

/** @param processes that take turns: the more, the more there is to look for */
function largestBlock(processes: number): Extreme {
  const facts = new Facts();
  while (facts.size < processes) facts.add(new Uint8Array(0));
  const table = new AtomTable(CODED_ATOMS_MAX);
  table.length = CODED_ATOMS_MAX;
  for (let row = 0; row < table.length; row += 1) {
    table.process[row] = 1 + ((row * 7) % processes);
    table.time[row] = 5000 * (row >> 5);
    table.serial[row] = row;
    table.num[row] = row % 5 === 0 ? row : Number.NaN;
  }
  const cones = new ConeLibrary();
  const writer = new BlockWriter(facts, cones, 0);
  writer.add(cutSection(null, table), facts.size);
  const bytes = writer.finish({ store: STORE, sequence: 0, number: 0, generation: 1 });
  const reader = new BlockReader(facts, cones);
  const what = `a block of ${CODED_ATOMS_MAX} atoms of ${processes} processes`;
  return measure(what, bytes, () => void reader.decode(bytes));
}

function mostEntities(): Extreme {
  const entity = encodeEntity({ kind: "string", value: { hashed: false, bytes: STORE } });
  return entities(`a frame of ${FRAME_ENTITIES_MAX} entities`, entity, FRAME_ENTITIES_MAX);
}

function largestEntities(): Extreme {
  const value = { hashed: false, bytes: new Uint8Array(VALUE_BYTES).fill(120) };
  const values = Array.from({ length: VALUES }, () => value);
  const entity = encodeEntity({ kind: "arguments", whole: true, values });
  const count = Math.floor(FRAME_UNPACKED_MAX / entity.length);
  return entities(`a frame that unpacks to ${FRAME_UNPACKED_MAX} bytes`, entity, count);
}

/** Nothing repeats in it: each byte of a frame of several megabytes is a byte of some name. */
function noisyEntities(): Extreme {
  const model = new EntityModel();
  model.begin(1);
  const coder = new RangeWriter(model.probabilities);
  const size = 1 << 20;
  const bytes = new Uint8Array(size);
  let state = 1;
  const count = NOISE_BYTES / size;
  for (let told = 0; told < count; told += 1) {
    for (let at = 0; at < size; at += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      bytes[at] = state >>> 24;
    }
    model.write(coder, encodeEntity({ kind: "string", value: { hashed: false, bytes } }));
  }
  return read("a frame of noise", model, coder.finish(), count);
}

function entities(what: string, entity: Uint8Array, count: number): Extreme {
  const model = new EntityModel();
  model.begin(1);
  const coder = new RangeWriter(model.probabilities);
  for (let told = 0; told < count; told += 1) model.write(coder, entity);
  return read(what, model, coder.finish(), count);
}

function read(what: string, model: EntityModel, coded: Uint8Array, count: number): Extreme {
  model.end(0);
  const reader = new EntityReader(model);
  return measure(what, coded, () => void reader.read(coded, count, 1));
}

function measure(what: string, bytes: Uint8Array, decode: () => void): Extreme {
  const begun = performance.now();
  try {
    decode();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  return { what, sizeBytes: bytes.length, ms: performance.now() - begun };
}
