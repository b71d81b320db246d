/**
 * `npm run campaign:fuzz`: a million changed inputs for the decoders of blocks, entities, cones and
 * generation logs.
 *
 * Prints what was tried, what was refused as what, what was accepted, the slowest input and the
 * largest arrays. Ends with status 1 when a decoder threw anything but a FormatError, accepted a
 * second spelling, or took too much time or memory; the input is then in a file here, and the line
 * says how to look at it again. About ten minutes on two cores.
 *
 *     node tools/fuzz-campaign.ts [--executions N] [--seed N] [--workers N]
 *     node tools/fuzz-campaign.ts --replay FILE       what every decoder says of these bytes
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { FormatError } from "@ritma/evidence";
import { makeCorpus, TARGETS } from "../test/fuzz/corpus.ts";
import { measureExtremes } from "../test/fuzz/extremes.ts";
import { Fuzzer } from "../test/fuzz/fuzzer.ts";
import { MIB, mib, summaryOf } from "../test/fuzz/summary.ts";
import { addTally, newTally, type Offence, type Tally } from "../test/fuzz/tally.ts";

const EXECUTIONS = 1_000_000;
/** After so many a worker has made all that it keeps, and says how far it is. */
const STEP = 5000;
const TURN = 200;
/** Objects: nothing is kept of an input. Arrays: models keep the room of the largest claim. */
const GROWTH_MAX: Memory = { objects: 16 * MIB, arrays: 192 * MIB };
const SHOWN_MAX = 20;

interface Memory {
  /** Bytes. */
  readonly objects: number;
  readonly arrays: number;
}

/** Of all executions those whose number leaves `at` when divided by `of`. */
interface Share {
  readonly seed: number;
  readonly executions: number;
  readonly at: number;
  readonly of: number;
}

interface Progress {
  readonly executions: number;
  /** With the last one only. */
  readonly end: { readonly tally: Tally; readonly growth: Memory } | null;
}

async function work(share: Share, tell: (progress: Progress) => void): Promise<void> {
  const fuzzer = new Fuzzer(await makeCorpus(), share.seed, true);
  const collect = collector();
  let first = memoryAfter(collect);
  let count = 0;
  for (let number = share.at; number < share.executions; number += share.of) {
    fuzzer.run(number);
    count += 1;
    // What zlib holds of a frame that it refused, it lets go when the loop of events turns.
    if (count % TURN === 0) await setImmediate();
    if (count % STEP !== 0) continue;
    if (count === STEP) first = memoryAfter(collect);
    tell({ executions: STEP, end: null });
  }
  await setImmediate();
  const last = memoryAfter(collect);
  const growth = { objects: last.objects - first.objects, arrays: last.arrays - first.arrays };
  tell({ executions: count % STEP, end: { tally: fuzzer.tally, growth } });
}

function collector(): () => void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new TypeError("no collector of garbage");
  return () => void collect();
}

function memoryAfter(collect: () => void): Memory {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { objects: heapUsed, arrays: arrayBuffers };
}

async function run(plan: Omit<Share, "at" | "of">, workers: number): Promise<number> {
  const begun = performance.now();
  const seconds = (): number => Math.round((performance.now() - begun) / 1000);
  say(`${plan.executions} executions from seed ${plan.seed}; ${workers} workers.`);
  let done = 0;
  let shown = 0;
  const show = (more: number): void => {
    done += more;
    if (done - shown < plan.executions / 20) return;
    shown = done;
    say(`${done} executions, ${seconds()} s`);
  };
  const ends = await Promise.all(
    Array.from({ length: workers }, (_, at) => inWorker({ ...plan, at, of: workers }, show)),
  );
  const tally = newTally();
  for (const end of ends) addTally(tally, end.tally);
  const grown: Memory = {
    objects: Math.max(...ends.map(({ growth }) => growth.objects)),
    arrays: Math.max(...ends.map(({ growth }) => growth.arrays)),
  };
  for (const line of summaryOf(tally)) say(line);
  const grew = `a worker grew by ${mib(grown.objects)} of objects, ${mib(grown.arrays)} of arrays`;
  const isTooMuch = grown.objects > GROWTH_MAX.objects || grown.arrays > GROWTH_MAX.arrays;
  say(isTooMuch ? `OFFENCE  ${grew}` : `memory   ${grew}`);
  for (const { what, sizeBytes, ms } of measureExtremes()) {
    say(`at most  ${what}: ${sizeBytes} bytes, ${ms.toFixed(0)} ms`);
  }
  for (const offence of tally.offences.slice(0, SHOWN_MAX)) report(offence, plan.seed);
  const offences = tally.offences.length + (isTooMuch ? 1 : 0);
  say(`${done} executions from seed ${plan.seed} in ${seconds()} s: ${offences} offences`);
  return offences === 0 ? 0 : 1;
}

async function inWorker(
  share: Share,
  show: (executions: number) => void,
): Promise<NonNullable<Progress["end"]>> {
  const { promise, resolve, reject } = Promise.withResolvers<NonNullable<Progress["end"]>>();
  const worker = new Worker(import.meta.filename, { workerData: share });
  worker.on("message", ({ executions, end }: Progress) => {
    show(executions);
    if (end !== null) resolve(end);
  });
  worker.on("error", reject);
  worker.on("exit", (status) => reject(new Error(`a worker ended early, status ${status}`)));
  return await promise;
}

/** Writes the input to a file, and says how to look at it. */
function report({ target, number, sentence, input }: Offence, seed: number): void {
  const path = `fuzz-${seed}-${number}.bin`;
  writeFileSync(path, input);
  say(`OFFENCE  ${target}, execution ${number}: ${sentence}`);
  say(`         npm run campaign:fuzz -- --replay ${path}`);
}

async function replay(path: string): Promise<number> {
  const input = new Uint8Array(readFileSync(path));
  const corpus = await makeCorpus();
  const readings = new Set(
    TARGETS.flatMap((target) => corpus[target].map(({ reading }) => reading)),
  );
  for (const reading of readings) {
    const begun = performance.now();
    let said: string;
    try {
      const accepted = reading.decode(input);
      said = `accepted, ${accepted.items} items`;
      accepted.judge();
    } catch (error) {
      const isRefused = error instanceof FormatError;
      said = isRefused ? `refused, ${error.fault}: ${error.message}` : `OFFENCE ${String(error)}`;
    }
    say(`${reading.name}: ${said}; ${(performance.now() - begun).toFixed(1)} ms`);
  }
  return 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function numberOf(text: string, name: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`--${name} ${text}`);
  return count;
}

if (!isMainThread) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own main thread sent it.
  await work(workerData as Share, (progress) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- no origin in a thread.
    parentPort?.postMessage(progress);
  });
} else if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      executions: { type: "string", default: String(EXECUTIONS) },
      seed: { type: "string", default: "1" },
      workers: { type: "string", default: String(availableParallelism()) },
      replay: { type: "string" },
    },
  });
  if (values.replay === undefined) {
    const executions = numberOf(values.executions, "executions");
    const plan = { seed: numberOf(values.seed, "seed"), executions };
    process.exitCode = await run(plan, numberOf(values.workers, "workers"));
  } else {
    process.exitCode = await replay(values.replay);
  }
}
