/**
 * Runs `main` in this process: real disk below a temporary directory, everything else held here.
 *
 * @module
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { main } from "../../src/cli/main.ts";
import type { Io } from "../../src/cli/command.ts";
import { loadWorld } from "../../src/cli/world.ts";
import { Json } from "./json-document.ts";

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export interface Surrounded {
  readonly terminal?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array;
  /** Of the terminal, or of what stands for one. */
  readonly columns?: number;
  readonly program?: string;
}

/** A directory of its own, gone when disposed. */
export class Bench implements Disposable {
  readonly dir = mkdtempSync(join(tmpdir(), "ritma-cli-"));

  get root(): string {
    return join(this.dir, "data");
  }

  get out(): string {
    return join(this.root, "RITMA_OUT");
  }

  /** @returns the path of a new file. */
  file(name: string, content: string | Uint8Array): string {
    const path = join(this.dir, name);
    writeFileSync(path, content);
    return path;
  }

  /** Runs a command with `--data` of this bench. */
  async run(line: string, ...rest: readonly string[]): Promise<Ran> {
    return await runMain([...line.split(" "), ...rest, "--data", this.root], {});
  }

  /** The same with `--json`. @returns the document. */
  async json(line: string, ...rest: readonly string[]): Promise<Json> {
    const { status, out, err } = await this.run(line, ...rest, "--json");
    return new Json(out, status, err);
  }

  /** @returns the fingerprint. */
  async init(...flags: readonly string[]): Promise<string> {
    const made = await this.json("init --node web-01", ...flags);
    assert.equal(made.status, 0, made.err);
    return made.text("fingerprint");
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export async function runMain(argv: readonly string[], around: Surrounded): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const { terminal = false, environment = {}, input = new Uint8Array(0) } = around;
  const { columns = 100, program = "ritma" } = around;
  const io: Io = {
    out: (line) => {
      out.push(`${line}\n`);
      return true;
    },
    page: () => ({ [Symbol.asyncDispose]: async () => {} }),
    err: (line) => {
      err.push(`${line}\n`);
    },
    isTerminal: terminal,
    isErrorTerminal: false,
    columns,
    zone: () => environment["TZ"] ?? "UTC",
    program,
    errorStream: new Writable(),
    input: async function* () {
      yield input;
    },
    around: {
      environment,
      isRoot: false,
      home: "/nonexistent",
      hostname: "test-host",
      workingDir: process.cwd(),
    },
    loadWorld,
    untilStopped: () => new AbortController().signal,
    sayWhenInterrupted: () => {},
  };
  const status = await main(argv, io);
  return { status, out: out.join(""), err: err.join("") };
}
