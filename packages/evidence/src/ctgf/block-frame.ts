/**
 * Blocks of coded sections: what `ritma/block@1` holds in columns, in a seventh of its bytes.
 *
 * Invariants: `BlockReader.decode` gives back exactly the sections that a `BlockWriter` took. A
 * block decodes alone, given the facts and the cones of its generation. What a block cannot hold in
 * this form is written in the older one, so nothing is ever lost to the form.
 *
 * Format: spec/11-blocks.md, "Block". Not here: whether what was decoded is what was meant; a
 * recorder decodes again and compares (`sameSection`).
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { FormatError } from "../error.ts";
import { type Block, checkSections, decodeBlock, encodeBlock } from "../record/block.ts";
import type { Section } from "../record/section.ts";
import { STORE_BYTES } from "../record/store-file.ts";
import { AtomModel } from "./atom-model.ts";
import { RangeReader, RangeWriter } from "./coder.ts";
import { type ConeLibrary, CONES_MAX } from "./cones.ts";
import type { Facts } from "./facts.ts";
import { orderOf } from "./section-order.ts";

const TAG = "ritma/block@2";
const ITEMS = 9;
/** What a stranger's block may make us do: a second of work, and 100 MB. */
export const CODED_ATOMS_MAX = 1 << 19;
/** Windows of a second in an hour: a section may be a single atom, and takes more than that. */
export const CODED_SECTIONS_MAX = 3600;
/**
 * An atom is at least three bits, each at least 2^16 / 65,504 to one: 3,785 atoms a byte. The
 * reader knows this before it makes room for them.
 */
const ATOMS_PER_BYTE_MAX = 4096;
const BYTES_FREE = 64;

/** Where a block belongs. */
export type BlockPlace = Omit<Block, "sections">;

export interface CodedBlock extends Block {
  /** By section and instantiation: the id of its cone, 0 for one that is written out. */
  readonly coneIds: readonly Uint32Array[];
}

/** One after another, the blocks of one kind of an hour. */
export class BlockWriter {
  readonly #facts: Facts;
  readonly #cones: ConeLibrary;
  readonly #model: AtomModel;
  #coder: RangeWriter;
  #sections: Section[] = [];
  #atoms = 0;
  /** Newest id before the block, and when its last section was closed. */
  #newest: number;
  #size: number;
  #fits = true;
  /** Null while instantiations become cones. */
  #conesMax: number | null = null;

  /**
   * @param newest dictionary id before the first section: from there on ids are told as new ones.
   * Any number is right, and one that is not far off makes the block small.
   * @param model shared with a reader that reads nothing from the first `add` to `finish`
   */
  constructor(
    facts: Facts,
    cones: ConeLibrary,
    newest: number,
    model: AtomModel = new AtomModel(facts, cones),
  ) {
    this.#facts = facts;
    this.#cones = cones;
    this.#model = model;
    this.#coder = new RangeWriter(this.#model.probabilities);
    this.#newest = newest;
    this.#size = newest;
    this.#begin(newest);
  }

  /**
   * Forgets where the last block ended, so that a resumed session writes the same bytes.
   *
   * @param newest dictionary id before the hour
   * @param cones that may be named: those with ids up to this, and nothing becomes one. Null for
   * all, and those that the blocks make.
   */
  beginHour(newest: number, cones: number | null = null): void {
    if (this.#sections.length > 0) throw new RangeError("an hour begins within a block");
    this.#conesMax = cones;
    this.#begin(newest);
  }

  /** Atoms since the last block. */
  get atoms(): number {
    return this.#atoms;
  }

  /**
   * @param section as `cutSection` made it; not to be changed before `finish`
   * @param size the newest dictionary id when it was closed, which `facts` knows
   */
  add(section: Section, size: number): void {
    if (size > this.#facts.size) throw new RangeError(`facts of ${size} ids are not there yet`);
    if (this.#sections.length === 0) {
      if (size < this.#newest) this.#begin(size);
      this.#model.reset(this.#newest, CONES_MAX);
    }
    this.#sections.push(section);
    this.#atoms += section.atoms.length;
    const isTooMuch = this.#atoms > CODED_ATOMS_MAX || this.#sections.length > CODED_SECTIONS_MAX;
    if (isTooMuch || size < this.#size) this.#fits = false;
    const order = this.#fits ? orderOf(section, size) : null;
    if (order === null) {
      this.#fits = false;
      return;
    }
    const { starts } = section;
    const coneIds = new Uint32Array(starts.length - 1);
    for (let at = 0; at < coneIds.length; at += 1) {
      coneIds[at] = this.#coneOf(section, starts[at] ?? 0, starts[at + 1] ?? 0);
    }
    this.#model.write(this.#coder, { section, coneIds }, order, size);
    this.#size = size;
  }

  /** @returns the block of what was added since the last one: at least one section. */
  finish(place: BlockPlace): Uint8Array {
    const sections = this.#sections;
    if (sections.length === 0) throw new RangeError("a block without a section");
    const block = this.#fits ? this.#coded(place) : encodeBlock({ ...place, sections });
    this.#coder = new RangeWriter(this.#model.probabilities);
    this.#begin(this.#size);
    return block;
  }

  #coneOf(section: Section, from: number, to: number): number {
    if (this.#conesMax === null) return this.#cones.idOf(section, from, to);
    const id = this.#cones.find(section, from, to);
    return id > this.#conesMax ? 0 : id;
  }

  #coded({ store, sequence, number, generation }: BlockPlace): Uint8Array {
    const coded = this.#coder.finish();
    return new CborWriter(coded.length + 128)
      .array(ITEMS)
      .text(TAG)
      .bytes(store)
      .uint(sequence)
      .uint(number)
      .uint(generation)
      .uint(this.#conesMax ?? this.#cones.size)
      .uint(this.#newest)
      .uint(this.#sections.length)
      .bytes(coded)
      .finish();
  }

  #begin(newest: number): void {
    this.#newest = newest;
    this.#size = newest;
    this.#sections = [];
    this.#atoms = 0;
    this.#fits = true;
  }
}

/** Keeps its memory from one block to the next: several megabytes. */
export class BlockReader {
  readonly #facts: Facts;
  readonly #cones: ConeLibrary;
  readonly #model: AtomModel;

  /** @param model shared with a writer, see there */
  constructor(facts: Facts, cones: ConeLibrary, model: AtomModel = new AtomModel(facts, cones)) {
    this.#facts = facts;
    this.#cones = cones;
    this.#model = model;
  }

  /** @throws FormatError when `bytes` is not exactly one block, of either form. */
  decode(bytes: Uint8Array): CodedBlock {
    const reader = new CborReader(bytes);
    const items = reader.array();
    const tag = reader.peek() === "text" ? reader.text() : "";
    if (tag !== TAG) return plainBlock(bytes);
    if (items !== ITEMS) throw new FormatError("wrong-type", 0, `block of ${items} items`);
    const store = reader.bytes(STORE_BYTES);
    const sequence = reader.uint();
    const number = reader.uint();
    const generation = reader.uint();
    const cones = atMost(reader, this.#cones.size, "cones");
    const newest = atMost(reader, this.#facts.size, "ids");
    const count = atMost(reader, CODED_SECTIONS_MAX, "sections");
    const coded = reader.bytes();
    reader.finish();
    this.#model.reset(newest, cones);
    return { store, sequence, number, generation, ...this.#sections(coded, count) };
  }

  #sections(coded: Uint8Array, count: number): Pick<CodedBlock, "sections" | "coneIds"> {
    const coder = new RangeReader(this.#model.probabilities, coded);
    const perByte = ATOMS_PER_BYTE_MAX * (coded.length + BYTES_FREE);
    let atomsLeft = Math.min(CODED_ATOMS_MAX, perByte);
    const sections: Section[] = [];
    const coneIds: Uint32Array[] = [];
    while (sections.length < count) {
      const next = this.#model.read(coder, atomsLeft);
      atomsLeft -= next.section.atoms.length;
      sections.push(next.section);
      coneIds.push(next.coneIds);
    }
    coder.finish();
    checkSections(sections);
    return { sections, coneIds };
  }
}

/** @throws FormatError when `bytes` is not exactly one block of either form. */
export function decodeAnyBlock(bytes: Uint8Array, facts: Facts, cones: ConeLibrary): CodedBlock {
  return new BlockReader(facts, cones).decode(bytes);
}

function plainBlock(bytes: Uint8Array): CodedBlock {
  const block = decodeBlock(bytes);
  const coneIds = block.sections.map(({ starts }) => new Uint32Array(starts.length - 1));
  return { ...block, coneIds };
}

function atMost(reader: CborReader, max: number, what: string): number {
  const start = reader.offset;
  const value = reader.uint();
  if (value <= max) return value;
  throw new FormatError("out-of-range", start, `${value} ${what} of ${max}`);
}
