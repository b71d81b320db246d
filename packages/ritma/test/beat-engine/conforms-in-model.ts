/**
 * Conformance of engines: whatever is done in whatever order, the engine holds what a plain map
 * would hold.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type Arbitrary,
  array,
  assert as forAll,
  asyncProperty,
  constant,
  constantFrom,
  integer,
  oneof,
  record,
  tuple,
} from "fast-check";
import type { BeatEngine } from "../../src/stores/beat/engine.ts";
import { recordPrefix } from "../../src/stores/beat/record.ts";
import { type Check, type Place, reopened } from "./engine-place.ts";
import { got, keyOf, recordOf, scanned } from "./records.ts";

const BRANCHES = ["data", "journal", "rt.ops"] as const;
const PATHS = ["a", "a/b", "a/b/c", "b", "b/a", "c", "ca"] as const;

interface BeatStep {
  readonly kind: "beat" | "aborted";
  readonly skip: number;
  readonly puts: readonly (readonly [branch: string, path: string, text: string])[];
  /** Per mille of the beats so far. */
  readonly forget: readonly (readonly [branch: string, part: number])[];
}

interface OtherStep {
  readonly kind: "checkpoint" | "compact" | "reopen";
}

type Step = BeatStep | OtherStep;

const beatStep: Arbitrary<BeatStep> = record({
  kind: constantFrom("beat", "beat", "beat", "beat", "aborted"),
  skip: integer({ min: 1, max: 3 }),
  puts: array(
    tuple(
      constantFrom(...BRANCHES),
      constantFrom(...PATHS),
      integer({ min: 0, max: 99 }).map((at) => `${at}${"-".repeat(at)}`),
    ),
    { maxLength: 6 },
  ),
  forget: oneof(
    { weight: 4, arbitrary: constant([]) },
    {
      weight: 1,
      arbitrary: array(tuple(constantFrom(...BRANCHES), integer({ min: 1, max: 1000 })), {
        maxLength: 2,
      }),
    },
  ),
});
const otherStep: Arbitrary<OtherStep> = record({
  kind: constantFrom("checkpoint", "compact", "reopen"),
});
const steps = array(
  oneof<
    [{ weight: number; arbitrary: Arbitrary<Step> }, { weight: number; arbitrary: Arbitrary<Step> }]
  >({ weight: 3, arbitrary: beatStep }, { weight: 1, arbitrary: otherStep }),
  { minLength: 1, maxLength: 24 },
);

/** By branch, then by path: "text@beat". */
type Model = Map<string, Map<string, readonly [text: string, beat: number]>>;

export function conformsInModel(check: Check, runs: number): void {
  // One place for all runs: stores are told apart by what the model has forgotten of them.
  for (let part = 0; part < 4; part += 1) {
    check(`holds what a map would hold (${part + 1} of 4)`, async (place) => {
      let engine = await place.open();
      const model: Model = new Map();
      await forAll(
        asyncProperty(steps, async (all) => {
          engine = await clear(engine, model);
          for (const step of all) engine = await perform(place, engine, step, model);
          await compare(engine, model);
        }),
        { numRuns: Math.ceil(runs / 4), endOnFailure: true },
      );
      await engine[Symbol.asyncDispose]();
    });
  }
}

/** Every branch empty; beats go on. */
async function clear(engine: BeatEngine, model: Model): Promise<BeatEngine> {
  const next = engine.lastBeat + 1;
  engine.beginBeat(next);
  for (const branch of engine.branches()) engine.forget(branch, next);
  await engine.commitBeat();
  for (const records of model.values()) records.clear();
  await compare(engine, model);
  return engine;
}

async function perform(
  place: Place,
  engine: BeatEngine,
  step: Step,
  model: Model,
): Promise<BeatEngine> {
  if ("puts" in step) await performBeat(engine, step, model);
  else if (step.kind === "checkpoint") await engine.checkpoint();
  else if (step.kind === "compact") await engine.compact();
  else return await reopened(place, engine);
  return engine;
}

async function performBeat(engine: BeatEngine, step: BeatStep, model: Model): Promise<void> {
  const beat = engine.lastBeat + step.skip;
  const marks = step.forget.map(
    ([branch, part]) => [branch, Math.max(1, Math.ceil((beat * part) / 1000))] as const,
  );
  engine.beginBeat(beat);
  for (const [branch, path, text] of step.puts) engine.putRecord(branch, recordOf(path, text));
  for (const [branch, mark] of marks) engine.forget(branch, mark);
  if (step.kind === "aborted") engine.abortBeat();
  else {
    await engine.commitBeat();
    apply(model, beat, step.puts, marks);
  }
  await compareSome(engine, model, step.skip);
}

function apply(
  model: Model,
  beat: number,
  puts: readonly (readonly [string, string, string])[],
  marks: readonly (readonly [string, number])[],
): void {
  for (const [branch, path, text] of puts) {
    const records = model.get(branch) ?? new Map<string, readonly [string, number]>();
    records.set(path, [text, beat]);
    model.set(branch, records);
  }
  for (const [branch, mark] of marks) {
    const records = model.get(branch);
    for (const [path, [, put]] of records ?? []) if (put < mark) records?.delete(path);
  }
}

async function compare(engine: BeatEngine, model: Model): Promise<void> {
  assert.deepEqual(engine.branches(), [...model.keys()].toSorted());
  for (const branch of BRANCHES) {
    const records = model.get(branch) ?? new Map<string, readonly [string, number]>();
    for (const path of PATHS) {
      const [text, beat] = records.get(path) ?? [];
      const wanted = text === undefined ? null : `${text}@${beat}`;
      assert.equal(await got(engine, branch, path), wanted, `${branch} ${path}`);
    }
    const shown = (paths: readonly string[]): string =>
      paths
        .filter((path) => records.has(path))
        .map((path) => `${path}=${records.get(path)?.join("@")}`)
        .join(" ");
    assert.equal(await scanned(engine, branch), shown(PATHS), branch);
    const prefix = recordPrefix("cell", ["a"]);
    const after = keyOf("a");
    assert.equal(await scanned(engine, branch, prefix, { after }), shown(["a/b", "a/b/c"]));
  }
}

/** Some of it, and not always, so that what is looked up last is not what was looked up before. */
async function compareSome(engine: BeatEngine, model: Model, salt: number): Promise<void> {
  const branch = BRANCHES[salt % BRANCHES.length] ?? "data";
  const path = PATHS[(salt * 5 + engine.lastBeat) % PATHS.length] ?? "a";
  const [text, beat] = model.get(branch)?.get(path) ?? [];
  assert.equal(await got(engine, branch, path), text === undefined ? null : `${text}@${beat}`);
}
