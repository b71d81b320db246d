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
  CODED_ATOMS_MAX,
  encodeBlock,
  FormatError,
  sameSection,
  type Section,
} from "@ritma/evidence";
import type { FileToWrite } from "../../base/disk/disk.ts";
import { BLOCK_ATOMS_MAX, ZSTD_LEVEL_BLOCK, ZSTD_LEVEL_PACKED } from "../../base/limits.ts";
import type { GenerationLogs } from "./generation-logs.ts";
import { GenerationPress, type GenerationPrimitives } from "./generation-press.ts";
import type { EntityPiece, SectionPiece } from "./order.ts";
import type { PressedFiles } from "./press.ts";

/** Encodes the sections of a block; tests give one with a bug. */
export type EncodeSections = (
  press: GenerationPress,
  place: BlockPlace,
  sections: readonly SizedSection[],
) => Uint8Array;

interface BlockPlace {
  readonly store: Uint8Array;
  readonly sequence: number;
  readonly number: number;
  readonly generation: number;
}

export interface SizedSection {
  readonly section: Section;
  /** The newest id of the generation when it was closed. */
  readonly size: number;
}

export class FilePress implements Disposable {
  readonly #primitives: GenerationPrimitives;
  readonly #store: Uint8Array;
  readonly #encode: EncodeSections;
  #logs: GenerationLogs | null;
  #press: GenerationPress | null = null;
  #blocks: FileToWrite[] = [];
  /** Sections of closed windows that are not in a block yet. */
  #sections: SizedSection[] = [];
  #sectionAtoms = 0;
  #plainBlocks = 0;

  /** @param logs of the generation that goes on; null when none does */
  constructor(
    primitives: GenerationPrimitives,
    store: Uint8Array,
    logs: GenerationLogs | null,
    encode: EncodeSections = encodeSections,
  ) {
    this.#primitives = primitives;
    this.#store = store;
    this.#logs = logs;
    this.#encode = encode;
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
    const sized = { section, size: press.generation.facts.size };
    const { length } = section.atoms;
    if (section.window === null) {
      this.#writeBlock(press, sequence);
      this.#addBlock(press, "late", sequence, [sized]);
      return;
    }
    if (this.#sectionAtoms + length > CODED_ATOMS_MAX) this.#writeBlock(press, sequence);
    this.#sections.push(sized);
    this.#sectionAtoms += length;
    if (this.#sectionAtoms >= BLOCK_ATOMS_MAX) this.#writeBlock(press, sequence);
  }

  finish(sequence: number): PressedFiles {
    const press = this.#press;
    if (press === null) throw new TypeError(`hour ${sequence} ends and has not begun`);
    this.#writeBlock(press, sequence);
    const files = { blocks: this.#blocks, plainBlocks: this.#plainBlocks, ...press.finish() };
    this.#blocks = [];
    this.#plainBlocks = 0;
    return files;
  }

  #pressOf(generation: number): GenerationPress {
    if (this.#press?.generation.number === generation) return this.#press;
    const logs = this.#logs?.number === generation ? this.#logs : null;
    this.#logs = null;
    this.#press?.[Symbol.dispose]();
    this.#press = new GenerationPress(this.#primitives, this.#store, generation, logs);
    return this.#press;
  }

  #writeBlock(press: GenerationPress, sequence: number): void {
    if (this.#sections.length === 0) return;
    this.#addBlock(press, "inst", sequence, this.#sections);
    this.#sections = [];
    this.#sectionAtoms = 0;
  }

  #addBlock(
    press: GenerationPress,
    kind: "inst" | "late",
    sequence: number,
    sections: readonly SizedSection[],
  ): void {
    const number = kind === "late" ? 0 : this.#blocks.length;
    const place = { store: this.#store, sequence, number, generation: press.generation.number };
    const path = blockPath(kind, number);
    const { zstd } = this.#primitives;
    const packed = this.#encode(press, place, sections);
    if (holds(press, packed, sections)) {
      this.#blocks.push({ path, bytes: zstd(packed, ZSTD_LEVEL_PACKED) });
      return;
    }
    this.#plainBlocks += 1;
    const block = encodeBlock({ ...place, sections: sections.map(({ section }) => section) });
    this.#blocks.push({ path, bytes: zstd(block, ZSTD_LEVEL_BLOCK) });
  }
}

const encodeSections: EncodeSections = ({ generation }, place, sections) => {
  for (const { section, size } of sections) generation.writer.add(section, size);
  return generation.writer.finish(place);
};

/** @returns true when a reader will find just these sections in the block. */
function holds(
  { generation }: GenerationPress,
  packed: Uint8Array,
  sections: readonly SizedSection[],
): boolean {
  try {
    const read = generation.block(packed).sections;
    return (
      read.length === sections.length &&
      sections.every(({ section }, at) => {
        const other = read[at];
        return other !== undefined && sameSection(section, other);
      })
    );
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}
