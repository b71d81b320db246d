/**
 * The lineages of a store, opened one by one in a process of theirs.
 *
 * @module
 */
import { lineagePlace } from "@ritma/evidence";
import { TableHost } from "../../base/lmdb/table-host.ts";
import { LineageReader } from "../../stores/lineage/lineage-reader.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";

export interface Lineages extends AsyncDisposable {
  /** @returns null for an hour that has none. @throws RitmaError `store/damaged`, `index/…` */
  open(hour: SealedHour): Promise<LineageReader | null>;
}

export class StoreLineages implements Lineages {
  readonly #reader: StoreReader;
  #host: Promise<TableHost> | null = null;

  constructor(reader: StoreReader) {
    this.#reader = reader;
  }

  async open(hour: SealedHour): Promise<LineageReader | null> {
    const { folder, name } = lineagePlace(hour.folder);
    const kept = await this.#reader.derived(folder, name);
    if (kept === null) return null;
    const { out, primitives } = this.#reader.files;
    const place = { ...hour, shared: await this.#liveHost() };
    return await LineageReader.open(primitives, `${out}/${folder}/${name}`, kept.entry, place);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const host = await this.#host?.catch(() => null);
    await host?.[Symbol.asyncDispose]();
  }

  /** A damaged file may have taken the one before with it. */
  async #liveHost(): Promise<TableHost> {
    const before = await this.#host?.catch(() => null);
    if (before?.isAlive === true) return before;
    this.#host = TableHost.start();
    return await this.#host;
  }
}
