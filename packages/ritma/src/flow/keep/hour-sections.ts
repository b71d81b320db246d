/**
 * One reading of an hour, for everything that is made of its blocks.
 *
 * @module
 */
import type { CodedBlock, Section } from "@ritma/evidence";
import type { HourSections } from "../../stores/lineage/lineage-builder.ts";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";

export type BlockKind = "inst" | "late";

/**
 * @param passes is given every block before its sections are, those of what came late last
 * @returns sections that are read while somebody asks for them
 * @throws RitmaError `store/damaged`, then too
 */
export async function sectionsOf(
  reader: StoreReader,
  hour: SealedHour,
  passes: (block: CodedBlock, kind: BlockKind) => void = () => {},
): Promise<HourSections> {
  const header = await reader.header(hour);
  const { decoding: generation } = await reader.entities(header);
  const read = async function* (kind: BlockKind): AsyncGenerator<Section> {
    for await (const block of reader.blocks(hour, header, kind)) {
      passes(block, kind);
      yield* block.sections;
    }
  };
  const { seal, sequence } = hour;
  const { store } = header;
  const cones = header.cones === null ? 0 : header.cones.firstId + header.cones.cones - 1;
  return { seal, store, sequence, generation, cones, inTime: read("inst"), late: read("late") };
}

/** For whoever wants to see the blocks alone. */
export async function readAll({ inTime, late }: HourSections): Promise<void> {
  for (const sections of [inTime, late]) {
    for await (const _ of sections);
  }
}
