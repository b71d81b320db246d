/**
 * Logs of two hours, for what is made of each hour's blocks.
 *
 * @module
 */
import { randomLog } from "../investigate/random-log.ts";
import { bytesOf, memoryInput } from "../recorder/audit-lines.ts";
import { recorded } from "../recorder/recording.ts";

const EVENTS = 18_000;
const IN_SECOND = 40;
const MINUTE_MS = 60_000;
const SHORT_EVENTS = 90;

type Choice = Parameters<typeof randomLog>[0][number];
type Recorded = ReturnType<typeof recorded>;

/** The first hour is long enough for a lineage, the second is short. */
export async function longThenShort(): Recorded {
  return await recordedOf(EVENTS, (at) => (at > EVENTS - IN_SECOND ? MINUTE_MS : 190));
}

export async function bothShort(): Recorded {
  return await recordedOf(SHORT_EVENTS, () => MINUTE_MS);
}

async function recordedOf(events: number, after: (at: number) => number): Recorded {
  const choices = Array.from({ length: events }, (_, at) => choice(at, after(at)));
  return await recorded([[memoryInput(bytesOf(randomLog(choices)))]]);
}

function choice(at: number, after: number): Choice {
  return { kind: (at * 7) % 8, who: at % 5, what: (at * 3) % 4, how: at % 10, after, late: 5 };
}
