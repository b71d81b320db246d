/**
 * Starts `ritma` as its users do: a process of its own, through bin/ritma.js.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync, type StdioOptions } from "node:child_process";
import { createCipheriv } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

export const REPOSITORY = join(import.meta.dirname, "..", "..");
export const BIN = join(REPOSITORY, "packages", "ritma", "bin", "ritma.js");

export interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Place extends Disposable {
  readonly dir: string;
  readonly root: string;
  readonly out: string;
  /** @returns the path of a new file. */
  readonly file: (name: string, content: string | Uint8Array) => string;
}

/** A directory of its own, gone when disposed. Its data root is not made yet. */
export function place(): Place {
  const dir = mkdtempSync(join(tmpdir(), "ritma-e2e-"));
  const root = join(dir, "data");
  return {
    dir,
    root,
    out: join(root, "RITMA_OUT"),
    file: (name, content) => {
      const path = join(dir, name);
      writeFileSync(path, content);
      return path;
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** The same with a data root. */
export function madePlace(...flags: readonly string[]): Place {
  const made = place();
  const { status, err } = ritma(["init", "--node", "web-01", "--data", made.root, ...flags]);
  assert.equal(status, 0, err);
  return made;
}

/** @param prefix what starts it instead of this Node.js: a program and its arguments */
export function ritma(
  args: readonly string[],
  prefix: readonly string[] = [process.execPath],
  environment: Readonly<Record<string, string>> = {},
): Ended {
  const [program = "", ...before] = prefix;
  const { status, stdout, stderr, error } = spawnSync(program, [...before, BIN, ...args], {
    encoding: "utf8",
    env: environmentWith(environment),
    maxBuffer: 64 * 1024 * 1024,
  });
  assert.equal(error, undefined);
  return { status, out: stdout, err: stderr };
}

export function startRitma(args: readonly string[], stdio: StdioOptions): ChildProcess {
  return spawn(process.execPath, [BIN, ...args], { stdio, env: environmentWith({}) });
}

/** Waits for the end. @returns status, or signal, and all that was written to stderr */
export async function ended(child: ChildProcess): Promise<{ how: number | string; err: string }> {
  const chunks: Uint8Array[] = [];
  child.stderr?.on("data", (chunk: Uint8Array) => void chunks.push(chunk));
  const { promise, resolve } = Promise.withResolvers<number | string>();
  child.on("close", (status, signal) => resolve(status ?? signal ?? "?"));
  const how = await promise;
  return { how, err: Buffer.concat(chunks).toString() };
}

/** Waits until something is at `path`. */
export async function appears(path: string): Promise<void> {
  for (let left = 1_000; left > 0; left -= 1) {
    if (existsSync(path)) return;
    await setTimeout(10);
  }
  assert.fail(`${path} does not appear`);
}

/** Bytes without any pattern, the same in every run. */
export function noise(length: number): Uint8Array {
  const cipher = createCipheriv("aes-128-ctr", new Uint8Array(16), new Uint8Array(16));
  return cipher.update(new Uint8Array(length));
}

/** @returns true when the program is on the PATH. */
export function has(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}

/** Of the tests' own environment nothing may decide a result. */
function environmentWith(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = {};
  for (const name of ["PATH", "HOME", "TMPDIR", "LANG"]) {
    if (process.env[name] !== undefined) kept[name] = process.env[name];
  }
  return { ...kept, ...more };
}
