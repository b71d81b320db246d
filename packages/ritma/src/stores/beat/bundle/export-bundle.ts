/**
 * Exports a branch: what is live in it, as it was at one beat, into a folder of its own.
 *
 *     DIR/manifest.cbor            `bundle-manifest.ts`
 *     DIR/frames/NNNNNNNN.frame    live records in the order of their keys, cut into frames
 *     DIR/cas/ab/<64 hex>.blob     the blobs that they refer to
 *
 * The frames are chained from the first to the last, have the number of their place as their beat,
 * and each holds records of one type.
 *
 * Invariant: everything is durable under a draft's name before the folder gets its own. So a folder
 * with a final name is whole.
 *
 * @module
 */
import { compareBytes, encodeUtf8, toHex } from "@ritma/evidence";
import { type Disk, DRAFT_SUFFIX, parentOf, writeDurably } from "../../../base/disk/disk.ts";
import { RitmaError } from "../../../base/error.ts";
import { BUNDLE_FRAME_BYTES, BUNDLE_FRAME_RECORDS } from "../../../base/limits.ts";
import type { Blake3 } from "../../../base/blake3.ts";
import type { BeatStore } from "../beat-store.ts";
import { encodeFrame } from "../frame-codec.ts";
import { beatFault } from "../frame-fault.ts";
import { readRecordBody } from "../record-body.ts";
import type { BeatRecord } from "../record.ts";
import { ROOT_BYTES } from "../trailer.ts";
import { bundleFault, isThere, removeFolder } from "./bundle-folder.ts";
import {
  blobFilePath,
  type BundleFile,
  encodeBundleManifest,
  framePath,
  MANIFEST_FILE,
} from "./bundle-manifest.ts";

export interface ExportOptions {
  readonly store: BeatStore;
  /** 16 bytes. */
  readonly storeId: Uint8Array;
  readonly branch: string;
  readonly disk: Disk;
  /** Where the folder is made; nothing may be there. */
  readonly dir: string;
  readonly blake3: Blake3;
}

export interface Exported {
  readonly beat: number;
  readonly records: number;
  readonly frames: number;
  readonly blobs: number;
  readonly bytes: number;
  /** Tells this bundle from any other. */
  readonly chain: Uint8Array;
}

/**
 * @throws RitmaError `beat/missing` for a branch or a blob that is not there; `disk/exists`;
 * `beat/damaged`
 */
export async function exportBundle(options: ExportOptions): Promise<Exported> {
  const { store, branch, disk, dir } = options;
  if (await isThere(disk, dir)) throw new RitmaError("disk/exists", `${dir} is there already`);
  const draft = dir + DRAFT_SUFFIX;
  await removeFolder(disk, draft);
  const writer = new BundleWriter(options, draft);
  // Of one beat, both.
  const head = store.engine.head(branch);
  const live = store.scan(branch, new Uint8Array(0));
  if (head === null) throw new RitmaError("beat/missing", `there is no branch ${branch}`);
  for await (const record of live) await writer.add(record);
  const { files, records } = await writer.finish();
  const { storeId, blake3 } = options;
  const about = { store: storeId, branch, beat: head.beat, head: head.frame, records };
  const { bytes, chain } = encodeBundleManifest(blake3, about, files);
  await writeDurably(disk, `${draft}/${MANIFEST_FILE}`, bytes);
  await using parent = await disk.openDir(parentOf(dir));
  await disk.rename(draft, dir);
  await parent.sync();
  const frames = files.filter(({ path }) => path.startsWith("frames/")).length;
  const size = files.reduce((sum, { length }) => sum + length, bytes.length);
  const { beat } = head;
  return { beat, records, frames, blobs: files.length - frames, bytes: size, chain };
}

class BundleWriter {
  readonly #options: ExportOptions;
  readonly #draft: string;
  readonly #files: BundleFile[] = [];
  readonly #blobs: Set<string> = new Set();
  #records: BeatRecord[] = [];
  #bytes = 0;
  #count = 0;
  #frames = 0;
  #previous: Uint8Array = new Uint8Array(ROOT_BYTES);

  constructor(options: ExportOptions, draft: string) {
    this.#options = options;
    this.#draft = draft;
  }

  async add({ key, body }: BeatRecord): Promise<void> {
    const isOther = this.#records[0]?.key[0] !== key[0];
    const size = key.length + body.length;
    const isFull =
      this.#records.length >= BUNDLE_FRAME_RECORDS || this.#bytes + size > BUNDLE_FRAME_BYTES;
    if (isOther || isFull) await this.#flush();
    await this.#addBlobOf({ key, body });
    this.#records.push({ key, body });
    this.#bytes += size;
    this.#count += 1;
  }

  async finish(): Promise<{ readonly files: readonly BundleFile[]; readonly records: number }> {
    await this.#flush();
    return { files: this.#files.toSorted(byPath), records: this.#count };
  }

  async #flush(): Promise<void> {
    if (this.#records.length === 0) return;
    const { storeId, branch, blake3 } = this.#options;
    this.#frames += 1;
    const previous = this.#previous;
    const head = { store: storeId, branch, beat: this.#frames, previous, forgetBefore: 0 };
    const bytes = encodeFrame(blake3, head, this.#records);
    this.#previous = await this.#write(framePath(this.#frames), bytes);
    this.#records = [];
    this.#bytes = 0;
  }

  async #addBlobOf(record: BeatRecord): Promise<void> {
    const { store, branch } = this.#options;
    const digest = referenceOf(record, branch);
    if (digest === null || this.#blobs.has(toHex(digest))) return;
    const blob = await store.casOf(branch)?.get(digest);
    if (blob === undefined) throw bundleFault(`branch ${branch} has no blobs here`);
    this.#blobs.add(toHex(digest));
    await this.#write(blobFilePath(toHex(digest)), blob);
  }

  async #write(path: string, bytes: Uint8Array): Promise<Uint8Array> {
    const { disk, blake3 } = this.#options;
    await writeDurably(disk, `${this.#draft}/${path}`, bytes);
    const digest = blake3(bytes);
    this.#files.push({ path, length: bytes.length, digest });
    return digest;
  }
}

function byPath(a: BundleFile, b: BundleFile): number {
  return compareBytes(encodeUtf8(a.path), encodeUtf8(b.path));
}

/** The blob that a record refers to, or null. @throws RitmaError `beat/damaged` */
function referenceOf(record: BeatRecord, branch: string): Uint8Array | null {
  try {
    const { content } = readRecordBody(record);
    const payload = "payload" in content ? content.payload : null;
    return payload?.place === "reference" ? payload.digest : null;
  } catch (error) {
    throw beatFault(error, `a record of branch ${branch}`);
  }
}
