/**
 * Who vouches for the signer of a time stamp: a chain of certificates to an authority that the
 * reader named, valid at the time in the stamp.
 *
 * At that time, and not now: certificates of authorities end long before what they stamped.
 *
 * Invariant: a bounded number of questions who issued a certificate, whatever certificates the
 * token brings; some may have issued each other.
 *
 * Not here: revocation, which nobody can check without the network.
 *
 * @module
 */
import { Integer } from "asn1js";
import { BasicConstraints, Certificate, SignedDataVerifyError } from "pkijs";
import { X509Certificate } from "node:crypto";
import { RitmaError } from "../../base/error.ts";
import { TIMESTAMP_ISSUERS_MAX } from "../../base/limits.ts";
import { escapeText } from "../../base/text.ts";
import type { TimeStamp } from "./timestamp-token.ts";

export type Authorities = readonly Certificate[];

const PEM = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/gu;
const BASIC_CONSTRAINTS = "2.5.29.19";
/** What a name is made of, the most telling part first: common name, unit, organization. */
const NAME_PARTS = ["2.5.4.3", "2.5.4.11", "2.5.4.10"];

/** From a file of certificates in PEM. @throws RitmaError `usage/bad-argument` without any */
export function readAuthorities(bytes: Uint8Array, path: string): Authorities {
  const found = Buffer.from(bytes).toString("latin1").match(PEM) ?? [];
  const refuse = (cause?: unknown): RitmaError => {
    const message = `${escapeText(path)} holds no certificates in PEM, or one that cannot be read`;
    return new RitmaError("usage/bad-argument", message, { cause });
  };
  if (found.length === 0) throw refuse();
  try {
    return found.map((text) => Certificate.fromBER(new Uint8Array(new X509Certificate(text).raw)));
  } catch (cause) {
    if (cause instanceof Error) throw refuse(cause);
    throw cause;
  }
}

/** @returns why the signer does not lead to any of `authorities`; null when it does. */
export async function whyUntrusted(
  { token, stamped }: TimeStamp,
  authorities: Authorities,
): Promise<string | null> {
  let asked = 0;
  try {
    const { certificatePath } = await token.verify({
      signer: 0,
      data: new Uint8Array(stamped).buffer,
      extendedMode: true,
      checkChain: true,
      trustedCerts: [...authorities],
      passedWhenNotRevValues: true,
      findIssuer: async (certificate, engine, crypto) => {
        asked += 1;
        if (asked > TIMESTAMP_ISSUERS_MAX) throw new RangeError("its certificates lead nowhere");
        return await engine.defaultFindIssuer(certificate, engine, crypto);
      },
    });
    return isTooLong(certificatePath) ? "an authority issued one that it was not allowed to" : null;
  } catch (error) {
    if (error instanceof SignedDataVerifyError) return error.message;
    throw error;
  }
}

/** What a certificate calls its owner, as it is. */
export function signerName({ subject }: Certificate): string {
  for (const part of NAME_PARTS) {
    const found = subject.typesAndValues.find(({ type }) => type === part);
    const text: unknown = found?.value.valueBlock.value;
    if (typeof text === "string" && text !== "") return text.slice(0, 100);
  }
  return "a signer without a name";
}

/** True when more authorities stand below one than it was allowed. The library does not look. */
function isTooLong(path: readonly Certificate[]): boolean {
  return path.some(({ extensions = [] }, at) => {
    const found = extensions.find(({ extnID }) => extnID === BASIC_CONSTRAINTS)?.parsedValue;
    if (!(found instanceof BasicConstraints) || found.pathLenConstraint === undefined) return false;
    const { pathLenConstraint: most } = found;
    // The signer stands at 0, what is directly above it at 1.
    return at - 1 > (most instanceof Integer ? most.valueBlock.valueDec : most);
  });
}
