/**
 * What a fuzzer counts, target by target: plain data, that crosses threads and is added up.
 *
 * @module
 */
import type { FormatFault } from "@ritma/evidence";
import { type Target, TARGETS } from "./corpus.ts";

/** The execution with the largest of something. */
export interface Most {
  readonly value: number;
  readonly sizeBytes: number;
  readonly number: number;
}

export interface TargetTally {
  executions: number;
  accepted: number;
  /** Of those accepted, the good inputs that nothing was done to. */
  unchanged: number;
  /** Atoms, entities or rows of what was accepted. */
  items: number;
  readonly refused: Partial<Record<FormatFault, number>>;
  /** Milliseconds. */
  slowest: Most;
  /** Bytes of arrays made for one input. */
  largest: Most;
}

export interface Offence {
  readonly target: Target;
  readonly number: number;
  readonly sentence: string;
  readonly input: Uint8Array;
}

export interface Tally {
  readonly targets: Readonly<Record<Target, TargetTally>>;
  readonly offences: Offence[];
}

const NONE: Most = { value: 0, sizeBytes: 0, number: 0 };

export function newTally(): Tally {
  const targets = {
    "block@1": nothing(),
    "block@2": nothing(),
    "entities@1": nothing(),
    "entities@2": nothing(),
    cones: nothing(),
    "entities-log": nothing(),
    "cones-log": nothing(),
    "beat-frame": nothing(),
    "cep-frame": nothing(),
  };
  return { targets, offences: [] };
}

function nothing(): TargetTally {
  const counts = { executions: 0, accepted: 0, unchanged: 0, items: 0 };
  return { ...counts, refused: {}, slowest: NONE, largest: NONE };
}

export function most(a: Most, b: Most): Most {
  return b.value > a.value ? b : a;
}

/** Adds `more` to `sum`. */
export function addTally(sum: Tally, more: Tally): void {
  sum.offences.push(...more.offences);
  for (const target of TARGETS) {
    const [to, from] = [sum.targets[target], more.targets[target]];
    for (const name of ["executions", "accepted", "unchanged", "items"] as const) {
      to[name] += from[name];
    }
    for (const fault of FAULTS) {
      const count = (to.refused[fault] ?? 0) + (from.refused[fault] ?? 0);
      if (count > 0) to.refused[fault] = count;
    }
    to.slowest = most(to.slowest, from.slowest);
    to.largest = most(to.largest, from.largest);
  }
}

/** Those that these decoders know, in the order in which summaries show them. */
export const FAULTS = [
  "truncated",
  "trailing-bytes",
  "not-canonical",
  "wrong-type",
  "out-of-range",
  "too-deep",
  "bad-signature",
] as const satisfies readonly FormatFault[];
