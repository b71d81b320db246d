/**
 * Lineages without a disk: built when an hour is opened, with pages so small that a short log has
 * many.
 *
 * @module
 */
import { toHex } from "@ritma/evidence";
import type { Lineages } from "../../src/flow/investigate/lineages.ts";
import { lineageEntries } from "../../src/stores/lineage/lineage-builder.ts";
import { LineageReader } from "../../src/stores/lineage/lineage-reader.ts";
import type { SealedHour } from "../../src/stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { sectionsOf } from "../../src/flow/keep/hour-sections.ts";
import { primitives } from "../recorder/recording.ts";

/** @param pageAtoms atoms of a full page */
export function lineagesInMemory(reader: StoreReader, pageAtoms: number): Lineages {
  return {
    open: async (hour) => await lineageInMemory(reader, hour, pageAtoms),
    [Symbol.asyncDispose]: async () => {},
  };
}

export async function lineageInMemory(
  reader: StoreReader,
  hour: SealedHour,
  pageAtoms: number,
): Promise<LineageReader> {
  const sections = { ...(await sectionsOf(reader, hour)), pageAtoms };
  const values = new Map<string, Uint8Array>();
  for await (const { key, value } of lineageEntries(primitives, sections)) {
    values.set(toHex(key), value);
  }
  const table = {
    get: async (key: Uint8Array): Promise<Uint8Array | null> => values.get(toHex(key)) ?? null,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      values.clear();
    },
  };
  return await LineageReader.over(primitives, "memory", table, hour);
}
