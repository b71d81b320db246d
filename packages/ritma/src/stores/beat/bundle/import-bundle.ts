/**
 * Imports a branch bundle: verified whole first, then its blobs, then its frames, a beat for each.
 *
 * Into a new branch the frames come in an order in which a reader never sees a part of a cell:
 * payloads and what is past first, cells next, and links to them last. How far it came is put in
 * the same beats, so an import that was cut short goes on where it was, and one that is done is
 * not done again.
 *
 * A branch that is there is only replaced when all fits into one beat, which then is that of
 * everything: what was there is forgotten, what is imported is put.
 *
 * @module
 */
import { decodeUtf8, encodeUtf8, FormatError, toHex } from "@ritma/evidence";
import type { Disk } from "../../../base/disk/disk.ts";
import { RitmaError } from "../../../base/error.ts";
import { BUNDLE_REPLACE_BYTES_MAX } from "../../../base/limits.ts";
import type { Blake3 } from "../../../base/blake3.ts";
import type { BeatStore } from "../beat-store.ts";
import { decodeFrame } from "../frame-codec.ts";
import type { OpenBeat } from "../open-beat.ts";
import { OPERATIONS_BRANCH } from "../operations/operation-log.ts";
import { type CellPath, RECORD_TYPES } from "../record.ts";
import { asBundleFault, bundleFault, readBundleFile } from "./bundle-folder.ts";
import { blobNameOf, type BundleFile, type BundleManifest } from "./bundle-manifest.ts";
import { type VerifiedBundle, verifyBundle } from "./verify-bundle.ts";

export interface ImportOptions {
  readonly store: BeatStore;
  readonly disk: Disk;
  readonly dir: string;
  readonly blake3: Blake3;
  /** Name of the branch here. Default: that of the bundle. */
  readonly into?: string;
  /** Replace a branch of this name. Default false. */
  readonly replace?: boolean;
}

export interface Imported {
  readonly branch: string;
  readonly records: number;
  readonly blobs: number;
  /** Beats that this call committed. */
  readonly beats: number;
  /** Frames that were there already, from an import that was cut short. */
  readonly resumed: number;
  readonly chain: Uint8Array;
}

/** In which order types are imported: what is referred to before what refers to it. */
const TYPE_ORDER: readonly number[] = [
  RECORD_TYPES.chunk,
  RECORD_TYPES.payloadHistory,
  RECORD_TYPES.manifestHistory,
  RECORD_TYPES.name,
  RECORD_TYPES.cell,
  RECORD_TYPES.manifest,
  RECORD_TYPES.order,
];

/**
 * @throws RitmaError `beat/bundle` for the first fault, before anything is written;
 * `beat/unsupported` for a bundle of a newer build; `beat/exists`; `store/refused`; of the disk
 */
export async function importBundle(options: ImportOptions): Promise<Imported> {
  const { store, disk, dir, blake3, replace = false } = options;
  const verified = await verifyBundle(disk, dir, blake3);
  const [fault] = verified.faults;
  if (fault !== undefined) {
    const message = `${fault.place}: ${fault.message}`;
    throw new RitmaError(fault.isUnsupported ? "beat/unsupported" : "beat/bundle", message);
  }
  const { manifest } = verified;
  const branch = options.into ?? manifest.branch;
  const done = await framesDone(store, branch, manifest);
  const blobs = manifest.files.filter(({ path }) => blobNameOf(path) !== null);
  const about = { branch, records: manifest.records, blobs: blobs.length, chain: manifest.chain };
  const isThere = store.engine.head(branch) !== null;
  if (isThere && done === null && !replace) {
    throw new RitmaError("beat/exists", `there is a branch ${branch}`);
  }
  if (!replace && done === verified.frames.length) return { ...about, beats: 0, resumed: done };
  await putBlobs(options, branch, blobs);
  if (isThere && replace) {
    await replaceBranch(options, branch, verified);
    return { ...about, beats: 1, resumed: 0 };
  }
  const ordered = inOrder(verified);
  for (const [at, file] of ordered.entries()) {
    if (at < (done ?? 0)) continue;
    const beat = await store.beginBeat();
    await committed(store, beat, async () => {
      await putFrame(options, beat, branch, file);
      await putProgress(store, beat, branch, manifest, at + 1);
    });
  }
  return { ...about, beats: ordered.length - (done ?? 0), resumed: done ?? 0 };
}

async function putBlobs(
  { store, disk, dir, blake3 }: ImportOptions,
  branch: string,
  blobs: readonly BundleFile[],
): Promise<void> {
  if (blobs.length === 0) return;
  const cas = store.casOf(branch);
  if (cas === null) {
    throw new RitmaError("beat/unsupported", "the bundle has blobs, and this store keeps none");
  }
  for (const file of blobs) await cas.put(await readBundleFile(disk, dir, blake3, file));
}

async function replaceBranch(
  options: ImportOptions,
  branch: string,
  verified: VerifiedBundle,
): Promise<void> {
  const { store } = options;
  const { recordBytes, manifest } = verified;
  if (recordBytes > BUNDLE_REPLACE_BYTES_MAX) {
    const message = `${recordBytes} bytes do not fit the one beat that replaces branch ${branch}`;
    throw new RitmaError("beat/exists", message);
  }
  const beat = await store.beginBeat();
  await committed(store, beat, async () => {
    beat.forget(branch, beat.beat);
    const files = inOrder(verified);
    for (const file of files) await putFrame(options, beat, branch, file);
    await putProgress(store, beat, branch, manifest, files.length);
  });
}

/** What a file has become since it was verified is not imported. */
async function putFrame(
  { disk, dir, blake3 }: ImportOptions,
  beat: OpenBeat,
  branch: string,
  file: BundleFile,
): Promise<void> {
  const bytes = await readBundleFile(disk, dir, blake3, file);
  try {
    for (const record of decodeFrame(blake3, bytes).records) beat.put(branch, record);
  } catch (error) {
    throw asBundleFault(error, file.path);
  }
}

async function committed(
  store: BeatStore,
  beat: OpenBeat,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    store.abortBeat(beat);
    throw error;
  }
  await store.commitBeat(beat);
}

function inOrder({ frames, manifest }: VerifiedBundle): readonly BundleFile[] {
  const files = new Map(manifest.files.map((file) => [file.path, file]));
  const sorted = frames.toSorted((a, b) => TYPE_ORDER.indexOf(a.type) - TYPE_ORDER.indexOf(b.type));
  return sorted.map(({ path }) => {
    const file = files.get(path);
    if (file === undefined) throw bundleFault(`${path} is not in the manifest`);
    return file;
  });
}

function progressPath(branch: string): CellPath {
  return ["sync", branch];
}

/** "<chain in hex> <frames>" */
async function putProgress(
  store: BeatStore,
  beat: OpenBeat,
  branch: string,
  { chain }: BundleManifest,
  frames: number,
): Promise<void> {
  const text = encodeUtf8(`${toHex(chain)} ${frames}`);
  await store.cells.put(beat, OPERATIONS_BRANCH, progressPath(branch), text);
}

/** @returns how many frames of this bundle are in the branch; null when it came from elsewhere. */
async function framesDone(
  store: BeatStore,
  branch: string,
  { chain }: BundleManifest,
): Promise<number | null> {
  const read = await store.cells.get(OPERATIONS_BRANCH, progressPath(branch));
  if (read === null || read.bytes === null) return null;
  const [, found, frames] = /^([0-9a-f]{64}) (\d{1,9})$/u.exec(textOf(read.bytes)) ?? [];
  return found === toHex(chain) ? Number(frames) : null;
}

function textOf(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes);
  } catch (error) {
    if (error instanceof FormatError) return "";
    throw error;
  }
}
