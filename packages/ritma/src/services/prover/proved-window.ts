/**
 * One sealed window in a proof: the atoms that were chosen, and all hashes beside them up to the
 * root of their hour.
 *
 * The window's tree is made again from its atoms and compared with the sealed root, so a window of
 * a damaged store is refused and not proved. What is kept of a window is its tree.
 *
 * Format: spec/25-event-proof.md.
 *
 * @module
 */
import {
  type AtomTable,
  commit,
  encodeHourEntry,
  entitySalt,
  equalBytes,
  HOUR_SEAL,
  jointPath,
  leafHash,
  LeafHasher,
  microPath,
  type ProofLeaf,
  type ProofWindow,
  type Section,
  treeLevels,
} from "@ritma/evidence";
import { Recent } from "../../base/recent.ts";
import { sectionsOf, type Window } from "../../flow/investigate/windows.ts";
import type { Entities } from "../../stores/sealed/entities.ts";
import { hashLeaves } from "../../stores/sealed/section-leaves.ts";
import type { LoggedWindow, SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";

/** The window whose atoms are asked for, and which of them. */
export interface ChosenWindow {
  readonly window: Window;
  /** Asked for every atom of the window. */
  readonly isChosen: (atoms: AtomTable, row: number, entities: Entities) => boolean;
}

export interface MadeWindow {
  readonly proof: ProofWindow;
  readonly entities: Entities;
  readonly section: Section;
  /** Rows of the atoms that are proved. */
  readonly rows: readonly number[];
}

/** Trees of windows that are kept: each takes 64 bytes an instantiation. */
const TREES_KEPT = 128;

export class WindowProver {
  readonly #reader: StoreReader;
  readonly #trees = new Recent<string, Uint8Array>(TREES_KEPT);

  constructor(reader: StoreReader) {
    this.#reader = reader;
  }

  /** @returns null when none of its atoms is chosen. @throws RitmaError `store/damaged` */
  async make({ window, isChosen }: ChosenWindow): Promise<MadeWindow | null> {
    const { files } = this.#reader;
    const { entities, sections } = await sectionsOf(this.#reader, window);
    const [section] = sections;
    if (section === undefined) throw files.damaged(window.hour.folder, "holds no atoms");
    const { atoms, starts } = section;
    const rows: number[] = [];
    for (let row = 0; row < atoms.length; row += 1) {
      if (isChosen(atoms, row, entities)) rows.push(row);
    }
    if (rows.length === 0) return null;
    const levels = this.#treeOf(window, entities, section);
    const leaves = leavesOf(files.primitives, entities, section, rows);
    const leafPath = jointPath(
      levels,
      starts.length - 1,
      leaves.map(({ index }) => index),
    );
    const hour = await this.#inHour(window);
    const logged = loggedOf(this.#reader, window);
    const [header, seal] = [
      await files.read(`${window.hour.folder}/${microPath(window.number, "cbor")}`),
      await files.read(`${window.hour.folder}/${microPath(window.number, "sig")}`),
    ];
    const proof = { index: logged.entry, header, seal, ...hour, leaves, leafPath };
    return { proof, entities, section, rows };
  }

  /** The seal of an hour, as stored. */
  async hourSeal({ folder }: SealedHour): Promise<Uint8Array> {
    return await this.#reader.files.read(`${folder}/${HOUR_SEAL}`);
  }

  #treeOf(window: Window, entities: Entities, section: Section): Uint8Array {
    const known = this.#trees.get(window.name);
    if (known !== undefined) return known;
    const { files } = this.#reader;
    const { leaves, root } = files.decode(window.hour.folder, () =>
      hashLeaves(files.primitives, entities, section),
    );
    if (!equalBytes(root, window.root)) {
      const message = `the atoms of window ${window.name} hash to another root than was sealed`;
      throw files.damaged(window.hour.folder, message);
    }
    const levels = treeLevels(files.primitives.sha256, leaves);
    this.#trees.set(window.name, levels);
    return levels;
  }

  /** The path of the window's entry in the tree of its hour, lowest first, and its sides. */
  async #inHour({ hour, number, root }: Window): Promise<Pick<ProofWindow, "sides" | "hourPath">> {
    const entries = await this.#reader.windows(hour);
    const { sha256 } = this.#reader.files.primitives;
    const hashes = entries.map((entry) => leafHash(sha256, encodeHourEntry(entry)));
    let at = entries.findIndex(({ window, microRoot }) => {
      return window === number && microRoot !== null && equalBytes(microRoot, root);
    });
    let level = hashes;
    const hourPath: Uint8Array[] = [];
    let sides = 0;
    for (; level.length > 1; at = Math.floor(at / 2)) {
      const sibling = level[at % 2 === 0 ? at + 1 : at - 1];
      if (sibling !== undefined) {
        sides += (at % 2) * 2 ** hourPath.length;
        hourPath.push(sibling);
      }
      level = above(sha256, level);
    }
    return { sides, hourPath };
  }
}

/** The next level of a tree; a lone last node goes up as it is. */
function above(
  sha256: (bytes: Uint8Array) => Uint8Array,
  level: readonly Uint8Array[],
): Uint8Array[] {
  const pairs = Array.from({ length: Math.ceil(level.length / 2) }, (_, at) =>
    level.slice(at * 2, at * 2 + 2),
  );
  return pairs.map((pair) => treeLevels(sha256, pair).slice(-32));
}

/** Each instantiation that holds a chosen row, with its chosen atoms. */
function leavesOf(
  primitives: StoreReader["files"]["primitives"],
  entities: Entities,
  section: Section,
  rows: readonly number[],
): ProofLeaf[] {
  const { atoms, starts } = section;
  const commitments = new Map<number, Uint8Array>();
  const hasher = new LeafHasher(primitives.sha256, (writer, id) => {
    writer.bytes(
      commitments.getOrInsertComputed(id, () => {
        const bytes = entities.bytes(id);
        return commit(primitives, entitySalt(primitives, entities.salt, bytes), bytes);
      }),
    );
  });
  const chosen = new Set(rows);
  const leaves: ProofLeaf[] = [];
  let from = 0;
  for (const [at, start] of starts.slice(0, -1).entries()) {
    const end = starts[at + 1] ?? start;
    if (!(rows[from] !== undefined && (rows[from] ?? 0) < end)) continue;
    const all: Uint8Array[] = [];
    const numbers: number[] = [];
    for (let row = start; row < end; row += 1) {
      all.push(hasher.atom(atoms, row, row - start));
      if (chosen.has(row)) numbers.push(row - start);
    }
    from += numbers.length;
    const levels = treeLevels(
      primitives.sha256,
      all.map((each) => leafHash(primitives.sha256, each)),
    );
    leaves.push({
      index: at,
      instantiation: hasher.instantiation(section, at),
      atoms: numbers.flatMap((i) => all[i] ?? []),
      atomPath: jointPath(levels, all.length, numbers),
    });
  }
  return leaves;
}

function loggedOf({ files }: StoreReader, { hour, number, name }: Window): LoggedWindow {
  const found = hour.logged.find((each) => each.number === number);
  if (found !== undefined) return found;
  throw files.damaged(hour.folder, `the node log lacks window ${name}`);
}
