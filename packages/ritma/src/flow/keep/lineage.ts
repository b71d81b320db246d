/**
 * Which hours have a lineage, and whether it is theirs.
 *
 * Format: spec/23-lineage.md. Not here: what is in one (`stores/lineage`), and writing it
 * (`hour-indexes.ts`).
 *
 * @module
 */
import { equalBytes, LINEAGE_ATOMS_MIN, lineagePlace } from "@ritma/evidence";
import { lineageContent } from "../../stores/lineage/lineage-builder.ts";
import { LineageReader } from "../../stores/lineage/lineage-reader.ts";
import type { DerivedFile } from "../../stores/sealed/derived-file.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { sectionsOf } from "./hour-sections.ts";

/**
 * @returns whether a lineage says of its hour what the hour's blocks say
 * @throws RitmaError `store/damaged`, `index/…`, of the disk
 */
export async function isLineageOf(
  reader: StoreReader,
  hour: SealedHour,
  { entry }: DerivedFile,
): Promise<boolean> {
  if (!(await hasLineage(reader, hour))) return false;
  const { folder, name } = lineagePlace(hour.folder);
  const { out, primitives } = reader.files;
  const sections = await sectionsOf(reader, hour);
  await using found = await LineageReader.open(primitives, `${out}/${folder}/${name}`, entry, hour);
  const content = await found.content(sections.generation);
  return equalBytes(content, await lineageContent(primitives, sections));
}

/** @returns false for an hour of few atoms: reading it is as fast. */
export async function hasLineage(reader: StoreReader, hour: SealedHour): Promise<boolean> {
  return (await reader.header(hour)).counts.atoms >= LINEAGE_ATOMS_MIN;
}
