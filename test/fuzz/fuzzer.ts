/**
 * The fuzzer: execution `number` under `seed` draws a target, a good input, and what is done to it.
 * It is the same whoever runs it and whatever ran before.
 *
 * A decoder refuses with a FormatError, or what it accepts is judged. It takes time and memory in
 * bounds. All else is an offence, with the input that shows it.
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import type { Corpus, Target } from "./corpus.ts";
import { Draw } from "./draw.ts";
import type { Accepted, Reading, Sample } from "./reading.ts";
import { most, newTally, type Offence, type Tally } from "./tally.ts";

/** How often each is drawn. Coded forms are most of what a stranger can get wrong. */
const WEIGHTED: readonly Target[] = [
  "block@1",
  "block@1",
  "block@2",
  "block@2",
  "block@2",
  "block@2",
  "block@2",
  "entities@1",
  "entities@1",
  "entities@2",
  "entities@2",
  "entities@2",
  "entities@2",
  "entities@2",
  "cones",
  "cones",
  "cones",
  "entities-log",
  "entities-log",
  "cones-log",
  "beat-frame",
  "beat-frame",
  "cep-frame",
  "cep-frame",
];
/** Once in so many nothing is done to the input: what was refused before must leave no trace. */
const UNCHANGED_ONCE_IN = 50;
/** Kept of all: who finds more has enough to do. */
const OFFENCES_MAX = 100;
const REFUSED = "a good input was refused";

/** Of an input of at most this many bytes the time is judged. */
const TIMED_BYTES_MAX = 64 * 1024;
const TIME_MS_MAX = 100;
/** What seems to take longer is timed again, and the best counts: machines pause. */
const RETIMED_MS = 3;
const TIMINGS = 3;
/** What each unit of `Reading.work` may take besides: ten times what was measured. */
const WORK_MS = 1 / 2000;

const MIB = 1024 * 1024;
/**
 * Arrays that may be made for one input: so much, and so many bytes for each of its own. A coded
 * form may claim much in few bytes, and a packed one unpack to much, up to a bound.
 */
const ARRAY_BYTES_MAX: Readonly<Record<Target, number>> = {
  "block@1": 4 * MIB,
  "block@2": 128 * MIB,
  "entities@1": 4 * MIB,
  "entities@2": 128 * MIB,
  cones: 4 * MIB,
  "entities-log": 128 * MIB,
  "cones-log": 128 * MIB,
  "beat-frame": 4 * MIB,
  "cep-frame": 4 * MIB,
};
const ARRAY_BYTES_PER_BYTE = 128;

export class Fuzzer {
  readonly tally: Tally = newTally();
  readonly #corpus: Corpus;
  readonly #seed: number;
  readonly #isTimed: boolean;

  /** @param isTimed false where time says nothing about the decoder: in tests */
  constructor(corpus: Corpus, seed: number, isTimed: boolean) {
    this.#corpus = corpus;
    this.#seed = seed;
    this.#isTimed = isTimed;
  }

  run(number: number): void {
    const { target, sample, input } = this.draw(number);
    const tally = this.tally.targets[target];
    tally.executions += 1;
    const isUnchanged = input === sample.bytes;
    try {
      const accepted = this.#decode(target, sample, input, number);
      if (accepted === null) {
        if (isUnchanged) this.#offend({ target, number, input, sentence: REFUSED });
        return;
      }
      accepted.judge();
      tally.accepted += 1;
      tally.items += accepted.items;
      if (isUnchanged) tally.unchanged += 1;
    } catch (error) {
      // Whatever it is, nothing but a FormatError may come out of a decoder.
      const sentence = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      this.#offend({ target, number, input, sentence });
    }
  }

  /** What execution `number` is made of. */
  draw(number: number): { target: Target; sample: Sample; input: Uint8Array } {
    const draw = new Draw(this.#seed, number);
    const target = draw.pick(WEIGHTED);
    const samples = this.#corpus[target];
    const sample = draw.pick(samples);
    const other = draw.pick(samples).bytes;
    const isUnchanged = draw.once(UNCHANGED_ONCE_IN);
    return { target, sample, input: isUnchanged ? sample.bytes : sample.mutate(draw, other) };
  }

  /** @returns null when it was refused. */
  #decode(target: Target, sample: Sample, input: Uint8Array, number: number): Accepted | null {
    const tally = this.tally.targets[target];
    const sizeBytes = input.length;
    const before = this.#isTimed ? process.memoryUsage().arrayBuffers : 0;
    const begun = performance.now();
    let accepted: Accepted | null = null;
    try {
      accepted = sample.reading.decode(input);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      tally.refused[error.fault] = (tally.refused[error.fault] ?? 0) + 1;
    }
    if (!this.#isTimed) return accepted;
    const ms = performance.now() - begun;
    const made = process.memoryUsage().arrayBuffers - before;
    const best = ms > RETIMED_MS ? bestOf(sample.reading, input, ms) : ms;
    tally.slowest = most(tally.slowest, { value: best, sizeBytes, number });
    tally.largest = most(tally.largest, { value: made, sizeBytes, number });
    const offend = (sentence: string): void => this.#offend({ target, number, input, sentence });
    if (sizeBytes <= TIMED_BYTES_MAX && best > TIME_MS_MAX) {
      const work = sample.reading.work(input);
      const said = `${best.toFixed(0)} ms for ${sizeBytes} bytes and ${work} units of work`;
      if (best > TIME_MS_MAX + work * WORK_MS) offend(said);
    }
    if (made > ARRAY_BYTES_MAX[target] + sizeBytes * ARRAY_BYTES_PER_BYTE) {
      offend(`arrays of ${made} bytes for ${sizeBytes} bytes`);
    }
    return accepted;
  }

  #offend(offence: Offence): void {
    const { offences } = this.tally;
    if (offences.length < OFFENCES_MAX) offences.push(offence);
  }
}

/** @returns milliseconds: a pause of the machine is not the decoder's. */
function bestOf(reading: Reading, input: Uint8Array, first: number): number {
  let best = first;
  for (let count = 1; count < TIMINGS; count += 1) {
    const begun = performance.now();
    try {
      reading.decode(input);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
    }
    best = Math.min(best, performance.now() - begun);
  }
  return best;
}
