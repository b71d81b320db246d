/**
 * Two spans compared: what appeared, what vanished, and what changed its rate.
 *
 * A rate is occurrences by minute of covered time, so that a span with a gap is not quieter for it.
 *
 * Not here: counting (`facts.ts`).
 *
 * @module
 */
import type { Path } from "@ritma/evidence";
import { type Fact, FACT_KINDS, type FactKind } from "./facts-counter.ts";
import type { SpanFacts } from "./facts.ts";
import { AF_INET, AF_INET6, AF_UNIX, type Thing } from "./facts-thing.ts";

/** Of one kind; the most remarkable first. */
export interface Differences {
  readonly kind: FactKind;
  readonly appeared: readonly Fact[];
  readonly vanished: readonly Fact[];
  readonly changed: readonly ChangedRate[];
  /** True when one of the spans had no room for all: what is listed may be in the other as well. */
  readonly isUnsure: boolean;
}

export interface ChangedRate {
  readonly a: Fact;
  readonly b: Fact;
  /** Occurrences by minute of covered time. */
  readonly rateA: number;
  readonly rateB: number;
}

/** Of a change that is worth a line. */
const FACTOR_MIN = 3;
const COUNT_MIN = 10;
const US_PER_MINUTE = 60_000_000;
const PROGRAM_PLACES = /^(?:usr|bin|sbin|lib|lib32|lib64|libx32)$/u;
const VOLATILE_PLACES = /^(?:proc|sys|dev|run)$/u;
const SHARED_MEMORY = "shm";
const NONE: ReadonlyMap<string, Fact> = new Map();

/** Kinds without any difference are left out. */
export function compareFacts(a: SpanFacts, b: SpanFacts): Differences[] {
  return FACT_KINDS.map((kind) => differencesOf(kind, a, b)).filter(
    ({ appeared, vanished, changed }) => appeared.length + vanished.length + changed.length > 0,
  );
}

function differencesOf(kind: FactKind, a: SpanFacts, b: SpanFacts): Differences {
  const [inA, inB] = [a.facts.get(kind) ?? NONE, b.facts.get(kind) ?? NONE];
  const only = (here: typeof inA, there: typeof inA): Fact[] =>
    [...here.values()].filter(({ key }) => !there.has(key)).toSorted(inOrder);
  const minutes = [a, b].map(({ coverage }) => coverage.coveredUs / US_PER_MINUTE);
  return {
    kind,
    appeared: only(inB, inA),
    vanished: only(inA, inB),
    changed: changedRates(inA, inB, minutes[0] ?? 0, minutes[1] ?? 0),
    isUnsure: a.uncounted.has(kind) || b.uncounted.has(kind),
  };
}

function changedRates(
  inA: ReadonlyMap<string, Fact>,
  inB: ReadonlyMap<string, Fact>,
  minutesA: number,
  minutesB: number,
): ChangedRate[] {
  if (minutesA <= 0 || minutesB <= 0) return [];
  const changed: (ChangedRate & { readonly factor: number })[] = [];
  for (const a of inA.values()) {
    const b = inB.get(a.key);
    if (b === undefined || Math.max(a.count, b.count) < COUNT_MIN) continue;
    const [rateA, rateB] = [a.count / minutesA, b.count / minutesB];
    const factor = Math.max(rateA / rateB, rateB / rateA);
    if (factor >= FACTOR_MIN) changed.push({ a, b, rateA, rateB, factor });
  }
  return changed
    .toSorted((one, other) => other.factor - one.factor || inOrder(one.b, other.b))
    .map(({ a, b, rateA, rateB }) => ({ a, b, rateA, rateB }));
}

/** What is out of the ordinary by its place, then what happened first. */
function inOrder(a: Fact, b: Fact): number {
  return (
    rankOf(a) - rankOf(b) ||
    a.first.time - b.first.time ||
    a.first.serial - b.first.serial ||
    (a.key < b.key ? -1 : 1)
  );
}

/** 0 for what is most remarkable. */
function rankOf({ kind, things }: Fact): number {
  const ofPrograms = kind === "program" || kind === "child";
  return Math.min(...things.map((thing) => rankOfThing(thing, ofPrograms)));
}

function rankOfThing(thing: Thing, isProgram: boolean): number {
  if (thing.kind === "path") {
    return isOrdinary(thing.path, isProgram ? PROGRAM_PLACES : VOLATILE_PLACES) ? 1 : 0;
  }
  if (thing.kind !== "flow") return 0;
  const { family, address } = thing.flow;
  if (family === AF_UNIX || "components" in address) return 2;
  if (address.hashed) return 0;
  const { bytes } = address;
  const isLoopback =
    (family === AF_INET && bytes[0] === 127) ||
    (family === AF_INET6 &&
      bytes.length === 16 &&
      bytes.every((byte, at) => byte === Number(at === 15)));
  return isLoopback ? 1 : 0;
}

function isOrdinary({ base, components }: Path, places: RegExp): boolean {
  const [first, second] = components;
  if (base !== 0 || first === undefined || first.hashed) return false;
  return (
    places.test(asciiOf(first.bytes)) &&
    !(second !== undefined && asciiOf(second.bytes) === SHARED_MEMORY)
  );
}

/** Enough to tell a short name from others. */
function asciiOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 16));
}
