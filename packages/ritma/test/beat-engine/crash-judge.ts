/**
 * Judges what a crash left of a store of beats.
 *
 * Whatever happens, the engine must open, without telling of damage, at a member of the workload's
 * row of states: not before the newest beat that was acknowledged, not behind the newest that was
 * begun. Another beat must then be possible and stay, whatever the disk still had to write; and
 * nothing of what was given up may come back behind it.
 *
 * Images that are the same are judged once.
 *
 * @module
 */
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import type { Disk } from "../../src/base/disk/disk.ts";
import type { SimDisk } from "../../src/base/disk/sim-disk.ts";
import type { Notice } from "../../src/stores/beat/notice.ts";
import { type CrashWorkload, openOn, type Progress, rowOf, shown } from "./crash-workload.ts";
import { beat } from "./records.ts";

/** Puts a mistake between the engine and its disk. */
export type Wrap = (disk: SimDisk) => Disk;

export interface JudgeCounts {
  images: number;
  distinct: number;
  /** Of the distinct ones: the beat in flight was there, torn and cut off, or absent. */
  whole: number;
  torn: number;
}

/** Of an engine that only judges, not of one that works. */
const JUDGING = 500;
const DROP_ALL = { seed: 1, perPoint: 1, atomBytes: 512 } as const;
/** What a crash alone may make an engine tell. */
const EXPECTED = [/^an unfinished (?:beat|mark)/u, /is newer than meta, and is used$/u];

export class BeatJudge {
  readonly workload: CrashWorkload;
  readonly row: readonly string[];
  readonly wrap: Wrap;
  readonly counts: JudgeCounts = { images: 0, distinct: 0, whole: 0, torn: 0 };
  readonly #seen: Set<string> = new Set();

  private constructor(workload: CrashWorkload, row: readonly string[], wrap: Wrap) {
    this.workload = workload;
    this.row = row;
    this.wrap = wrap;
  }

  static async of(workload: CrashWorkload, wrap: Wrap = (disk) => disk): Promise<BeatJudge> {
    return new BeatJudge(workload, await rowOf(workload), wrap);
  }

  /** Beats of the workload. */
  get beats(): number {
    return this.row.length - 1;
  }

  /** @returns how many beats the image holds */
  async examine(image: SimDisk, { acknowledged, begun }: Progress): Promise<number | null> {
    this.counts.images += 1;
    const name = `${acknowledged} ${begun} ${digestOf(image)}`;
    if (this.#seen.has(name)) return null;
    this.#seen.add(name);
    this.counts.distinct += 1;
    const notices: Notice[] = [];
    const engine = await openOn(this.wrap(image), this.workload, JUDGING, notices);
    const place = this.#placeOf(await shown(engine));
    assert.ok(place >= acknowledged, `LOST: ${place} beats of ${acknowledged} acknowledged`);
    assert.ok(place <= Math.max(begun, acknowledged), `${place} beats of ${begun} begun`);
    for (const { detail } of notices) {
      assert.ok(
        EXPECTED.some((text) => text.test(detail)),
        `tells of damage: ${detail}`,
      );
    }
    if (place > acknowledged) this.counts.whole += 1;
    if (notices.some(({ severity }) => severity === "warning")) this.counts.torn += 1;
    await beat(engine, engine.lastBeat + 1, { data: { extra: "one more" } });
    const wanted = await shown(engine);
    // Dies here, and so does what was not durable.
    for (const left of image.crashStates(DROP_ALL)) {
      const again = await openOn(this.wrap(left), this.workload, JUDGING + 1);
      assert.equal(await shown(again), wanted, "LOST or RESURRECTED behind a later beat");
      await again.checkpoint();
      assert.equal(await shown(again), wanted, "LOST by a checkpoint");
      break;
    }
    return place;
  }

  #placeOf(state: string): number {
    const place = this.row.indexOf(state);
    assert.ok(place !== -1, `a state that never was:\n${state}`);
    return place;
  }
}

function digestOf(image: SimDisk): string {
  const views = [...image.views()].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const parts = views.flatMap(([path, bytes]) => [Buffer.from(`${path} ${bytes.length}\0`), bytes]);
  return hash("sha1", Buffer.concat(parts));
}
