/**
 * The disk port in memory, with every fault a disk has, placed where a test wants it.
 *
 * A failed write leaves a part of its bytes. A failed sync makes nothing durable, and neither does
 * any later one for the same changes, though it reports success: that is what kernels do. After a
 * power cut every call fails; `crashStates` then gives what may be on the disk.
 *
 * Invariant: the same calls in the same order give the same disk. Nothing here reads a clock or
 * draws a number that is not from a seed.
 *
 * @module
 */
import { type ErrorCode, RitmaError } from "../error.ts";
import { FILE_BYTES_MAX } from "../limits.ts";
import { Turns } from "../turns.ts";
import {
  type Access,
  type DirEntry,
  type DirHandle,
  type Disk,
  DRAFT_SUFFIX,
  type FileHandle,
  refuseUpward,
} from "./disk.ts";
import { Latch } from "./latch.ts";
import { type DirSteps, DurableDirs, makeDirs } from "./make-dir.ts";
import { crashRoots, type CrashOptions } from "./sim-crash.ts";
import { SimDir, SimFile, type SimNode } from "./sim-node.ts";

/** The calls that count as a step. The first seven change nothing. */
export type SimOperation =
  | "read"
  | "size"
  | "access"
  | "lock"
  | "list"
  | "openDir"
  | "isDir"
  | "create"
  | "append"
  | "write"
  | "sync"
  | "syncDir"
  | "truncate"
  | "makeDir"
  | "rename"
  | "remove"
  | "removeDir";

/** "power": this call may have been begun, no other will be. */
export type SimFault = "eio" | "enospc" | "power";

export interface SimDiskOptions {
  /** Asked before each call, with the number of the call, from 1. */
  readonly failAt?: (step: number, operation: SimOperation, path: string) => SimFault | null;
  /** Awaited before each call; no other call goes on meanwhile. What it throws, the call throws. */
  readonly watch?: (step: number, operation: SimOperation, path: string) => Promise<void>;
}

/** As most file systems have. */
const BLOCK_BYTES = 4096;

/** There is one user, and no mode but those that the port gives. */
const FILE_ACCESS: Access = { mode: 0o600, isOurs: true };
const DIR_ACCESS: Access = { mode: 0o700, isOurs: true };

/** What a call does, given the fault that was placed on it. */
type Effect<Value> = (fault: SimFault | null) => Value;

export class SimDisk implements Disk {
  readonly #options: SimDiskOptions;
  readonly #durableDirs = new DurableDirs();
  /** Directories that are locked. Death frees them: no image and no copy has them. */
  readonly #locked: Set<SimNode> = new Set();
  #root = new SimDir();
  #steps = 0;
  #order = 0;
  #powered = true;
  readonly #turns = new Turns();

  constructor(options: SimDiskOptions = {}) {
    this.#options = options;
  }

  /** Calls so far. */
  get steps(): number {
    return this.#steps;
  }

  /** The images a power cut could leave now, each a disk of its own, powered, without faults. */
  *crashStates(options: CrashOptions): Generator<SimDisk> {
    for (const root of crashRoots(this.#root, options)) {
      const image = new SimDisk();
      image.#root = root;
      yield image;
    }
  }

  /**
   * The same disk for another process: what was visible is visible, what was pending is pending.
   * This is also what `kill -9` leaves.
   */
  snapshot(options: SimDiskOptions = {}): SimDisk {
    const copy = new SimDisk(options);
    copy.#root = this.#root.copy(new Map());
    copy.#order = this.#order;
    return copy;
  }

  /** Every visible file by its path, "data/keys/log.key", in no order. No step, and no fault. */
  contents(): Map<string, Uint8Array> {
    return this.#files((file) => file.current.slice(0, file.current.length));
  }

  /** The same without copies: not to be written to. Images that share a file share the object. */
  views(): Map<string, Uint8Array> {
    return this.#files((file) => file.current.view());
  }

  /** Every call from now on fails. */
  cutPower(): void {
    this.#powered = false;
  }

  async read(path: string, maxBytes: number = FILE_BYTES_MAX): Promise<Uint8Array> {
    return await this.#step("read", path, () => {
      const { current } = this.#file(path);
      if (current.length <= maxBytes) return current.slice(0, current.length);
      throw new RitmaError(
        "disk/too-large",
        `${path}: ${current.length} bytes, at most ${maxBytes}`,
      );
    });
  }

  async readRange(path: string, offset: number, length: number): Promise<Uint8Array> {
    return await this.#step("read", path, () =>
      this.#file(path).current.slice(offset, offset + length),
    );
  }

  async size(path: string): Promise<number | null> {
    return await this.#step("size", path, () =>
      this.#find(path) === null ? null : this.#file(path).current.length,
    );
  }

  async space(path: string): Promise<number | null> {
    const size = await this.size(path);
    return size === null ? null : Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  }

  async access(path: string): Promise<Access> {
    return await this.#step("access", path, () => {
      const node = this.#find(path);
      if (node === null) throw missing(path);
      return node.kind === "file" ? FILE_ACCESS : DIR_ACCESS;
    });
  }

  async list(path: string): Promise<readonly DirEntry[]> {
    return await this.#step("list", path, () =>
      [...this.#dir(path).current]
        .map(([name, { kind }]): DirEntry => ({ name, kind }))
        .toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name))),
    );
  }

  async create(path: string): Promise<FileHandle> {
    if (path.endsWith(DRAFT_SUFFIX) && this.#find(path) !== null) await this.remove(path);
    return await this.#step("create", path, (fault) => {
      const { dir, name } = this.#place(path);
      if (dir.current.has(name)) throw new RitmaError("disk/exists", `${path} is there already`);
      const file = new SimFile();
      if (lands(fault)) dir.change((this.#order += 1), [[name, file]]);
      return this.#handle(path, file, false);
    });
  }

  async append(path: string): Promise<FileHandle> {
    return await this.#step("append", path, (fault) => {
      if (this.#find(path) !== null) return this.#handle(path, this.#file(path), true);
      const { dir, name } = this.#place(path);
      const file = new SimFile();
      if (lands(fault)) dir.change((this.#order += 1), [[name, file]]);
      return this.#handle(path, file, true);
    });
  }

  async truncate(path: string, length: number): Promise<void> {
    const file = await this.#step("truncate", path, (fault) => {
      const found = this.#file(path);
      if (lands(fault)) found.change((this.#order += 1), length, null);
      return found;
    });
    await this.#step("sync", path, syncOf(file));
  }

  async openDir(path: string): Promise<DirHandle> {
    const dir = await this.#step("openDir", path, () => this.#dir(path));
    const latch = new Latch(path);
    return {
      sync: async () =>
        await latch.guard(async () => await this.#step("syncDir", path, syncOf(dir))),
      [Symbol.asyncDispose]: async () => {},
    };
  }

  async makeDir(path: string): Promise<void> {
    await makeDirs(this.#dirSteps, this.#durableDirs, path);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#durableDirs.forget(from);
    this.#durableDirs.forget(to);
    await this.#step("rename", `${from} -> ${to}`, (fault) => {
      const [source, target] = [this.#place(from), this.#place(to)];
      const node = source.dir.current.get(source.name);
      if (node === undefined) throw missing(from);
      const old = target.dir.current.get(target.name);
      if (old !== undefined && old.kind !== node.kind) throw wrongKind(to, node.kind);
      if (old?.kind === "dir" && old.current.size > 0) throw notEmpty(to);
      if (!lands(fault)) return;
      if (source.dir === target.dir) {
        const names = [[source.name, null] as const, [target.name, node] as const];
        source.dir.change((this.#order += 1), from === to ? [] : names);
        return;
      }
      target.dir.change((this.#order += 1), [[target.name, node]]);
      source.dir.change((this.#order += 1), [[source.name, null]]);
    });
  }

  async remove(path: string): Promise<void> {
    await this.#step("remove", path, (fault) => {
      this.#file(path);
      this.#unlink(path, fault);
    });
  }

  async removeDir(path: string): Promise<void> {
    this.#durableDirs.forget(path);
    await this.#step("removeDir", path, (fault) => {
      if (this.#dir(path).current.size > 0) throw notEmpty(path);
      this.#unlink(path, fault);
    });
  }

  /** Leaves no file, unlike a real one: nobody reads that. */
  async lock(dir: string): Promise<Disposable> {
    return await this.#step("lock", dir, (fault) => {
      if (this.#find(dir) === null) throw new RitmaError("store/missing", `${dir} is not there`);
      const node = this.#dir(dir);
      if (this.#locked.has(node)) throw new RitmaError("store/busy", `${dir} is being written to`);
      let held = fault === null;
      if (held) this.#locked.add(node);
      const free = (): void => {
        if (held) this.#locked.delete(node);
        held = false;
      };
      return { [Symbol.dispose]: free };
    });
  }

  readonly #dirSteps: DirSteps = {
    isDir: async (path) =>
      await this.#step("isDir", path, () => this.#find(path) !== null && this.#dir(path) !== null),
    makeOne: async (path) =>
      await this.#step("makeDir", path, (fault) => {
        const { dir, name } = this.#place(path);
        if (lands(fault)) dir.change((this.#order += 1), [[name, new SimDir()]]);
      }),
    syncNames: async (path) => {
      await using dir = await this.openDir(path);
      await dir.sync();
    },
  };

  #files(bytesOf: (file: SimFile) => Uint8Array): Map<string, Uint8Array> {
    const files = new Map<string, Uint8Array>();
    const visit = (dir: SimDir, prefix: string): void => {
      for (const [name, node] of dir.current) {
        if (node.kind === "dir") visit(node, `${prefix}${name}/`);
        else files.set(prefix + name, bytesOf(node));
      }
    };
    visit(this.#root, "");
    return files;
  }

  /** One call: waits its turn where somebody watches, then counts, fails or takes effect. */
  async #step<Value>(operation: SimOperation, path: string, effect: Effect<Value>): Promise<Value> {
    const { watch } = this.#options;
    if (watch === undefined) return this.#perform(operation, path, effect);
    return await this.#turns.run(async () => {
      if (this.#powered) await watch(this.#steps + 1, operation, path);
      return this.#perform(operation, path, effect);
    });
  }

  #perform<Value>(operation: SimOperation, path: string, effect: Effect<Value>): Value {
    if (!this.#powered) throw fault("disk/io", operation, path, "the power is off");
    this.#steps += 1;
    const placed = this.#options.failAt?.(this.#steps, operation, path) ?? null;
    const value = effect(placed);
    if (placed === null) return value;
    if (placed === "power") this.cutPower();
    const code = placed === "enospc" ? "disk/full" : "disk/io";
    throw fault(code, operation, path, `simulated ${placed}`);
  }

  #handle(path: string, file: SimFile, appends: boolean): FileHandle {
    const latch = new Latch(path);
    let position = 0;
    let open = true;
    const guarded = async (operation: "write" | "sync", effect: Effect<void>): Promise<void> => {
      if (!open) throw new TypeError(`${path} is used after it was closed`);
      await latch.guard(async () => await this.#step(operation, path, effect));
    };
    const close = async (): Promise<void> => {
      open = false;
    };
    return {
      write: async (bytes) => {
        const whole = bytes.slice();
        await guarded("write", (placed) => {
          const part = lands(placed) ? whole : whole.subarray(0, whole.length >> 1);
          if (part.length === 0) return;
          file.change((this.#order += 1), appends ? file.current.length : position, part);
          position += part.length;
        });
      },
      sync: async () => await guarded("sync", syncOf(file)),
      close,
      [Symbol.asyncDispose]: close,
    };
  }

  #unlink(path: string, fault: SimFault | null): void {
    const { dir, name } = this.#place(path);
    if (lands(fault)) dir.change((this.#order += 1), [[name, null]]);
  }

  #find(path: string): SimNode | null {
    let node: SimNode = this.#root;
    for (const part of partsOf(path)) {
      if (node.kind !== "dir") throw wrongKind(path, "dir");
      const next = node.current.get(part);
      if (next === undefined) return null;
      node = next;
    }
    return node;
  }

  #file(path: string): SimFile {
    const node = this.#find(path);
    if (node === null) throw missing(path);
    if (node.kind !== "file") throw wrongKind(path, "file");
    return node;
  }

  #dir(path: string): SimDir {
    const node = this.#find(path);
    if (node === null) throw missing(path);
    if (node.kind !== "dir") throw wrongKind(path, "dir");
    return node;
  }

  /** The directory that holds a name, and the name. */
  #place(path: string): { readonly dir: SimDir; readonly name: string } {
    const parts = partsOf(path);
    const name = parts.pop();
    if (name === undefined) throw wrongKind(path, "file");
    return { dir: this.#dir(parts.join("/")), name };
  }
}

/** Whether a call that had this fault may have reached the disk, as one still pending. */
function lands(fault: SimFault | null): boolean {
  return fault === null || fault === "power";
}

function syncOf(node: SimNode): Effect<void> {
  return (fault) => {
    if (fault === null) node.sync();
    else if (fault !== "power") node.abandon();
  };
}

function partsOf(path: string): string[] {
  refuseUpward(path);
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

function fault(code: ErrorCode, operation: string, path: string, what: string): RitmaError {
  return new RitmaError(code, `${path}: ${operation}: ${what}`);
}

function missing(path: string): RitmaError {
  return new RitmaError("disk/missing", `${path} is not there`);
}

function wrongKind(path: string, wanted: "file" | "dir"): RitmaError {
  return new RitmaError("disk/wrong-kind", `${path} is not a ${wanted}`);
}

function notEmpty(path: string): RitmaError {
  return new RitmaError("disk/io", `${path} is not empty`);
}
