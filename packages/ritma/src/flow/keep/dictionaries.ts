/**
 * What the indexes of a store's dictionaries are built from.
 *
 * @module
 */
import type { HourHeader } from "@ritma/evidence";
import type { NumberedEntity } from "../../stores/names/names-builder.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";

export const NAMES_FOLDER = "graph/dict";
export const NAMES_FILE = "dict.lmdb";

/** The header of the last hour of each generation. @throws RitmaError `store/damaged` */
export async function newestHeaders(reader: StoreReader): Promise<ReadonlyMap<number, HourHeader>> {
  const newest = new Map<number, HourHeader>();
  for (const hour of reader.hours) {
    const header = await reader.header(hour);
    newest.set(header.generation.number, header);
  }
  return newest;
}

/** All entities, by generation and id. @throws RitmaError `store/damaged` */
export async function* entitiesOf(
  reader: StoreReader,
  newest: ReadonlyMap<number, HourHeader>,
): AsyncGenerator<NumberedEntity> {
  for (const [generation, header] of newest) {
    const entities = await reader.entities(header);
    for (let id = 1; id <= entities.size; id += 1) {
      yield { generation, id, entity: entities.bytes(id) };
    }
  }
}
