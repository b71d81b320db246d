/**
 * The sealed logs of the generation that goes on, and reading them again.
 *
 * Format: spec/06-store.md, "Generation log".
 *
 * @module
 */
import {
  type EntitiesFrame,
  FRAME_UNPACKED_MAX,
  type Generation,
  type Primitives,
  splitFrames,
} from "@ritma/evidence";

export interface GenerationLogs {
  readonly number: number;
  readonly entities: Uint8Array;
  readonly cones: Uint8Array;
}

/**
 * Brings a new `generation` to where its logs end.
 *
 * @param taken called with each frame of entities, in order of id, and its unpacked bytes
 * @throws FormatError when they are not the logs of that generation
 */
export function replayLogs(
  generation: Generation,
  unzstd: Primitives["unzstd"],
  { entities, cones }: GenerationLogs,
  taken: (frame: EntitiesFrame, content: Uint8Array) => void,
): void {
  for (const packed of splitFrames(entities)) {
    const content = unzstd(packed, FRAME_UNPACKED_MAX);
    taken(generation.addEntities(content), content);
  }
  for (const packed of splitFrames(cones)) {
    generation.addCones(unzstd(packed, FRAME_UNPACKED_MAX));
  }
}
