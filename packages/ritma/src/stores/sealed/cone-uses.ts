/**
 * What the cones of a generation were used for: all its sealed blocks are read and every
 * instantiation is counted for the cone that tells it.
 *
 * Invariant: the index depends on the sealed files of the generation alone, so that everybody who
 * builds it has the same bytes.
 *
 * Format: spec/14-cone-index.md. Not here: names (`cli`), and writing the index.
 *
 * @module
 */
import type { CodedBlock, Cone, ConeEntry, ConeIndex, HourHeader } from "@ritma/evidence";
import { ConeTally } from "./cone-tally.ts";
import type { Entities } from "./entities.ts";
import type { SealedHour } from "./sealed-log.ts";
import type { StoreReader } from "./store-reader.ts";

/** One cone with all that was counted of it. */
export interface CountedCone {
  readonly id: number;
  readonly cone: Cone;
  readonly entry: ConeEntry;
  /** Atoms that it told. */
  readonly told: number;
  /** Null where it was never used. */
  readonly tally: ConeTally | null;
}

export interface ConeUses {
  /** As it is encoded where the generation has any cone. */
  readonly index: ConeIndex;
  /** By id, cone 1 first. */
  readonly cones: readonly CountedCone[];
  /** Of the generation, with what ids stand for. */
  readonly entities: Entities;
  /** Of all its blocks, whether told by a cone or written out. */
  readonly atoms: number;
  readonly instantiations: number;
}

interface HourOfGeneration {
  readonly hour: SealedHour;
  readonly header: HourHeader;
}

/**
 * @param generation its number, null for the newest
 * @param watched id of the cone whose values are counted as well, null for none
 * @returns null when the store has no sealed hour of it.
 * @throws RitmaError `store/damaged`
 */
export async function readConeUses(
  store: StoreReader,
  generation: number | null,
  watched: number | null,
): Promise<ConeUses | null> {
  const hours = await hoursOf(store, generation);
  const [oldest, newest] = [hours[0], hours.at(-1)];
  if (oldest === undefined || newest === undefined) return null;
  const entities = await store.entities(newest.header);
  const counter = new Counter(entities, watched);
  for (const { hour, header } of hours) {
    for (const kind of ["inst", "late"] as const) {
      for await (const block of store.blocks(hour, header, kind)) counter.add(block);
    }
  }
  const cones = counter.cones();
  const index = {
    store: store.file.store,
    generation: entities.generation,
    logSize: newest.hour.entry + 1,
    firstHour: oldest.hour.sequence,
    newestHour: newest.hour.sequence,
    cones: cones.map(({ entry }) => entry),
  };
  const { atoms, instantiations } = counter;
  return { index, cones, entities, atoms, instantiations };
}

/** Hours of one generation, oldest first. Generations follow one another, so it is looked for
 * from the newest hour back. */
async function hoursOf(
  store: StoreReader,
  generation: number | null,
): Promise<readonly HourOfGeneration[]> {
  const found: HourOfGeneration[] = [];
  let wanted = generation;
  for (const hour of store.hours.toReversed()) {
    const header = await store.header(hour);
    const { number } = header.generation;
    wanted ??= number;
    if (number < wanted) break;
    if (number === wanted) found.push({ hour, header });
  }
  return found.toReversed();
}

class Counter {
  readonly #entities: Entities;
  readonly #watched: number | null;
  readonly #tallies = new Map<number, ConeTally>();
  atoms = 0;
  instantiations = 0;

  constructor(entities: Entities, watched: number | null) {
    this.#entities = entities;
    this.#watched = watched;
  }

  add({ sequence, sections, coneIds }: CodedBlock): void {
    const { facts } = this.#entities.decoding;
    for (const [at, { atoms, starts }] of sections.entries()) {
      const ids = coneIds[at] ?? [];
      this.atoms += atoms.length;
      this.instantiations += ids.length;
      for (const [number, id] of ids.entries()) {
        if (id === 0) continue;
        const row = starts[number] ?? 0;
        const [time = 0, process = 0] = [atoms.time[row], atoms.process[row]];
        this.#tallyOf(id).add(atoms, { sequence, row, time, process }, facts.image[process] ?? 0);
      }
    }
  }

  cones(): CountedCone[] {
    const { coneFrames } = this.#entities;
    return coneFrames.flatMap(({ firstId, cones }, frame) =>
      Array.from({ length: cones }, (_, position) =>
        this.#counted(firstId + position, frame, position),
      ),
    );
  }

  #counted(id: number, frame: number, position: number): CountedCone {
    const cone = this.#coneOf(id);
    const tally = this.#tallies.get(id) ?? null;
    const { atoms } = cone;
    const { entities, places } = (tally ?? new ConeTally(cone, false)).fields;
    const uses = tally?.uses ?? 0;
    const entry: ConeEntry = {
      frame,
      position,
      atoms,
      entities,
      numbers: places.length - entities,
      uses,
      hours: tally === null ? null : { first: tally.first, last: tally.last },
      constants: tally === null || uses < 2 ? [] : tally.constants(),
    };
    return { id, cone, entry, told: uses * atoms, tally };
  }

  #tallyOf(id: number): ConeTally {
    return this.#tallies.getOrInsertComputed(
      id,
      () => new ConeTally(this.#coneOf(id), id === this.#watched),
    );
  }

  #coneOf(id: number): Cone {
    const cone = this.#entities.decoding.cones.cone(id);
    if (cone === undefined) throw new RangeError(`no cone ${id}`);
    return cone;
  }
}
