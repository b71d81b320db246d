/**
 * What a cell's payload was before: the last few, each with the beat that gave it.
 *
 * A record of the past cannot be taken away one by one; one that is too old is emptied (its beat is
 * 0 then) and stays as a key of some dozen bytes until its branch forgets it.
 *
 * Not here: the bytes of such a record (`history.ts`).
 *
 * @module
 */
import type { Cell } from "../cell.ts";
import { CHUNK_BYTES } from "../chunk.ts";
import { beatFault } from "../frame-fault.ts";
import { decodePayloadHistory, encodePayloadHistory, type PayloadHistory } from "../history.ts";
import type { OpenBeat } from "../open-beat.ts";
import type { Payload } from "../payload.ts";
import { type BeatRecord, type CellPath, recordKey } from "../record.ts";
import { type PayloadPlaces, readPayload } from "./cell-payload.ts";

/** Where what is committed is scanned. */
export interface HistoryReader {
  scan(branch: string, prefix: Uint8Array): AsyncIterable<BeatRecord>;
}

/**
 * Keeps the payload that `cell` has and is about to lose, and empties those above `count`.
 *
 * @returns false when it is longer than a record can hold and there is no cache of blobs for it
 */
export async function keepHistory(
  places: PayloadPlaces,
  reader: HistoryReader,
  beat: OpenBeat,
  branch: string,
  path: CellPath,
  cell: Cell,
  count: number,
): Promise<boolean> {
  // What the same beat put was never seen.
  if (cell.payload === null || beat.has(branch, recordKey("cell", path))) return true;
  const payload = await pastPayload(places, beat, branch, path, cell.payload);
  const kept: { readonly key: Uint8Array; readonly beat: number }[] = [];
  for await (const { key, body } of reader.scan(branch, recordKey("payloadHistory", path))) {
    const { beat: past } = historyOf(body);
    if (past > 0) kept.push({ key, beat: past });
  }
  const room = payload === null ? count : count - 1;
  for (const { key } of kept.toSorted((a, b) => b.beat - a.beat).slice(room)) {
    beat.put(branch, { key, body: EMPTIED });
  }
  if (payload === null) return false;
  const { payloadKind, secmeta, latest } = cell;
  const body = encodePayloadHistory({ payloadKind, payload, secmeta, beat: latest });
  beat.put(branch, { key: recordKey("payloadHistory", path, cell.revision), body });
  return true;
}

/** Newest first. @throws RitmaError `beat/damaged` */
export async function readHistory(
  reader: HistoryReader,
  branch: string,
  path: CellPath,
): Promise<readonly PayloadHistory[]> {
  const found: PayloadHistory[] = [];
  for await (const { body } of reader.scan(branch, recordKey("payloadHistory", path))) {
    const history = historyOf(body);
    if (history.beat > 0) found.push(history);
  }
  return found.toSorted((a, b) => b.beat - a.beat);
}

const EMPTIED = encodePayloadHistory({
  payloadKind: "value",
  payload: { place: "inline", bytes: new Uint8Array(0) },
  secmeta: null,
  beat: 0,
});

/** As a record of the past can have it; null when it cannot. */
async function pastPayload(
  places: PayloadPlaces,
  beat: OpenBeat,
  branch: string,
  path: CellPath,
  payload: Payload,
): Promise<Payload | null> {
  if (payload.place !== "chunks") return payload;
  const bytes = await readPayload(places, beat, branch, path, payload);
  if (bytes === null) return null;
  if (bytes.length <= CHUNK_BYTES) return { place: "inline", bytes };
  if (places.cas === null) return null;
  return { place: "reference", length: bytes.length, digest: await places.cas.put(bytes) };
}

function historyOf(body: Uint8Array): PayloadHistory {
  try {
    return decodePayloadHistory(body);
  } catch (error) {
    throw beatFault(error, "a past payload");
  }
}
