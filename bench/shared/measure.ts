/**
 * What the suites share: running a command with its time and peak memory, and unpacking captures.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createZstdDecompress } from "node:zlib";
import { isDerived } from "@ritma/evidence";

const ROOT = join(import.meta.dirname, "..", "..");
const RITMA = join(ROOT, "packages", "ritma", "bin", "ritma.js");
const DATA = process.env["RITMA_DATASETS"] ?? join(ROOT, "..", "shared", "data");

export interface Run {
  readonly seconds: number;
  /** Peak resident memory in MiB, 0 where it is not known. */
  readonly memory: number;
  readonly output: string;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** @returns the packed log of a capture; of the demo where the captures are not at hand. */
export function captureLog(name: string): string {
  const packed = join(DATA, "captures", name, "audit.log.zst");
  const demo = join(ROOT, "packages", "ritma", "demo", "web-attack.audit.log.zst");
  return existsSync(packed) ? packed : demo;
}

/** Runs a command under /usr/bin/time, when there is one, for its peak memory. */
export async function run(command: string, args: readonly string[]): Promise<Run> {
  const timed = existsSync("/usr/bin/time");
  const line = timed ? ["/usr/bin/time", "-f", "peak %M", command, ...args] : [command, ...args];
  const begun = performance.now();
  const child = spawn(line[0] ?? "", line.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => {
    if (output.length < 1_000_000) output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on("close", resolve);
  const status = await promise;
  const seconds = (performance.now() - begun) / 1000;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: status ${status}\n${errors}`);
  const memory = Number(/peak ([0-9]+)/u.exec(errors)?.[1] ?? 0) / 1024;
  return { seconds, memory, output };
}

export async function unpack(from: string, to: string): Promise<void> {
  const unzstd = createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: 27 } });
  await pipeline(createReadStream(from), unzstd, createWriteStream(to));
}

export async function ritma(...args: readonly string[]): Promise<Run> {
  return await run(process.execPath, [RITMA, ...args]);
}

/** Ingests `log` into a new data root, privacy raw. */
export async function ingestInto(
  data: string,
  log: string,
  ...flags: readonly string[]
): Promise<Run> {
  await rm(data, { recursive: true, force: true });
  await ritma("init", "--data", data, "--privacy", "raw");
  return await ritma("ingest", "--data", data, "--json", ...flags, log);
}

export function eventsOf({ output }: Run): number {
  return Number(/"events":\s*([0-9]+)/u.exec(output)?.[1] ?? 0);
}

function kindOf(path: string): string {
  if (isDerived(path)) return "derived";
  return /(?:^|\/)(blocks|micro|proofs|dict|cones|_tlog|_meta)\//u.exec(path)?.[1] ?? "headers";
}

export interface Sizes {
  /** Bytes of files by kind. */
  readonly kinds: ReadonlyMap<string, number>;
  readonly bytes: number;
  /** What they take on the disk. */
  readonly allocated: number;
}

/** @param folder an evidence store */
export async function sizesOf(folder: string): Promise<Sizes> {
  const kinds = new Map<string, number>();
  let [bytes, allocated] = [0, 0];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const kind = kindOf(relative(folder, path));
    const { size, blocks } = await stat(path);
    kinds.set(kind, (kinds.get(kind) ?? 0) + size);
    bytes += size;
    allocated += blocks * 512;
  }
  return { kinds, bytes, allocated };
}
