/**
 * The files of a journal, read again and again while somebody writes them, until they are those of
 * one moment.
 *
 * Segments of the log grow at their end, runs never change, and `meta` is replaced. So a file that
 * is as long as it was is not read again, but for `meta`; of one that has grown only its end is.
 * Should a file be another one all the same, the digests in it tell.
 *
 * Only the journal's branch is looked at, and the log, which it shares with others.
 *
 * @module
 */
import type { Disk } from "../../base/disk/disk.ts";
import { OverlayDisk } from "../../base/disk/overlay-disk.ts";
import { RitmaError } from "../../base/error.ts";
import { JOURNAL_BRANCH } from "../../flow/journal/beat-journal.ts";
import { LOG_DIR, META_NAME, runOf, segmentBeat } from "../../stores/beat/flat/layout.ts";
import { BEAT_FOLDER } from "./open-journal.ts";

type Kind = "segment" | "run" | "meta";

interface JournalFile {
  readonly path: string;
  readonly kind: Kind;
}

export class JournalFiles {
  readonly #disk: Disk;
  readonly #folder: string;
  #known: ReadonlyMap<string, Uint8Array> = new Map();

  constructor(disk: Disk, dataRoot: string) {
    this.#disk = disk;
    this.#folder = `${dataRoot}/${BEAT_FOLDER}`;
  }

  /** Reads what has changed. @throws RitmaError `disk/missing` for what goes meanwhile */
  async read(): Promise<void> {
    const files = new Map<string, Uint8Array>();
    for (const file of await this.#files()) files.set(file.path, await this.#bytes(file));
    this.#known = files;
  }

  /**
   * Equal for two moments between which nothing but the newest segment has changed, and that only
   * at its end; null when there is no journal.
   */
  async marks(): Promise<string | null> {
    const files = await this.#files();
    const newest = files.findLast(({ kind }) => kind === "segment") ?? null;
    return await this.#marksOf(files, newest);
  }

  /** The same, but for two moments between which nothing has changed at all. */
  async sizes(): Promise<string | null> {
    return await this.#marksOf(await this.#files(), null);
  }

  /** @returns a disk that has what was read, and of the beat store nothing else. */
  onto(disk: Disk): OverlayDisk {
    const overlay = new OverlayDisk(disk);
    overlay.holdDir(this.#folder);
    for (const name of [LOG_DIR, JOURNAL_BRANCH]) overlay.holdDir(`${this.#folder}/${name}`);
    for (const [path, bytes] of this.#known) overlay.hold(path, bytes);
    return overlay;
  }

  async #marksOf(
    files: readonly JournalFile[],
    growing: JournalFile | null,
  ): Promise<string | null> {
    if (files.length === 0) return null;
    const marks: string[] = [];
    for (const file of files) {
      const { path, kind } = file;
      const size = file === growing ? "" : await this.#disk.size(path);
      const content = kind === "meta" ? (await this.#disk.read(path)).toHex() : "";
      marks.push(`${path} ${size} ${content}`);
    }
    return marks.join("\n");
  }

  async #files(): Promise<readonly JournalFile[]> {
    const files: JournalFile[] = [];
    for (const folder of [LOG_DIR, JOURNAL_BRANCH]) {
      for (const name of await this.#names(`${this.#folder}/${folder}`)) {
        const kind = folder === LOG_DIR ? kindInLog(name) : kindInBranch(name);
        if (kind !== null) files.push({ path: `${this.#folder}/${folder}/${name}`, kind });
      }
    }
    return files;
  }

  async #names(folder: string): Promise<readonly string[]> {
    try {
      const entries = await this.#disk.list(folder);
      return entries.filter(({ kind }) => kind === "file").map(({ name }) => name);
    } catch (error) {
      if (error instanceof RitmaError && error.code === "disk/missing") return [];
      throw error;
    }
  }

  async #bytes({ path, kind }: JournalFile): Promise<Uint8Array> {
    const known = this.#known.get(path);
    if (known === undefined || kind === "meta") return await this.#disk.read(path);
    const size = await this.#disk.size(path);
    if (size === known.length) return known;
    if (kind !== "segment" || size === null || size < known.length) {
      return await this.#disk.read(path);
    }
    const more = await this.#disk.readRange(path, known.length, size - known.length);
    const whole = new Uint8Array(known.length + more.length);
    whole.set(known);
    whole.set(more, known.length);
    return whole;
  }
}

function kindInLog(name: string): Kind | null {
  return segmentBeat(name) === null ? null : "segment";
}

function kindInBranch(name: string): Kind | null {
  if (name === META_NAME) return "meta";
  return runOf(name) === null ? null : "run";
}
