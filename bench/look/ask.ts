/**
 * What the parts of this suite share: a store that is opened, and a question asked again and again.
 *
 * @module
 */
import { join } from "node:path";
import { RealDisk } from "../../packages/ritma/src/base/disk/real-disk.ts";
import { loadPrimitives } from "../../packages/ritma/src/base/primitives.ts";
import type { Thing } from "../../packages/ritma/src/flow/investigate/investigation.ts";
import { StoreReader } from "../../packages/ritma/src/stores/sealed/store-reader.ts";
import { say } from "../shared/measure.ts";

export const EVERYTHING = {
  since: Number.NEGATIVE_INFINITY,
  until: Number.POSITIVE_INFINITY,
} as const;

const QUESTIONS = 2_000;
/** Prime, so that questions go over all things in no order that a store has. */
const STRIDE = 7_919;

/** @param data a data root. */
export async function openStore(data: string): Promise<StoreReader> {
  const out = join(data, "RITMA_OUT");
  return await StoreReader.open(new RealDisk(), await loadPrimitives(), out);
}

export async function ask(
  what: string,
  things: readonly Thing[],
  question: (thing: Thing) => Promise<void>,
  times: number = QUESTIONS,
): Promise<void> {
  const took: number[] = [];
  for (let at = 0; at < times; at += 1) {
    const thing = things[(at * STRIDE) % things.length];
    if (thing === undefined) return;
    const begun = performance.now();
    await question(thing);
    took.push(performance.now() - begun);
  }
  tellTimes(what, took, `of ${things.length} things`);
}

/** @param took milliseconds, which are sorted */
export function tellTimes(what: string, took: number[], of: string): void {
  took.sort((a, b) => a - b);
  const [p50 = 0, p99 = 0, worst = 0] = [0.5, 0.99, 1].map(
    (part) => took[Math.min(took.length - 1, Math.floor(took.length * part))],
  );
  say(
    `${what.padEnd(14)} p50 ${p50.toFixed(3)} ms   p99 ${p99.toFixed(3)} ms   ` +
      `worst ${worst.toFixed(1)} ms   ${of}`,
  );
}
