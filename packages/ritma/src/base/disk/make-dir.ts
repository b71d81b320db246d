/**
 * Making directories so that their names last, over three steps that a real and a simulated disk
 * each have their own of.
 *
 * Invariant: a directory is made only after the name of the one above it is durable. So of a path
 * that exists, only the last name can be in doubt after a crash, and one sync settles it.
 *
 * @module
 */
import { RitmaError } from "../error.ts";
import { DURABLE_DIRS_MAX } from "../limits.ts";
import { parentOf } from "./disk.ts";

export interface DirSteps {
  /** True when a directory is there. @throws RitmaError `disk/wrong-kind` for anything else. */
  isDir(path: string): Promise<boolean>;
  /** Makes one directory. That another process just made it is no error. */
  makeOne(path: string): Promise<void>;
  /** Syncs the names in a directory. */
  syncNames(path: string): Promise<void>;
}

/** Directories whose names this process knows to be durable. Losing this costs syncs only. */
export class DurableDirs {
  readonly #paths: Set<string> = new Set();

  has(path: string): boolean {
    return this.#paths.has(path);
  }

  add(path: string): void {
    if (this.#paths.size >= DURABLE_DIRS_MAX) this.#paths.clear();
    this.#paths.add(path);
  }

  /** Forgets a path that is removed or renamed; what lies below a renamed one goes with it. */
  forget(path: string): void {
    if (this.#paths.has(path)) this.#paths.clear();
  }
}

/** See `Disk.makeDir`. */
export async function makeDirs(steps: DirSteps, known: DurableDirs, path: string): Promise<void> {
  const missing: string[] = [];
  let at = path;
  while (!known.has(at) && !(await steps.isDir(at))) {
    missing.push(at);
    at = parentOf(at);
  }
  if (!known.has(at)) await settleOld(steps, known, at);
  for (const each of missing.toReversed()) {
    await steps.makeOne(each);
    await settle(steps, known, each);
  }
}

/** A directory above the data root may be one whose parent we cannot open; then it is not ours. */
async function settleOld(steps: DirSteps, known: DurableDirs, path: string): Promise<void> {
  try {
    await settle(steps, known, path);
  } catch (error) {
    if (!(error instanceof RitmaError) || error.code !== "disk/denied") throw error;
    known.add(path);
  }
}

async function settle(steps: DirSteps, known: DurableDirs, path: string): Promise<void> {
  if (path !== "/" && path !== ".") await steps.syncNames(parentOf(path));
  known.add(path);
}
