/**
 * The lineages of a day's hours, under one statement.
 *
 * Format: spec/23-lineage.md. Not here: what is in them (`stores/lineage`).
 *
 * @module
 */
import { equalBytes, LINEAGE_ATOMS_MIN, lineagePlace, type Section } from "@ritma/evidence";
import type { RealDisk } from "../../base/disk/real-disk.ts";
import {
  buildLineage,
  type HourSections,
  lineageContent,
} from "../../stores/lineage/lineage-builder.ts";
import { LineageReader } from "../../stores/lineage/lineage-reader.ts";
import type { DerivedFile } from "../../stores/sealed/derived-file.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { type Keeping, type Placed, writeDerived } from "./write-derived.ts";

export interface LineageKeeping extends Keeping {
  readonly disk: RealDisk;
  /** A folder outside the evidence store, made for the work and removed. */
  readonly scratch: string;
}

/**
 * Durable on return.
 *
 * @param hours of one UTC day; those of few atoms have no lineage
 * @returns bytes of the files that were written, one for each hour that has one
 * @throws RitmaError `store/damaged`, `index/unavailable`, of the disk
 */
export async function keepLineages(
  keeping: LineageKeeping,
  hours: readonly SealedHour[],
): Promise<readonly number[]> {
  const { disk, primitives, reader, scratch } = keeping;
  const lengths: number[] = [];
  const isLong = await Promise.all(hours.map(async (hour) => await hasLineage(reader, hour)));
  const [first, ...others] = hours.filter((_, at) => isLong[at]);
  if (first === undefined) return lengths;
  const { folder } = lineagePlace(first.folder);
  await writeDerived(keeping, folder, [], async () => {
    const placed: Placed[] = [];
    for (const hour of [first, ...others]) {
      const { name } = lineagePlace(hour.folder);
      const path = `${reader.files.out}/${folder}/${name}`;
      const sections = await sectionsOf(reader, hour);
      const { length, sha256 } = await buildLineage({ disk, path, scratch }, primitives, sections);
      placed.push({ path: name, length, sha256 });
      lengths.push(length);
    }
    return placed;
  });
  return lengths;
}

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

async function hasLineage(reader: StoreReader, hour: SealedHour): Promise<boolean> {
  return (await reader.header(hour)).counts.atoms >= LINEAGE_ATOMS_MIN;
}

/** What an hour's lineage is made of. @throws RitmaError `store/damaged` */
export async function sectionsOf(reader: StoreReader, hour: SealedHour): Promise<HourSections> {
  const header = await reader.header(hour);
  const { decoding: generation } = await reader.entities(header);
  const read = async function* (kind: "inst" | "late"): AsyncGenerator<Section> {
    for await (const { sections } of reader.blocks(hour, header, kind)) yield* sections;
  };
  const { seal, sequence } = hour;
  const { store } = header;
  const cones = header.cones === null ? 0 : header.cones.firstId + header.cones.cones - 1;
  return { seal, store, sequence, generation, cones, inTime: read("inst"), late: read("late") };
}
