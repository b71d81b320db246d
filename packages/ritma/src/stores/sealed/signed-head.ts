/**
 * The newest head of a store: its checkpoint as it was signed, and the log that it stands for.
 *
 * Invariant: the checkpoint is signed by a log key of the store, has no line of anybody else, and
 * the entries on the disk hash to it.
 *
 * Format: spec/26-head-and-anchors.md.
 *
 * @module
 */
import {
  type Checkpoint,
  CHECKPOINT_PATH,
  ed25519Verifier,
  type Fingerprint,
  fingerprintOf,
  type KnownLog,
  leafHash,
  parseNote,
  prefixRoot,
  toBase64,
  toHex,
  treeLevels,
} from "@ritma/evidence";
import type { Disk } from "../../base/disk/disk.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import { readSignedLog } from "./sealed-log.ts";
import { readStoreFacts } from "./store-facts.ts";
import { StoreFiles } from "./store-files.ts";

/** Type byte of a plain Ed25519 key in the text form of a key of notes. */
const ED25519 = 0x01;

export interface SignedHead extends Checkpoint {
  /** The file as it is. */
  readonly bytes: Uint8Array;
  /** Of the identity that the store names as its own. */
  readonly fingerprint: Fingerprint;
  /** The key that signed it, as other readers of signed notes take it: name+id+base64. */
  readonly verifier: string;
  /** What older heads are compared with. */
  readonly log: KnownLog;
}

/** @param out the evidence store @throws RitmaError `store/missing`, `store/damaged` … */
export async function readSignedHead(
  disk: Disk,
  primitives: NodePrimitives,
  out: string,
): Promise<SignedHead> {
  const files = new StoreFiles(disk, primitives, out);
  const facts = await readStoreFacts(files);
  const { entries, signed, key, origin, size, root } = await readSignedLog(files, facts);
  const { length } = files.decode(CHECKPOINT_PATH, () => parseNote(signed).signatures);
  if (length !== 1) throw files.damaged(CHECKPOINT_PATH, `${length} signatures, expected 1`);
  const { sha256 } = primitives;
  const { keyId } = ed25519Verifier(primitives, origin, key.publicKey);
  const coded = toBase64(Uint8Array.of(ED25519, ...key.publicKey));
  let levels: Uint8Array | null = null;
  const rootAt = (count: number): Uint8Array | null => {
    if (count < 1 || count > size) return null;
    levels ??= treeLevels(
      sha256,
      entries.map((entry) => leafHash(sha256, entry)),
    );
    return prefixRoot(sha256, levels, size, count);
  };
  const logKeys = facts.keys.filter(({ role }) => role === "log");
  return {
    origin,
    size,
    root,
    bytes: signed,
    fingerprint: fingerprintOf(sha256, facts.file.identity),
    verifier: `${origin}+${toHex(keyId)}+${coded}`,
    log: { origin, keys: logKeys.map(({ publicKey }) => publicKey), size, rootAt },
  };
}
