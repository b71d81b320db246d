/**
 * Sealed sections, one after the other, each with the hour and the leaves that it has.
 *
 * Invariant: the leaf of an instantiation is its place in the tree of its window, also where a
 * window is spread over several sections.
 *
 * @module
 */
import { entitiesPath, type Section } from "@ritma/evidence";
import type { Entities } from "../../stores/sealed/entities.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";

export interface SealedSection {
  readonly hour: SealedHour;
  /** What ids in it stand for. */
  readonly entities: Entities;
  readonly section: Section;
  /** By instantiation: the id of its cone, 0 for one that is written out. */
  readonly coneIds: Uint32Array;
  /** Of its first instantiation. */
  readonly firstLeaf: number;
}

/**
 * In order of window.
 *
 * @param kind `inst` for what came in time, `late` for what did not
 * @throws RitmaError `store/damaged`
 */
export async function* sectionsIn(
  reader: StoreReader,
  hour: SealedHour,
  kind: "inst" | "late",
): AsyncGenerator<SealedSection> {
  if (kind === "late" ? !hour.hasLate : hour.windows === 0) return;
  const header = await reader.header(hour);
  const entities = await reader.entities(header);
  let window: number | null | undefined;
  let firstLeaf = 0;
  for await (const { sections, coneIds } of reader.blocks(hour, header, kind)) {
    for (const [at, section] of sections.entries()) {
      if (section.window !== window) firstLeaf = 0;
      ({ window } = section);
      yield { hour, entities, section, coneIds: coneIds[at] ?? new Uint32Array(0), firstLeaf };
      firstLeaf += section.starts.length - 1;
    }
  }
}

/** Runs what decodes entities. @throws RitmaError `store/damaged` where one is none */
export function decoding<Value>(
  reader: StoreReader,
  { generation }: Entities,
  work: () => Value,
): Value {
  return reader.files.decode(entitiesPath(generation), work);
}
