/**
 * `npm run check`: the quick gate, in seconds. Format, lint, types, house rules; no tests.
 *
 * Every step runs even when an earlier one failed, so that one run shows all there is to mend.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { join } from "node:path";

const BIN = join(import.meta.dirname, "..", "node_modules", ".bin");

const STEPS: readonly (readonly [string, ...string[]])[] = [
  ["oxfmt", "--check", "."],
  ["oxlint", "--type-aware", "."],
  ["tsc", "-p", "packages/evidence"],
  ["tsc", "-p", "packages/ritma"],
  ["tsc", "-p", "."],
];

async function step([name, ...args]: readonly [string, ...string[]]): Promise<boolean> {
  const child = spawn(join(BIN, name), args, { stdio: ["ignore", "pipe", "pipe"] });
  const chunks: Uint8Array[] = [];
  child.stdout.on("data", (chunk: Uint8Array) => void chunks.push(chunk));
  child.stderr.on("data", (chunk: Uint8Array) => void chunks.push(chunk));
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on("close", resolve);
  const good = (await promise) === 0;
  process.stdout.write(`${good ? "ok  " : "BAD "} ${name} ${args.join(" ")}\n`);
  if (!good) process.stdout.write(Buffer.concat(chunks).toString());
  return good;
}

let bad = 0;
for (const each of STEPS) if (!(await step(each))) bad += 1;
const { tidyTree } = await import("./tidy.ts");
const broken = tidyTree(join(import.meta.dirname, ".."));
process.stdout.write(`${broken.length === 0 ? "ok  " : "BAD "} tidy\n`);
for (const line of broken) process.stdout.write(`  ${line}\n`);
process.exitCode = bad + broken.length === 0 ? 0 : 1;
