/**
 * The blobs of a branch, each kept once under the BLAKE3-256 of its bytes.
 *
 *     cas/manifest.bin            which are durable (`cas-manifest.ts`)
 *     cas/ab/<64 hex>.blob        the bytes, ab the first two digits
 *
 * Invariant: `put` returns when the blob is durable under its name, and only then may a record
 * refer to it; so a crash leaves no reference to a blob that is missing or short. A blob that lies
 * there already is hashed before it counts; one that no manifest names was left by a crash, its
 * name may not be durable, and it is written again.
 * Invariant: what is returned was hashed. A blob that is damaged or missing is looked for in the
 * runtime tree; what comes from there is hashed too.
 *
 * Reading writes nothing, so a process that only reads needs no lock.
 *
 * Not here: which payloads become blobs (`cell-store.ts`), when unused ones go (`operations.ts`).
 *
 * Format: spec/20-branch-bundle.md, "Blobs".
 *
 * @module
 */
import { Turns } from "../../../base/turns.ts";
import { equalBytes, fromHex, toHex } from "@ritma/evidence";
import {
  type Disk,
  type FileHandle,
  removeAllDurably,
  writeDurably,
} from "../../../base/disk/disk.ts";
import { RitmaError } from "../../../base/error.ts";
import { CAS_CHECKED_MAX, PAYLOAD_BYTES_MAX } from "../../../base/limits.ts";
import type { Blake3 } from "../../../base/blake3.ts";
import type { Notice, NoticeSink } from "../notice.ts";
import {
  encodeManifest,
  encodeManifestEntry,
  MANIFEST_ENTRY_BYTES,
  readManifest,
} from "./cas-manifest.ts";

/** Looks a blob up where the running system has it. @returns null when it is not there. */
export type RuntimeBlobs = (digest: Uint8Array) => Promise<Uint8Array | null>;

export interface CasCounters {
  hits: number;
  /** Look-ups that the cache could not answer, whether the runtime tree could or not. */
  misses: number;
  /** Nanoseconds of all look-ups together. */
  latencyNs: number;
}

export interface CasOptions {
  readonly disk: Disk;
  /** The branch's `cas` folder. It need not be there. */
  readonly dir: string;
  readonly branch: string;
  readonly blake3: Blake3;
  readonly notice: NoticeSink;
  readonly counters: CasCounters;
  /** Asked for what the cache does not have. */
  readonly runtime: RuntimeBlobs | null;
  /** Keep what the runtime tree had, for the next time. Only for the one who may write. */
  readonly fill: boolean;
  /** Nanoseconds from any origin. */
  readonly nowNs: () => number;
}

export interface BlobEntry {
  /** 64 hex digits. */
  readonly name: string;
  readonly length: number;
}

const BLOB_SUFFIX = ".blob";
const MANIFEST_NAME = "manifest.bin";
const BLOB_NAME = /^[0-9a-f]{64}\.blob$/u;
const FOLDER_NAME = /^[0-9a-f]{2}$/u;

export class CasCache {
  readonly #options: CasOptions;
  /** Length by name of what the manifest says is durable; null before it was read. */
  #durable: Map<string, number> | null = null;
  /** Hashed by this process, and right. */
  readonly #checked: Set<string> = new Set();
  #manifest: FileHandle | null = null;
  /** Writers one after the other. */
  readonly #turns = new Turns();

  constructor(options: CasOptions) {
    this.#options = options;
  }

  /**
   * Durable on return. Equal bytes are kept once.
   *
   * @returns the digest
   * @throws RitmaError of the disk; then nothing may refer to it, and it can be tried again
   */
  async put(bytes: Uint8Array): Promise<Uint8Array> {
    const digest = this.#options.blake3(bytes);
    await this.#turns.run(async () => await this.#keep(toHex(digest), digest, bytes));
    return digest;
  }

  /**
   * From the cache, else from the runtime tree.
   *
   * @throws RitmaError `beat/missing` when neither has it; `beat/damaged` when the cache has other
   * bytes under its name and the runtime tree has it not; of the disk
   */
  async get(digest: Uint8Array): Promise<Uint8Array> {
    const { counters, nowNs } = this.#options;
    const startedNs = nowNs();
    const found = await this.#lookUp(digest).finally(() => {
      counters.latencyNs += Math.max(0, Math.round(nowNs() - startedNs));
    });
    return found;
  }

  /** What the manifest names and what lies there, sorted by name. */
  async list(): Promise<readonly BlobEntry[]> {
    const lengths = new Map(await this.#known());
    for (const { name, length } of await this.#files()) lengths.set(name, length);
    const entries = [...lengths].map(([name, length]) => ({ name, length }));
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Of the cache alone, hashed; null when it is not there, "damaged" when it is not that. */
  async check(name: string): Promise<Uint8Array | "damaged" | null> {
    const bytes = await this.#read(name);
    if (bytes === null) return null;
    return equalBytes(this.#options.blake3(bytes), fromHex(name)) ? bytes : "damaged";
  }

  /**
   * Removes the blobs that are not in `live`. Nobody may be about to refer to one.
   *
   * @returns bytes given back
   */
  async sweep(live: ReadonlySet<string>): Promise<number> {
    return await this.#turns.run(async () => {
      const gone = (await this.#files()).filter(({ name }) => !live.has(name));
      if (gone.length === 0) return 0;
      const durable = await this.#known();
      for (const { name } of gone) {
        durable.delete(name);
        this.#checked.delete(name);
      }
      // The manifest first: it never names what is not there.
      await this.#rewrite(durable);
      await removeAllDurably(
        this.#options.disk,
        gone.map(({ name }) => this.#pathOf(name)),
      );
      return gone.reduce((sum, { length }) => sum + length, 0);
    });
  }

  /** Makes the manifest durable. The blobs are already. */
  async sync(): Promise<void> {
    await this.#turns.run(async () => await this.#manifest?.sync());
  }

  async close(): Promise<void> {
    await this.#turns.run(async () => {
      await this.#manifest?.close();
      this.#manifest = null;
    });
  }

  async #keep(name: string, digest: Uint8Array, bytes: Uint8Array): Promise<void> {
    if (this.#checked.has(name)) return;
    const manifest = await this.#opened();
    const durable = await this.#known();
    if (!durable.has(name)) {
      await writeDurably(this.#options.disk, this.#pathOf(name), bytes);
      await this.#enter(manifest, digest, bytes.length);
      durable.set(name, bytes.length);
    } else if ((await this.check(name)) === "damaged" || (await this.#read(name)) === null) {
      this.#say("warning", `blob ${name} was missing or damaged and is written again`);
      await writeDurably(this.#options.disk, this.#pathOf(name), bytes);
    }
    if (this.#checked.size >= CAS_CHECKED_MAX) this.#checked.clear();
    this.#checked.add(name);
  }

  async #enter(manifest: FileHandle, digest: Uint8Array, length: number): Promise<void> {
    try {
      await manifest.write(encodeManifestEntry({ digest, length }));
    } catch (error) {
      // A part of the entry may be there: what is in the file is read again at the next put.
      this.#manifest = null;
      this.#durable = null;
      await manifest.close();
      throw error;
    }
  }

  async #lookUp(digest: Uint8Array): Promise<Uint8Array> {
    const { counters, blake3, runtime, fill } = this.#options;
    const name = toHex(digest);
    const kept = await this.#read(name);
    if (kept !== null && equalBytes(blake3(kept), digest)) {
      counters.hits += 1;
      return kept;
    }
    counters.misses += 1;
    this.#checked.delete(name);
    if (kept !== null) this.#say("error", `blob ${name} holds other bytes than its name says`);
    const found = (await runtime?.(digest)) ?? null;
    if (found !== null && equalBytes(blake3(found), digest)) {
      if (fill) await this.#fill(name, found);
      return found;
    }
    if (found !== null) this.#say("warning", `the runtime tree has other bytes under ${name}`);
    if (kept !== null) throw new RitmaError("beat/damaged", `blob ${name} is damaged`);
    this.#say("warning", `neither the cache nor the runtime tree has blob ${name}`);
    throw new RitmaError("beat/missing", `blob ${name} is not there`);
  }

  /** What was found is found, also when it cannot be kept. */
  async #fill(name: string, bytes: Uint8Array): Promise<void> {
    try {
      await this.put(bytes);
      this.#say("info", `blob ${name} came from the runtime tree and is kept`);
    } catch (error) {
      if (!(error instanceof RitmaError)) throw error;
      this.#say("warning", `blob ${name} came from the runtime tree, not kept: ${error.message}`);
    }
  }

  async #read(name: string): Promise<Uint8Array | null> {
    try {
      return await this.#options.disk.read(this.#pathOf(name), PAYLOAD_BYTES_MAX);
    } catch (error) {
      if (error instanceof RitmaError && error.code === "disk/missing") return null;
      throw error;
    }
  }

  async #known(): Promise<Map<string, number>> {
    if (this.#durable !== null) return this.#durable;
    const { lengths } = readManifest(await this.#manifestBytes());
    this.#durable = lengths;
    return lengths;
  }

  async #manifestBytes(): Promise<Uint8Array> {
    try {
      return await this.#options.disk.read(this.#manifestPath);
    } catch (error) {
      if (error instanceof RitmaError && error.code === "disk/missing") return new Uint8Array(0);
      throw error;
    }
  }

  /** The manifest, open at its end, without what a crash left there. */
  async #opened(): Promise<FileHandle> {
    if (this.#manifest !== null) return this.#manifest;
    const { disk, dir } = this.#options;
    await disk.makeDir(dir);
    const bytes = await this.#manifestBytes();
    const { lengths, wholeBytes } = readManifest(bytes);
    this.#durable = lengths;
    if (wholeBytes < bytes.length) {
      const what = bytes.length - wholeBytes < MANIFEST_ENTRY_BYTES ? "ends in" : "has";
      this.#say(
        "warning",
        `manifest.bin ${what} an entry that is not whole; the rest is looked at`,
      );
    }
    if (wholeBytes === 0) await this.#rewrite(lengths);
    else if (wholeBytes < bytes.length) await disk.truncate(this.#manifestPath, wholeBytes);
    this.#manifest ??= await disk.append(this.#manifestPath);
    return this.#manifest;
  }

  async #rewrite(durable: ReadonlyMap<string, number>): Promise<void> {
    const entries = [...durable].map(([name, length]) => ({ digest: fromHex(name), length }));
    await this.#manifest?.close();
    this.#manifest = null;
    await writeDurably(this.#options.disk, this.#manifestPath, encodeManifest(entries));
  }

  /** All blobs that lie there, named in the manifest or not. */
  async #files(): Promise<readonly BlobEntry[]> {
    const { disk, dir } = this.#options;
    const files: BlobEntry[] = [];
    const folders = await listed(disk, dir);
    for (const { name: folder } of folders.filter(({ name }) => FOLDER_NAME.test(name))) {
      for (const { name } of await listed(disk, `${dir}/${folder}`)) {
        if (!BLOB_NAME.test(name)) continue;
        const length = (await disk.size(`${dir}/${folder}/${name}`)) ?? 0;
        files.push({ name: name.slice(0, -BLOB_SUFFIX.length), length });
      }
    }
    return files;
  }

  #pathOf(name: string): string {
    return `${this.#options.dir}/${name.slice(0, 2)}/${name}${BLOB_SUFFIX}`;
  }

  get #manifestPath(): string {
    return `${this.#options.dir}/${MANIFEST_NAME}`;
  }

  #say(severity: Notice["severity"], detail: string): void {
    this.#options.notice({
      topic: "persist.recover",
      severity,
      branch: this.#options.branch,
      detail,
    });
  }
}

async function listed(disk: Disk, dir: string): Promise<Awaited<ReturnType<Disk["list"]>>> {
  try {
    return await disk.list(dir);
  } catch (error) {
    if (error instanceof RitmaError && error.code === "disk/missing") return [];
    throw error;
  }
}
