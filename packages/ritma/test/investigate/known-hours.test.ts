/**
 * Goal: what is kept in memory between questions never changes an answer, also when dictionaries
 * had to go and were read again.
 *
 * Method: more generations than are kept, hours by pages and as a whole, each question twice, in
 * memory for few atoms.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rawPrivacy } from "../../src/flow/capture/privacy.ts";
import { EDGES_GENERATIONS_MAX } from "../../src/base/limits.ts";
import { Investigation } from "../../src/flow/investigate/investigation.ts";
import { livesOf } from "../../src/flow/investigate/lives.ts";
import { who } from "../../src/flow/investigate/who.ts";
import { pathAsked } from "../../src/services/investigator/needles.ts";
import { bytesOf, memoryInput } from "../recorder/audit-lines.ts";
import { recorded } from "../recorder/recording.ts";
import { openReader } from "../sealed/searching.ts";
import { lineagesInMemory } from "./memory-lineage.ts";
import { FILES, randomLog } from "./random-log.ts";

const EVERYTHING = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
const HOURS = EDGES_GENERATIONS_MAX + 3;
const EVENTS_AN_HOUR = 12;

const choices = Array.from({ length: HOURS * EVENTS_AN_HOUR }, (_, at) => ({
  kind: at % 8,
  who: (at * 3) % 5,
  what: (at * 7) % 4,
  how: at % 10,
  after: 3_600_000 / EVENTS_AN_HOUR,
  late: 5,
}));
const disk = await recorded([[memoryInput(bytesOf(randomLog(choices)))]], {
  limits: { generationEntitiesMax: 3 },
});

async function answer(investigation: Investigation): Promise<string> {
  const things = await investigation.find(EVERYTHING, pathAsked(rawPrivacy(), FILES[0] ?? ""));
  const touchers = await who(investigation, things, EVERYTHING);
  const roots = await investigation.origins(EVERYTHING);
  const limits = { depth: 10, max: 1_000 };
  const { lives } = await livesOf(investigation, roots, EVERYTHING, limits);
  const told = touchers.map(({ process, acts }) => [process.name, acts]);
  return JSON.stringify([
    told,
    [...lives].map(([name, { end, children }]) => [name, end, children]),
  ]);
}

test("more dictionaries than are kept: the same answer again, however hours are read", async () => {
  const reader = await openReader(disk);
  const generations = new Set<number>();
  for (const hour of reader.hours) {
    generations.add((await reader.header(hour)).generation.number);
  }
  assert.ok(generations.size > EDGES_GENERATIONS_MAX, `${generations.size} generations`);
  const want = await answer(new Investigation(reader));
  assert.ok(want.length > 1_000);
  await using paged = new Investigation(reader, 40, lineagesInMemory(reader, 4));
  for (const _ of ["first", "again"]) assert.equal(await answer(paged), want);
});
