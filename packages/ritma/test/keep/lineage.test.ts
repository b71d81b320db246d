/**
 * Goal: an hour with a lineage is answered from it, and what is wrong with the file never makes an
 * answer wrong: it is read over, and verification names it.
 *
 * Method: an hour that is long enough, on a real disk; its lineage deleted, cut, changed, replaced
 * by that of another hour, and by a lie under a good signature.
 */
import assert from "node:assert/strict";
import { mkdtempDisposableSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type LineagePage, lineagePlace } from "@ritma/evidence";
import { rawPrivacy } from "../../src/flow/capture/privacy.ts";
import { Investigation } from "../../src/flow/investigate/investigation.ts";
import { StoreLineages } from "../../src/flow/investigate/lineages.ts";
import { who } from "../../src/flow/investigate/who.ts";
import { compareDerived } from "../../src/flow/keep/compare-derived.ts";
import { keepIndexes } from "../../src/flow/keep/hour-indexes.ts";
import { sectionsOf } from "../../src/flow/keep/hour-sections.ts";
import type { Reindexing } from "../../src/flow/keep/reindex.ts";
import { writeDerived } from "../../src/flow/keep/write-derived.ts";
import { pathAsked } from "../../src/services/investigator/needles.ts";
import { buildLineage } from "../../src/stores/lineage/lineage-builder.ts";
import { lineageInMemory } from "../investigate/memory-lineage.ts";
import { FILES, randomLog } from "../investigate/random-log.ts";
import { bytesOf, memoryInput } from "../recorder/audit-lines.ts";
import { primitives, recorded } from "../recorder/recording.ts";
import { openReader } from "../sealed/searching.ts";
import { longThenShort } from "./long-hour.ts";
import { onDisk } from "./on-disk.ts";

const EVERYTHING = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

const simulated = await longThenShort();
const folder = mkdtempDisposableSync(join(tmpdir(), "ritma-lineage-"));
after(() => folder.remove());
const keeping = await onDisk(simulated, folder.path);
const { reader } = keeping;
const [long, short] = reader.hours;
assert.ok(long !== undefined && short !== undefined);
const place = lineagePlace(long.folder);
const path = join(reader.files.out, place.folder, place.name);

/** Whoever touched a file. */
async function answer(): Promise<string> {
  await using investigation = new Investigation(reader);
  const told: unknown[] = [];
  for (const file of FILES.slice(0, 1)) {
    const things = await investigation.find(EVERYTHING, pathAsked(rawPrivacy(), file));
    for (const { process, thing, acts } of await who(investigation, things, EVERYTHING)) {
      told.push([process.name, thing.name, acts]);
    }
  }
  return JSON.stringify(told);
}

/** Pages of the long hour, null where it has no lineage. */
async function pagesOfLong(): Promise<readonly LineagePage[] | null> {
  await using lineages = new StoreLineages(reader);
  assert.ok(long !== undefined);
  const lineage = await lineages.open(long);
  return lineage?.head.pages ?? null;
}

const want = await answer();
assert.ok(want.length > 500);

test("a long hour has a lineage, a short one has none", async () => {
  assert.equal(await pagesOfLong(), null);
  const { lineages } = await keepIndexes(keeping, reader.hours);
  assert.equal(lineages.hours, 1);
  assert.ok(((await pagesOfLong()) ?? []).length >= 8);
  assert.equal(await answer(), want);
  const { compared, findings } = await compareDerived(reader);
  assert.deepEqual(findings, []);
  assert.ok(compared > 0);
});

test("building one adds nothing to the generation that it reads with", async () => {
  // One event of a kind in each of two hours is no cone in either.
  const one = { kind: 0, who: 0, what: 0, how: 1, after: 3_600_000, late: 5 };
  const log = memoryInput(bytesOf(randomLog([one, one])));
  const small = await openReader(await recorded([[log]]));
  assert.equal(small.hours.length, 2);
  const sizes: number[] = [];
  for (const hour of small.hours) {
    await using lineage = await lineageInMemory(small, hour, 100);
    const { generation, cones } = await sectionsOf(small, hour);
    assert.equal(generation.cones.size, cones);
    sizes.push((await lineage.page(0, generation)).sections.length);
  }
  assert.deepEqual(sizes, [1, 1]);
});

test("absent, cut, changed, or another file: the answer stays", async () => {
  await keepIndexes(keeping, reader.hours);
  const bytes = new Uint8Array(readFileSync(path));
  const changed = Array.from({ length: 4 }, (_, at) => {
    const where = Math.floor((at * bytes.length) / 4) + 17;
    return bytes.with(where, (bytes[where] ?? 0) ^ 0x40);
  });
  for (const bad of [new Uint8Array(0), bytes.subarray(0, -1), bytes.slice(4_096), ...changed]) {
    writeFileSync(path, bad);
    assert.equal(await answer(), want);
  }
  rmSync(path);
  assert.equal(await answer(), want);
});

test("one that belongs to another hour, under a good signature", async () => {
  assert.ok(short !== undefined && long !== undefined);
  await replaced(keeping, async () => await sectionsOf(reader, short));
  await assert.rejects(pagesOfLong(), /is of another hour/u);
  assert.equal(await answer(), want);
});

test("a lie under a good signature is found by building it again", async () => {
  assert.ok(short !== undefined && long !== undefined);
  const { seal, sequence } = long;
  await replaced(keeping, async () => ({ ...(await sectionsOf(reader, short)), seal, sequence }));
  const { findings } = await compareDerived(reader);
  const where = `${place.folder}/${place.name}`;
  assert.deepEqual(
    findings.map((finding) => [finding.code, finding.where]),
    [["derived/content", where]],
  );
});

/** Puts another lineage in the place of the long hour's. */
async function replaced(
  { disk, scratch }: Reindexing,
  sections: () => Promise<Parameters<typeof buildLineage>[2]>,
): Promise<void> {
  await writeDerived(keeping, place.folder, [], async () => {
    const built = await buildLineage({ disk, path, scratch }, primitives, await sections());
    return [{ path: place.name, length: built.length, sha256: built.sha256 }];
  });
}
