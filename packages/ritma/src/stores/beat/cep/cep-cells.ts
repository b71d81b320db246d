/**
 * Cells of a CEP frame with their payloads and past payloads, as records of ours.
 *
 * A payload is put together from its chunks, compared with the digest that the cell has of it, and
 * kept as ours are: up to 64 bytes in the cell, else in chunks of 64 KiB.
 *
 * @module
 */
import { concatBytes, equalBytes, FormatError } from "@ritma/evidence";
import type { Blake3 } from "../../../base/blake3.ts";
import { CELL_KINDS, encodeCell } from "../cell.ts";
import { CHUNK_BYTES, chunksOf } from "../chunk.ts";
import { encodePayloadHistory } from "../history.ts";
import { INLINE_BYTES_MAX, PAYLOAD_KINDS, type Payload, type PayloadKind } from "../payload.ts";
import { type BeatRecord, type CellPath, recordKey } from "../record.ts";
import { type CepCell, readCell } from "./cep-bodies.ts";
import { type CepChunk, readChunk, SEGMENT_BYTES, splitChunkKey } from "./cep-chunks.ts";
import { type NamePool, pathOf, rawName } from "./cep-names.ts";
import { CepReader } from "./cep-reader.ts";
import type { CepRecord } from "./cep-record.ts";
import type { CepImport } from "./cep-import.ts";
import type { Deviations } from "./deviations.ts";

interface OpenCell {
  readonly record: CepRecord;
  readonly cell: CepCell;
}

interface OpenHistory {
  readonly record: CepRecord;
  readonly beat: number;
  readonly chunks: CepChunk[];
}

const TOMBSTONE = 1;
const VEILED = 2;
const REVISION_BYTES = 16;

export class CellImport {
  readonly #blake3: Blake3;
  readonly #pool: NamePool;
  readonly #deviations: Deviations;
  /** By the key without its type. */
  readonly #cells = new Map<string, OpenCell>();
  readonly #chunks = new Map<string, CepChunk[]>();
  /** By the key without its type and ordinal: path and revision. */
  readonly #histories = new Map<string, OpenHistory>();
  readonly #records: BeatRecord[] = [];
  readonly #blobs: { digest: Uint8Array; bytes: Uint8Array }[] = [];
  readonly #wanted: { digest: Uint8Array; length: number; isDeflated: boolean }[] = [];

  constructor(blake3: Blake3, pool: NamePool, deviations: Deviations) {
    this.#blake3 = blake3;
    this.#pool = pool;
    this.#deviations = deviations;
  }

  /** @throws FormatError */
  addCell(record: CepRecord): void {
    const cell = readCell(new CepReader(record.body, this.#deviations));
    this.#cells.set(record.key.subarray(1).toHex(), { record, cell });
  }

  /** @throws FormatError */
  addChunk(record: CepRecord): void {
    const { base } = splitChunkKey(record.key, record.offset);
    const name = base.subarray(1).toHex();
    const chunks = this.#chunks.get(name) ?? [];
    chunks.push(readChunk(new CepReader(record.body, this.#deviations)));
    this.#chunks.set(name, chunks);
  }

  /** @throws FormatError */
  addHistory(record: CepRecord): void {
    const { key, body, offset } = record;
    const rest = (key.length - 1 - REVISION_BYTES) % SEGMENT_BYTES;
    if (key.length <= REVISION_BYTES || rest === 0) {
      throw new FormatError("wrong-type", offset, "no key of a past payload");
    }
    const name = key.subarray(1, key.length - rest).toHex();
    const reader = new CepReader(body, this.#deviations);
    const beat = reader.varint();
    const chunk = readChunk(reader);
    const known = this.#histories.get(name);
    if (known === undefined) this.#histories.set(name, { record, beat, chunks: [chunk] });
    else known.chunks.push(chunk);
  }

  finish(): Pick<CepImport, "records" | "blobs" | "wanted"> {
    for (const [name, open] of this.#cells) {
      this.#attempt(open.record, () => this.#finishCell(open, this.#chunks.get(name) ?? []));
      this.#chunks.delete(name);
    }
    for (const name of this.#chunks.keys()) {
      this.#deviations.add("body", 0, `chunks of no cell were left out: ${name}`);
    }
    for (const open of this.#histories.values()) {
      this.#attempt(open.record, () => this.#finishHistory(open));
    }
    return { records: this.#records, blobs: this.#blobs, wanted: this.#wanted };
  }

  #finishCell({ record, cell }: OpenCell, chunks: readonly CepChunk[]): void {
    const path = this.#pathOf(record);
    const key = recordKey("cell", path);
    const payload = this.#payloadOf(record, cell, chunks, path);
    const isTombstone = (cell.mask & TOMBSTONE) !== 0;
    if ((cell.mask & ~(TOMBSTONE | VEILED)) !== 0) {
      this.#changed(record, `marks 0x${cell.mask.toString(16)} of a cell were cut`);
    }
    if (cell.latest < cell.created) this.#changed(record, "a cell that is older than it was made");
    if (isTombstone && payload !== null) this.#changed(record, "a tombstone lost its payload");
    const body = encodeCell({
      kind: choice(CELL_KINDS, cell.kind, "kind of cell"),
      payloadKind: kindOf(cell.payloadKind),
      arrangement: cell.arrangement,
      created: cell.created,
      latest: Math.max(cell.created, cell.latest),
      revision: cell.revision,
      payload: isTombstone ? null : payload,
      secmeta: null,
      isTombstone,
      isVeiled: (cell.mask & VEILED) !== 0,
    });
    this.#records.push({ key, body });
  }

  /** Null when there is none, or none that we could read. */
  #payloadOf(
    record: CepRecord,
    { inline, reference }: CepCell,
    chunks: readonly CepChunk[],
    path: CellPath,
  ): Payload | null {
    if (reference?.isStored === true) {
      const { hash, size, isDeflated, aead } = reference;
      if (aead !== 0) {
        // The digest is of the plain bytes, so what is stored shows by itself whether it is.
        this.#deviations.add(
          "encrypted",
          record.offset,
          `a reference that names AEAD mode ${aead}`,
        );
      }
      this.#wanted.push({ digest: hash, length: size, isDeflated });
      return { place: "reference", length: size, digest: hash };
    }
    if (chunks.some(({ aead }) => aead !== 0)) {
      this.#deviations.add("encrypted", record.offset, "an encrypted payload was left out");
      return null;
    }
    if (reference === null && inline.length === 0 && chunks.length === 0) return null;
    const bytes = chunks.length === 0 ? inline : concatBytes(...chunks.map(({ data }) => data));
    const digest = this.#blake3(bytes);
    if (
      reference !== null &&
      (reference.size !== bytes.length || !equalBytes(digest, reference.hash))
    ) {
      throw new FormatError(
        "wrong-type",
        record.offset,
        "a payload that is not what its cell says",
      );
    }
    if (bytes.length <= INLINE_BYTES_MAX) return { place: "inline", bytes };
    this.#records.push(...chunksOf(path, bytes));
    return { place: "chunks", length: bytes.length, digest };
  }

  #finishHistory({ record, beat, chunks }: OpenHistory): void {
    const segmentsEnd =
      record.key.length - ((record.key.length - 1 - REVISION_BYTES) % SEGMENT_BYTES);
    const path = pathOf(record.key.subarray(1, segmentsEnd - REVISION_BYTES), this.#pool);
    const revision = record.key.subarray(segmentsEnd - REVISION_BYTES, segmentsEnd);
    const [first] = chunks;
    if (first === undefined) return;
    if (chunks.some(({ aead }) => aead !== 0)) {
      this.#deviations.add("encrypted", record.offset, "an encrypted past payload was left out");
      return;
    }
    const bytes = concatBytes(...chunks.map(({ data }) => data));
    if (bytes.length !== first.total) {
      throw new FormatError("truncated", record.offset, "a past payload that is not complete");
    }
    const digest = this.#blake3(bytes);
    const isLong = bytes.length > CHUNK_BYTES;
    if (isLong) this.#blobs.push({ digest, bytes });
    const payload: Payload = isLong
      ? { place: "reference", length: bytes.length, digest }
      : { place: "inline", bytes };
    const payloadKind = kindOf(first.payloadKind);
    const body = encodePayloadHistory({ payloadKind, beat, payload, secmeta: null });
    this.#records.push({ key: recordKey("payloadHistory", path, revision), body });
  }

  #pathOf({ key, offset }: CepRecord): CellPath {
    const isSegments = (key.length - 1) % SEGMENT_BYTES === 0;
    if (isSegments) return pathOf(key.subarray(1), this.#pool);
    this.#deviations.add("changed", offset, "a cell whose key is no path is named by its key");
    return [rawName(key)];
  }

  #changed({ offset }: CepRecord, message: string): void {
    this.#deviations.add("changed", offset, message);
  }

  #attempt({ type, offset }: CepRecord, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof FormatError) && !(error instanceof RangeError)) throw error;
      const message = `a record of type ${type} was left out: ${error.message}`;
      this.#deviations.add("body", offset, message);
    }
  }
}

function kindOf(index: number): PayloadKind {
  return choice(PAYLOAD_KINDS, index, "kind of payload");
}

function choice<Item>(list: readonly Item[], index: number, what: string): Item {
  const item = list[index];
  if (item === undefined) throw new FormatError("out-of-range", 0, `${what} ${index}`);
  return item;
}
