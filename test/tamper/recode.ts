/**
 * A stored block taken apart, changed, and stored again as a recorder might: in plain columns,
 * which
 * can spell more than the coded form.
 *
 * @module
 */
import {
  type Block,
  BLOCK_UNPACKED_MAX,
  conesPath,
  encodeBlock,
  entitiesPath,
  FRAME_UNPACKED_MAX,
  Generation,
  splitFrames,
} from "@ritma/evidence";
import { ZSTD_LEVEL_PLAIN } from "../../packages/ritma/src/base/limits.ts";
import type { Files } from "./memory-tree.ts";
import { primitives } from "./reference-store.ts";

/** @param path of the block, @param store whose generation it belongs to, with its files */
export function recodeBlock(
  {
    files,
    storeFile,
  }: { readonly files: Files; readonly storeFile: { readonly store: Uint8Array } },
  path: string,
  edit: (block: Block) => Block,
): Uint8Array {
  using generation = Generation.of(storeFile.store, 1);
  const contents = (log: string): Uint8Array[] =>
    splitFrames(files.get(log) ?? new Uint8Array(0)).map((frame) =>
      primitives.unzstd(frame, FRAME_UNPACKED_MAX),
    );
  for (const content of contents(entitiesPath(1))) generation.addEntities(content);
  for (const content of contents(conesPath(1))) generation.addCones(content);
  const stored = files.get(path) ?? new Uint8Array(0);
  const block = generation.block(primitives.unzstd(stored, BLOCK_UNPACKED_MAX));
  return primitives.zstd(encodeBlock(edit(block)), ZSTD_LEVEL_PLAIN);
}
