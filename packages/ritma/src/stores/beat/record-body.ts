/**
 * Any record by its type: what it says, or that it says nothing that its type may say.
 *
 * Engines keep bodies as they come. The store looks into them with this before it takes a frame
 * from elsewhere, and when it verifies.
 *
 * Format: spec/16-beat-frame.md, "Bodies".
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import { type Cell, decodeCell, REVISION_BYTES } from "./cell.ts";
import { type Chunk, decodeChunk, readOrdinal } from "./chunk.ts";
import {
  decodeManifestDelta,
  decodeManifestHistory,
  decodeNameDelta,
  decodeOrderDelta,
  type ManifestDelta,
  type ManifestHistory,
  type NameDelta,
  type OrderDelta,
} from "./deltas.ts";
import { decodePayloadHistory, type PayloadHistory } from "./history.ts";
import { type BeatRecord, type CellPath, parseRecordKey, type RecordKind } from "./record.ts";

export type RecordBody =
  | ({ readonly record: "cell" } & Cell)
  | ({ readonly record: "chunk"; readonly ordinal: number } & Chunk)
  | ({ readonly record: "manifest" } & ManifestDelta)
  | ({ readonly record: "order" } & OrderDelta)
  | ({ readonly record: "name" } & NameDelta)
  | ({ readonly record: "payloadHistory" } & PayloadHistory)
  | ({ readonly record: "manifestHistory" } & ManifestHistory);

/** Of suffixes, by type. An order's begins with a byte for its projection. */
const SUFFIX_BYTES: Readonly<Record<RecordKind, number>> = {
  cell: 0,
  chunk: 4,
  manifest: 4,
  order: 5,
  name: 8,
  payloadHistory: REVISION_BYTES,
  manifestHistory: 4 + REVISION_BYTES,
};

/** @throws FormatError for a key or a body that a record of this type cannot have */
export function readRecordBody({ key, body }: BeatRecord): {
  readonly path: CellPath;
  readonly suffix: Uint8Array;
  readonly content: RecordBody;
} {
  const { kind, path, suffix } = parseRecordKey(key);
  if (suffix.length !== SUFFIX_BYTES[kind] || (kind === "name" && path.length > 0)) {
    throw new FormatError("wrong-type", 1, `a ${kind} with another suffix than its type has`);
  }
  return { path, suffix, content: contentOf(kind, suffix, body) };
}

function contentOf(kind: RecordKind, suffix: Uint8Array, body: Uint8Array): RecordBody {
  switch (kind) {
    case "cell":
      return { record: kind, ...decodeCell(body) };
    case "chunk": {
      const ordinal = readOrdinal(suffix);
      return { record: kind, ordinal, ...decodeChunk(body, ordinal) };
    }
    case "manifest":
      return { record: kind, ...decodeManifestDelta(body) };
    case "order":
      return { record: kind, ...decodeOrderDelta(body) };
    case "name":
      return { record: kind, ...decodeNameDelta(body) };
    case "payloadHistory":
      return { record: kind, ...decodePayloadHistory(body) };
    case "manifestHistory":
    default:
      return { record: kind, ...decodeManifestHistory(body) };
  }
}
