/**
 * Secured payloads: deflated, then encrypted, once; from there on everybody passes the stored bytes
 * and the security metadata on untouched.
 *
 *     sealPayload        raw bytes          -> stored bytes, secmeta
 *     openPayload        stored, secmeta    -> a view that is wiped when it is disposed of
 *     rekeyPayload       stored, secmeta    -> the same under another key, or another mode
 *     recompressPayload  stored, secmeta    -> the same with another codec
 *
 * What fails gives a notice (`enc_fail`, `codec_mis`, `rekey_fail`) and an error, and nothing to
 * make a record of. What is plain in between is wiped, whether it went well or not.
 *
 * Invariant: every sealing draws a nonce of its own, so sealing the same twice gives other bytes.
 *
 * Format: spec/16-beat-frame.md, "Secured payloads".
 *
 * @module
 */
import { equalBytes, FormatError } from "@ritma/evidence";
import { deflate, inflate } from "../../../base/deflate.ts";
import { RitmaError } from "../../../base/error.ts";
import { SECURED_BYTES_MAX } from "../../../base/limits.ts";
import type { NodePrimitives } from "../../../base/primitives.ts";
import type { Rng } from "../../../base/rng.ts";
import type { NoticeSink, NoticeTopic } from "../notice.ts";
import {
  type AeadMode,
  KEY_ID_BYTES,
  NONCE_BYTES,
  type PayloadCodec,
  type Sealing,
  type Secmeta,
} from "../secmeta.ts";
import { additionalData, decrypt, deriveKey, encrypt, type PayloadPlace } from "./aead.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { PlainView } from "./plain-view.ts";

export interface PayloadKey {
  /** 16 bytes, public. */
  readonly id: Uint8Array;
  /** 32 bytes, secret; the caller's to wipe. */
  readonly bytes: Uint8Array;
}

/** @returns null for a key that is not at hand. */
export type FindKey = (id: Uint8Array) => PayloadKey | null;

export interface SecureTools {
  readonly primitives: Pick<NodePrimitives, "blake3" | "hmacSha256" | "keyedHash16">;
  readonly rng: Rng;
  readonly notice: NoticeSink;
}

export interface SealWish {
  /** "deflate" is not done where it gains nothing. */
  readonly codec: PayloadCodec;
  /** "none" takes no key, the others need one. */
  readonly mode: AeadMode;
  readonly key: PayloadKey | null;
}

export interface SealedPayload {
  readonly stored: Uint8Array;
  readonly secmeta: Secmeta;
}

const SECRET_BYTES = 32;

/** Does not keep or change `raw`. @throws RitmaError after a notice `enc_fail` or `codec_mis` */
export function sealPayload(
  tools: SecureTools,
  place: PayloadPlace,
  raw: Uint8Array,
  wish: SealWish,
): SealedPayload {
  return noticed(tools, place, null, () => seal(tools, place, raw, wish));
}

/** @throws RitmaError after a notice `enc_fail` or `codec_mis` */
export function openPayload(
  tools: SecureTools,
  place: PayloadPlace,
  sealed: SealedPayload,
  findKey: FindKey,
): PlainView {
  return noticed(tools, place, null, () => open(tools, place, sealed, findKey));
}

/** @throws RitmaError after a notice `rekey_fail` */
export function rekeyPayload(
  tools: SecureTools,
  place: PayloadPlace,
  sealed: SealedPayload,
  findKey: FindKey,
  to: Pick<SealWish, "mode" | "key">,
): SealedPayload {
  return noticed(tools, place, "rekey_fail", () => {
    using view = open(tools, place, sealed, findKey);
    return seal(tools, place, view.bytes, { ...to, codec: sealed.secmeta.codec });
  });
}

/** Under the same key and mode. @throws RitmaError after a notice `enc_fail` or `codec_mis` */
export function recompressPayload(
  tools: SecureTools,
  place: PayloadPlace,
  sealed: SealedPayload,
  findKey: FindKey,
  codec: PayloadCodec,
): SealedPayload {
  return noticed(tools, place, null, () => {
    using view = open(tools, place, sealed, findKey);
    const { mode, sealing } = sealed.secmeta;
    const key = sealing === null ? null : findKey(sealing.keyId);
    return seal(tools, place, view.bytes, { codec, mode, key });
  });
}

/** What went wrong, before it is told. */
class SecureFault extends Error {
  override readonly name = "SecureFault";
  readonly topic: NoticeTopic;
  readonly code: "beat/damaged" | "store/key-missing" | "store/key-damaged" | "internal/limit";

  constructor(topic: NoticeTopic, code: SecureFault["code"], message: string, cause?: unknown) {
    super(message, { cause });
    this.topic = topic;
    this.code = code;
  }
}

/** @param topic of the notice, when it is not the fault's own */
function noticed<Result>(
  tools: SecureTools,
  place: PayloadPlace,
  topic: NoticeTopic | null,
  work: () => Result,
): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SecureFault)) throw error;
    const detail = error.message;
    tools.notice({ topic: topic ?? error.topic, severity: "error", branch: place.branch, detail });
    throw new RitmaError(error.code, detail, { cause: error.cause });
  }
}

function seal(
  tools: SecureTools,
  place: PayloadPlace,
  raw: Uint8Array,
  { codec, mode, key }: SealWish,
): SealedPayload {
  if (raw.length > SECURED_BYTES_MAX) {
    throw new SecureFault("enc_fail", "internal/limit", `a payload of ${raw.length} bytes`);
  }
  if ((mode === "none") !== (key === null)) throw new RangeError("a mode without its key");
  const secret = key === null ? null : secretOf(key);
  const deflated = codec === "deflate" ? deflate(raw) : raw;
  const gains = deflated.length < raw.length;
  const packed = gains ? deflated : raw;
  const used = gains ? "deflate" : "none";
  const fingerprint = fingerprintOf(tools.primitives, secret, raw);
  const common = { codec: used, rawLength: raw.length, fingerprint } as const;
  try {
    if (mode === "none" || key === null || secret === null) {
      const stored = packed.slice();
      const secmeta = { ...common, mode, storedLength: stored.length, sealing: null };
      return { stored, secmeta };
    }
    const aad = additionalData(place, mode, used, raw.length, key.id);
    const aadHash = tools.primitives.blake3(aad);
    const nonce = tools.rng.bytes(NONCE_BYTES);
    const own = deriveKey(tools.primitives.hmacSha256, secret, mode, aadHash);
    const stored = encrypt({ mode, key: own, nonce, aad }, packed);
    own.fill(0);
    const sealing = { keyId: key.id.slice(), nonce, aadHash };
    return { stored, secmeta: { ...common, mode, storedLength: stored.length, sealing } };
  } finally {
    if (deflated !== raw) deflated.fill(0);
  }
}

function open(
  tools: SecureTools,
  place: PayloadPlace,
  { stored, secmeta }: SealedPayload,
  findKey: FindKey,
): PlainView {
  const { codec, rawLength, sealing } = secmeta;
  if (stored.length !== secmeta.storedLength || rawLength > SECURED_BYTES_MAX) {
    const message = `${stored.length} bytes stored, ${secmeta.storedLength} sealed of ${rawLength}`;
    throw new SecureFault("codec_mis", "beat/damaged", message);
  }
  const secret = sealing === null ? null : secretOf(keyOf(sealing, findKey));
  // A view of its own in any case: wiping it may not wipe what is stored.
  const packed =
    sealing === null || secret === null
      ? stored.slice()
      : decrypted(tools, place, stored, secmeta, sealing, secret);
  const raw = codec === "none" ? packed : inflated(packed, rawLength);
  if (raw !== packed) packed.fill(0);
  const fingerprint = fingerprintOf(tools.primitives, secret, raw);
  if (raw.length === rawLength && equalBytes(fingerprint, secmeta.fingerprint)) {
    return new PlainView(raw);
  }
  raw.fill(0);
  throw new SecureFault("codec_mis", "beat/damaged", "a payload opens to other bytes than sealed");
}

function decrypted(
  tools: SecureTools,
  place: PayloadPlace,
  stored: Uint8Array,
  { mode, codec, rawLength }: Secmeta,
  { keyId, nonce, aadHash }: Sealing,
  secret: Uint8Array,
): Uint8Array {
  if (mode === "none") throw new RangeError("a sealing of no mode");
  const aad = additionalData(place, mode, codec, rawLength, keyId);
  if (!equalBytes(tools.primitives.blake3(aad), aadHash)) {
    throw new SecureFault("enc_fail", "beat/damaged", "a payload was sealed for another place");
  }
  const own = deriveKey(tools.primitives.hmacSha256, secret, mode, aadHash);
  const packed = decrypt({ mode, key: own, nonce, aad }, stored);
  own.fill(0);
  if (packed !== null) return packed;
  const message = `a payload does not open with key ${keyId.toHex()}`;
  throw new SecureFault("enc_fail", "beat/damaged", message);
}

/** Wipes `packed` also when it fails. */
function inflated(packed: Uint8Array, rawLength: number): Uint8Array {
  try {
    return inflate(packed, rawLength);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    packed.fill(0);
    throw new SecureFault("codec_mis", "beat/damaged", error.message, error);
  }
}

function keyOf({ keyId }: Sealing, findKey: FindKey): PayloadKey {
  const key = findKey(keyId);
  if (key !== null && equalBytes(key.id, keyId)) return key;
  const message = `the key ${keyId.toHex()} of a payload is not at hand`;
  throw new SecureFault("enc_fail", "store/key-missing", message);
}

function secretOf({ id, bytes }: PayloadKey): Uint8Array {
  if (id.length === KEY_ID_BYTES && bytes.length === SECRET_BYTES) return bytes;
  const message = `a payload key of ${bytes.length} bytes, with an id of ${id.length}`;
  throw new SecureFault("enc_fail", "store/key-damaged", message);
}
