/**
 * Checkpoints (C2SP tlog-checkpoint): the signed head of a log.
 *
 *     <origin>            names the log; also the name of the key that signs
 *     <size>              decimal, no leading zero
 *     <root>              base64 of 32 bytes
 *
 * It is the text of a signed note (`note.ts`), in a file of its own that is replaced as the log
 * grows. A checkpoint says nothing about an earlier one; a consistency proof does.
 *
 * Extension lines are refused: some signers do not cover them.
 *
 * Format: spec/03-tiles.md, "Checkpoint". Vectors: spec/vectors/note.json.
 *
 * @module
 */
import { fromBase64, toBase64 } from "../bytes/base64.ts";
import { encodeUtf8 } from "../bytes/utf8.ts";
import { FormatError } from "../error.ts";
import type { Primitives, Sign } from "../primitives.ts";
import { HASH_BYTES } from "./merkle.ts";
import {
  ed25519Verifier,
  formatNote,
  isKeyName,
  NOTE_TYPE_ED25519,
  noteKeyId,
  openNote,
  parseNote,
} from "./note.ts";

const DECIMAL = /^(?:0|[1-9][0-9]{0,15})$/u;
const LINES = 3;

export interface Checkpoint {
  /** Names the log, such as `example.org/log`: no white space, no "+". */
  readonly origin: string;
  /** Entries in the log. */
  readonly size: number;
  /** 32 bytes: the Merkle root over those entries. */
  readonly root: Uint8Array;
}

/** @throws RangeError on what `parseCheckpoint` would refuse. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  if (!isKeyName(origin)) throw new RangeError("not an origin");
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`not a log size: ${size}`);
  if (root.length !== HASH_BYTES) throw new RangeError(`root of ${root.length} bytes`);
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** @throws FormatError on every text that `formatCheckpoint` does not make. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = "", sizeText = "", rootText = "", ...rest] = text.split("\n");
  if (rest.length !== 1 || rest[0] !== "") {
    throw new FormatError("wrong-type", 0, `a checkpoint has ${LINES} lines`);
  }
  if (!isKeyName(origin)) throw new FormatError("wrong-type", 0, "not an origin");
  if (!DECIMAL.test(sizeText)) throw new FormatError("not-canonical", 0, "not a log size");
  const size = Number(sizeText);
  if (!Number.isSafeInteger(size)) throw new FormatError("out-of-range", 0, "size above 2^53-1");
  const root = fromBase64(rootText);
  if (root.length !== HASH_BYTES) {
    throw new FormatError("wrong-type", 0, `root of ${root.length} bytes`);
  }
  return { origin, size, root };
}

/**
 * The checkpoint file.
 *
 * Whoever calls this has made sure, durably, that no other checkpoint of this size or a larger one
 * was signed: two that disagree prove that the log lied.
 *
 * @param name of the key; the same as the origin. @param publicKey raw, 32 bytes.
 * @throws RangeError when `name` is not the origin.
 */
export function signCheckpoint(
  primitives: Pick<Primitives, "sha256">,
  sign: Sign,
  name: string,
  publicKey: Uint8Array,
  checkpoint: Checkpoint,
): Uint8Array {
  if (name !== checkpoint.origin) throw new RangeError("a log signs under its own name");
  const text = formatCheckpoint(checkpoint);
  const keyId = noteKeyId(primitives.sha256, name, NOTE_TYPE_ED25519, publicKey);
  return formatNote(text, [{ name, keyId, signature: sign(encodeUtf8(text)) }]);
}

/**
 * Reads a checkpoint file and checks the log's own signature. Lines of others are ignored.
 *
 * @throws FormatError `bad-signature` when the key did not sign it, `wrong-type` when it is of
 * another log than `name`, and whatever `parseNote` and `parseCheckpoint` throw.
 */
export function openCheckpoint(
  primitives: Pick<Primitives, "sha256" | "verifyEd25519">,
  bytes: Uint8Array,
  name: string,
  publicKey: Uint8Array,
): Checkpoint {
  const note = parseNote(bytes);
  openNote(note, [ed25519Verifier(primitives, name, publicKey)]);
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint.origin !== name) {
    throw new FormatError("wrong-type", 0, "the checkpoint is of another log than its signer");
  }
  return checkpoint;
}
