/**
 * Makes the index of one hour: counts its blocks as they are read, once and in order.
 *
 * Invariant: the files depend on the sealed files of the hour alone, so that everybody who makes
 * them has the same bytes.
 *
 * Format: spec/22-jumps.md. Not here: writing them, and reading them (`stores/sealed/jumps.ts`).
 *
 * @module
 */
import {
  bucketOf,
  type CodedBlock,
  CONE_REFS_FILE,
  EDGE_REFS_FILE,
  encodeJumps,
  encodeRefs,
  JUMP_SECONDS,
  type JumpBucket,
  jumpsFile,
  type JumpSeconds,
  type RefsKind,
  runsOf,
  type Section,
  type SeenCredentials,
} from "@ritma/evidence";
import type { FileToWrite } from "../../base/disk/disk.ts";
import type { HourSections } from "../../stores/lineage/lineage-builder.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import { seeCredentials } from "../../stores/sealed/section-search.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { readAll, sectionsOf } from "./hour-sections.ts";
import type { HourTally } from "./hour-tally.ts";

/**
 * @param tally is given all sections of the hour; null when nobody counts them
 * @param readTo takes all sections of the hour too, and by that has them read
 * @returns names in the index folder of the hour; none for an hour without an atom
 * @throws RitmaError `store/damaged`
 */
export async function indexHour(
  reader: StoreReader,
  hour: SealedHour,
  tally: HourTally | null,
  readTo: (sections: HourSections) => Promise<void> = readAll,
): Promise<readonly FileToWrite[]> {
  const header = await reader.header(hour);
  const entities = await reader.entities(header);
  const indexer = new Indexer(entities.size, entities.decoding.cones.size);
  const sections = await sectionsOf(reader, hour, (block, kind) => {
    if (kind === "inst") indexer.place(block);
    indexer.count(block);
    for (const section of block.sections) tally?.add(section);
  });
  await readTo(sections);
  tally?.endHour(entities);
  return indexer.files(hour.seal, header.generation.number);
}

/** A bucket that is still counted. */
type Filling = { -readonly [Field in keyof JumpBucket]: JumpBucket[Field] };

class Indexer {
  readonly #blocks: number[] = [];
  #atoms = 0;
  /** By second. */
  readonly #buckets = new Map<number, Filling>();
  readonly #seen: SeenCredentials[][] = [];
  /** By id. */
  readonly #edges: Uint32Array;
  readonly #cones: Uint32Array;

  /** @param entities newest id of the hour's generation, `cones` likewise */
  constructor(entities: number, cones: number) {
    this.#edges = new Uint32Array(entities + 1);
    this.#cones = new Uint32Array(cones + 1);
  }

  /** Takes the next block of what came in time. */
  place({ sections }: CodedBlock): void {
    const before = this.#atoms;
    const seen = new Map<number, number>();
    for (const section of sections) {
      this.#placeRows(section);
      seeCredentials(section, (process, credentials) => {
        seen.set(process, credentials);
      });
    }
    this.#blocks.push(this.#atoms - before);
    this.#seen.push(
      [...seen]
        .map(([process, credentials]) => ({ process, credentials }))
        .toSorted((a, b) => a.process - b.process),
    );
  }

  count({ sections, coneIds }: CodedBlock): void {
    const [edges, cones] = [this.#edges, this.#cones];
    for (const { atoms } of sections) {
      const { process, object, object2, arg } = atoms;
      for (let row = 0; row < atoms.length; row += 1) {
        const [a, b, c, d] = [
          process[row] ?? 0,
          object[row] ?? 0,
          object2[row] ?? 0,
          arg[row] ?? 0,
        ];
        add(edges, a);
        if (b !== a) add(edges, b);
        if (c !== b && c !== a) add(edges, c);
        if (d !== c && d !== b && d !== a) add(edges, d);
      }
    }
    for (const ids of coneIds) for (const id of ids) add(cones, id);
  }

  files(hour: Uint8Array, generation: number): FileToWrite[] {
    const files: FileToWrite[] = [];
    if (this.#blocks.length > 0) {
      const [blocks, seen] = [this.#blocks, this.#seen.slice(0, -1)];
      for (const seconds of JUMP_SECONDS) {
        const buckets = this.#bucketsOf(seconds);
        const bytes = encodeJumps({ hour, seconds, blocks, buckets, seen });
        files.push({ path: jumpsFile(seconds), bytes });
      }
    }
    const refs = (path: string, kind: RefsKind, uses: Uint32Array): void => {
      // 0 is no id: it stands for what an atom does not have, or is written out without a cone.
      const ids = [...uses.keys()].filter((id) => id > 0 && uses[id] !== 0);
      if (ids.length === 0) return;
      const counts = ids.map((id) => uses[id] ?? 0);
      files.push({
        path,
        bytes: encodeRefs({ kind, hour, generation, runs: runsOf(ids), counts }),
      });
    };
    refs(EDGE_REFS_FILE, "edge", this.#edges);
    refs(CONE_REFS_FILE, "cone", this.#cones);
    return files;
  }

  #placeRows({ atoms: { length, time } }: Section): void {
    for (let row = 0; row < length; row += 1) {
      const number = bucketOf(time[row] ?? 0, 1);
      const bucket = this.#buckets.get(number);
      if (bucket !== undefined) bucket.atoms += 1;
      else this.#buckets.set(number, { number, place: this.#atoms + row, atoms: 1 });
    }
    this.#atoms += length;
  }

  /** Seconds were met in order of place, so the first of a bucket has its lowest. */
  #bucketsOf(seconds: JumpSeconds): JumpBucket[] {
    const wide = new Map<number, Filling>();
    for (const { number: second, place, atoms } of this.#buckets.values()) {
      const number = Math.floor(second / seconds);
      const bucket = wide.getOrInsertComputed(number, () => ({ number, place, atoms: 0 }));
      bucket.atoms += atoms;
    }
    return [...wide.values()].toSorted((a, b) => a.number - b.number);
  }
}

function add(uses: Uint32Array, id: number): void {
  uses[id] = (uses[id] ?? 0) + 1;
}
