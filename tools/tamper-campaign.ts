/**
 * `npm run campaign:tamper`: every attack without keys, on a sealed store of more than 64 KiB.
 *
 * All changes of one byte (each offset of each file, three masks), and every attack on whole files,
 * each followed by a full verification. Prints what was tried and what was missed; ends with status
 * 1 when anything was. About a quarter of an hour on two idle cores.
 *
 *     node tools/tamper-campaign.ts [--workers N] [--every N]
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { Campaign, type Tally } from "../test/tamper/campaign.ts";
import type { Mutation } from "../test/tamper/mutation.ts";
import { REFERENCE } from "../test/tamper/reference-store.ts";

/** What one worker does: of all attacks those whose number leaves `at` when divided by `of`. */
interface Share {
  readonly at: number;
  readonly of: number;
  /** Of the bytes, every so many; 1 is all. */
  readonly every: number;
}

interface Done {
  readonly bytes: Tally;
  readonly structural: Tally;
}

const SHOWN_MAX = 100;

async function work({ at, of, every }: Share): Promise<Done> {
  const campaign = await Campaign.on(REFERENCE);
  const structural = await campaign.try(shareOf(campaign.structural(1), at, of));
  return { structural, bytes: await campaign.try(bytesOf(campaign, at * every, of * every)) };
}

async function* shareOf(
  mutations: AsyncIterable<Mutation>,
  at: number,
  of: number,
): AsyncGenerator<Mutation> {
  let number = 0;
  for await (const mutation of mutations) {
    if (number % of === at) yield mutation;
    number += 1;
  }
}

function* bytesOf({ bytes }: Campaign, first: number, step: number): Generator<Mutation> {
  for (let number = first; number < bytes.count; number += step) yield bytes.make(number);
}

async function run(workers: number, every: number): Promise<number> {
  const begun = performance.now();
  const campaign = await Campaign.on(REFERENCE);
  const { length } = [...campaign.store.files];
  say(`A store of ${campaign.sizeBytes} bytes in ${length} files; ${workers} workers.`);
  const done = await Promise.all(
    Array.from({ length: workers }, (_, at) => inWorker({ at, of: workers, every })),
  );
  const missed: string[] = [];
  for (const kind of ["structural", "bytes"] as const) {
    const found = done.flatMap((each) => each[kind].missed);
    const tried = done.reduce((sum, each) => sum + each[kind].tried, 0);
    const what = kind === "bytes" ? "changes of one byte" : "attacks on whole files";
    say(`${tried} ${what}: ${found.length} missed`);
    missed.push(...found);
  }
  for (const sentence of missed.slice(0, SHOWN_MAX)) say(`MISSED ${sentence}`);
  say(`${Math.round((performance.now() - begun) / 1000)} s`);
  return missed.length === 0 ? 0 : 1;
}

async function inWorker(share: Share): Promise<Done> {
  const { promise, resolve, reject } = Promise.withResolvers<Done>();
  const worker = new Worker(import.meta.filename, { workerData: share });
  worker.on("message", resolve);
  worker.on("error", reject);
  return await promise;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function countOf(text: string, name: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`--${name} ${text}`);
  return count;
}

if (!isMainThread) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own main thread sent it.
  const done = await work(workerData as Share);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin.
  parentPort?.postMessage(done);
} else if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      workers: { type: "string", default: String(availableParallelism()) },
      every: { type: "string", default: "1" },
    },
  });
  process.exitCode = await run(countOf(values.workers, "workers"), countOf(values.every, "every"));
}
