/**
 * Makes frames and blocks of records, in both forms and in small pieces.
 *
 * @module
 */
import {
  AtomTable,
  BlockWriter,
  type Cone,
  type ConeLibrary,
  cutSection,
  encodeBlock,
  encodeConesFrame,
  encodeEntitiesFrame,
  EntityWriter,
  type Facts,
  type Section,
} from "@ritma/evidence";
import { encodeCodedFrame } from "../../packages/evidence/src/ctgf/entity-frame.ts";
import { EntityModel } from "../../packages/evidence/src/ctgf/entity-model.ts";

export const STORE = new Uint8Array(16).fill(7);
export const GENERATION = 1;

const SALT = new Uint8Array(32).fill(9);
const PLACE = { store: STORE, sequence: 3, number: 1, generation: GENERATION };
const SECTION_ATOMS = 60;
const SECTIONS = 3;

/** Groups of small sections, each for a block. */
export function inSmallSections(sections: readonly Section[]): readonly (readonly Section[])[] {
  const small: Section[] = [];
  for (const { atoms } of sections) {
    for (let from = 0; from < atoms.length; from += SECTION_ATOMS) {
      const table = new AtomTable(SECTION_ATOMS);
      const to = Math.min(atoms.length, from + SECTION_ATOMS);
      for (let row = from; row < to; row += 1) table.copy(atoms, row);
      small.push(cutSection(small.length % SECTIONS, table));
    }
  }
  return inPieces(small, SECTIONS);
}

export function plainBlock(sections: readonly Section[]): Uint8Array {
  return encodeBlock({ ...PLACE, sections });
}

/**
 * @param cones grow by those of these sections
 * @param size the newest id that they may name
 */
export function codedBlock(
  sections: readonly Section[],
  facts: Facts,
  cones: ConeLibrary,
  size: number,
): Uint8Array {
  const writer = new BlockWriter(facts, cones, Math.floor(size / 2));
  for (const section of sections) writer.add(section, size);
  return writer.finish(PLACE);
}

/** The log of a generation, in frames of `entitiesEach`, of `forms` in turn. */
export function entitiesLog(
  entities: readonly Uint8Array[],
  entitiesEach: number,
  ...forms: readonly ("plain" | "coded")[]
): readonly Uint8Array[] {
  const model = new EntityModel();
  const writer = new EntityWriter(model);
  return inPieces(entities, entitiesEach).map((piece, at) => {
    const firstId = 1 + at * entitiesEach;
    const salt = at === 0 ? SALT : null;
    const frame = { store: STORE, generation: GENERATION, firstId, salt, entities: piece };
    if (forms[at % forms.length] === "plain") {
      model.skip(firstId + piece.length);
      return encodeEntitiesFrame(frame);
    }
    return encodeCodedFrame(frame, writer);
  });
}

/** The log of cones, in frames of `conesEach`. */
export function conesLog(cones: readonly Cone[], conesEach: number): readonly Uint8Array[] {
  return inPieces(cones, conesEach).map((piece, at) =>
    encodeConesFrame({
      store: STORE,
      generation: GENERATION,
      firstId: 1 + at * conesEach,
      cones: piece,
    }),
  );
}

export function inPieces<Item>(list: readonly Item[], each: number): readonly (readonly Item[])[] {
  const pieces: (readonly Item[])[] = [];
  for (let at = 0; at < list.length; at += each) pieces.push(list.slice(at, at + each));
  return pieces;
}
