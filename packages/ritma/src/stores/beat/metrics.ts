/**
 * The counters of each branch, which outlive the process:
 *
 *     /data/persist/<branch>/kv_eng                 name of the engine
 *     /data/persist/<branch>/metrics/frames         frames of the branch, by its chain
 *     /data/persist/<branch>/metrics/beats          beats that put something into it: as many
 *     /data/persist/<branch>/metrics/bytes_idx      put so far: all records but payloads
 *     /data/persist/<branch>/metrics/bytes_dat      put so far: payloads in chunks, past ones
 *     /data/persist/<branch>/metrics/cas_hits       blobs that its cache had
 *     /data/persist/<branch>/metrics/cas_miss       and had not
 *     /data/persist/<branch>/metrics/cas_lat_ns     nanoseconds of all these look-ups
 *
 * In the process they are always those of now. As cells, in decimal, they are put beside what is
 * committed anyway, at most once in a while, and when the store is closed: a crash takes back what
 * was counted since, except frames and beats, which the engine knows. The records of the counters
 * themselves are not counted in bytes.
 *
 * @module
 */
import { decodeUtf8, encodeUtf8, FormatError } from "@ritma/evidence";
import type { CasCounters } from "./cas/cas-cache.ts";
import type { CellStore } from "./cells/cell-store.ts";
import type { BeatEngine } from "./engine.ts";
import type { NoticeSink } from "./notice.ts";
import type { OpenBeat } from "./open-beat.ts";
import { type BeatRecord, type CellPath, RECORD_TYPES } from "./record.ts";

/** Append-only: dashboards know them by these names. */
export const METRIC_NAMES = [
  "frames",
  "beats",
  "bytes_idx",
  "bytes_dat",
  "cas_hits",
  "cas_miss",
  "cas_lat_ns",
] as const;
export type MetricName = (typeof METRIC_NAMES)[number];
export type BranchMetrics = Readonly<Record<MetricName, number>>;

/** Where the counters lie. */
export const METRICS_BRANCH = "data";
const ENGINE_NAME = "kv_eng";
const DECIMAL = /^\d{1,16}$/u;

/** The cell of a counter, or with null that of the engine's name. */
export function metricPath(branch: string, name: MetricName | null): CellPath {
  const above = ["persist", branch];
  return name === null ? [...above, ENGINE_NAME] : [...above, "metrics", name];
}

interface Counted {
  bytesIdx: number;
  bytesDat: number;
  readonly cas: CasCounters;
}

export class Metrics {
  readonly #engine: BeatEngine;
  readonly #counted: Map<string, Counted> = new Map();
  /** Text by path, as the cells have it. */
  readonly #published: Map<string, string> = new Map();

  constructor(engine: BeatEngine) {
    this.#engine = engine;
  }

  /** Goes on with what the cells say. */
  async load(cells: CellStore, notice: NoticeSink): Promise<void> {
    for (const branch of this.#engine.branches()) {
      const counted = this.#of(branch);
      const read = async (name: MetricName): Promise<number> => {
        const text = await this.#read(cells, metricPath(branch, name));
        if (text === null || DECIMAL.test(text)) return Number(text ?? 0);
        const detail = `the counter ${name} is no number, and begins at 0 again`;
        notice({ topic: "persist.recover", severity: "warning", branch, detail });
        return 0;
      };
      await this.#read(cells, metricPath(branch, null));
      counted.bytesIdx = await read("bytes_idx");
      counted.bytesDat = await read("bytes_dat");
      counted.cas.hits = await read("cas_hits");
      counted.cas.misses = await read("cas_miss");
      counted.cas.latencyNs = await read("cas_lat_ns");
      await read("frames");
      await read("beats");
    }
  }

  casOf(branch: string): CasCounters {
    return this.#of(branch).cas;
  }

  /** As of now. */
  of(branch: string): BranchMetrics {
    return this.#withFrames(branch, this.#engine.head(branch)?.frames ?? 0);
  }

  /** Branches that have counters, sorted. */
  branches(): readonly string[] {
    return [...new Set([...this.#engine.branches(), ...this.#counted.keys()])].toSorted();
  }

  /** Whether something was counted that no cell has. */
  get isNew(): boolean {
    return this.branches().some((branch) =>
      this.#texts(branch, false).some(
        ([path, text]) => this.#published.get(path.join("/")) !== text,
      ),
    );
  }

  /** Puts what changed into the beat, which is about to be committed. */
  async publish(beat: OpenBeat, cells: CellStore): Promise<void> {
    const parts = new Set([...beat.parts()].map(([branch]) => branch)).add(METRICS_BRANCH);
    for (const branch of new Set([...this.branches(), ...parts])) {
      for (const [path, text] of this.#texts(branch, parts.has(branch))) {
        if (this.#published.get(path.join("/")) === text) continue;
        await cells.put(beat, METRICS_BRANCH, path, encodeUtf8(text));
        this.#published.set(path.join("/"), text);
      }
    }
  }

  /** Counts what a beat puts, before the counters themselves are put into it. */
  count(beat: OpenBeat): void {
    for (const [branch, { records }] of beat.parts()) {
      const counted = this.#of(branch);
      for (const record of records) {
        const { key, body } = record;
        if (isPayload(record)) counted.bytesDat += key.length + body.length;
        else counted.bytesIdx += key.length + body.length;
      }
    }
  }

  #of(branch: string): Counted {
    const known = this.#counted.get(branch);
    if (known !== undefined) return known;
    const counted = { bytesIdx: 0, bytesDat: 0, cas: { hits: 0, misses: 0, latencyNs: 0 } };
    this.#counted.set(branch, counted);
    return counted;
  }

  #texts(branch: string, isInBeat: boolean): (readonly [path: CellPath, text: string])[] {
    const frames = (this.#engine.head(branch)?.frames ?? 0) + (isInBeat ? 1 : 0);
    // What nothing was put into has no counters.
    if (frames === 0) return [];
    const metrics = this.#withFrames(branch, frames);
    return [
      [metricPath(branch, null), this.#engine.name],
      ...METRIC_NAMES.map((name) => [metricPath(branch, name), String(metrics[name])] as const),
    ];
  }

  #withFrames(branch: string, frames: number): BranchMetrics {
    const { bytesIdx, bytesDat, cas } = this.#of(branch);
    return {
      frames,
      beats: frames,
      bytes_idx: bytesIdx,
      bytes_dat: bytesDat,
      cas_hits: cas.hits,
      cas_miss: cas.misses,
      cas_lat_ns: cas.latencyNs,
    };
  }

  async #read(cells: CellStore, path: CellPath): Promise<string | null> {
    const read = await cells.get(METRICS_BRANCH, path);
    if (read === null || read.bytes === null) return null;
    try {
      const text = decodeUtf8(read.bytes);
      this.#published.set(path.join("/"), text);
      return text;
    } catch (error) {
      if (error instanceof FormatError) return "";
      throw error;
    }
  }
}

function isPayload({ key }: BeatRecord): boolean {
  return key[0] === RECORD_TYPES.chunk || key[0] === RECORD_TYPES.payloadHistory;
}
