/**
 * Goal: an index says of its hour what is there; it saves reading and never changes an answer.
 *
 * Method: random logs; what the index says is compared with a look at every atom, and answers with
 * those that are given without it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bucketOf,
  CONE_REFS_FILE,
  decodeJumps,
  decodeRefs,
  EDGE_REFS_FILE,
  eventTypeNumber,
  indexFolder,
  JUMP_SECONDS,
  jumpsFile,
  runsOf,
} from "@ritma/evidence";
import type { SimDisk } from "../../src/base/disk/sim-disk.ts";
import type { EventView } from "../../src/stores/sealed/event-view.ts";
import { EventSearch } from "../../src/stores/sealed/events.ts";
import { placeAt } from "../../src/stores/sealed/jumps.ts";
import type { SealedHour } from "../../src/stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { bytesOf, memoryInput } from "../recorder/audit-lines.ts";
import { type Draw, drawFrom } from "../recorder/random-log.ts";
import { recorded, type Settings } from "../recorder/recording.ts";
import { EVERY_EVENT, spelled } from "../sealed/searching.ts";
import {
  changingLog,
  type CutReader,
  hoursWith,
  indexAll,
  keepingWith,
  openCut,
  type Row,
  rowsOf,
} from "./indexed.ts";

const SETTINGS: Settings = { windowSecs: 60 };
const SEEDS = [1, 2, 3];
let hasCones = false;

async function madeFrom(seed: number): Promise<{ disk: SimDisk; cut: CutReader; draw: Draw }> {
  const draw = drawFrom(seed);
  const input = memoryInput(bytesOf(changingLog(draw, 120)), 4096);
  const disk = await recorded([[input]], SETTINGS);
  const cut = await openCut(disk);
  return { disk, cut, draw };
}

/** Stamps around which something begins or ends, and some between. */
function timesOf(rows: readonly Row[], draw: Draw): number[] {
  const some = rows.filter(() => draw(8) === 0).map(({ time }) => time);
  const [first = 0, last = 0] = [rows[0]?.time, rows.at(-1)?.time];
  return [...some.flatMap((time) => [time, time + 1]), first - 1, last + 10_000_000, 0];
}

for (const seed of SEEDS) {
  test(`seed ${seed}: jumps say of each time what is there`, async () => {
    const { disk, cut, draw } = await madeFrom(seed);
    await indexAll(await keepingWith(disk, cut));
    for (const hour of cut.hours) {
      const rows = await rowsOf(cut, hour, "inst");
      for (const seconds of JUMP_SECONDS) await checkBuckets(cut, hour, rows, seconds);
      for (const time of timesOf(rows, draw)) await checkPlace(cut, hour, rows, time);
    }
  });

  test(`seed ${seed}: references are those of all atoms`, async () => {
    const { disk, cut } = await madeFrom(seed);
    await indexAll(await keepingWith(disk, cut));
    for (const hour of cut.hours) {
      const uses = new Map<number, number>();
      const late = await rowsOf(cut, hour, "late");
      for (const { ids } of [...(await rowsOf(cut, hour, "inst")), ...late]) {
        for (const id of ids) uses.set(id, (uses.get(id) ?? 0) + 1);
      }
      const kept = await cut.derived(indexFolder(hour.folder), EDGE_REFS_FILE);
      assert.ok(kept !== null);
      const { runs, counts } = decodeRefs(await kept.read(), "edge");
      const ids = runs.flatMap(({ first, last }) =>
        Array.from({ length: last - first + 1 }, (_, at) => first + at),
      );
      const found = ids.map((id, at) => [id, counts[at]]);
      assert.deepEqual(
        found,
        [...uses].toSorted(([a], [b]) => a - b),
      );
      for (const id of uses.keys()) {
        assert.ok((await hoursWith(cut, 1, [id])).includes(hour), `id ${id}`);
      }
    }
  });

  test(`seed ${seed}: uses of cones are those that blocks tell`, async () => {
    const { disk, cut } = await madeFrom(seed);
    await indexAll(await keepingWith(disk, cut));
    for (const hour of cut.hours) {
      const uses = new Map<number, number>();
      for (const kind of ["inst", "late"] as const) {
        for await (const { coneIds } of cut.blocks(hour, await cut.header(hour), kind)) {
          for (const ids of coneIds) {
            for (const id of ids) uses.set(id, (uses.get(id) ?? 0) + 1);
          }
        }
      }
      uses.delete(0);
      const kept = await cut.derived(indexFolder(hour.folder), CONE_REFS_FILE);
      const found = kept === null ? null : decodeRefs(await kept.read(), "cone");
      const ids = [...uses.keys()].toSorted((a, b) => a - b);
      assert.deepEqual(found?.runs ?? [], runsOf(ids));
      assert.deepEqual(
        found?.counts ?? [],
        ids.map((id) => uses.get(id)),
      );
      hasCones ||= ids.length > 0;
    }
  });

  test(`seed ${seed}: a question is answered alike with an index and without`, async () => {
    const { disk, cut, draw } = await madeFrom(seed);
    const rows: Row[] = [];
    for (const hour of cut.hours) rows.push(...(await rowsOf(cut, hour, "inst")));
    const spans = timesOf(rows, draw).map((since) => [since, since + draw(4000) * 1e6] as const);
    const asked = async (): Promise<{ said: string[]; decoded: number }> => {
      cut.decoded.length = 0;
      const said: string[] = [];
      for (const [since, until] of spans) said.push(await answer(cut, since, until));
      return { said, decoded: cut.decoded.length };
    };
    const without = await asked();
    await indexAll(await keepingWith(disk, cut));
    const indexed = await asked();
    assert.deepEqual(indexed.said, without.said);
    assert.ok(indexed.decoded < without.decoded * 0.8, `${indexed.decoded} of ${without.decoded}`);
  });
}

async function answer(reader: StoreReader, since: number, until: number): Promise<string> {
  const search = new EventSearch(reader, { ...EVERY_EVENT, since, until });
  const views: EventView[] = [];
  for await (const event of search.run()) views.push(event.view());
  return `${search.hidden} ${spelled(views)}`;
}

async function checkBuckets(
  reader: StoreReader,
  hour: SealedHour,
  rows: readonly Row[],
  seconds: 1 | 10 | 60,
): Promise<void> {
  const kept = await reader.derived(indexFolder(hour.folder), jumpsFile(seconds));
  assert.ok(kept !== null);
  const jumps = decodeJumps(await kept.read());
  assert.deepEqual(jumps.hour, hour.seal);
  assert.equal(jumps.blocks.length, hour.windows);
  const buckets = Map.groupBy(rows.entries(), ([, { time }]) => bucketOf(time, seconds));
  assert.deepEqual(
    jumps.buckets.map(({ number, place, atoms }) => [number, place, atoms]),
    [...buckets]
      .map(([number, list]) => [number, list[0]?.[0], list.length])
      .toSorted(([a = 0], [b = 0]) => a - b),
  );
}

/** Nothing of `time` or later stands before it; and it is as far as whole seconds allow. */
async function checkPlace(
  reader: StoreReader,
  hour: SealedHour,
  rows: readonly Row[],
  time: number,
): Promise<void> {
  const place = await placeAt(reader, hour, time);
  assert.ok(place !== null);
  const from = bucketOf(time, 1) * 1e6;
  const first = rows.find((each) => each.time >= from);
  const end = rows.at(-1);
  if (first === undefined) {
    assert.deepEqual([place.block, place.row], [end?.block, (end?.row ?? 0) + 1]);
  } else assert.deepEqual([place.block, place.row], [first.block, first.row]);
  assert.deepEqual(
    [...place.seen].toSorted(([a], [b]) => a - b),
    [...(await seenBefore(reader, hour, place.block))].toSorted(([a], [b]) => a - b),
  );
}

async function seenBefore(
  reader: StoreReader,
  hour: SealedHour,
  block: number,
): Promise<Map<number, number>> {
  const seen = new Map<number, number>();
  for await (const { number, sections } of reader.blocks(hour, await reader.header(hour), "inst")) {
    if (number >= block) break;
    for (const { atoms } of sections) {
      for (let row = 0; row < atoms.length; row += 1) {
        if (atoms.etype[row] !== eventTypeNumber("credentials")) continue;
        seen.set(atoms.process[row] ?? 0, atoms.object[row] ?? 0);
      }
    }
  }
  return seen;
}

test("some of these hours use cones", () => {
  assert.ok(hasCones);
});

test("without an index nothing is said, and no hour is left out", async () => {
  const { cut } = await madeFrom(7);
  const [hour] = cut.hours;
  assert.ok(hour !== undefined);
  assert.equal(await placeAt(cut, hour, hour.t1), null);
  assert.deepEqual(await hoursWith(cut, 1, [1]), cut.hours);
  assert.deepEqual(await hoursWith(cut, 2, [1]), []);
});
