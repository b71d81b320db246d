/**
 * A stored block taken apart, changed, and stored again as the recorder would.
 *
 * @module
 */
import { type Block, BLOCK_UNPACKED_MAX, decodeBlock, encodeBlock } from "@ritma/evidence";
import { ZSTD_LEVEL_BLOCK } from "../../packages/ritma/src/base/limits.ts";
import { primitives } from "./reference-store.ts";

export function recodeBlock(stored: Uint8Array, edit: (block: Block) => Block): Uint8Array {
  const block = decodeBlock(primitives.unzstd(stored, BLOCK_UNPACKED_MAX));
  return primitives.zstd(encodeBlock(edit(block)), ZSTD_LEVEL_BLOCK);
}
