/**
 * Goal: what `who`, `trace` and `tree` answer is what a reader of everything would answer: over
 * hours, generations, late events, pids that are used again, and any span.
 *
 * Method: random logs through the real recorder on a simulated disk, and a reference that goes over
 * all atoms (`reference.ts`).
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventTypeNumber } from "@ritma/evidence";
import {
  array,
  assert as forAll,
  asyncProperty,
  boolean,
  constantFrom,
  integer,
  record,
} from "fast-check";
import { Investigation, type Span } from "../../src/flow/investigate/investigation.ts";
import { livesOf } from "../../src/flow/investigate/lives.ts";
import { trace } from "../../src/flow/investigate/trace.ts";
import { who } from "../../src/flow/investigate/who.ts";
import { addressAsked, needleAsked, pathAsked } from "../../src/services/investigator/needles.ts";
import { rawPrivacy } from "../../src/flow/capture/privacy.ts";
import { indexAll, keepingWith } from "../keep/indexed.ts";
import { bytesOf, memoryInput } from "../recorder/audit-lines.ts";
import { recorded } from "../recorder/recording.ts";
import { openReader } from "../sealed/searching.ts";
import { lineagesInMemory } from "./memory-lineage.ts";
import { ADDRESSES, choicesOf, FILES, randomLog } from "./random-log.ts";
import { reached, readEverything, touchesOf } from "./reference.ts";

const EVERYTHING: Span = {
  since: Number.NEGATIVE_INFINITY,
  until: Number.POSITIVE_INFINITY,
};
const NO_LIMITS = { depth: 1_000, budget: 100_000, fan: 100_000, all: true };
const BIND = eventTypeNumber("bind");
const privacy = rawPrivacy();

const CHOICES = choicesOf({ least: 4, most: 40 });
const FORM = record({
  most: constantFrom(3, 1_000_000),
  isIndexed: boolean(),
  pageAtoms: constantFrom(null, 1, 3, 8),
});
/** Of the three hours that a log is about, in thousandths; the first is before the second. */
const SPAN = array(integer({ min: -100, max: 1_100 }), { minLength: 2, maxLength: 2 });

/** How a store is made and asked: nothing of it may change an answer. */
interface Form {
  /** Entities of a generation. */
  readonly most: number;
  /** Whether hours have an index. */
  readonly isIndexed: boolean;
  /** Atoms of a page of their lineage; null without one. */
  readonly pageAtoms: number | null;
}

async function storeOf(log: string, { most, isIndexed, pageAtoms }: Form): Promise<Investigation> {
  const limits = { generationEntitiesMax: most };
  const disk = await recorded([[memoryInput(bytesOf(log))]], { limits });
  if (isIndexed) await indexAll(await keepingWith(disk, await openReader(disk)));
  const reader = await openReader(disk);
  if (pageAtoms === null) return new Investigation(reader, 30);
  return new Investigation(reader, 30, lineagesInMemory(reader, pageAtoms));
}

function spanIn(investigation: Investigation, parts: readonly number[]): Span {
  const { hours } = investigation.reader;
  const [begin = 0, end = 0] = [hours[0]?.t1, hours.at(-1)?.t2];
  const at = (part: number): number => Math.round(begin + ((end - begin) * part) / 1_000);
  const [since = 0, until = 0] = parts.toSorted((a, b) => a - b).map(at);
  return { since, until: Math.max(until, since + 1) };
}

test("who touched a file or an address is what all atoms say", async () => {
  await forAll(
    asyncProperty(CHOICES, SPAN, FORM, async (choices, parts, form) => {
      const investigation = await storeOf(randomLog(choices), form);
      const everything = await readEverything(investigation.reader);
      const needles = [
        ...FILES.map((file) => pathAsked(privacy, file)),
        ...ADDRESSES.map((address) => addressAsked(privacy, address)),
      ];
      for (const span of [EVERYTHING, spanIn(investigation, parts)]) {
        for (const needle of needles) {
          const things = await investigation.find(EVERYTHING, needle);
          const found = await who(investigation, things, span);
          const counts = new Map<string, number>();
          for (const { process, thing, acts } of found) {
            for (const { etype, flags, ret, times } of acts) {
              const key = [process.name, thing.name, etype, flags, ret].join("|");
              assert.equal(counts.has(key), false, "one act of a kind");
              counts.set(key, (counts.get(key) ?? 0) + times);
            }
          }
          const firsts = found.map(({ acts }) => acts.map(({ time }) => time));
          for (const times of [...firsts, firsts.map(([first = 0]) => first)]) {
            assert.deepEqual(
              times,
              times.toSorted((a, b) => a - b),
            );
          }
          const told = [...counts].map(([key, count]) => `${key} ×${count}`).toSorted();
          assert.deepEqual(told, touchesOf(everything, needle, span));
        }
      }
    }),
    { numRuns: 40, seed: 5 },
  );
});

test("a trace without limits reaches what can be reached in time, and nothing else", async () => {
  await forAll(
    asyncProperty(CHOICES, SPAN, FORM, async (choices, parts, form) => {
      const investigation = await storeOf(randomLog(choices), form);
      const everything = await readEverything(investigation.reader);
      const spans = [EVERYTHING, spanIn(investigation, parts)];
      for (const span of spans) {
        for (const text of [FILES[0] ?? "", ADDRESSES[0] ?? "", "502"]) {
          const things = await investigation.find(EVERYTHING, needleAsked(privacy, text).test);
          const start = things.slice(0, 1);
          for (const direction of ["back", "forward"] as const) {
            const { steps, cuts } = await trace(investigation, start, {
              ...NO_LIMITS,
              direction,
              span,
            });
            const names = start.map(({ name }) => name);
            const want = reached(everything, names, span, direction === "back", BIND);
            const got = new Set(steps.map(({ thing }) => thing.name));
            assert.deepEqual([...got].toSorted(), [...want].toSorted(), `${direction} ${text}`);
            assert.deepEqual(cuts, []);
          }
        }
      }
    }),
    { numRuns: 40, seed: 6 },
  );
});

test("a tree has every process once, below the one that began it", async () => {
  await forAll(
    asyncProperty(CHOICES, FORM, async (choices, form) => {
      const investigation = await storeOf(randomLog(choices), form);
      const { kin, entities } = await readEverything(investigation.reader);
      const roots = await investigation.origins(EVERYTHING);
      const { lives, more } = await livesOf(investigation, roots, EVERYTHING, {
        depth: 1_000,
        max: 100_000,
      });
      assert.equal(more, 0);
      const processes = [...entities].filter(([, all]) => all[0]?.kind === "process");
      const names = processes.map(([name]) => name);
      assert.deepEqual([...lives.keys()].toSorted(), names.toSorted());
      const parents = new Map<string, string>();
      for (const [name, { children }] of lives) {
        for (const child of children) parents.set(child, name);
      }
      const told = [...parents].map(([child, parent]) => `${parent} > ${child}`).toSorted();
      assert.deepEqual(told, kin.map(({ parent, child }) => `${parent} > ${child}`).toSorted());
    }),
    { numRuns: 40, seed: 7 },
  );
});
