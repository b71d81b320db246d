/**
 * The files of one hour, each checked against what names it before it is used.
 *
 *     node log -> hour-seal -> header -> blocks
 *              -> hour root -> windows
 *
 * Not here: whether the records hash to the windows' roots (`ritma verify`). A block whose digest
 * is the sealed one holds the bytes that the recorder wrote; that is enough to show them.
 *
 * Format: spec/06-store.md, "Hour", "Blocks".
 *
 * @module
 */
import {
  BLOCK_UNPACKED_MAX,
  blockPath,
  buildHourTree,
  type CodedBlock,
  decodeHourHeader,
  decodeHourSeal,
  decodeHourTree,
  encodeHourTree,
  equalBytes,
  type Generation,
  HOUR_HEADER,
  HOUR_SEAL,
  HOUR_TREE,
  type HourEntry,
  type HourHeader,
  parseCose1,
  toHex,
  verifyCose1,
} from "@ritma/evidence";
import { sealKeyFor, type StoreFacts } from "./store-facts.ts";
import type { StoreFiles } from "./store-files.ts";
import type { SealedHour } from "./sealed-log.ts";

/** @throws RitmaError `store/damaged` */
export async function readHeader(
  files: StoreFiles,
  facts: StoreFacts,
  hour: SealedHour,
): Promise<HourHeader> {
  const digest = await readSealOf(files, facts, hour);
  const path = `${hour.folder}/${HOUR_HEADER}`;
  const bytes = await files.read(path);
  if (!equalBytes(files.primitives.sha256(bytes), digest)) {
    throw files.damaged(path, "its digest is not the sealed one");
  }
  const header = files.decode(path, () => decodeHourHeader(bytes));
  const fits =
    equalBytes(header.store, facts.file.store) &&
    header.sequence === hour.sequence &&
    header.t1 === hour.t1 &&
    header.t2 === hour.t2;
  if (!fits) throw files.damaged(path, "contradicts the node log");
  return header;
}

/** @returns the digest of the header that the hour's seal names. */
async function readSealOf(
  files: StoreFiles,
  facts: StoreFacts,
  hour: SealedHour,
): Promise<Uint8Array> {
  const path = `${hour.folder}/${HOUR_SEAL}`;
  const bytes = await files.read(path);
  const cose = files.decode(path, () => parseCose1(bytes));
  const key = sealKeyFor(files, facts, hour.sequence, cose.keyId);
  if (key === null) {
    throw files.damaged(path, `no key record lets key ${toHex(cose.keyId)} seal this hour`);
  }
  if (!verifyCose1(files.primitives, cose, key)) {
    throw files.damaged(path, "the signature is not of these bytes");
  }
  if (!equalBytes(files.primitives.sha256(cose.payload), hour.seal)) {
    throw files.damaged(path, "not the seal that the node log names");
  }
  return files.decode(path, () => decodeHourSeal(cose.payload)).header;
}

/** Intervals of the hour, those without events included, the late one last. */
export async function readWindows(
  files: StoreFiles,
  facts: StoreFacts,
  hour: SealedHour,
): Promise<readonly HourEntry[]> {
  const path = `${hour.folder}/${HOUR_TREE}`;
  const bytes = await files.read(path);
  const { entries } = files.decode(path, () => decodeHourTree(bytes));
  if (entries.length > 0) {
    const { sha256 } = files.primitives;
    const built = buildHourTree(sha256, facts.file.store, hour.sequence, entries);
    const fits =
      equalBytes(built.hourRoot, hour.hourRoot) && equalBytes(encodeHourTree(built), bytes);
    if (fits) return entries;
  }
  throw files.damaged(path, "its entries hash to another root than was sealed");
}

/** Which block of an hour. */
export interface BlockNumber {
  readonly kind: "inst" | "late";
  readonly number: number;
}

/** @returns null behind the last one of its kind. @throws RitmaError `store/damaged` */
export async function readBlock(
  files: StoreFiles,
  hour: SealedHour,
  header: HourHeader,
  generation: Generation,
  { kind, number }: BlockNumber,
): Promise<CodedBlock | null> {
  const name = blockPath(kind, number);
  const entry = header.files.find((file) => file.path === name);
  if (entry === undefined) return null;
  const path = `${hour.folder}/${name}`;
  const bytes = await files.readSealed(path, entry.length, entry.sha256);
  const block = files.decode(path, () =>
    generation.block(files.primitives.unzstd(bytes, BLOCK_UNPACKED_MAX)),
  );
  const fits =
    equalBytes(block.store, header.store) &&
    block.sequence === hour.sequence &&
    block.number === number &&
    block.generation === header.generation.number;
  if (!fits) throw files.damaged(path, "is not the block that belongs here");
  return block;
}
