/**
 * Signed notes (C2SP signed-note): a text, an empty line, signature lines.
 *
 *     <text, ends in a newline>
 *
 *     — <key name> <base64 of key id (4 bytes) || signature>
 *
 * The signature is over the text with its last newline, without the empty line. A note may be
 * signed by many; a reader believes the keys he knows and ignores the other lines.
 *
 * Invariant: `formatNote(parseNote(b))` equals `b`.
 *
 * Format: spec/03-tiles.md, "Notes". Vectors: spec/vectors/note.json.
 *
 * @module
 */
import { fromBase64, toBase64 } from "../bytes/base64.ts";
import { concatBytes, equalBytes } from "../bytes/compare.ts";
import { decodeUtf8, encodeUtf8 } from "../bytes/utf8.ts";
import { FormatError } from "../error.ts";
import type { Primitives, Sha256 } from "../primitives.ts";

const NOTE_BYTES_MAX = 1_000_000;
const NOTE_SIGNATURES_MAX = 100;
/** Type byte of a plain Ed25519 note signature. */
export const NOTE_TYPE_ED25519 = 0x01;

const KEY_ID_BYTES = 4;
const LINE_START = "— ";
/** Below U+0020, except the newline. */
const CONTROL_CHARACTER = /[^\n -\u{10ffff}]/u;
const KEY_NAME = /^[^\p{White_Space}+]+$/u;

export interface NoteSignature {
  /** Of the key; without white space or "+". */
  readonly name: string;
  /** 4 bytes; see `noteKeyId`. */
  readonly keyId: Uint8Array;
  /** What follows the key id, at least 1 byte: 64 for a plain Ed25519 signature. */
  readonly signature: Uint8Array;
}

export interface Note {
  /** Ends in a newline. */
  readonly text: string;
  /** 1 to 100, in the order of their lines. */
  readonly signatures: readonly NoteSignature[];
}

/** A key that the reader knows. */
export interface NoteVerifier {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Uint8Array;
  /** @param message the bytes of the note's text. */
  readonly verify: (message: Uint8Array, signature: Uint8Array) => boolean;
}

/** @throws RangeError on what `parseNote` would refuse. */
export function formatNote(text: string, signatures: readonly NoteSignature[]): Uint8Array {
  if (!isNoteText(text)) throw new RangeError("not the text of a note");
  const count = signatures.length;
  if (count < 1 || count > NOTE_SIGNATURES_MAX) throw new RangeError(`${count} signatures`);
  const lines = signatures.map(({ name, keyId, signature }) => {
    if (!isKeyName(name)) throw new RangeError("not a key name");
    if (keyId.length !== KEY_ID_BYTES || signature.length === 0) {
      throw new RangeError("not a key id and a signature");
    }
    return `${LINE_START}${name} ${toBase64(concatBytes(keyId, signature))}\n`;
  });
  const bytes = encodeUtf8(`${text}\n${lines.join("")}`);
  if (bytes.length > NOTE_BYTES_MAX) throw new RangeError(`note of ${bytes.length} bytes`);
  return bytes;
}

/** Takes a note apart. Verifies nothing. @throws FormatError unless it is exactly one note. */
export function parseNote(bytes: Uint8Array): Note {
  if (bytes.length > NOTE_BYTES_MAX) {
    throw new FormatError("out-of-range", 0, `note of ${bytes.length} bytes`);
  }
  const whole = decodeUtf8(bytes);
  // The text may have empty lines of its own; the signatures cannot, so the last one separates.
  const separator = whole.lastIndexOf("\n\n");
  if (separator === -1) throw new FormatError("truncated", 0, "note without an empty line");
  const text = whole.slice(0, separator + 1);
  if (!isNoteText(text)) throw new FormatError("wrong-type", 0, "control character in a note");
  const lines = whole.slice(separator + 2).split("\n");
  if (lines.pop() !== "") throw new FormatError("truncated", bytes.length, "line without an end");
  if (lines.length === 0) throw new FormatError("truncated", bytes.length, "note not signed");
  if (lines.length > NOTE_SIGNATURES_MAX) {
    throw new FormatError("out-of-range", 0, `${lines.length} signatures on a note`);
  }
  return { text, signatures: lines.map((line) => parseSignature(line)) };
}

/** @returns the first 4 bytes of SHA-256(name || 0x0A || type || public key). */
export function noteKeyId(
  sha256: Sha256,
  name: string,
  type: number,
  publicKey: Uint8Array,
): Uint8Array {
  const key = concatBytes(encodeUtf8(`${name}\n`), Uint8Array.of(type), publicKey);
  return sha256(key).slice(0, KEY_ID_BYTES);
}

/** The verifier of plain Ed25519 signatures by one key. */
export function ed25519Verifier(
  primitives: Pick<Primitives, "sha256" | "verifyEd25519">,
  name: string,
  publicKey: Uint8Array,
): NoteVerifier {
  return {
    name,
    keyId: noteKeyId(primitives.sha256, name, NOTE_TYPE_ED25519, publicKey),
    verify: (message, signature) => primitives.verifyEd25519(publicKey, message, signature),
  };
}

/**
 * The signatures of known keys, all of them good, at least one.
 *
 * @throws FormatError `bad-signature` when a line of a known key does not verify, whatever the
 * others say, and when no key is known.
 */
export function openNote(note: Note, verifiers: readonly NoteVerifier[]): NoteSignature[] {
  const message = encodeUtf8(note.text);
  const verified = note.signatures.filter((line) => {
    const verifier = verifiers.find(
      ({ name, keyId }) => name === line.name && equalBytes(keyId, line.keyId),
    );
    if (verifier === undefined) return false;
    if (verifier.verify(message, line.signature)) return true;
    throw new FormatError("bad-signature", 0, `the signature of ${line.name} is wrong`);
  });
  if (verified.length === 0) {
    throw new FormatError("bad-signature", 0, "no signature of a known key");
  }
  return verified;
}

/** True for what may stand as a key name, and so as the origin of a log. */
export function isKeyName(name: string): boolean {
  return KEY_NAME.test(name) && !CONTROL_CHARACTER.test(name);
}

function isNoteText(text: string): boolean {
  return text.endsWith("\n") && !CONTROL_CHARACTER.test(text);
}

function parseSignature(line: string): NoteSignature {
  const [name = "", encoded = "", ...rest] = line.slice(LINE_START.length).split(" ");
  if (!line.startsWith(LINE_START) || !isKeyName(name) || rest.length > 0) {
    throw new FormatError("wrong-type", 0, "not a signature line");
  }
  const decoded = fromBase64(encoded);
  if (decoded.length <= KEY_ID_BYTES) {
    throw new FormatError("truncated", 0, "signature line without a signature");
  }
  return {
    name,
    keyId: decoded.subarray(0, KEY_ID_BYTES),
    signature: decoded.subarray(KEY_ID_BYTES),
  };
}
