/**
 * Ingest, end to end, against ausearch; verify against sha256sum; memory against length.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createZstdDecompress } from "node:zlib";
import { repeated } from "./repeat.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const RITMA = join(ROOT, "packages", "ritma", "bin", "ritma.js");
const DATA = process.env["RITMA_DATASETS"] ?? join(ROOT, "..", "shared", "data");
const RUNS = 3;
const LONGER = 5;

interface Run {
  readonly seconds: number;
  /** Peak resident memory in MiB, 0 where it is not known. */
  readonly memory: number;
  readonly output: string;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Runs a command under /usr/bin/time, when there is one, for its peak memory. */
async function run(command: string, args: readonly string[]): Promise<Run> {
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

async function unpack(from: string, to: string): Promise<void> {
  const unzstd = createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: 27 } });
  await pipeline(createReadStream(from), unzstd, createWriteStream(to));
}

async function ritma(...args: readonly string[]): Promise<Run> {
  return await run(process.execPath, [RITMA, ...args]);
}

async function sizes(folder: string): Promise<Map<string, number>> {
  const kinds = new Map<string, number>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const kind = /\/(blocks|micro|proofs|dict|_tlog|_meta)\//u.exec(path)?.[1] ?? "headers";
    kinds.set(kind, (kinds.get(kind) ?? 0) + (await stat(path)).size);
  }
  return kinds;
}

async function ingestInto(data: string, log: string): Promise<Run> {
  await rm(data, { recursive: true, force: true });
  await ritma("init", "--data", data, "--privacy", "raw");
  return await ritma("ingest", "--data", data, "--json", log);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function measure(work: string, log: string): Promise<void> {
  const data = join(work, "data");
  const { size: bytes } = await stat(log);
  const hasPeer = existsSync("/usr/sbin/ausearch") || existsSync("/sbin/ausearch");
  const ours: Run[] = [];
  const theirs: Run[] = [];
  for (let at = 0; at < RUNS; at += 1) {
    ours.push(await ingestInto(data, log));
    if (hasPeer) theirs.push(await run("ausearch", ["--input", log, "--format", "csv"]));
  }
  const events = Number(/"events":\s*([0-9]+)/u.exec(ours[0]?.output ?? "")?.[1] ?? 0);
  const seconds = median(ours.map((each) => each.seconds));
  const memory = median(ours.map((each) => each.memory));
  say(`log          ${(bytes / 1e6).toFixed(1)} MB, ${events} events`);
  say(`ingest       ${seconds.toFixed(2)} s   ${Math.round(events / seconds)} events/s`);
  say(`             ${(bytes / 1e6 / seconds).toFixed(0)} MB/s   peak ${memory.toFixed(0)} MiB`);
  if (hasPeer) {
    const peer = median(theirs.map((each) => each.seconds));
    say(
      `ausearch     ${peer.toFixed(2)} s   ingest takes ${(seconds / peer).toFixed(2)} times that`,
    );
  } else say("ausearch     not installed, not compared");
  const verify = await ritma("verify", data, "--trust", await fingerprintOf(data));
  const sha = await run("sha256sum", [log]);
  say(`verify       ${verify.seconds.toFixed(2)} s   peak ${verify.memory.toFixed(0)} MiB`);
  say(`             ${(verify.seconds / sha.seconds).toFixed(1)} times sha256sum of the log`);
  const kinds = await sizes(join(data, "RITMA_OUT"));
  const total = [...kinds.values()].reduce((sum, size) => sum + size, 0);
  say(
    `store        ${total} bytes, ${(total / events).toFixed(2)} an event, ` +
      `1:${Math.round(bytes / total)}`,
  );
  for (const [kind, size] of [...kinds].toSorted(([a], [b]) => a.localeCompare(b))) {
    say(`  ${kind.padEnd(11)}${size}`);
  }
  const longer = join(work, "longer.log");
  await repeated(log, longer, LONGER);
  const long = await ingestInto(data, longer);
  say(`${LONGER} times over ${long.seconds.toFixed(2)} s   peak ${long.memory.toFixed(0)} MiB`);
}

async function fingerprintOf(data: string): Promise<string> {
  const { output } = await ritma("keys", "--data", data, "--json");
  return /"fingerprint":\s*"([0-9a-f]{64})"/u.exec(output)?.[1] ?? "";
}

const demo = join(ROOT, "packages", "ritma", "demo", "web-attack.audit.log.zst");
const steady = join(DATA, "captures", "web-steady", "audit.log.zst");
const capture = process.argv[2] ?? (existsSync(steady) ? steady : demo);
const work = await mkdtemp(join(tmpdir(), "ritma-bench-"));
try {
  const log = join(work, "audit.log");
  await unpack(capture, log);
  await measure(work, log);
} finally {
  await rm(work, { recursive: true, force: true });
}
