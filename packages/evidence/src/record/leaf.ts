/**
 * From the atoms of a section to its root: what is signed in the end.
 *
 * Format: spec/05-record.md, "Atoms" to "Leaf"; vectors in spec/vectors/leaf.json.
 *
 * @module
 */
import { CborWriter } from "../bytes/cbor-writer.ts";
import { TreeHasher } from "../proof/merkle.ts";
import type { Sha256 } from "../primitives.ts";
import type { AtomTable } from "./atom-table.ts";
import type { Section } from "./section.ts";

/** Writes the 32-byte commitment of a dictionary id of 1 or more, as a byte string. */
export type WriteCommitment = (writer: CborWriter, id: number) => void;

/** RFC 6962: what stands before the data of a leaf. */
const LEAF_PREFIX = Uint8Array.of(0);
const NOTHING = new Uint8Array(0);
const ATOM_ITEMS = 13;
const SHAPE_ITEMS = 6;
/** Encoded once: this text stands at the head of every atom. */
const ATOM_TAG = new CborWriter().text("ritma/atom@1").finish();

export class LeafHasher {
  readonly #sha256: Sha256;
  readonly #writeCommitment: WriteCommitment;
  readonly #writer = new CborWriter(4096);
  readonly #atoms: TreeHasher;
  /** Placeholder numbers of the shape at hand, by dictionary id. */
  readonly #placeholders = new Map<number, number>();

  constructor(sha256: Sha256, writeCommitment: WriteCommitment) {
    this.#sha256 = sha256;
    this.#atoms = new TreeHasher(sha256);
    this.#writeCommitment = writeCommitment;
  }

  /** @returns the micro root, or the late root, of a section with at least one atom. */
  root(section: Section): Uint8Array {
    const tree = new TreeHasher(this.#sha256);
    for (let at = 0; at + 1 < section.starts.length; at += 1) tree.push(this.leaf(section, at));
    return tree.root();
  }

  /** @returns the leaf hash of instantiation `at`. */
  leaf(section: Section, at: number): Uint8Array {
    return this.#sha256(this.#instantiation(section, at, LEAF_PREFIX).view());
  }

  /** @returns the canonical bytes of instantiation `at`. */
  instantiation(section: Section, at: number): Uint8Array {
    return this.#instantiation(section, at, NOTHING).finish();
  }

  #instantiation(section: Section, at: number, prefix: Uint8Array): CborWriter {
    const { atoms } = section;
    const from = section.starts[at] ?? 0;
    const to = section.starts[at + 1] ?? from;
    const shape = this.#shapeHash(atoms, from, to);
    const root = this.#atomsRoot(atoms, from, to);
    const writer = this.#writer
      .reset()
      .raw(prefix)
      .array(7)
      .text("ritma/instantiation@1")
      .bytes(shape);
    this.#writeCommitment(writer, atoms.process[from] ?? 0);
    return writer
      .uint(atoms.time[from] ?? 0)
      .uint(atoms.serial[from] ?? 0)
      .uint(to - from)
      .bytes(root);
  }

  #atomsRoot(atoms: AtomTable, from: number, to: number): Uint8Array {
    const tree = this.#atoms;
    tree.reset();
    for (let row = from; row < to; row += 1) {
      this.#writer.reset().raw(LEAF_PREFIX);
      tree.push(this.#sha256(this.#atom(atoms, row, row - from).view()));
    }
    return tree.root();
  }

  /** @returns the canonical bytes of the atom at `row`, `i` places into its instantiation. */
  atom(atoms: AtomTable, row: number, i: number): Uint8Array {
    this.#writer.reset();
    return this.#atom(atoms, row, i).finish();
  }

  #atom(atoms: AtomTable, row: number, i: number): CborWriter {
    const num = atoms.num[row] ?? Number.NaN;
    const writer = this.#writer
      .array(ATOM_ITEMS)
      .raw(ATOM_TAG)
      .uint(i)
      .uint(atoms.time[row] ?? 0)
      .uint(atoms.serial[row] ?? 0)
      .uint(atoms.etype[row] ?? 0)
      .uint(atoms.flags[row] ?? 0)
      .uint(atoms.ret[row] ?? 0);
    this.#writeCommitment(writer, atoms.process[row] ?? 0);
    this.#commitment(atoms.object[row] ?? 0);
    this.#commitment(atoms.object2[row] ?? 0);
    if (Number.isNaN(num)) writer.null();
    else writer.int(num);
    this.#commitment(atoms.arg[row] ?? 0);
    return writer.null();
  }

  #commitment(id: number): void {
    if (id === 0) this.#writer.null();
    else this.#writeCommitment(this.#writer, id);
  }

  #shapeHash(atoms: AtomTable, from: number, to: number): Uint8Array {
    this.#placeholders.clear();
    const writer = this.#writer
      .reset()
      .array(2)
      .text("ritma/shape@1")
      .array(to - from);
    for (let row = from; row < to; row += 1) {
      writer
        .array(SHAPE_ITEMS)
        .uint(atoms.etype[row] ?? 0)
        .uint(atoms.flags[row] ?? 0)
        .uint(atoms.ret[row] ?? 0)
        .uint(this.#placeholder(atoms.object[row] ?? 0))
        .uint(this.#placeholder(atoms.object2[row] ?? 0))
        .uint(this.#placeholder(atoms.arg[row] ?? 0));
    }
    return this.#sha256(writer.view());
  }

  #placeholder(id: number): number {
    if (id === 0) return 0;
    const known = this.#placeholders.get(id);
    if (known !== undefined) return known;
    const fresh = this.#placeholders.size + 1;
    this.#placeholders.set(id, fresh);
    return fresh;
  }
}
