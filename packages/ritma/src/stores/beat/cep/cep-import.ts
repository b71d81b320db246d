/**
 * What a CEP frame becomes in our store: the same cells, payloads and changes in records of ours.
 *
 * Every loss and every change is a deviation. A record that cannot be understood is listed and
 * left out; nothing of it is guessed. What is encrypted in CEP's way stays out, too: its keys have
 * no ids, and its nonces follow from what they encrypt.
 *
 * Payloads that are by reference come with a digest of their plain bytes, which is their name in
 * our content store; `blobs` says which of them this frame holds, `wanted` which it only names.
 *
 * @module
 */
import { compareBytes, FormatError } from "@ritma/evidence";
import type { Blake3 } from "../../../base/blake3.ts";
import type { BeatRecord } from "../record.ts";
import { CellImport } from "./cep-cells.ts";
import type { CepFrame } from "./cep-frame.ts";
import { type NamePool, readPoolEntry } from "./cep-names.ts";
import { nameRecord, pageRecord } from "./cep-pages.ts";
import { CEP_TYPES, type CepRecord } from "./cep-record.ts";
import { type Deviation, Deviations } from "./deviations.ts";

export interface WantedBlob {
  /** BLAKE3-256 of the plain bytes. */
  readonly digest: Uint8Array;
  readonly length: number;
  /** CEP stores it as a zlib stream under the same digest: inflate it first. */
  readonly isDeflated: boolean;
}

export interface CepImport {
  /** Of the frame. */
  readonly beat: number;
  /** Sorted, each key once. */
  readonly records: readonly BeatRecord[];
  /** To be put into the content store before the records. */
  readonly blobs: readonly { readonly digest: Uint8Array; readonly bytes: Uint8Array }[];
  readonly wanted: readonly WantedBlob[];
  /** Those of the frame, then those of the import. */
  readonly deviations: readonly Deviation[];
}

export function importCepFrame(blake3: Blake3, frame: CepFrame): CepImport {
  const deviations = new Deviations();
  const pool = poolOf(frame.records);
  const cells = new CellImport(blake3, pool, deviations);
  const made: BeatRecord[] = [];
  for (const record of frame.records) {
    attempt(record, deviations, () => {
      if (record.type === CEP_TYPES.chunk) cells.addChunk(record);
      else if (record.type === CEP_TYPES.payloadHistory) cells.addHistory(record);
      else made.push(...otherRecords(record, pool, cells, deviations));
    });
  }
  const { records, blobs, wanted } = cells.finish();
  return {
    beat: frame.trailer.beat,
    records: sortedOnce([...made, ...records], deviations),
    blobs,
    wanted,
    deviations: [...frame.deviations, ...deviations.list()],
  };
}

function otherRecords(
  record: CepRecord,
  pool: NamePool,
  cells: CellImport,
  deviations: Deviations,
): readonly BeatRecord[] {
  switch (record.type) {
    case CEP_TYPES.cell:
      cells.addCell(record);
      return [];
    case CEP_TYPES.name:
      return [nameRecord(record)];
    case CEP_TYPES.manifest:
      return [pageRecord("manifest", record, pool, deviations)];
    case CEP_TYPES.order:
      return [pageRecord("order", record, pool, deviations)];
    case CEP_TYPES.manifestHistory:
      return [pageRecord("manifestHistory", record, pool, deviations)];
    default:
      deviations.add("unknown-type", record.offset, `type ${record.type} was left out`);
      return [];
  }
}

/** A record that says nothing we understand, or that no record of ours can say, is left out. */
function attempt(record: CepRecord, deviations: Deviations, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof FormatError) && !(error instanceof RangeError)) throw error;
    const message = `a record of type ${record.type} was left out: ${error.message}`;
    deviations.add("body", record.offset, message);
  }
}

/** Names first: they may stand behind what they name. */
function poolOf(records: readonly CepRecord[]): NamePool {
  const pool = new Map<bigint, string>();
  for (const { type, key, body } of records) {
    if (type !== CEP_TYPES.name) continue;
    try {
      const { id, text } = readPoolEntry(key, body);
      pool.set(id & ((1n << 56n) - 1n), text);
    } catch (error) {
      // It is listed where the record itself is read.
      if (!(error instanceof FormatError)) throw error;
    }
  }
  return pool;
}

function sortedOnce(records: readonly BeatRecord[], deviations: Deviations): BeatRecord[] {
  const once: BeatRecord[] = [];
  // The sort is stable, and of several records with one key the last is CEP's.
  for (const record of records.toSorted((a, b) => compareBytes(a.key, b.key))) {
    const before = once.at(-1);
    if (before !== undefined && compareBytes(before.key, record.key) === 0) {
      deviations.add("duplicate", 0, "of records with one key only the last was taken");
      once.pop();
    }
    once.push(record);
  }
  return once;
}
