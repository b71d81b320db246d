/**
 * Tells a file: its path, what else is known of it (told once for all that have it), its inode.
 *
 * Format: spec/12-entities.md, "Files".
 *
 * @module
 */
import type { FileEntity } from "../record/entity.ts";
import { codeId } from "./coder-ids.ts";
import { type Coder, UINT_CONTEXTS } from "./coder.ts";
import {
  FILE_NO_PATH,
  INODE_FROM,
  INODE_NULL,
  INODE_STEP,
  META_DEVICE,
  META_HIT,
  META_ID,
  META_NO_DEVICE,
  META_NULL,
  META_NUMBER,
  USES,
} from "./entity-contexts.ts";
import { chosen, within } from "./entity-fault.ts";
import { codeStep, codeUintOrNull, type EntityTrail } from "./entity-trail.ts";
import { Guesses, mix } from "./guesses.ts";
import { BASES } from "./path-tree.ts";

type Meta = Pick<FileEntity, "device" | "mode" | "uid" | "gid">;

const PLACES = 1 << 16;
const PLACE_MASK = PLACES - 1;
const NO_DEPTH = 9;
const INODES = 4;
/** A distance beyond this is this: sums of four stay exact. */
const FAR = 2 ** 50;
const NONE = -1;

export class FileCoder {
  readonly #trail: EntityTrail;
  #metas: Meta[] = [];
  readonly #metaByKey = new Map<string, number>();
  readonly #metaGuess = new Guesses(PLACES);
  readonly #pathGuess = new Guesses(PLACES);
  #lastPath = 0;
  /** Inodes told last, newest first. */
  readonly #inodes = [0, 0, 0, 0];
  readonly #inodeOfPath = new Float64Array(PLACES).fill(NONE);
  readonly #inodeInFolder = new Float64Array(PLACES).fill(NONE);

  constructor(trail: EntityTrail) {
    this.#trail = trail;
  }

  reset(): void {
    this.#metas = [];
    this.#metaByKey.clear();
    this.#metaGuess.reset();
    this.#pathGuess.reset();
    this.#lastPath = 0;
    this.#inodes.fill(0);
    this.#inodeOfPath.fill(NONE);
    this.#inodeInFolder.fill(NONE);
  }

  /** @param given null when reading. */
  code(coder: Coder, given: FileEntity | null): FileEntity {
    const { tree } = this.#trail.paths;
    const node = this.#codePath(coder, given);
    const folder = node < BASES ? Math.max(0, node) : tree.parentOf(node);
    const depth = node < 0 ? NO_DEPTH : tree.depthOf(node);
    const id = this.#codeMetaId(coder, mix(folder, depth) & PLACE_MASK, given);
    const inode = this.#codeInode(coder, id, node, folder, given === null ? 0 : given.inode);
    const { device, mode, uid, gid } = this.#metas[id] ?? NOTHING;
    return {
      kind: "file",
      path: node < 0 ? null : tree.pathOf(node),
      inode,
      device,
      mode,
      uid,
      gid,
    };
  }

  /** @returns the node of its path, -1 when it has none. */
  #codePath(coder: Coder, given: FileEntity | null): number {
    const path = given === null ? null : given.path;
    if (coder.bit(FILE_NO_PATH, given !== null && path === null ? 1 : 0) === 1) return -1;
    const guesses = this.#pathGuess;
    const place = this.#lastPath & PLACE_MASK;
    const [guess, trust] = [guesses.valueAt(place), guesses.trustAt(place)];
    const node = this.#trail.paths.code(coder, USES.file, path, guess, trust);
    guesses.learn(place, node + 1);
    this.#lastPath = node;
    return node;
  }

  #codeMetaId(coder: Coder, place: number, given: FileEntity | null): number {
    const guess = this.#metaGuess.valueAt(place) - 1;
    const wanted = given === null ? -1 : this.#find(given, guess);
    const hit = META_HIT + this.#metaGuess.trustAt(place);
    let id = guess;
    if (guess < 0 || coder.bit(hit, wanted === guess ? 1 : 0) === 0) {
      id = codeId(coder, META_ID, this.#metas.length + 1, wanted);
      if (coder.isReading) chosen(id !== guess, "a guessed device and owner");
    }
    if (id === this.#metas.length) this.#addMeta(coder, given);
    this.#metaGuess.learn(place, id + 1);
    return id;
  }

  /** @returns the number of what is known of a file, the next when it is new. */
  #find(given: FileEntity, guess: number): number {
    const guessed = this.#metas[guess];
    if (guessed !== undefined && isSame(guessed, given)) return guess;
    return this.#metaByKey.get(keyOf(given)) ?? this.#metas.length;
  }

  #addMeta(coder: Coder, given: FileEntity | null): void {
    const { device, mode, uid, gid } = given ?? NOTHING;
    let told: Meta["device"] = null;
    if (coder.bit(META_NO_DEVICE, given !== null && device === null ? 1 : 0) === 0) {
      const major = coder.uint(META_DEVICE, device?.[0] ?? 0);
      told = [major, coder.uint(META_DEVICE + UINT_CONTEXTS, device?.[1] ?? 0)];
    }
    const meta = {
      device: told,
      mode: codeUintOrNull(coder, META_NULL, META_NUMBER, mode),
      uid: codeUintOrNull(coder, META_NULL + 1, META_NUMBER + UINT_CONTEXTS, uid),
      gid: codeUintOrNull(coder, META_NULL + 2, META_NUMBER + 2 * UINT_CONTEXTS, gid),
    };
    const key = keyOf(meta);
    if (coder.isReading) chosen(!this.#metaByKey.has(key), "a known device and owner");
    this.#metaByKey.set(key, this.#metas.length);
    this.#metas.push(meta);
  }

  #codeInode(
    coder: Coder,
    meta: number,
    node: number,
    folder: number,
    given: number | null,
  ): number | null {
    const noInode = INODE_NULL + Math.min(meta, 63);
    if (coder.bit(noInode, given === null ? 1 : 0) === 1) return null;
    const places = [mix(node + 1, 1) & PLACE_MASK, mix(folder, 2) & PLACE_MASK] as const;
    const before = this.#inodeOfPath[places[0]] ?? NONE;
    const near = before === NONE ? (this.#inodeInFolder[places[1]] ?? NONE) : before;
    const own = Math.max(0, near);
    let from = coder.isReading ? 0 : this.#nearest(given ?? 0, own);
    from = within(coder.tree(INODE_FROM + 8 * this.#trail.kindBefore, 3, from), INODES, "inode");
    const reference = from < INODES ? (this.#inodes[from] ?? 0) : own;
    const context = INODE_STEP + (from === 0 ? 0 : UINT_CONTEXTS);
    const inode = codeStep(coder, context, reference, given ?? 0);
    if (coder.isReading) chosen(from === this.#nearest(inode, own), "an inode");
    this.#inodes.copyWithin(1, 0, Math.min(from, INODES - 1));
    this.#inodes[0] = inode;
    this.#inodeOfPath[places[0]] = inode;
    this.#inodeInFolder[places[1]] = inode;
    return inode;
  }

  /** @returns which of the last inodes is nearest, `INODES` for the one of the path or folder. */
  #nearest(inode: number, own: number): number {
    let best = 0;
    let bestDistance = Math.min(FAR, Math.abs(inode - (this.#inodes[0] ?? 0)));
    for (let from = 1; from <= INODES; from += 1) {
      const reference = from < INODES ? (this.#inodes[from] ?? 0) : own;
      const distance = Math.min(FAR, Math.abs(inode - reference)) * 4 + 1;
      if (distance < bestDistance) {
        best = from;
        bestDistance = distance;
      }
    }
    return best;
  }
}

const NOTHING: Meta = { device: null, mode: null, uid: null, gid: null };

function isSame(a: Meta, b: Meta): boolean {
  return (
    a.mode === b.mode &&
    a.uid === b.uid &&
    a.gid === b.gid &&
    a.device?.[0] === b.device?.[0] &&
    a.device?.[1] === b.device?.[1]
  );
}

function keyOf({ device, mode, uid, gid }: Meta): string {
  return `${device?.[0]},${device?.[1]},${mode},${uid},${gid}`;
}
