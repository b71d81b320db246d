/**
 * Verifies a branch bundle, whole: nothing of it may be imported before this.
 *
 * Every file is there with its length and digest, and nothing else lies there. Every frame is one,
 * of the bundle's branch and store, and names the one before it. Every record says something; keys
 * ascend through all frames. Every payload in chunks is complete and hashes to what its cell says,
 * every blob that is referred to is there, and none that is not.
 *
 * It runs to the end and lists what it finds. Memory: a digest for each payload in chunks, and one
 * file.
 *
 * Not here: who made the bundle. Its chain can be compared with one learnt elsewhere.
 *
 * @module
 */
import { compareBytes, concatBytes, equalBytes, FormatError, toHex } from "@ritma/evidence";
import type { Disk } from "../../../base/disk/disk.ts";
import { RitmaError } from "../../../base/error.ts";
import { BUNDLE_FAULTS_MAX } from "../../../base/limits.ts";
import type { Blake3 } from "../../../base/blake3.ts";
import { decodeFrame, type Frame } from "../frame-codec.ts";
import { UnsupportedError } from "../frame-fault.ts";
import type { Payload } from "../payload.ts";
import { readRecordBody, type RecordBody } from "../record-body.ts";
import type { BeatRecord } from "../record.ts";
import { ROOT_BYTES } from "../trailer.ts";
import { pathsBelow, readBundleFile, readBundleManifest } from "./bundle-folder.ts";
import { blobNameOf, type BundleManifest, MANIFEST_FILE } from "./bundle-manifest.ts";

export interface BundleFault {
  /** A path in the bundle. */
  readonly place: string;
  readonly message: string;
  /** A newer build wrote it: it may be whole. */
  readonly isUnsupported: boolean;
}

export interface VerifiedBundle {
  readonly manifest: BundleManifest;
  /** Paths of the frames, in order, with the type of their records. */
  readonly frames: readonly { readonly path: string; readonly type: number }[];
  /** Keys and bodies. */
  readonly recordBytes: number;
  readonly faults: readonly BundleFault[];
}

/** @throws RitmaError `beat/bundle` when there is no manifest that can be read; of the disk */
export async function verifyBundle(
  disk: Disk,
  dir: string,
  blake3: Blake3,
): Promise<VerifiedBundle> {
  const manifest = await readBundleManifest(disk, dir, blake3);
  const check = new BundleCheck(manifest, blake3);
  const named = new Set([MANIFEST_FILE, ...manifest.files.map(({ path }) => path)]);
  for (const path of await pathsBelow(disk, dir)) {
    if (!named.has(path)) check.fault(path, "is not in the manifest");
  }
  for (const file of manifest.files) {
    try {
      check.file(file.path, await readBundleFile(disk, dir, blake3, file));
    } catch (error) {
      check.caught(file.path, error);
    }
  }
  return check.finish();
}

class BundleCheck {
  readonly #manifest: BundleManifest;
  readonly #blake3: Blake3;
  readonly #faults: BundleFault[] = [];
  readonly #frames: { readonly path: string; readonly type: number }[] = [];
  /** Blobs that lie there, and those that are referred to. */
  readonly #blobs: Map<string, number> = new Map();
  readonly #wanted: Map<string, { readonly place: string; readonly length: number }> = new Map();
  /** Cells whose payload is in chunks, by path. */
  readonly #chunked: Map<string, { readonly place: string; readonly payload: Payload }> = new Map();
  /** Of the path whose chunks are being read. */
  #chunks: { readonly path: string; readonly parts: Uint8Array[]; length: number } = {
    path: "",
    parts: [],
    length: 0,
  };
  #previous: Uint8Array = new Uint8Array(ROOT_BYTES);
  #lastKey: Uint8Array = new Uint8Array(0);
  #records = 0;
  #recordBytes = 0;

  constructor(manifest: BundleManifest, blake3: Blake3) {
    this.#manifest = manifest;
    this.#blake3 = blake3;
  }

  fault(place: string, message: string, isUnsupported = false): void {
    if (this.#faults.length === BUNDLE_FAULTS_MAX) return;
    this.#faults.push({ place, message, isUnsupported });
  }

  caught(place: string, error: unknown): void {
    if (error instanceof FormatError) {
      this.fault(place, error.message, error instanceof UnsupportedError);
    } else if (error instanceof RitmaError && error.code === "beat/bundle") {
      this.fault(place, error.message);
    } else {
      throw error;
    }
  }

  /** A file with the bytes that the manifest says. @throws FormatError */
  file(path: string, bytes: Uint8Array): void {
    const name = blobNameOf(path);
    if (name === null) {
      this.#frame(path, decodeFrame(this.#blake3, bytes));
    } else if (toHex(this.#blake3(bytes)) === name) {
      this.#blobs.set(name, bytes.length);
    } else {
      this.fault(path, "holds other bytes than its name says");
    }
  }

  finish(): VerifiedBundle {
    this.#endChunks();
    for (const { place, payload } of this.#chunked.values()) {
      const length = payload.place === "chunks" ? payload.length : 0;
      this.fault(place, `lacks chunks of a payload of ${length} bytes`);
    }
    for (const [name, { place, length }] of this.#wanted) {
      const found = this.#blobs.get(name);
      if (found === undefined) this.fault(place, `refers to blob ${name}, which is missing`);
      else if (found !== length) this.fault(place, `refers to ${length} bytes of blob ${name}`);
    }
    for (const name of this.#blobs.keys()) {
      if (!this.#wanted.has(name)) this.fault(`blob ${name}`, "is referred to by nothing");
    }
    const { records } = this.#manifest;
    if (records !== this.#records) {
      this.fault(MANIFEST_FILE, `says ${records} records, and there are ${this.#records}`);
    }
    return {
      manifest: this.#manifest,
      frames: this.#frames,
      recordBytes: this.#recordBytes,
      faults: this.#faults,
    };
  }

  #frame(path: string, frame: Frame): void {
    const { store, branch } = this.#manifest;
    const number = this.#frames.length + 1;
    this.#frames.push({ path, type: frame.records[0]?.key[0] ?? 0 });
    if (frame.branch !== branch || !equalBytes(frame.store, store)) {
      this.fault(path, "is of another branch or store");
    }
    if (frame.beat !== number || !equalBytes(frame.previous, this.#previous)) {
      this.fault(path, "does not follow the frame before it");
    }
    if (frame.forgetBefore !== 0) this.fault(path, "forgets records");
    this.#previous = frame.digest;
    for (const record of frame.records) this.#record(path, record);
  }

  #record(place: string, record: BeatRecord): void {
    const { key, body } = record;
    if (compareBytes(this.#lastKey, key) >= 0) this.fault(place, "has a key out of order");
    this.#lastKey = key;
    this.#records += 1;
    this.#recordBytes += key.length + body.length;
    try {
      const { path, content } = readRecordBody(record);
      this.#content(place, path.join("\0"), content);
    } catch (error) {
      this.caught(place, error);
    }
  }

  #content(place: string, path: string, content: RecordBody): void {
    if (content.record === "chunk") {
      this.#chunk(path, content.bytes, content.ordinal);
      return;
    }
    const payload = "payload" in content ? content.payload : null;
    if (payload?.place === "reference") {
      this.#wanted.set(toHex(payload.digest), { place, length: payload.length });
    } else if (payload?.place === "chunks") {
      this.#chunked.set(path, { place, payload });
    }
  }

  /** Cells come before chunks, and chunks of one cell in their order. */
  #chunk(path: string, bytes: Uint8Array, ordinal: number): void {
    if (path !== this.#chunks.path) {
      this.#endChunks();
      this.#chunks = { path, parts: [], length: 0 };
    }
    // Chunks behind the payload's end are left over from a longer one.
    const cell = this.#chunked.get(path)?.payload;
    if (cell?.place !== "chunks") return;
    const { parts, length } = this.#chunks;
    if (length >= cell.length || ordinal !== parts.length) return;
    parts.push(bytes.slice());
    this.#chunks.length += bytes.length;
  }

  #endChunks(): void {
    const { path, parts } = this.#chunks;
    const cell = this.#chunked.get(path);
    if (cell === undefined || cell.payload.place !== "chunks") return;
    const whole = concatBytes(...parts);
    if (equalBytes(this.#blake3(whole), cell.payload.digest)) this.#chunked.delete(path);
  }
}
