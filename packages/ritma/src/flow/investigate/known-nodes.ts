/**
 * The dictionaries of a store as nodes: one for each generation, read when an hour of it is asked.
 *
 * @module
 */
import { entitiesPath } from "@ritma/evidence";
import { EDGES_GENERATIONS_MAX } from "../../base/limits.ts";
import { Recent } from "../../base/recent.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { Nodes } from "./nodes.ts";

/** Which dictionary an hour has. */
interface HourIds {
  readonly generation: number;
  /** Newest id of the hour. */
  readonly newest: number;
}

export class KnownNodes {
  readonly #reader: StoreReader;
  /** By sequence, so that a header is read once. */
  readonly #ids = new Map<number, HourIds>();
  readonly #nodes = new Recent<number, Nodes>(EDGES_GENERATIONS_MAX);

  constructor(reader: StoreReader) {
    this.#reader = reader;
  }

  /** Of the hour's generation, at least up to that hour. @throws RitmaError `store/damaged` */
  async of(hour: SealedHour): Promise<Nodes> {
    const { generation, newest } = await this.#idsOf(hour);
    const known = this.#nodes.get(generation);
    if (known !== undefined && known.known >= newest) return known;
    const entities = await this.#reader.entities(await this.#reader.header(hour));
    // The reader may have let go of the generation, and read it again.
    const nodes = known?.entities === entities ? known : new Nodes(entities);
    this.#reader.files.decode(entitiesPath(generation), () => nodes.grow());
    this.#nodes.set(generation, nodes);
    return nodes;
  }

  /** @throws RitmaError `store/damaged` */
  async generationOf(hour: SealedHour): Promise<number> {
    return (await this.#idsOf(hour)).generation;
  }

  async #idsOf(hour: SealedHour): Promise<HourIds> {
    const known = this.#ids.get(hour.sequence);
    if (known !== undefined) return known;
    const { number, firstId, entities } = (await this.#reader.header(hour)).generation;
    const ids = { generation: number, newest: firstId + entities - 1 };
    this.#ids.set(hour.sequence, ids);
    return ids;
  }
}
