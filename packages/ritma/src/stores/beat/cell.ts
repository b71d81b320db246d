/**
 * The description of a cell: what it is, since when, and where its payload is.
 *
 *     flags  kind  payload_kind  arrangement  created  age     revision  payload?  secmeta?
 *      u8     u8       u8           u16le     varint   varint     16
 *
 * `flags`: bits 0 and 1 the payload's place, 2 security metadata, 3 deflated, 4 encrypted, 5
 * tombstone, 6 veiled. `age` is the latest beat less the one that created the cell. A tombstone
 * says that the cell was there and is no more; it has no payload.
 *
 * `revision` and `arrangement` are the writer's own and not looked into; our own cells have 0 as
 * arrangement.
 *
 * Format: spec/16-beat-frame.md, "Cells".
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import { BodyReader, BodyWriter, mustHaveLength } from "./body-codec.ts";
import { PAYLOAD_FLAGS } from "./capabilities.ts";
import {
  INLINE_BYTES_MAX,
  PAYLOAD_KINDS,
  payloadFlags,
  type PayloadKind,
  readPayload,
  type Stored,
  writePayload,
} from "./payload.ts";

/** Append-only: positions are on disk. */
export const CELL_KINDS = ["void", "normal", "proxy", "link"] as const;
export type CellKind = (typeof CELL_KINDS)[number];

export interface Cell extends Stored {
  readonly kind: CellKind;
  readonly payloadKind: PayloadKind;
  /** How its children are kept in memory, 16 bits. */
  readonly arrangement: number;
  /** Beats. */
  readonly created: number;
  readonly latest: number;
  /** 16 bytes that differ whenever the cell does. */
  readonly revision: Uint8Array;
  readonly isTombstone: boolean;
  /** Not shown unless asked for. */
  readonly isVeiled: boolean;
}

export const REVISION_BYTES = 16;

const { tombstone: TOMBSTONE, veiled: VEILED } = PAYLOAD_FLAGS;
const RESERVED = 0x80;
const ARRANGEMENT_MAX = 0xffff;

/** @throws RangeError for what no cell may be: a caller's bug */
export function encodeCell(cell: Cell): Uint8Array {
  const { kind, payloadKind, arrangement, created, latest } = cell;
  if (latest < created) throw new RangeError(`a cell of beat ${created}, latest ${latest}`);
  if (cell.isTombstone && cell.payload !== null) throw new RangeError("a tombstone with a payload");
  if (!Number.isInteger(arrangement) || arrangement < 0 || arrangement > ARRANGEMENT_MAX) {
    throw new RangeError(`arrangement ${arrangement}`);
  }
  const marks = (cell.isTombstone ? TOMBSTONE : 0) | (cell.isVeiled ? VEILED : 0);
  const writer = new BodyWriter()
    .u8(payloadFlags(cell) | marks)
    .u8(CELL_KINDS.indexOf(kind))
    .u8(PAYLOAD_KINDS.indexOf(payloadKind))
    .u16(arrangement)
    .uint(created)
    .uint(latest - created)
    .bytes(mustHaveLength(cell.revision, REVISION_BYTES, "revision"));
  writePayload(writer, cell, INLINE_BYTES_MAX);
  return writer.finish();
}

/** @returns a cell whose byte strings are views into `body`. @throws FormatError */
export function decodeCell(body: Uint8Array): Cell {
  const reader = new BodyReader(body);
  const flags = reader.u8();
  if ((flags & RESERVED) !== 0) throw new FormatError("out-of-range", 0, "flags of a cell");
  const kind = reader.choice(CELL_KINDS, "kind of cell");
  const payloadKind = reader.choice(PAYLOAD_KINDS, "kind of payload");
  const arrangement = reader.u16();
  const created = reader.uint();
  const latest = created + reader.uintUpTo(Number.MAX_SAFE_INTEGER - created, "age");
  const revision = reader.bytes(REVISION_BYTES);
  const { payload, secmeta } = readPayload(reader, flags, INLINE_BYTES_MAX);
  reader.finish();
  const isTombstone = (flags & TOMBSTONE) !== 0;
  if (isTombstone && payload !== null) {
    throw new FormatError("not-canonical", 0, "a tombstone with a payload");
  }
  const isVeiled = (flags & VEILED) !== 0;
  const beats = { created, latest, revision };
  return { kind, payloadKind, arrangement, ...beats, payload, secmeta, isTombstone, isVeiled };
}
