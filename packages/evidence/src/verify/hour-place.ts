/**
 * What every check of an hour has at hand, and how it reads what is signed.
 *
 * @module
 */
import { toHex } from "../bytes/hex.ts";
import { parseCose1, verifyCose1 } from "../proof/cose.ts";
import type { FindingCode } from "./finding-code.ts";
import type { Reading } from "./reading.ts";
import type { LogStory } from "./log-story.ts";
import { sealKeyFor, type StoreFacts } from "./verify-store-file.ts";

export type StoryHour = LogStory["hours"][number];

export interface HourPlace {
  readonly reading: Reading;
  readonly facts: StoreFacts;
  readonly story: StoryHour;
  readonly folder: string;
}

/** Adds a finding about a file of the hour. */
export function report(place: HourPlace, code: FindingCode, path: string, message: string): void {
  place.reading.ledger.add(code, `${place.folder}/${path}`, message);
}

/**
 * Reads a COSE_Sign1 and reports it unless a key that may seal this hour made it.
 *
 * @returns the payload, of a bad signature too: the node log names the payload, so the caller can
 * tell whether it is the sealed one, and go on with it. Null when there is none.
 */
export async function readSigned(
  place: HourPlace,
  path: string,
  code: FindingCode,
): Promise<Uint8Array | null> {
  const { reading, facts, story } = place;
  const full = `${place.folder}/${path}`;
  const bytes = await reading.read(full);
  if (bytes === null) return null;
  const cose = reading.attempt(code, full, () => parseCose1(bytes));
  if (cose === null) return null;
  reading.ledger.counts.signatures += 1;
  const { sha256 } = reading.primitives;
  const key = sealKeyFor(sha256, facts, story.hour.sequence, cose.keyId);
  if (key === null) {
    report(place, code, path, `no key record lets key ${toHex(cose.keyId)} seal this hour`);
  } else if (!verifyCose1(reading.primitives, cose, key)) {
    report(place, code, path, "the signature is not of these bytes");
  }
  return cose.payload;
}
