/**
 * Goal: no change to a sealed store is missed, and the report names what was changed.
 *
 * Method: a store of more than 64 KiB made by the recorder, then attacks without keys: every attack
 * on whole files, and single bytes drawn by a seed. `npm run campaign:tamper` tries every byte. A
 * second store has a log of two levels of tiles.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "./audit-log.ts";
import { Campaign, LONG } from "./campaign.ts";
import type { Mutation } from "./mutation.ts";
import { REFERENCE, SMALL } from "./reference-store.ts";
import { structuralAttacks } from "./structural.ts";

/** Of the pairs to be swapped every so many; the campaign takes all. */
const SWAP_STEP = 61;

const SEED = Number(process.env["RITMA_SEED"] ?? 1);

function* drawn(campaign: Campaign, count: number): Generator<Mutation> {
  const next = seeded(SEED);
  for (let at = 0; at < count; at += 1) yield campaign.bytes.make(next() % campaign.bytes.count);
}

async function* everyOther(attacks: AsyncIterable<Mutation>): AsyncGenerator<Mutation> {
  let at = SEED;
  for await (const attack of attacks) {
    at += 1;
    if (at % 2 === 0) yield attack;
  }
}

test("a store of more than 64 KiB: changed bytes drawn by a seed", async () => {
  const campaign = await Campaign.on(REFERENCE);
  assert.ok(campaign.sizeBytes >= 64 * 1024, `${campaign.sizeBytes} bytes`);
  const tally = await campaign.try(drawn(campaign, 250));
  assert.deepEqual(tally.missed, []);
});

test("a small store: every other attack on whole files, and changed bytes", async () => {
  const campaign = await Campaign.on(SMALL);
  const paths = [...campaign.store.files.keys()].join("\n");
  assert.match(paths, /late_0000/u, "atoms that came too late");
  assert.match(paths, /\/14-3\//u, "two sessions in one clock hour");
  const structural = await campaign.try(everyOther(campaign.structural(SWAP_STEP)));
  assert.deepEqual(structural.missed, []);
  assert.ok(structural.tried > 700, `${structural.tried} tried`);
  const bytes = await campaign.try(drawn(campaign, 120));
  assert.deepEqual(bytes.missed, []);
});

test("a log of two levels of tiles: attacks on the log, and changed bytes", async () => {
  const campaign = await Campaign.on(LONG);
  const { files } = campaign.store;
  assert.ok(files.has("_tlog/tile/0/000"), "a full tile");
  assert.ok(files.has("_tlog/tile/1/000.p/1"), "a tile of the second level");
  const onLog = [...structuralAttacks(files)].filter(
    ({ changed: [path = ""] }) => path.startsWith("_tlog/") && !path.startsWith("_tlog/link"),
  );
  assert.deepEqual((await campaign.try(onLog)).missed, []);
  assert.deepEqual((await campaign.try(drawn(campaign, 20))).missed, []);
});
