/**
 * Goal: a preview that is taken while a recorder writes is that of one moment, whatever the
 * recorder does between any two of its readings.
 *
 * Method: a recorder, whose sessions turn, leaves a picture of the disk after each call that
 * changes it. A preview reads from one picture, and in the middle of its work from a later one, and
 * from one more. It must be what a recorder seals that is started on one of these, and stopped at
 * once.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Disk } from "../../src/base/disk/disk.ts";
import { SimDisk, type SimOperation } from "../../src/base/disk/sim-disk.ts";
import { LiveRecorder } from "../../src/services/recorder/live.ts";
import { openJournal } from "../../src/services/recorder/open-journal.ts";
import type { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { bytesOf, opened } from "../recorder/audit-lines.ts";
import { drawFrom } from "../recorder/random-log.ts";
import { DATA, init, open, type Settings, worldOn } from "../recorder/recording.ts";
import { openReader } from "../sealed/searching.ts";
import { preview, stopped } from "./journalled.ts";

const SETTINGS: Settings = { windowSecs: 60, limits: { hourAtomsMax: 9 } };
const CHANGING: ReadonlySet<SimOperation> = new Set(["write", "truncate", "rename", "remove"]);
/** Sessions turn after this many events. */
const TURN = 4;
const EVENTS = 16;
const RACES = 12;
/** Calls of a preview until it has all that changes, or some more. */
const CALLS = 60;
/** Pictures from one to the next. */
const STEPS = [1, 5, 20, 80, 160];

test("whatever a recorder does meanwhile, a preview is of one moment", async () => {
  const pictures = await recordedPictures();
  const draw = drawFrom(3);
  let previews = 0;
  for (let race = 0; race < RACES; race += 1) {
    let at = draw(pictures.length - 20);
    const seen = [0, 1, 2].flatMap(() => {
      at += STEPS[draw(STEPS.length)] ?? 1;
      return pictures[at] ?? [];
    });
    const found = await preview(
      changing(seen, () => draw(CALLS)),
      SETTINGS,
    );
    const told = found === null ? "" : spelled(found, found.sealedHours);
    if (told !== "") previews += 1;
    let isOne = seen.length === 0;
    for (const picture of seen.toReversed()) isOne ||= (await sealedFrom(picture)) === told;
    assert.ok(isOne, `race ${race}: ${told} is of no moment`);
  }
  assert.ok(previews > RACES / 2, `${previews} previews`);
});

/** Each call goes to the first of these disks, and from some call on to the next. */
function changing(disks: readonly SimDisk[], calls: () => number): Disk {
  const [first = new SimDisk(), ...later] = disks;
  let now = first;
  let left = calls();
  return new Proxy<Disk>(first, {
    get: (_, name) => {
      left -= 1;
      for (let next = later[0]; left < 0 && next !== undefined; next = later[0]) {
        now = next;
        later.shift();
        left = calls();
      }
      const found: unknown = Reflect.get(now, name);
      return typeof found === "function" ? found.bind(now) : found;
    },
  });
}

/** What stands on the disk behind each call of a recorder that changes it. */
async function recordedPictures(): Promise<readonly SimDisk[]> {
  const pictures: SimDisk[] = [];
  let hasChanged = true;
  const disk: SimDisk = new SimDisk({
    watch: async (_, operation) => {
      if (hasChanged) pictures.push(disk.snapshot({}));
      hasChanged = CHANGING.has(operation);
    },
  });
  await init(disk, SETTINGS);
  pictures.length = 0;
  await record(disk);
  return pictures;
}

/** What a recorder that is started there, and stopped at once, makes of it. */
async function sealedFrom(picture: SimDisk): Promise<string> {
  const disk = picture.snapshot();
  const { hours } = await openReader(disk);
  const root = await open(disk, SETTINGS);
  {
    await using journal = await openJournal(worldOn(disk), root, DATA, () => {});
    await stopped(disk, journal.journal, SETTINGS);
  }
  const after = await openReader(disk);
  return after.hours.length === hours.length ? "" : spelled(after, hours.length);
}

function spelled({ hours }: StoreReader, sealedHours: number): string {
  const roots = hours.map(({ hourRoot, seal }) => hourRoot.toHex().slice(0, 8) + seal.toHex());
  return `${sealedHours} ${roots.join(" ")}`;
}

/** Sessions that end and follow each other, in the manner of `recordLive`. */
async function record(disk: Disk): Promise<void> {
  const lines = Array.from({ length: EVENTS }, (_, at) => {
    const clock = new Date((9 * 3_600 + at * 47) * 1_000).toISOString().slice(11, 19);
    return opened(clock, at + 1, { path: `/srv/${at}` });
  });
  await using journal = await openJournal(worldOn(disk), await open(disk), DATA, () => {});
  for (let at = 0; at < EVENTS; at += TURN) {
    const pieces = lines.slice(at, at + TURN).map((line) => bytesOf(line));
    let isQuiet = true;
    await using recorder = await LiveRecorder.open({
      world: worldOn(disk),
      root: await open(disk),
      journal: journal.journal,
      openSource: async () => ({
        isStream: true,
        missed: 0,
        next: async () => {
          isQuiet = !isQuiet;
          const bytes = isQuiet ? undefined : pieces.shift();
          return bytes === undefined ? [] : [{ kind: "bytes", bytes }];
        },
        [Symbol.asyncDispose]: async () => {},
      }),
      firstPlace: async () => null,
      follows: false,
      turns: true,
      path: null,
      ticks: false,
      options: { node: "host1", limits: SETTINGS.limits, threads: 0 },
      auditStatus: async () => null,
      readCgroup: null,
      processTable: null,
      lostBefore: null,
    });
    assert.ok(recorder !== null);
    while (pieces.length > 0) await recorder.step();
    await recorder.close("turn");
  }
}
