/**
 * Blocks of either form, as the fuzzer reads and judges them.
 *
 * A plain block has one spelling. A coded one has not: whoever writes chooses the cones, and
 * whether what a guess says is told as a hit. So of that it is asked that its decisions have one
 * coding, and that what was read can be written and read again, in both forms.
 *
 * @module
 */
import {
  BlockReader,
  BlockWriter,
  CborReader,
  CODED_ATOMS_MAX,
  CODED_SECTIONS_MAX,
  type CodedBlock,
  ConeLibrary,
  decodeBlock,
  encodeBlock,
  type Facts,
  FormatError,
  sameSection,
  type Section,
} from "@ritma/evidence";
import { AtomModel } from "../../packages/evidence/src/ctgf/atom-model.ts";
import { Probabilities } from "../../packages/evidence/src/ctgf/coder.ts";
import { Echo } from "./echo.ts";
import { type Accepted, mustBe, mustEqual, type Reading } from "./reading.ts";

const CODED_TAG = "ritma/block@2";
/** Of spec/11-blocks.md, "Block". */
const ATOMS_PER_BYTE_MAX = 4096;
const BYTES_FREE = 64;

interface CodedHead {
  readonly cones: number;
  readonly newest: number;
  readonly sections: number;
  readonly coded: Uint8Array;
}

export class BlockReading implements Reading {
  readonly name: string;
  readonly #facts: Facts;
  readonly #model: AtomModel;
  readonly #echoed: Probabilities;
  readonly #reader: BlockReader;
  /** Of the second writing, which makes its own. */
  readonly #cones = new ConeLibrary();
  readonly #writer: BlockWriter;
  readonly #again: BlockReader;

  constructor(name: string, facts: Facts, cones: ConeLibrary) {
    this.name = name;
    this.#facts = facts;
    this.#model = new AtomModel(facts, cones);
    this.#echoed = new Probabilities(this.#model.probabilities.states.length);
    this.#reader = new BlockReader(facts, cones, this.#model);
    const model = new AtomModel(facts, this.#cones);
    this.#writer = new BlockWriter(facts, this.#cones, 0, model);
    this.#again = new BlockReader(facts, this.#cones, model);
  }

  decode(bytes: Uint8Array): Accepted {
    const block = this.#reader.decode(bytes);
    let items = 0;
    for (const { atoms } of block.sections) items += atoms.length;
    return { items, judge: () => this.#judge(block, items, bytes) };
  }

  work(bytes: Uint8Array): number {
    const echo = this.#echoOf(bytes);
    if (echo === null) return 0;
    try {
      this.#readAll(echo);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
    }
    return echo.coder.bits;
  }

  #judge(block: CodedBlock, items: number, bytes: Uint8Array): void {
    const { sections } = block;
    for (const { atoms } of sections) {
      mustBe(atoms.time.length === atoms.length, "room for more atoms than there are");
    }
    const echo = this.#echoOf(bytes);
    if (echo === null) {
      mustBe(items <= bytes.length, `${items} atoms in ${bytes.length} bytes`);
      mustEqual(encodeBlock(block), bytes, "a plain block");
      return;
    }
    const { coded } = echo.head;
    const itemsMax = ATOMS_PER_BYTE_MAX * (coded.length + BYTES_FREE);
    mustBe(items <= Math.min(itemsMax, CODED_ATOMS_MAX), `${items} atoms in ${coded.length} bytes`);
    mustBe(sections.length <= CODED_SECTIONS_MAX, `${sections.length} sections`);
    this.#readAll(echo);
    mustEqual(echo.coder.finish(), coded, "the decisions of a block");
    this.#writeAgain(block);
  }

  /** In both forms: what one lets pass, the other may not. */
  #writeAgain(block: CodedBlock): void {
    const { sections } = block;
    const plain = decodeBlock(encodeBlock(block)).sections;
    mustBe(sameSections(plain, sections), "a block that is written plain is another one");
    this.#cones.clear();
    this.#writer.beginHour(0);
    for (const section of sections) this.#writer.add(section, this.#facts.size);
    const { sections: again } = this.#again.decode(this.#writer.finish(block));
    mustBe(sameSections(again, sections), "a block that is written and read is another one");
  }

  #readAll({ head, coder }: { head: CodedHead; coder: Echo }): void {
    this.#model.reset(head.newest, head.cones);
    let left = Math.min(CODED_ATOMS_MAX, ATOMS_PER_BYTE_MAX * (head.coded.length + BYTES_FREE));
    for (let count = 0; count < head.sections; count += 1) {
      left -= this.#model.read(coder, left).section.atoms.length;
    }
  }

  /** @returns null when it is no coded block. */
  #echoOf(bytes: Uint8Array): { head: CodedHead; coder: Echo } | null {
    const head = codedHeadOf(bytes);
    if (head === null) return null;
    const coder = new Echo(this.#model.probabilities, this.#echoed, head.coded);
    return { head, coder };
  }
}

function codedHeadOf(bytes: Uint8Array): CodedHead | null {
  try {
    const reader = new CborReader(bytes);
    reader.array();
    if (reader.text() !== CODED_TAG) return null;
    for (let items = 4; items > 0; items -= 1) reader.skip();
    const [cones, newest, sections] = [reader.uint(), reader.uint(), reader.uint()];
    return { cones, newest, sections, coded: reader.bytes() };
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

function sameSections(a: readonly Section[], b: readonly Section[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((section, at) => {
    const other = b[at];
    return other !== undefined && sameSection(section, other);
  });
}
