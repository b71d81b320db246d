/**
 * The payload of a cell, from bytes to records and back.
 *
 * Up to 64 bytes stand in the cell. More are cut into chunks of 64 KiB beside it; from a limit on,
 * where the branch has a cache of blobs, they are a blob there, durable before the beat is. What
 * is secured comes and goes as it is: length and digest are of the bytes as they are stored.
 *
 * @module
 */
import { concatBytes, equalBytes, FormatError } from "@ritma/evidence";
import { RitmaError } from "../../../base/error.ts";
import type { Blake3 } from "../../../base/blake3.ts";
import type { CasCache } from "../cas/cas-cache.ts";
import { chunkCount, chunkKey, chunksOf, decodeChunk } from "../chunk.ts";
import type { OpenBeat } from "../open-beat.ts";
import { INLINE_BYTES_MAX, type Payload } from "../payload.ts";
import type { CellPath } from "../record.ts";
import type { PageReader } from "./cell-links.ts";

/** Where payloads of a branch may go. */
export interface PayloadPlaces {
  readonly blake3: Blake3;
  /** Null where a branch has no cache: then everything is chunks. */
  readonly cas: CasCache | null;
  /** From this length on a payload is a blob. */
  readonly casBytesMin: number;
}

/** Puts what does not stand in the cell. @returns what the cell says of it. */
export async function placePayload(
  places: PayloadPlaces,
  beat: OpenBeat,
  branch: string,
  path: CellPath,
  bytes: Uint8Array,
): Promise<Payload> {
  const { blake3, cas, casBytesMin } = places;
  const { length } = bytes;
  if (length <= INLINE_BYTES_MAX) return { place: "inline", bytes: bytes.slice() };
  if (cas !== null && length >= casBytesMin) {
    return { place: "reference", length, digest: await cas.put(bytes) };
  }
  for (const chunk of chunksOf(path, bytes)) beat.put(branch, chunk);
  return { place: "chunks", length, digest: blake3(bytes) };
}

/**
 * @returns the bytes, or null when they are not those that the cell names: it was replaced
 * meanwhile, or they are damaged. Who holds the cell can tell.
 * @throws RitmaError of the engine and of the disk; for blobs as `CasCache.get`
 */
export async function readPayload(
  places: PayloadPlaces,
  reader: PageReader,
  branch: string,
  path: CellPath,
  payload: Payload,
): Promise<Uint8Array | null> {
  if (payload.place === "inline") return payload.bytes.slice();
  const { length, digest } = payload;
  if (payload.place === "reference") {
    if (places.cas === null) {
      throw new RitmaError("beat/missing", `branch ${branch} has no blobs here`);
    }
    const blob = await places.cas.get(digest);
    return blob.length === length ? blob : null;
  }
  const parts: Uint8Array[] = [];
  for (let ordinal = 0; ordinal < chunkCount(length); ordinal += 1) {
    const record = await reader.get(branch, chunkKey(path, ordinal));
    const part = record === null ? null : partOf(record.body, ordinal, length);
    if (part === null) return null;
    parts.push(part);
  }
  const whole = concatBytes(...parts);
  return equalBytes(places.blake3(whole), digest) ? whole : null;
}

/** @returns null for a chunk of a payload of another length, or of none. */
function partOf(body: Uint8Array, ordinal: number, total: number): Uint8Array | null {
  try {
    const chunk = decodeChunk(body, ordinal);
    return chunk.total === total ? chunk.bytes : null;
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}
