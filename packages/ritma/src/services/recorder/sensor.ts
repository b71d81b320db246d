/**
 * Which sensor made the atoms: name, version, and the digest of its tables.
 *
 * @module
 */
import { encodeUtf8, EVENT_TYPES, type Sha256 } from "@ritma/evidence";
import type { Sensor } from "../../flow/seal/hour-batch.ts";
import { CALLS } from "../../flow/capture/track/calls.ts";

const VERSION = 1;

/** The digest is over the event types and the table of system calls, as text. */
export function auditdSensor(sha256: Sha256): Sensor {
  const calls = CALLS.map(({ names, type }) => [names, type]);
  const text = JSON.stringify([EVENT_TYPES, calls]);
  return { name: "auditd", version: VERSION, projection: sha256(encodeUtf8(text)) };
}
