/**
 * The reply of a time-stamping authority (RFC 3161), taken apart and checked.
 *
 * pkijs parses it and verifies the signature. What it leaves to its caller is checked here: that
 * the token is over our digest, that the attributes that must be signed are there once each, that
 * the certificate that signed is the one that was meant (ESS), and that it may do nothing but
 * stamp time.
 *
 * Whoever stands between us and the authority can write the whole reply. Whatever the library
 * throws at it means a bad reply.
 *
 * Not here: who vouches for the signer (`timestamp-chain.ts`).
 *
 * Format: spec/26-head-and-anchors.md, "Time stamps".
 *
 * @module
 */
import { equalBytes } from "@ritma/evidence";
import { hash } from "node:crypto";
import {
  Certificate,
  ExtKeyUsage,
  SignedData,
  type SignerInfo,
  TimeStampResp,
  TSTInfo,
} from "pkijs";
import { RitmaError } from "../../base/error.ts";
import { TIMESTAMP_BYTES_MAX, TIMESTAMP_CERTIFICATES_MAX } from "../../base/limits.ts";
import { escapeText } from "../../base/text.ts";
import { isStrictDer } from "./strict-der.ts";
import { certificateDigest, octetsOf, oidOf, onlyValue } from "./timestamp-attributes.ts";

/** A token whose signature is good. Whose it is, nobody here knows. */
export interface TimeStamp {
  /** When the authority says that it was: microseconds. */
  readonly timeUs: number;
  /** As in the request; null for none. */
  readonly nonce: Uint8Array | null;
  readonly signer: Certificate;
  readonly token: SignedData;
  /** What was stamped. */
  readonly stamped: Uint8Array;
}

const SIGNED_DATA = "1.2.840.113549.1.7.2";
const TST_INFO = "1.2.840.113549.1.9.16.1.4";
const SHA256 = "2.16.840.1.101.3.4.2.1";
/** SHA-256, SHA-384, SHA-512. */
const DIGESTS: ReadonlySet<string> = new Set([
  SHA256,
  "2.16.840.1.101.3.4.2.2",
  "2.16.840.1.101.3.4.2.3",
]);
/** Of a key for ECDSA, whose signatures are a sequence of two numbers. */
const ELLIPTIC_KEY = "1.2.840.10045.2.1";
const SEQUENCE = 0x30;
const CONTENT_TYPE = "1.2.840.113549.1.9.3";
const EXTENDED_KEY_USAGE = "2.5.29.37";
const TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
/** Granted, and granted with other conditions than those that were asked for. */
const GRANTED: ReadonlySet<number> = new Set([0, 1]);
const US_PER_MS = 1_000;

/**
 * @param stamped what the digest in the request was of
 * @throws RitmaError `anchor/reply`
 */
export async function readTimeStamp(reply: Uint8Array, stamped: Uint8Array): Promise<TimeStamp> {
  try {
    return await checked(reply, stamped);
  } catch (cause) {
    if (cause instanceof RitmaError || !(cause instanceof Error)) throw cause;
    throw bad(`is no time stamp: ${escapeText(cause.message)}`, cause);
  }
}

async function checked(reply: Uint8Array, stamped: Uint8Array): Promise<TimeStamp> {
  const token = tokenOf(reply);
  const [signerInfo, ...others] = token.signerInfos;
  if (signerInfo === undefined || others.length > 0) throw bad("has not exactly one signer");
  if (!namesDigest(token, signerInfo)) throw bad("does not name the digest that it is signed over");
  const signature = octetsOf(signerInfo.signature);
  const info = infoOf(token, stamped);
  const data = new Uint8Array(stamped).buffer;
  const verified = await token.verify({ signer: 0, data, extendedMode: true });
  const signer = verified.signerCertificate ?? null;
  if (verified.signatureVerified !== true || signer === null) throw bad("is not signed rightly");
  if (isElliptic(signer) && (signature[0] !== SEQUENCE || !isStrictDer(signature))) {
    throw bad("has a signature in another encoding than it must have");
  }
  checkAttributes(signerInfo, signer);
  checkPurpose(signer);
  const nonce =
    info.nonce === undefined ? null : new Uint8Array(info.nonce.valueBlock.valueHexView);
  const timeUs = info.genTime.getTime() * US_PER_MS;
  if (!Number.isSafeInteger(timeUs)) throw bad("has no time");
  return { timeUs, nonce, signer, token, stamped };
}

function tokenOf(reply: Uint8Array): SignedData {
  if (reply.length > TIMESTAMP_BYTES_MAX) throw bad(`has ${reply.length} bytes`);
  const bytes = new Uint8Array(reply);
  if (!isStrictDer(bytes)) throw bad("is cut, or not in the encoding that it must have");
  const { status, timeStampToken } = TimeStampResp.fromBER(bytes);
  if (!GRANTED.has(status.status)) {
    const why = status.statusStrings?.map((each) => escapeText(each.getValue())).join(" ") ?? "";
    throw bad(`refuses, with status ${status.status}${why === "" ? "" : `: ${why.slice(0, 200)}`}`);
  }
  if (timeStampToken?.contentType !== SIGNED_DATA) throw bad("holds no token");
  const token = new SignedData({ schema: timeStampToken.content });
  if ((token.certificates?.length ?? 0) > TIMESTAMP_CERTIFICATES_MAX) {
    throw bad(`holds more than ${TIMESTAMP_CERTIFICATES_MAX} certificates`);
  }
  return token;
}

function isElliptic({ subjectPublicKeyInfo }: Certificate): boolean {
  return subjectPublicKeyInfo.algorithm.algorithmId === ELLIPTIC_KEY;
}

function namesDigest({ digestAlgorithms }: SignedData, { digestAlgorithm }: SignerInfo): boolean {
  const named = digestAlgorithms.map(({ algorithmId }) => algorithmId);
  return named.includes(digestAlgorithm.algorithmId);
}

function infoOf(token: SignedData, stamped: Uint8Array): TSTInfo {
  const { eContentType, eContent } = token.encapContentInfo;
  if (eContentType !== TST_INFO || eContent === undefined) throw bad("is a token of another kind");
  const info = TSTInfo.fromBER(eContent.getValue());
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  const digest = hash("sha256", stamped, "buffer");
  if (
    hashAlgorithm.algorithmId !== SHA256 ||
    !equalBytes(hashedMessage.valueBlock.valueHexView, digest)
  ) {
    throw bad("is a time stamp of something else");
  }
  if (info.version !== 1) throw bad(`is of version ${info.version}`);
  return info;
}

/** RFC 3161 §2.4.2, RFC 5652 §11, RFC 5035. The library looks for two of them, not how often. */
function checkAttributes({ digestAlgorithm, signedAttrs }: SignerInfo, signer: Certificate): void {
  if (!DIGESTS.has(digestAlgorithm.algorithmId)) throw bad("is signed over a weak digest");
  const attributes = signedAttrs?.attributes ?? [];
  if (oidOf(onlyValue(attributes, CONTENT_TYPE)) !== TST_INFO) {
    throw bad("does not say under its signature what it is");
  }
  const named = certificateDigest(attributes);
  if (named === null) throw bad("does not say under its signature who signed it");
  const der = new Uint8Array(signer.toSchema().toBER());
  if (!equalBytes(named.digest, hash(named.algorithm, der, "buffer"))) {
    throw bad("names another certificate than the one that is in it");
  }
}

/** A certificate for web servers, say, is easier to get than one for time stamps. */
function checkPurpose({ extensions = [] }: Certificate): void {
  const usage = extensions.find(({ extnID }) => extnID === EXTENDED_KEY_USAGE);
  const purposes = usage?.parsedValue instanceof ExtKeyUsage ? usage.parsedValue.keyPurposes : [];
  if (usage?.critical !== true || purposes.length !== 1 || purposes[0] !== TIME_STAMPING) {
    throw bad("is signed by a certificate that is not for time stamps alone");
  }
}

/** The digest that a reply is over, without believing it. @throws RitmaError `anchor/reply` */
export function stampedDigest(reply: Uint8Array): Uint8Array {
  try {
    const { eContent } = tokenOf(reply).encapContentInfo;
    if (eContent === undefined) throw bad("is a token of another kind");
    return octetsOf(TSTInfo.fromBER(eContent.getValue()).messageImprint.hashedMessage);
  } catch (cause) {
    if (cause instanceof RitmaError || !(cause instanceof Error)) throw cause;
    throw bad(`is no time stamp: ${escapeText(cause.message)}`, cause);
  }
}

function bad(message: string, cause?: unknown): RitmaError {
  return new RitmaError("anchor/reply", `the reply ${message}`, { cause });
}
