/**
 * The disk port: every durable byte of Ritma goes through it.
 *
 * It is as small as a fault. Each call is one thing that can fail or be cut short by a power cut,
 * so that a simulator can put the fault before every one of them and enumerate what a crash leaves.
 *
 * The model is weaker than any file system we know: bytes last only after `sync` of their file,
 * and a name (made, renamed or removed) only after `sync` of its directory. Code that survives
 * this survives ext4, xfs and btrfs. What is visible is not thereby durable.
 *
 * Paths are plain strings with "/", and ".." in one is a bug. Files are 0600 and directories 0700,
 * whatever the umask.
 *
 * `writeDurably`, `writeAllDurably` and `removeDurably` hold the one order that is safe: bytes
 * under a draft name, sync of the file, rename, sync of the directory.
 *
 * Not here: reading input files and standard input, which are not ours (a link there is welcome).
 *
 * @module
 */
import { RitmaError } from "../error.ts";
import { OPEN_DRAFTS_MAX } from "../limits.ts";

/** A file opened for writing. After one failed `write` or `sync` every later call refuses. */
export interface FileHandle extends AsyncDisposable {
  /**
   * Appends all of `bytes` at the handle's position. Not durable before `sync`. The bytes belong to
   * the call until it returns.
   *
   * @throws RitmaError `disk/io`, `disk/full`; `store/refused` after an earlier failure.
   */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * On return everything written so far is durable; the file's name need not be.
   *
   * @throws RitmaError `disk/io`, `disk/full`; `store/refused` after an earlier failure. Then what
   * was written since the last good `sync` is lost or not: write it again, into a new file.
   */
  sync(): Promise<void>;
  /** Makes nothing durable. A second close does nothing. @throws RitmaError `disk/io` */
  close(): Promise<void>;
}

/** A directory held open, so that a late error of it is not missed. */
export interface DirHandle extends AsyncDisposable {
  /** On return all names made, renamed and removed in the directory are durable. */
  sync(): Promise<void>;
}

export interface DirEntry {
  readonly name: string;
  /** "other" is a symbolic link, a device or a socket: nothing that Ritma puts there. */
  readonly kind: "file" | "dir" | "other";
}

/** Who can get at a file or directory. */
export interface Access {
  /** Permission bits, 0o600. With an access control list, those of the group are its mask. */
  readonly mode: number;
  /** Belongs to the user who runs this process. To root everything does. */
  readonly isOurs: boolean;
}

/**
 * Every call may throw RitmaError `disk/io`, `disk/denied`, and where it writes `disk/full` and
 * `disk/read-only`; named below is what else it throws.
 */
export interface Disk {
  /**
   * Reads a whole regular file, at most `maxBytes` (FILE_BYTES_MAX) long.
   *
   * @throws RitmaError `disk/missing`; `disk/too-large` before anything is read; `disk/wrong-kind`
   * for anything but a regular file, so for a link too.
   */
  read(path: string, maxBytes?: number): Promise<Uint8Array>;
  /**
   * @returns `length` bytes from `offset`, fewer only where the file ends before.
   * @throws RitmaError `disk/missing`, `disk/wrong-kind`
   */
  readRange(path: string, offset: number, length: number): Promise<Uint8Array>;
  /** @returns length in bytes, null when nothing is there. @throws RitmaError `disk/wrong-kind` */
  size(path: string): Promise<number | null>;
  /** The same in bytes that the disk has set aside for it: whole blocks. */
  space(path: string): Promise<number | null>;
  /**
   * Of a file or a directory; a link to a directory stands for it, as it does in `list`.
   *
   * @throws RitmaError `disk/missing`; `disk/wrong-kind` for anything else.
   */
  access(path: string): Promise<Access>;
  /** Sorted by the bytes of the name. @throws RitmaError `disk/missing`, `disk/wrong-kind` */
  list(path: string): Promise<readonly DirEntry[]>;
  /**
   * Makes a new file and opens it. A leftover whose name ends in `.draft` is removed first.
   *
   * @throws RitmaError `disk/exists`, `disk/missing` when the directory is not there.
   */
  create(path: string): Promise<FileHandle>;
  /** Opens a file at its end, making it when absent. @throws RitmaError `disk/wrong-kind` */
  append(path: string): Promise<FileHandle>;
  /** Cuts the file to `length` bytes. Durable on return. @throws RitmaError `disk/missing` */
  truncate(path: string, length: number): Promise<void>;
  /** @throws RitmaError `disk/missing`, `disk/wrong-kind` */
  openDir(path: string): Promise<DirHandle>;
  /**
   * Makes a directory and those above it. Their names are durable on return; this also holds for a
   * directory that was there already, which a process that died may have left visible and no more.
   *
   * @throws RitmaError `disk/wrong-kind` when something else has the name.
   */
  makeDir(path: string): Promise<void>;
  /** Replaces what is at `to`. Durable after both directories are synced. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file. Durable after its directory is synced. @throws RitmaError `disk/missing` */
  remove(path: string): Promise<void>;
  /** Removes an empty directory. @throws RitmaError `disk/missing`, `disk/io` when not empty. */
  removeDir(path: string): Promise<void>;
  /**
   * Takes the one lock of the data root `dir`, or fails at once. Disposing it or death of any kind
   * frees it.
   *
   * @throws RitmaError `store/busy` when another holds it; `store/missing`.
   */
  lock(dir: string): Promise<Disposable>;
}

/** Ends the name of every file that is not whole yet. Leftovers are swept, never read. */
export const DRAFT_SUFFIX = ".draft";

/** @throws TypeError for a path that goes up: nobody has checked where it leads. */
export function refuseUpward(path: string): void {
  if (path.includes("..") && path.split("/").includes("..")) {
    throw new TypeError(`${path} has a .. in it`);
  }
}

/** The directory that holds `path`: "/" for "/a", "." for "a". */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  if (slash === -1) return ".";
  return slash === 0 ? "/" : path.slice(0, slash);
}

export interface FileToWrite {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Puts `bytes` at `path` so that after a crash, at any step, a reader finds the old content or the
 * new one, never a mixture; and after return, always the new one. Makes the directories above.
 *
 * Both handles stay open until they are synced. To close and reopen would be shorter, and could
 * miss a write error that the kernel reports once (Rebello et al., USENIX ATC 2020).
 */
export async function writeDurably(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  await disk.makeDir(parentOf(path));
  await using dir = await disk.openDir(parentOf(path));
  await writeDraft(disk, { path, bytes });
  await disk.rename(path + DRAFT_SUFFIX, path);
  await dir.sync();
}

/**
 * The same for many files, with one sync per directory. All drafts are durable before the first
 * file gets its name; names are given in the order of `files`, but a crash may keep any of them
 * and lose the others. What must come last (a root, an intent) is a call of its own, after.
 */
export async function writeAllDurably(disk: Disk, files: readonly FileToWrite[]): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const dirPaths = new Set(files.map(({ path }) => parentOf(path)));
  const dirs = [];
  for (const path of dirPaths) {
    await disk.makeDir(path);
    dirs.push(stack.use(await disk.openDir(path)));
  }
  for (let at = 0; at < files.length; at += OPEN_DRAFTS_MAX) {
    await all(files.slice(at, at + OPEN_DRAFTS_MAX).map((file) => writeDraft(disk, file)));
  }
  for (const { path } of files) await disk.rename(path + DRAFT_SUFFIX, path);
  for (const dir of dirs) await dir.sync();
}

/**
 * Removes a file; on return it stays removed. An absent file is synced away all the same: a process
 * that died may have removed it and left that to a crash.
 */
export async function removeDurably(disk: Disk, path: string): Promise<void> {
  await using dir = await disk.openDir(parentOf(path));
  await unlessMissing(async () => await disk.remove(path));
  await dir.sync();
}

/** The same for many files, with one sync per directory. A directory may be missing. */
export async function removeAllDurably(disk: Disk, paths: readonly string[]): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const dirs: DirHandle[] = [];
  for (const dirPath of new Set(paths.map(parentOf))) {
    await unlessMissing(async () => {
      dirs.push(stack.use(await disk.openDir(dirPath)));
    });
  }
  for (const path of paths) await unlessMissing(async () => await disk.remove(path));
  for (const dir of dirs) await dir.sync();
}

async function unlessMissing(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RitmaError) || error.code !== "disk/missing") throw error;
  }
}

async function writeDraft(disk: Disk, { path, bytes }: FileToWrite): Promise<void> {
  await using file = await disk.create(path + DRAFT_SUFFIX);
  await file.write(bytes);
  await file.sync();
}

/** Waits for all, so that no handle is still in use when the first error is thrown. */
async function all(works: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(works)) {
    if (result.status === "rejected") throw result.reason;
  }
}
