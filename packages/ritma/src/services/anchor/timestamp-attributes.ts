/**
 * Attributes under the signature of a time stamp, read without believing their shape.
 *
 *     ESSCertID   ::= SEQUENCE { certHash OCTET STRING (SHA-1), issuerSerial OPTIONAL }
 *     ESSCertIDv2 ::= SEQUENCE { hashAlgorithm DEFAULT sha256, certHash OCTET STRING, ... }
 *
 * Format: RFC 5652 §11 and RFC 5035.
 *
 * @module
 */
import { ObjectIdentifier, OctetString, Sequence } from "asn1js";
import type { Attribute } from "pkijs";

const SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12";
const SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";

/** Names of digests, by what they are called in certificates. */
const DIGEST_NAMES: Readonly<Record<string, string>> = {
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};

export interface CertificateDigest {
  /** As Node.js calls it. */
  readonly algorithm: string;
  readonly digest: Uint8Array;
}

/** @returns the one value of the one attribute of this type, else null. */
export function onlyValue(attributes: readonly Attribute[], type: string): unknown {
  const [found, ...more] = attributes.filter((each) => each.type === type);
  if (found === undefined || more.length > 0) return null;
  const values: readonly unknown[] = found.values;
  return values.length === 1 ? values[0] : null;
}

/** @returns what names the certificate that signed; null where nothing does, or another digest. */
export function certificateDigest(attributes: readonly Attribute[]): CertificateDigest | null {
  const second = firstCertificate(onlyValue(attributes, SIGNING_CERTIFICATE_V2));
  if (second !== null) {
    const [algorithm, digest] = second;
    if (algorithm instanceof OctetString) {
      return { algorithm: "sha256", digest: octetsOf(algorithm) };
    }
    const name = DIGEST_NAMES[oidOf(partsOf(algorithm)?.[0])];
    if (name === undefined || !(digest instanceof OctetString)) return null;
    return { algorithm: name, digest: octetsOf(digest) };
  }
  // Of the first version, which names SHA-1: enough to tell certificates of one authority apart.
  const [digest] = firstCertificate(onlyValue(attributes, SIGNING_CERTIFICATE)) ?? [];
  return digest instanceof OctetString ? { algorithm: "sha1", digest: octetsOf(digest) } : null;
}

/** @returns "" for what is no object identifier. */
export function oidOf(value: unknown): string {
  return value instanceof ObjectIdentifier ? value.getValue() : "";
}

export function octetsOf(value: OctetString): Uint8Array {
  return new Uint8Array(value.valueBlock.valueHexView);
}

/** The certificate that signed stands first in the list of the attribute. */
function firstCertificate(value: unknown): readonly unknown[] | null {
  return partsOf(partsOf(partsOf(value)?.[0])?.[0]);
}

function partsOf(value: unknown): readonly unknown[] | null {
  return value instanceof Sequence ? value.valueBlock.value : null;
}
