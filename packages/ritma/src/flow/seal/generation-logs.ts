/**
 * The sealed logs of the generation that goes on, and reading them again.
 *
 * Format: spec/06-store.md, "Generation log".
 *
 * @module
 */
import { FRAME_UNPACKED_MAX, type Generation, type Primitives, splitFrames } from "@ritma/evidence";

export interface GenerationLogs {
  readonly number: number;
  readonly entities: Uint8Array;
  readonly cones: Uint8Array;
}

/**
 * Brings a new `generation` to where its logs end.
 *
 * @param taken called with each entity, in order of id
 * @throws FormatError when they are not the logs of that generation
 */
export function replayLogs(
  generation: Generation,
  unzstd: Primitives["unzstd"],
  { entities, cones }: GenerationLogs,
  taken: (entity: Uint8Array) => void = () => {},
): void {
  for (const frame of splitFrames(entities)) {
    const content = generation.addEntities(unzstd(frame, FRAME_UNPACKED_MAX));
    for (const entity of content.entities) taken(entity);
  }
  for (const frame of splitFrames(cones)) {
    generation.addCones(unzstd(frame, FRAME_UNPACKED_MAX));
  }
}
