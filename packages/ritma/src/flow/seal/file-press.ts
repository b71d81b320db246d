/**
 * From atoms and entities to the files that hold them: blocks, and frames of the generation's logs.
 *
 * Exactness before trust: every block is decoded again and compared before it may be sealed. One
 * that is not what was given is written in the plain columns of the first version, and counted; the
 * store is right, and somebody has a bug to mend.
 *
 * Format: spec/06-store.md, "Blocks"; spec/11-blocks.md.
 *
 * @module
 */
import {
  blockPath,
  type BlockWriter,
  CODED_ATOMS_MAX,
  encodeBlock,
  FormatError,
  type Generation,
  sameSection,
  type Section,
} from "@ritma/evidence";
import type { FileToWrite } from "../../base/disk/disk.ts";
import { BLOCK_ATOMS_MAX, ZSTD_LEVEL_PACKED, ZSTD_LEVEL_PLAIN } from "../../base/limits.ts";
import type { GenerationLogs } from "./generation-logs.ts";
import {
  type EntityCoder,
  GenerationPress,
  type GenerationPrimitives,
} from "./generation-press.ts";
import type { EntityPiece, SectionPiece } from "./order.ts";
import type { PressedFiles } from "./press.ts";

/** What codes; tests give one with a bug. */
export interface PressCoders {
  readonly sections: (generation: Generation) => Pick<BlockWriter, "add" | "finish">;
  readonly entities: (generation: Generation) => EntityCoder;
}

const CODERS: PressCoders = {
  sections: ({ writer }) => writer,
  entities: ({ entityWriter }) => entityWriter,
};

export class FilePress implements Disposable {
  readonly #primitives: GenerationPrimitives;
  readonly #store: Uint8Array;
  readonly #coders: PressCoders;
  #logs: GenerationLogs | null;
  #press: GenerationPress | null = null;
  #blocks: FileToWrite[] = [];
  /** Sections of closed windows that are coded, and in no block yet. */
  #sections: Section[] = [];
  #sectionAtoms = 0;
  #plainBlocks = 0;

  /** @param logs of the generation that goes on; null when none does */
  constructor(
    primitives: GenerationPrimitives,
    store: Uint8Array,
    logs: GenerationLogs | null,
    coders: PressCoders = CODERS,
  ) {
    this.#primitives = primitives;
    this.#store = store;
    this.#logs = logs;
    this.#coders = coders;
  }

  [Symbol.dispose](): void {
    this.#press?.[Symbol.dispose]();
    this.#press = null;
  }

  entities(piece: EntityPiece): void {
    this.#pressOf(piece.generation).entities(piece);
  }

  window({ sequence, generation, section }: SectionPiece): void {
    const press = this.#pressOf(generation);
    const { length } = section.atoms;
    const isLate = section.window === null;
    if (isLate || this.#sectionAtoms + length > CODED_ATOMS_MAX) this.#writeBlock(press, sequence);
    this.#coders.sections(press.generation).add(section, press.generation.facts.size);
    this.#sections.push(section);
    this.#sectionAtoms += length;
    if (isLate || this.#sectionAtoms >= BLOCK_ATOMS_MAX) this.#writeBlock(press, sequence);
  }

  finish(sequence: number): PressedFiles {
    const press = this.#press;
    if (press === null) throw new TypeError(`hour ${sequence} ends and has not begun`);
    this.#writeBlock(press, sequence);
    const { plainFrames, ...logs } = press.finish();
    const files = { blocks: this.#blocks, plainPieces: this.#plainBlocks + plainFrames, ...logs };
    this.#blocks = [];
    this.#plainBlocks = 0;
    return files;
  }

  #pressOf(generation: number): GenerationPress {
    if (this.#press?.generation.number === generation) return this.#press;
    const logs = this.#logs?.number === generation ? this.#logs : null;
    this.#logs = null;
    this.#press?.[Symbol.dispose]();
    this.#press = new GenerationPress(
      this.#primitives,
      this.#store,
      generation,
      logs,
      this.#coders.entities,
    );
    return this.#press;
  }

  #writeBlock({ generation }: GenerationPress, sequence: number): void {
    const sections = this.#sections;
    if (sections.length === 0) return;
    const kind = sections[0]?.window === null ? "late" : "inst";
    const number = kind === "late" ? 0 : this.#blocks.length;
    const path = blockPath(kind, number);
    const place = { store: this.#store, sequence, number, generation: generation.number };
    const { zstd } = this.#primitives;
    const coded = this.#coders.sections(generation).finish(place);
    if (holds(generation, coded, sections)) {
      this.#blocks.push({ path, bytes: zstd(coded, ZSTD_LEVEL_PACKED) });
    } else {
      this.#plainBlocks += 1;
      const bytes = zstd(encodeBlock({ ...place, sections }), ZSTD_LEVEL_PLAIN);
      this.#blocks.push({ path, bytes });
    }
    this.#sections = [];
    this.#sectionAtoms = 0;
  }
}

/** @returns true when a reader will find just these sections in the block. */
function holds(generation: Generation, coded: Uint8Array, sections: readonly Section[]): boolean {
  try {
    const { sections: read } = generation.block(coded);
    if (read.length !== sections.length) return false;
    return sections.every((section, at) => {
      const other = read[at];
      return other !== undefined && sameSection(section, other);
    });
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}
