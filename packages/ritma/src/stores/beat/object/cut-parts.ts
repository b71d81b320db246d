/**
 * Cuts the live records of a store into the parts of a checkpoint, one in memory at a time.
 *
 * @module
 */
import { OBJECT_PART_BYTES } from "../../../base/limits.ts";
import type { LoadedBranch } from "./open-objects.ts";
import { encodePart, type PartRecord } from "./part-codec.ts";

const ALL = new Uint8Array(0);

/** @param branches in the order in which the head has them */
export function* cutParts(branches: readonly LoadedBranch[]): Generator<Uint8Array> {
  let part: PartRecord[] = [];
  let bytes = 0;
  for (const [branch, { records }] of branches.entries()) {
    for (const record of records.scan(ALL, {})) {
      part.push({ ...record, branch });
      bytes += record.key.length + record.body.length;
      if (bytes < OBJECT_PART_BYTES) continue;
      yield encodePart(part);
      part = [];
      bytes = 0;
    }
  }
  if (part.length > 0) yield encodePart(part);
}
