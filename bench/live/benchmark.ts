/**
 * The live recorder at a steady rate: how long a line waits until it is durable, and what memory
 * that takes; see README.md.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HEAP_FLAGS } from "../../packages/ritma/src/base/heap.ts";
import { captureLog, ritma, run, say, unpack } from "../shared/measure.ts";

const RATE = 10_000;
const SECONDS = 120;

function script(name: string): string {
  return join(import.meta.dirname, name);
}

const seconds = Number(process.argv[2] ?? SECONDS);
const work = await mkdtemp(join(tmpdir(), "ritma-bench-"));
try {
  const capture = join(work, "capture.log");
  await unpack(captureLog("web-steady"), capture);
  const [data, log] = [join(work, "data"), join(work, "audit.log")];
  await ritma("init", "--data", data, "--privacy", "raw");
  await writeFile(log, "");
  const recorder = spawn(process.execPath, [...HEAP_FLAGS, script("recorder.ts"), data, log], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const ended = Promise.withResolvers<number | null>();
  recorder.on("close", ended.resolve);
  say(`${RATE} events a second for ${seconds} s; waits in ms, memory in MiB`);
  await run(process.execPath, [script("writer.ts"), capture, log, `${RATE}`, `${seconds}`]);
  recorder.kill("SIGTERM");
  const status = await ended.promise;
  if (status !== 0 || !existsSync(log)) throw new Error(`the recorder ended with ${status}`);
} finally {
  await rm(work, { recursive: true, force: true });
}
