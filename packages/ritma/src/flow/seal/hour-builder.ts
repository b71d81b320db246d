/**
 * One hour in the making: windows close into sections and blocks, late atoms wait for the end.
 *
 * All in memory: the atoms of the open window as columns, closed windows as compressed blocks. An
 * hour closes early at HOUR_ATOMS_MAX, which bounds both.
 *
 * Not here: when a window or an hour ends (`sealer.ts`), and the disk.
 *
 * @module
 */
import {
  AtomTable,
  blockPath,
  cutSection,
  type Dictionary,
  encodeBlock,
  encodeMicroHeader,
  encodeMicroSeal,
  type HourEntry,
  LeafHasher,
  microPath,
  type Section,
  type StoreFile,
} from "@ritma/evidence";
import type { FileToWrite } from "../../base/disk/disk.ts";
import { BLOCK_ATOMS_MAX } from "../../base/limits.ts";
import type { NodePrimitives } from "../../base/primitives.ts";

/** What the builder needs to know of its store. */
export interface HourContext {
  readonly primitives: NodePrimitives;
  readonly storeFile: StoreFile;
  readonly dictionary: Dictionary;
  readonly zstdLevel: number;
}

/** A closed window, or the late atoms. */
export interface ClosedWindow {
  readonly entry: HourEntry;
  readonly header: Uint8Array;
  readonly headerDigest: Uint8Array;
  readonly microRoot: Uint8Array;
  /** What its signature covers. */
  readonly seal: Uint8Array;
}

export class HourBuilder {
  readonly sequence: number;
  /** Microseconds: the begin of the hour's interval. Fixed once a window is closed. */
  t1: number;
  readonly #context: HourContext;
  readonly #hasher: LeafHasher;
  /** Atoms of the open window, and those that came too late for theirs. */
  readonly open = new AtomTable();
  readonly late = new AtomTable();
  openEvents = 0;
  lateEvents = 0;
  atoms = 0;
  instantiations = 0;
  events = 0;
  readonly windows: ClosedWindow[] = [];
  readonly blocks: FileToWrite[] = [];
  /** Sections of closed windows that are not in a block yet. */
  #sections: Section[] = [];
  #sectionAtoms = 0;

  constructor(context: HourContext, sequence: number, t1: number) {
    this.#context = context;
    this.sequence = sequence;
    this.t1 = t1;
    this.#hasher = new LeafHasher(context.primitives.sha256, (id) =>
      context.dictionary.commitmentOf(id),
    );
  }

  /** Closes the open window, which must hold an atom, as number `window` over [t1, t2). */
  closeWindow(window: number, t1: number, t2: number): void {
    const section = this.#close(window, this.open, this.openEvents, t1, t2);
    this.open.clear();
    this.openEvents = 0;
    this.#sections.push(section);
    this.#sectionAtoms += section.atoms.length;
    if (this.#sectionAtoms >= BLOCK_ATOMS_MAX) this.#writeBlock();
  }

  /** Closes the late atoms, if any, and the last block. [t1, t2) is the hour's interval. */
  finish(t1: number, t2: number): void {
    this.#writeBlock();
    if (this.late.length === 0) return;
    const section = this.#close(null, this.late, this.lateEvents, t1, t2);
    this.#addBlock("late", 0, [section]);
  }

  #close(window: number | null, table: AtomTable, events: number, t1: number, t2: number): Section {
    const { storeFile, primitives } = this.#context;
    const section = cutSection(window, table);
    const microRoot = this.#hasher.root(section);
    const { store, namespace, node, privacy } = storeFile;
    const place = { store, sequence: this.sequence, window };
    const instantiations = section.starts.length - 1;
    const counts = { events, atoms: table.length, instantiations };
    const header = encodeMicroHeader({
      ...place,
      namespace,
      node,
      t1,
      t2,
      ...counts,
      privacy,
      microRoot,
    });
    const headerDigest = primitives.sha256(header);
    const seal = encodeMicroSeal({ ...place, header: headerDigest, microRoot });
    const kind = window === null ? "late" : "window";
    this.windows.push({
      entry: { kind, window, t1, t2, microRoot },
      header,
      headerDigest,
      microRoot,
      seal,
    });
    this.atoms += table.length;
    this.instantiations += instantiations;
    this.events += events;
    return section;
  }

  #writeBlock(): void {
    if (this.#sections.length === 0) return;
    this.#addBlock("inst", this.blocks.length, this.#sections);
    this.#sections = [];
    this.#sectionAtoms = 0;
  }

  #addBlock(kind: "inst" | "late", number: number, sections: readonly Section[]): void {
    const { primitives, storeFile, dictionary, zstdLevel } = this.#context;
    const block = encodeBlock({
      store: storeFile.store,
      sequence: this.sequence,
      number,
      generation: dictionary.generation,
      sections,
    });
    this.blocks.push({ path: blockPath(kind, number), bytes: primitives.zstd(block, zstdLevel) });
  }

  /** Files of the closed windows, relative to the hour's folder. */
  microFiles(): FileToWrite[] {
    return this.windows.map(({ entry, header }) => ({
      path: microPath(entry.window, "cbor"),
      bytes: header,
    }));
  }
}
