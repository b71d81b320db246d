/**
 * `ritma beat bench`: how fast the engine is on the disk of this data root.
 *
 * It works in a folder of its own below the data root, which is removed at the end, and says what
 * it measured: nothing else can be read from its figures. The bare append beside it is what the
 * disk itself takes.
 *
 * @module
 */
import { RealDisk } from "../../base/disk/real-disk.ts";
import { realRng } from "../../base/rng.ts";
import { BEAT_ENGINES, openBeats } from "../../services/beats/open-beats.ts";
import { requireDataRoot } from "../../services/recorder/data-root.ts";
import { removeFolder } from "../../stores/beat/bundle/bundle-folder.ts";
import type { BeatStore } from "../../stores/beat/beat-store.ts";
import { type BeatRecord, recordKey } from "../../stores/beat/record.ts";
import type { Context } from "../command.ts";
import { formatCount, labelled } from "../format.ts";
import { showWithout } from "./beat-session.ts";

interface Measured {
  readonly what: string;
  readonly unit: "ms" | "records/s";
  readonly value: number | null;
  readonly p50: number | null;
  readonly p99: number | null;
}

const FOLDER = "beat-bench.tmp";
const SMALL_BEATS = 200;
const BEATS = 100;
const BEAT_RECORDS = 512;
const RECORD_BYTES = 300;
const LOOKUPS = 1_000;
const BRANCH = "bench";

export async function bench(context: Context): Promise<number> {
  const world = await context.world();
  const root = (await context.config()).dataRoot.value;
  const asked = context.text("engine") ?? "flat";
  const engine = BEAT_ENGINES.find((name) => name === asked) ?? "flat";
  const disk = new RealDisk();
  await requireDataRoot(disk, root);
  using _ = await disk.lock(root);
  const dir = `${root}/${FOLDER}`;
  await removeFolder(disk, dir);
  const { primitives } = world;
  const storeId = realRng.bytes(16);
  const measured: Measured[] = [];
  try {
    measured.push(await bareAppends(disk, dir));
    const place = { engine, dir, primitives, rng: realRng, storeId, notice: () => {} };
    await using store = await openBeats(place);
    measured.push(await smallBeats(store), await largeBeats(store), await lookUps(store));
  } finally {
    await removeFolder(disk, dir);
  }
  showWithout(context, { bench: measured }, () => [
    `${engine}, on the disk of this data root, by one process, just now`,
    "",
    ...labelled(measured.map((one) => [one.what, figures(one)])),
    "",
    "  Figures of one run: another run, disk or load gives others. Nothing was kept.",
  ]);
  return 0;
}

/** What the disk takes: the same bytes, without a store. */
async function bareAppends(disk: RealDisk, dir: string): Promise<Measured> {
  await disk.makeDir(dir);
  await using file = await disk.append(`${dir}/bare`);
  const times = await timed(SMALL_BEATS, async (at) => {
    await file.write(new Uint8Array(RECORD_BYTES).fill(at));
    await file.sync();
  });
  return {
    what: `append of ${RECORD_BYTES} bytes and fdatasync`,
    unit: "ms",
    value: null,
    ...times,
  };
}

async function smallBeats(store: BeatStore): Promise<Measured> {
  const times = await timed(SMALL_BEATS, async (at) => {
    const beat = await store.beginBeat();
    beat.put(BRANCH, recordOf(at));
    await store.commitBeat(beat);
  });
  return { what: "beat of one record", unit: "ms", value: null, ...times };
}

async function largeBeats(store: BeatStore): Promise<Measured> {
  const startedMs = performance.now();
  for (let number = 0; number < BEATS; number += 1) {
    const beat = await store.beginBeat();
    for (let at = 0; at < BEAT_RECORDS; at += 1) {
      beat.put(BRANCH, recordOf(SMALL_BEATS + number * BEAT_RECORDS + at));
    }
    await store.commitBeat(beat);
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  const value = Math.round((BEATS * BEAT_RECORDS) / seconds);
  const what = `records of ${RECORD_BYTES} bytes, ${BEAT_RECORDS} a beat`;
  return { what, unit: "records/s", value, p50: null, p99: null };
}

async function lookUps(store: BeatStore): Promise<Measured> {
  const { key } = recordOf(0);
  const times = await timed(LOOKUPS, async () => void (await store.get(BRANCH, key)));
  const { records } = store.engine.stats();
  const what = `look-up of the oldest of ${formatCount(records)} records`;
  return { what, unit: "ms", value: null, ...times };
}

/** The first tenth only warms up. */
async function timed(
  count: number,
  work: (at: number) => Promise<void>,
): Promise<{ readonly p50: number; readonly p99: number }> {
  const times: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const startedMs = performance.now();
    await work(at);
    if (at >= count / 10) times.push(performance.now() - startedMs);
  }
  times.sort((a, b) => a - b);
  const at = (part: number): number =>
    Math.round((times[Math.floor(times.length * part)] ?? 0) * 1_000) / 1_000;
  return { p50: at(0.5), p99: at(0.99) };
}

function recordOf(number: number): BeatRecord {
  const suffix = new Uint8Array(8);
  new DataView(suffix.buffer).setBigUint64(0, BigInt(number));
  return { key: recordKey("name", [], suffix), body: new Uint8Array(RECORD_BYTES).fill(number) };
}

function figures({ unit, value, p50, p99 }: Measured): string {
  if (value !== null) return `${formatCount(value)} ${unit}`;
  return `p50 ${String(p50)} ${unit}, p99 ${String(p99)} ${unit}`;
}
