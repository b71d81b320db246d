/**
 * The disk port over another disk, of which only memory changes: what is written, renamed, made and
 * removed here is seen here and nowhere else.
 *
 * For whoever must do what a recorder does, and must not touch what a recorder has. What is in
 * memory takes memory; everything else is read from the disk below when it is asked for. A file
 * that is changed keeps its old bytes there: only what was written behind them is held.
 *
 * Invariant: of the disk below, nothing is called but reading. A lock that is taken here is no lock
 * for anybody else.
 *
 * Not here: a picture of one moment. What changes below while it is used must be held before
 * (`hold`, `holdDir`).
 *
 * @module
 */
import { RitmaError } from "../error.ts";
import { FILE_BYTES_MAX } from "../limits.ts";
import {
  type Access,
  type DirEntry,
  type DirHandle,
  type Disk,
  DRAFT_SUFFIX,
  type FileHandle,
  parentOf,
  refuseUpward,
} from "./disk.ts";
import { OverlayFile } from "./overlay-file.ts";

/** What stands at a path in memory. */
type Entry =
  | { readonly kind: "file"; readonly file: OverlayFile }
  /** A whole one has what is in memory, and nothing from below. */
  | { readonly kind: "dir"; readonly isWhole: boolean }
  | { readonly kind: "gone" };

/** What stands at a path, wherever. */
type Found = Entry | { readonly kind: "below" };

/** As most file systems have. */
const BLOCK_BYTES = 4_096;

const FILE_ACCESS: Access = { mode: 0o600, isOurs: true };
const DIR_ACCESS: Access = { mode: 0o700, isOurs: true };

const GONE = { kind: "gone" } as const;
const BELOW = { kind: "below" } as const;

export class OverlayDisk implements Disk {
  readonly #below: Disk;
  readonly #entries = new Map<string, Entry>();
  readonly #locked = new Set<string>();

  constructor(below: Disk) {
    this.#below = below;
  }

  /** From now on this is the file, whatever becomes of the one below; null: there is none. */
  hold(path: string, bytes: Uint8Array | null): void {
    const entry = bytes === null ? GONE : ({ kind: "file", file: new OverlayFile(bytes) } as const);
    this.#entries.set(normal(path), entry);
  }

  /** From now on the directory has what is put into it, and nothing from below. */
  holdDir(path: string): void {
    this.#entries.set(normal(path), { kind: "dir", isWhole: true });
  }

  async read(path: string, maxBytes: number = FILE_BYTES_MAX): Promise<Uint8Array> {
    const found = this.#found(path);
    if (found.kind === "below") return await this.#below.read(path, maxBytes);
    const { length } = this.#fileOf(path, found);
    if (length <= maxBytes) return await this.#fileOf(path, found).read(0, length);
    throw new RitmaError("disk/too-large", `${path}: ${length} bytes, at most ${maxBytes}`);
  }

  async readRange(path: string, offset: number, length: number): Promise<Uint8Array> {
    const found = this.#found(path);
    if (found.kind === "below") return await this.#below.readRange(path, offset, length);
    return await this.#fileOf(path, found).read(offset, length);
  }

  async size(path: string): Promise<number | null> {
    const found = this.#found(path);
    if (found.kind === "below") return await this.#below.size(path);
    return found.kind === "gone" ? null : this.#fileOf(path, found).length;
  }

  async space(path: string): Promise<number | null> {
    if (this.#found(path).kind === "below") return await this.#below.space(path);
    const size = await this.size(path);
    return size === null ? null : Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  }

  async access(path: string): Promise<Access> {
    const { kind } = this.#found(path);
    if (kind === "below") return await this.#below.access(path);
    if (kind === "gone") throw missing(path);
    return kind === "file" ? FILE_ACCESS : DIR_ACCESS;
  }

  async list(path: string): Promise<readonly DirEntry[]> {
    const found = this.#found(path);
    if (found.kind === "gone") throw missing(path);
    if (found.kind === "file") throw wrongKind(path, "directory");
    const isWhole = found.kind === "dir" && found.isWhole;
    const names = new Map<string, DirEntry["kind"]>();
    if (!isWhole) for (const { name, kind } of await this.#below.list(path)) names.set(name, kind);
    const dir = normal(path);
    for (const [each, { kind }] of this.#entries) {
      if (parentOf(each) !== dir || each === dir) continue;
      const name = each.slice(each.lastIndexOf("/") + 1);
      if (kind === "gone") names.delete(name);
      else names.set(name, kind);
    }
    return [...names]
      .map(([name, kind]): DirEntry => ({ name, kind }))
      .toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  }

  async create(path: string): Promise<FileHandle> {
    const kind = await this.#kind(path);
    if (kind !== null && !(kind === "file" && path.endsWith(DRAFT_SUFFIX))) {
      throw new RitmaError("disk/exists", `${path} is there already`);
    }
    return await this.#make(path);
  }

  async append(path: string): Promise<FileHandle> {
    const file = await this.#changing(path);
    return file === null ? await this.#make(path) : file.open(path);
  }

  async truncate(path: string, length: number): Promise<void> {
    const file = await this.#changing(path);
    if (file === null) throw missing(path);
    await file.cut(length);
  }

  async openDir(path: string): Promise<DirHandle> {
    await this.#mustBeDir(path);
    return { sync: async () => {}, [Symbol.asyncDispose]: async () => {} };
  }

  async makeDir(path: string): Promise<void> {
    const missingDirs: string[] = [];
    for (let at = normal(path); ; at = parentOf(at)) {
      const kind = await this.#kind(at);
      if (kind === "file" || kind === "other") throw wrongKind(at, "directory");
      if (kind === "dir") break;
      missingDirs.push(at);
    }
    for (const each of missingDirs) this.holdDir(each);
  }

  async rename(from: string, to: string): Promise<void> {
    refuseUpward(to);
    const kind = await this.#kind(from);
    if (kind === null) throw missing(from);
    await this.#mustBeDir(parentOf(normal(to)));
    const target = await this.#kind(to);
    if (normal(from) === normal(to)) return;
    if (kind === "dir") {
      if (target !== null) throw wrongKind(to, "name that is free");
      await this.#moveDir(normal(from), normal(to));
      return;
    }
    if (target === "dir") throw wrongKind(to, "regular file");
    const file = await this.#changing(from);
    if (file === null) throw missing(from);
    this.#entries.set(normal(to), { kind: "file", file });
    this.#entries.set(normal(from), GONE);
  }

  async remove(path: string): Promise<void> {
    const kind = await this.#kind(path);
    if (kind === null) throw missing(path);
    if (kind === "dir") throw wrongKind(path, "regular file");
    this.#entries.set(normal(path), GONE);
  }

  async removeDir(path: string): Promise<void> {
    if ((await this.list(path)).length > 0) throw new RitmaError("disk/io", `${path} is not empty`);
    this.#forgetBelow(normal(path));
    this.#entries.set(normal(path), GONE);
  }

  /** Of this disk alone. */
  async lock(dir: string): Promise<Disposable> {
    const path = normal(dir);
    if ((await this.#kind(dir)) === null) throw new RitmaError("store/missing", `${dir} is gone`);
    if (this.#locked.has(path)) throw new RitmaError("store/busy", `${dir} is being written to`);
    this.#locked.add(path);
    let isHeld = true;
    const free = (): void => {
      if (isHeld) this.#locked.delete(path);
      isHeld = false;
    };
    return { [Symbol.dispose]: free };
  }

  #found(path: string): Found {
    const own = normal(path);
    const entry = this.#entries.get(own);
    if (entry !== undefined) return entry;
    for (let at = own; parentOf(at) !== at;) {
      at = parentOf(at);
      const above = this.#entries.get(at);
      if (above === undefined) continue;
      if (above.kind === "file") throw wrongKind(at, "directory");
      return above.kind === "dir" && !above.isWhole ? BELOW : GONE;
    }
    return BELOW;
  }

  #fileOf(path: string, found: Found): OverlayFile {
    if (found.kind === "file") return found.file;
    if (found.kind === "gone") throw missing(path);
    throw wrongKind(path, "regular file");
  }

  /** @returns null when nothing is there */
  async #kind(path: string): Promise<DirEntry["kind"] | null> {
    const { kind } = this.#found(path);
    if (kind !== "below") return kind === "gone" ? null : kind;
    try {
      return (await this.#below.size(path)) === null ? null : "file";
    } catch (error) {
      if (!(error instanceof RitmaError) || error.code !== "disk/wrong-kind") throw error;
    }
    try {
      await using _ = await this.#below.openDir(path);
      return "dir";
    } catch (error) {
      if (!(error instanceof RitmaError) || error.code !== "disk/wrong-kind") throw error;
      return "other";
    }
  }

  /** @throws RitmaError `disk/missing`, `disk/wrong-kind` */
  async #mustBeDir(path: string): Promise<void> {
    const kind = await this.#kind(path);
    if (kind === null) throw missing(path);
    if (kind !== "dir") throw wrongKind(path, "directory");
  }

  async #make(path: string): Promise<FileHandle> {
    await this.#mustBeDir(parentOf(normal(path)));
    const file = new OverlayFile(new Uint8Array(0));
    this.#entries.set(normal(path), { kind: "file", file });
    return file.open(path);
  }

  /** A file that is about to become another one than below; null when there is none. */
  async #changing(path: string): Promise<OverlayFile | null> {
    const found = this.#found(path);
    if (found.kind === "gone") return null;
    if (found.kind !== "below") return this.#fileOf(path, found);
    const length = await this.#below.size(path);
    if (length === null) return null;
    const file = new OverlayFile(new Uint8Array(0), { disk: this.#below, path, length });
    this.#entries.set(normal(path), { kind: "file", file });
    return file;
  }

  async #moveDir(from: string, to: string): Promise<void> {
    const entries = await this.list(from);
    this.holdDir(to);
    for (const { name, kind } of entries) {
      if (kind === "dir") await this.#moveDir(`${from}/${name}`, `${to}/${name}`);
      else await this.rename(`${from}/${name}`, `${to}/${name}`);
    }
    await this.removeDir(from);
  }

  /** What was told of the names in a directory that is no more. */
  #forgetBelow(path: string): void {
    for (const each of this.#entries.keys()) {
      if (each.startsWith(`${path}/`)) this.#entries.delete(each);
    }
  }
}

/** One spelling for each path. */
function normal(path: string): string {
  refuseUpward(path);
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (path.startsWith("/")) return `/${parts.join("/")}`;
  return parts.length === 0 ? "." : parts.join("/");
}

function missing(path: string): RitmaError {
  return new RitmaError("disk/missing", `${path} is not there`);
}

function wrongKind(path: string, wanted: string): RitmaError {
  return new RitmaError("disk/wrong-kind", `${path} is not a ${wanted}`);
}
