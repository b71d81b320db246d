/**
 * Commitments: what stands in a record for an entity.
 *
 *     salt       = HMAC-SHA256(generation salt, entity)
 *     commitment = SHA-256(0x02 || salt || entity)
 *
 * Format: spec/05-record.md, "Commitments".
 *
 * @module
 */
import { concatBytes } from "../bytes/compare.ts";
import type { Primitives } from "../primitives.ts";

export type CommitmentPrimitives = Pick<Primitives, "sha256" | "hmacSha256">;

const PREFIX = Uint8Array.of(2);

/** @returns the salt that opens the commitment of this one entity. 32 bytes. */
export function entitySalt(
  primitives: CommitmentPrimitives,
  generationSalt: Uint8Array,
  entity: Uint8Array,
): Uint8Array {
  return primitives.hmacSha256(generationSalt, entity);
}

/** @returns 32 bytes. */
export function commit(
  primitives: CommitmentPrimitives,
  salt: Uint8Array,
  entity: Uint8Array,
): Uint8Array {
  return primitives.sha256(concatBytes(PREFIX, salt, entity));
}
