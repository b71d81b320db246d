/**
 * Reads a store of beats out of objects: the head, the parts of its checkpoint, the segments behind
 * it. Each object is compared with the digest that the head has of it, before it is decoded; frames
 * are then checked as frames of this store that follow each other.
 *
 * Another writer's checkpoint may remove what the head named when it was read. Then the head has
 * changed, and reading begins again.
 *
 * Invariant: a store whose head is missing, while there are objects, is never begun anew.
 *
 * @module
 */
import { equalBytes, FormatError } from "@ritma/evidence";
import { RitmaError } from "../../../base/error.ts";
import {
  OBJECT_ATTEMPTS,
  OBJECT_BYTES_MAX,
  OBJECT_HEAD_BYTES_MAX,
  OBJECT_LISTED_MAX,
  OBJECT_OPENS_MAX,
  OBJECT_PARALLEL,
} from "../../../base/limits.ts";
import type { Blake3 } from "../../../base/blake3.ts";
import { decodeFrame, type Frame, frameLength } from "../frame-codec.ts";
import { MemoryBranch } from "../memory/memory-branch.ts";
import { ROOT_BYTES } from "../trailer.ts";
import {
  decodeHead,
  encodeHead,
  generationOf,
  type NamedObject,
  type ObjectHead,
  PROBES,
} from "./object-head.ts";
import type { ObjectStore } from "./object-store.ts";
import { decodePart } from "./part-codec.ts";

export const HEAD_NAME = "head";

/** A branch with the mark before which all is forgotten. */
export interface LoadedBranch {
  readonly records: MemoryBranch;
  forgetBefore: number;
}

export interface LoadedStore {
  readonly head: ObjectHead;
  /** Of the head's object. */
  readonly version: string;
  readonly branches: Map<string, LoadedBranch>;
}

const NO_FRAME = new Uint8Array(ROOT_BYTES);

/**
 * Opens what is there, or begins an empty store.
 *
 * @throws RitmaError `beat/damaged`, `beat/unreachable`; `store/busy` when others keep removing
 * what is to be read
 */
export async function openObjects(
  objects: ObjectStore,
  blake3: Blake3,
  store: Uint8Array,
): Promise<LoadedStore> {
  for (let opens = 0; opens < OBJECT_OPENS_MAX; opens += 1) {
    const loaded = await tryToOpen(objects, blake3, store);
    if (loaded !== null) return loaded;
  }
  throw new RitmaError("store/busy", "another writer changes the store all the time");
}

/** @returns null when the head was replaced meanwhile */
async function tryToOpen(
  objects: ObjectStore,
  blake3: Blake3,
  store: Uint8Array,
): Promise<LoadedStore | null> {
  const found = await readHead(objects, blake3);
  if (found === null) return await begin(objects, blake3, store);
  const { head } = found;
  if (!equalBytes(head.store, store)) {
    throw damaged(`the head is of store ${head.store.toHex()}, not of ${store.toHex()}`);
  }
  const named = [...head.parts, ...head.segments];
  const contents = await readAll(objects, blake3, named);
  if (contents === null) {
    const now = await objects.get(HEAD_NAME, OBJECT_HEAD_BYTES_MAX);
    if (now?.version !== found.version) return null;
    throw damaged("an object that the head names is missing");
  }
  const branches = new Map<string, LoadedBranch>();
  for (const { name, beat, frame, frames, forgetBefore } of head.branches) {
    branches.set(name, { records: new MemoryBranch({ beat, frame, frames }), forgetBefore });
  }
  contents.forEach((bytes, at) => {
    decoding(named[at]?.name ?? "", () => {
      if (at < head.parts.length) applyPart(branches, head, bytes);
      else applySegment(branches, blake3, store, bytes);
    });
  });
  const lastBeat = [...branches.values()].reduce(
    (last, { records }) => Math.max(last, records.head.beat),
    0,
  );
  if (lastBeat !== head.lastBeat) throw damaged(`beat ${lastBeat} is the last one, not the head's`);
  return { head, version: found.version, branches };
}

/** Again when it cannot be decoded: an answer can be cut on its way. */
async function readHead(
  objects: ObjectStore,
  blake3: Blake3,
): Promise<{ readonly head: ObjectHead; readonly version: string } | null> {
  for (let reads = 0; ; reads += 1) {
    const found = await objects.get(HEAD_NAME, OBJECT_HEAD_BYTES_MAX);
    if (found === null) return null;
    try {
      const head = decoding("the head", () => decodeHead(blake3, found.bytes));
      return { head, version: found.version };
    } catch (error) {
      if (!isDamage(error) || reads + 1 >= OBJECT_ATTEMPTS) throw error;
    }
  }
}

async function begin(
  objects: ObjectStore,
  blake3: Blake3,
  store: Uint8Array,
): Promise<LoadedStore | null> {
  const names = await objects.list("", OBJECT_LISTED_MAX);
  if (names.some((name) => generationOf(name) !== null && !name.startsWith(PROBES))) {
    throw damaged("there are objects and no head");
  }
  const head = { store, generation: 1, lastBeat: 0, branches: [], parts: [], segments: [] };
  const version = await objects.put(HEAD_NAME, encodeHead(blake3, head), { absent: true });
  return version === null ? null : { head, version, branches: new Map() };
}

/** @returns in the order of `named`; null when one is missing. @throws RitmaError `beat/damaged` */
async function readAll(
  objects: ObjectStore,
  blake3: Blake3,
  named: readonly NamedObject[],
): Promise<readonly Uint8Array[] | null> {
  const contents: Uint8Array[] = [];
  for (let at = 0; at < named.length; at += OBJECT_PARALLEL) {
    const some = named.slice(at, at + OBJECT_PARALLEL);
    for (const bytes of await Promise.all(some.map(async (each) => await read(each)))) {
      if (bytes === null) return null;
      contents.push(bytes);
    }
  }
  return contents;

  /** Again when it is not what it was: an answer can be cut on its way too. */
  async function read({ name, length, digest }: NamedObject): Promise<Uint8Array | null> {
    for (let reads = 0; reads < OBJECT_ATTEMPTS; reads += 1) {
      const found = await objects.get(name, Math.min(length, OBJECT_BYTES_MAX)).catch(noneIfLarger);
      if (found === null) return null;
      if (found.bytes.length === length && equalBytes(blake3(found.bytes), digest)) {
        return found.bytes;
      }
    }
    throw damaged(`object ${name} is not what the head says`);
  }
}

function applyPart(
  branches: ReadonlyMap<string, LoadedBranch>,
  head: ObjectHead,
  bytes: Uint8Array,
): void {
  for (const { branch, beat, key, body } of decodePart(bytes)) {
    const name = head.branches[branch]?.name ?? "";
    const records = branches.get(name)?.records;
    if (records === undefined) throw damaged(`a part has records of branch number ${branch}`);
    records.put({ key, body, beat });
  }
}

function applySegment(
  branches: Map<string, LoadedBranch>,
  blake3: Blake3,
  store: Uint8Array,
  bytes: Uint8Array,
): void {
  for (let at = 0; at < bytes.length;) {
    const length = frameLength(bytes.subarray(at));
    if (length === null) throw damaged("a segment has something that is no frame");
    applyFrame(branches, store, decodeFrame(blake3, bytes.subarray(at, at + length)));
    at += length;
  }
}

/** Takes a frame's records over, when it is the next one of its branch. */
function applyFrame(branches: Map<string, LoadedBranch>, store: Uint8Array, frame: Frame): void {
  const old = branches.get(frame.branch)?.records.head ?? { beat: 0, frame: NO_FRAME, frames: 0 };
  const isNext = frame.beat > old.beat && equalBytes(frame.previous, old.frame);
  if (!isNext || !equalBytes(frame.store, store)) {
    throw damaged(`beat ${frame.beat} of branch ${frame.branch} does not follow ${old.beat}`);
  }
  applyBeat(branches, frame.branch, frame, {
    beat: frame.beat,
    frame: frame.digest,
    frames: old.frames + 1,
  });
}

/** What a beat does to a branch. */
export function applyBeat(
  branches: Map<string, LoadedBranch>,
  name: string,
  { records, forgetBefore }: Pick<Frame, "records" | "forgetBefore">,
  head: MemoryBranch["head"],
): void {
  const branch = branches.get(name) ?? { records: new MemoryBranch(head), forgetBefore: 0 };
  for (const { key, body } of records) branch.records.put({ key, body, beat: head.beat });
  if (forgetBefore > branch.forgetBefore) {
    branch.records.forget(forgetBefore);
    branch.forgetBefore = forgetBefore;
  }
  branch.records.head = head;
  branches.set(name, branch);
}

/** A longer object is not the one that was named. */
function noneIfLarger(error: unknown): { readonly bytes: Uint8Array } {
  if (error instanceof RitmaError && error.code === "disk/too-large") {
    return { bytes: new Uint8Array(0) };
  }
  throw error;
}

function isDamage(error: unknown): boolean {
  return error instanceof RitmaError && error.code === "beat/damaged";
}

function damaged(what: string): RitmaError {
  return new RitmaError("beat/damaged", what);
}

function decoding<Value>(what: string, decode: () => Value): Value {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new RitmaError("beat/damaged", `${what}: ${error.message}`, { cause: error });
  }
}
