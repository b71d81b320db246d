/**
 * Follows a log that is rotated while we read: by rename, or copied and cut in place.
 *
 * What is read is one file after the other, each from where we stood to its end; a file is known by
 * device and inode, and by the bytes before the place where we stood, never by its name alone. So
 * neither a rotation, nor several of them while nobody read, loses or repeats a byte, as long as
 * the rotated files are there. (But one: a log of which nothing was read yet, and that is copied,
 * cut and written again between two looks at it, cannot be told from one that was not.)
 *
 *     audit.log.3  audit.log.2  audit.log.1  audit.log        oldest to newest
 *                  ^ we stood here: its rest, then .1, then audit.log
 *
 * Not here: what the bytes mean; where the place is kept (`journal`).
 *
 * @module
 */
import { setTimeout } from "node:timers/promises";
import { concatBytes, equalBytes } from "@ritma/evidence";
import type { FileIdentity, LogFile, LogFiles, TailPlace } from "../../../base/disk/log-files.ts";
import { TAIL_CHUNK_BYTES, TAIL_MARK_BYTES } from "../../../base/limits.ts";
import { rotatedFiles } from "./rotation.ts";

export type TailPiece =
  /** Another file begins, at its first byte. */
  | { readonly kind: "begin"; readonly place: TailPlace }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** The file in which we stood is gone, or was cut: what came behind it may be lost. */
  | { readonly kind: "missed" };

/** The file to go on with, and whether it is known to be right behind the one at hand. */
interface Successor {
  readonly next: LogFile;
  readonly isBehind: boolean;
}

/** A log that is rotated all the time is looked at again at the next step. */
const ROTATION_TRIES = 8;
const ROTATION_MS = 20;
const NOTHING = new Uint8Array(0);

export class Follower implements AsyncDisposable {
  readonly #files: LogFiles;
  readonly #path: string;
  #file: LogFile | null = null;
  #offset = 0;
  #mark: Uint8Array = NOTHING;
  #modifiedUs = 0;
  /** True once the file at hand is no longer the log: at its end, the next one begins. */
  #isPast = false;

  private constructor(files: LogFiles, path: string) {
    this.#files = files;
    this.#path = path;
  }

  /**
   * @param place where to go on; null to begin with the log as it is now
   * @returns the follower, and false when `place` was not found again
   * @throws RitmaError `input/denied`, `input/directory`, `input/unsupported`, `disk/io`
   */
  static async open(
    files: LogFiles,
    path: string,
    place: TailPlace | null,
  ): Promise<{ readonly follower: Follower; readonly isFound: boolean }> {
    const follower = new Follower(files, path);
    if (place === null) return { follower, isFound: true };
    follower.#modifiedUs = place.modifiedUs;
    // A file of which nothing was read cannot be known again: what is newer than before it is read.
    if (place.offset === 0) return { follower, isFound: true };
    let file = await findAgain(files, path, place);
    for (let tries = 1; file === null && tries < ROTATION_TRIES; tries += 1) {
      // Somebody may be in the midst of moving the files.
      await setTimeout(ROTATION_MS);
      file = await findAgain(files, path, place);
    }
    if (file !== null) follower.#stand(file, place.offset, place.mark);
    return { follower, isFound: file !== null };
  }

  /** Null before the first file. */
  get place(): TailPlace | null {
    if (this.#file === null) return null;
    const { identity } = this.#file;
    return this.#placeAt(identity, this.#offset, this.#mark);
  }

  /** @returns what comes next; null when there is nothing more for now. */
  async next(): Promise<TailPiece | null> {
    const file = this.#file;
    if (file === null) return await this.#begin();
    const mark = this.#mark;
    // With what was read last before it: a log that was cut and has grown again is another one.
    const bytes = await file.read(this.#offset - mark.length, mark.length + TAIL_CHUNK_BYTES);
    if (!equalBytes(bytes.subarray(0, mark.length), mark)) return await this.#cut();
    if (bytes.length > mark.length) return this.#took(bytes.subarray(mark.length));
    this.#modifiedUs = (await file.stat()).modifiedUs;
    if (this.#isPast) return await this.#begin();
    const log = await this.#files.identityOf(this.#path);
    if (log === null || isSame(log, file.identity)) return null;
    // The writer may have written between our reading and the rename: the file is read once more.
    this.#isPast = true;
    return await this.next();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.[Symbol.asyncDispose]();
    this.#file = null;
  }

  #took(bytes: Uint8Array): TailPiece {
    this.#offset += bytes.length;
    const whole = bytes.length >= TAIL_MARK_BYTES ? bytes : concatBytes(this.#mark, bytes);
    this.#mark = whole.slice(-TAIL_MARK_BYTES);
    return { kind: "bytes", bytes };
  }

  /** Begins with the oldest file that is newer than the one at hand. */
  async #begin(): Promise<TailPiece | null> {
    const found = await this.#successor();
    if (found === null) return null;
    const { next, isBehind } = found;
    const hadFile = this.#file !== null;
    await this[Symbol.asyncDispose]();
    if (hadFile && !isBehind) {
      await next[Symbol.asyncDispose]();
      return { kind: "missed" };
    }
    this.#stand(next, 0, NOTHING);
    if (this.#modifiedUs === 0) this.#modifiedUs = (await next.stat()).modifiedUs - 1;
    return { kind: "begin", place: this.#placeAt(next.identity, 0, NOTHING) };
  }

  #placeAt(identity: FileIdentity, offset: number, mark: Uint8Array): TailPlace {
    return { identity, offset, mark, modifiedUs: this.#modifiedUs, path: this.#path };
  }

  /** The file became shorter: cut in place, after a copy was made, or without one. */
  async #cut(): Promise<TailPiece | null> {
    const place = this.place;
    const copy = place === null ? null : await findCopy(this.#files, this.#path, place);
    const file = this.#file;
    if (copy !== null && place !== null) {
      await file?.[Symbol.asyncDispose]();
      this.#stand(copy, place.offset, place.mark);
      this.#isPast = true;
      return await this.next();
    }
    // Nothing tells what was written behind our place before the cut.
    if (file !== null) this.#modifiedUs = (await file.stat()).modifiedUs;
    await this[Symbol.asyncDispose]();
    return { kind: "missed" };
  }

  #stand(file: LogFile, offset: number, mark: Uint8Array): void {
    this.#file = file;
    this.#offset = offset;
    this.#mark = mark;
    this.#isPast = false;
  }

  /** The file behind the one at hand, or the log itself; null when there is none yet. */
  async #successor(): Promise<Successor | null> {
    for (let tries = 0; tries < ROTATION_TRIES; tries += 1) {
      const paths = await rotatedFiles(this.#files, this.#path);
      const at = await this.#indexOf(paths);
      if (at === null) return await this.#newer(paths);
      const next = await this.#files.open(paths[at + 1] ?? this.#path);
      if (next === null) return null;
      // A rotation in the midst of this may have moved another file under that name.
      const again = await rotatedFiles(this.#files, this.#path);
      const isStill = again.length === paths.length && (await this.#indexOf(again)) === at;
      if (isStill) return { next, isBehind: true };
      await next[Symbol.asyncDispose]();
    }
    return null;
  }

  /** The oldest file that was written after ours, which is not in the set; else the log itself. */
  async #newer(paths: readonly string[]): Promise<Successor | null> {
    for (const path of paths) {
      await using stack = new AsyncDisposableStack();
      const file = await this.#files.open(path);
      if (file === null) continue;
      stack.use(file);
      if (this.#modifiedUs === 0 || (await file.stat()).modifiedUs <= this.#modifiedUs) continue;
      stack.move();
      return { next: file, isBehind: false };
    }
    const next = await this.#files.open(this.#path);
    return next === null ? null : { next, isBehind: false };
  }

  async #indexOf(paths: readonly string[]): Promise<number | null> {
    const identity = this.#file?.identity;
    if (identity === undefined) return null;
    for (const [at, path] of paths.entries()) {
      const found = await this.#files.identityOf(path);
      if (found !== null && isSame(found, identity)) return at;
    }
    return null;
  }
}

/** The file in which we stood: the same one, or a copy of it. */
async function findAgain(files: LogFiles, path: string, place: TailPlace): Promise<LogFile | null> {
  const candidates = [path, ...(await rotatedFiles(files, path)).toReversed()];
  for (const isSameFile of [true, false]) {
    for (const candidate of candidates) {
      const file = await openAt(files, candidate, place);
      if (file === null) continue;
      if (isSame(file.identity, place.identity) === isSameFile) return file;
      await file[Symbol.asyncDispose]();
    }
  }
  return null;
}

async function findCopy(files: LogFiles, path: string, place: TailPlace): Promise<LogFile | null> {
  for (const candidate of (await rotatedFiles(files, path)).toReversed()) {
    const file = await openAt(files, candidate, place);
    if (file !== null) return file;
  }
  return null;
}

/** @returns the file when the bytes before the place are those that we read there. */
async function openAt(
  files: LogFiles,
  path: string,
  { offset, mark }: TailPlace,
): Promise<LogFile | null> {
  const file = await files.open(path);
  if (file === null) return null;
  if (equalBytes(await file.read(offset - mark.length, mark.length), mark)) return file;
  await file[Symbol.asyncDispose]();
  return null;
}

function isSame(a: FileIdentity, b: FileIdentity): boolean {
  return a.device === b.device && a.inode === b.inode;
}
