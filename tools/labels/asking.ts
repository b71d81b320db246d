/**
 * Asks Ritma as people do: the real executable, a process for each question, one store.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Answer } from "./answers.ts";

const BIN = join(import.meta.dirname, "../../packages/ritma/bin/ritma.js");

/** A command that ended with another status than 0, with what it said. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** Questions to one store. */
export interface Asker {
  readonly ask: (words: readonly string[]) => Promise<Answer>;
  /** Questions that were asked, in order. */
  readonly asked: readonly string[];
}

/**
 * Makes a store in `dir` and records `log` into it.
 *
 * @returns its data root
 * @throws Refusal
 */
export async function recordStore(dir: string, log: string): Promise<string> {
  const root = join(dir, "data");
  await ritma(["init", "--data", root, "--node", "web-01", "--privacy", "raw"]);
  await ritma(["ingest", log, "--data", root]);
  return root;
}

export function asker(root: string): Asker {
  const asked: string[] = [];
  const ask = async (words: readonly string[]): Promise<Answer> => {
    asked.push(`ritma ${words.join(" ")}`);
    const out = await ritma([...words, "--json", "--data", root]);
    // The fields are those of docs/cli.md.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return JSON.parse(out) as Answer;
  };
  return { ask, asked };
}

/** @throws Refusal */
async function ritma(words: readonly string[]): Promise<string> {
  const { PATH, HOME, TMPDIR } = process.env;
  const env = { PATH, HOME, TMPDIR };
  const child = spawn(process.execPath, [BIN, ...words], { env });
  const [out, err]: [Uint8Array[], Uint8Array[]] = [[], []];
  child.stdout.on("data", (chunk: Uint8Array) => void out.push(chunk));
  child.stderr.on("data", (chunk: Uint8Array) => void err.push(chunk));
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on("close", resolve);
  const status = await promise;
  if (status === 0) return Buffer.concat(out).toString();
  const told = Buffer.concat(err).toString();
  throw new Refusal(`ritma ${words.join(" ")} ended with status ${status}: ${told}`);
}
