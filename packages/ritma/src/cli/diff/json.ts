/**
 * A comparison as `--json` prints it: all of it, however long.
 *
 * @module
 */
import type { ChangedRate, Differences } from "../../flow/investigate/diff.ts";
import type { Fact } from "../../flow/investigate/facts-counter.ts";
import type { SpanFacts } from "../../flow/investigate/facts.ts";
import { isoTime } from "../log/spans.ts";
import { Namer } from "../timeline/names.ts";
import { windowReference } from "./reference.ts";
import type { Side } from "./side.ts";
import { thingFacts } from "./things.ts";

type Facts = Readonly<Record<string, unknown>>;

const HASH_DIGITS = 32;
const US_PER_MINUTE = 60_000_000;
const RATE_DIGITS = 4;

export function sideFacts({ asked, span, window }: Side, facts: SpanFacts): Facts {
  const { coverage, atoms, uncounted } = facts;
  return {
    asked,
    window,
    ...spanFacts(span),
    minutes: rounded(coverage.coveredUs / US_PER_MINUTE),
    uncovered: coverage.gaps.map(({ t1, t2 }) => spanFacts({ since: t1, until: t2 })),
    lost: coverage.lost,
    atoms,
    uncounted: Object.fromEntries(uncounted),
  };
}

export function differenceFacts(differences: readonly Differences[]): Facts {
  return {
    appeared: differences.flatMap(({ appeared }) => appeared.map((fact) => factFacts(fact))),
    vanished: differences.flatMap(({ vanished }) => vanished.map((fact) => factFacts(fact))),
    changed: differences.flatMap(({ changed }) => changed.map((change) => changeFacts(change))),
    unsure: differences.filter(({ isUnsure }) => isUnsure).map(({ kind }) => kind),
  };
}

function changeFacts({ a, b, rateA, rateB }: ChangedRate): Facts {
  const { kind, things, hashed } = named(b);
  const rates = { a: rounded(rateA), b: rounded(rateB) };
  const counts = { a: a.count, b: b.count };
  return { kind, things, counts, rates, first: { a: seatFacts(a), b: seatFacts(b) }, hashed };
}

function factFacts(fact: Fact): Facts {
  const { kind, things, hashed } = named(fact);
  return { kind, things, count: fact.count, first: seatFacts(fact), hashed };
}

function named({ kind, things }: Fact): Facts {
  const namer = new Namer(HASH_DIGITS);
  const shown = things.map((thing) => thingFacts(namer, thing));
  return { kind, things: shown, hashed: namer.takeHashed() };
}

function seatFacts({ first }: Fact): Facts {
  const { time, serial, sequence, window, leaf } = first;
  const name = windowReference(sequence, window);
  return { time: isoTime(time), timeUs: time, serial, sequence, window, name, leaf };
}

function spanFacts({ since, until }: Side["span"]): Facts {
  return { since: isoTime(since), until: isoTime(until), sinceUs: since, untilUs: until };
}

function rounded(value: number): number {
  return Number(value.toPrecision(RATE_DIGITS));
}
