/**
 * Capability bits: what a frame makes use of, so that a reader knows before it looks whether it can
 * read it.
 *
 * They follow from what is in the frame; nobody chooses them. A bit without its thing and a thing
 * without its bit are refused alike, so a frame has one spelling.
 *
 * Bits 0 to 10 are numbered as in the public format that this one descends from. Bit 5 there says
 * that the frame itself is packed, which ours never are.
 *
 * Format: spec/16-beat-frame.md, "Capabilities".
 *
 * @module
 */
import { type BeatRecord, RECORD_TYPES } from "./record.ts";

/** Append-only: the positions are on disk. */
export const CAPABILITIES = {
  /** Cells, with payloads beside them. */
  splitDescription: 0,
  namePool: 1,
  payloadFingerprint: 2,
  pagedChildren: 3,
  pagedOrder: 4,
  payloadHistory: 6,
  manifestHistory: 7,
  /** Payloads by reference to what is stored under its digest. */
  payloadReference: 8,
  /** Whenever there is a record. */
  frameToc: 9,
  /** Always: a frame names its branch. */
  branchMetadata: 10,
  /** Names the frame before it; all but the first of a branch. */
  chained: 16,
  /** Forgets older records of its branch. */
  forget: 17,
  /** Payloads that are encrypted. */
  securedPayload: 18,
  deflatedPayload: 19,
} as const;

type Capability = keyof typeof CAPABILITIES;

/** The first byte of a cell's body, and of a payload history's, is made of these. */
export const PAYLOAD_FLAGS = {
  /** Two bits: 0 none, 1 inline, 2 chunks, 3 reference. */
  placeMask: 0x03,
  reference: 0x03,
  secmeta: 0x04,
  deflated: 0x08,
  encrypted: 0x10,
  tombstone: 0x20,
  veiled: 0x40,
} as const;

const KNOWN = Object.values(CAPABILITIES).reduce<number>((bits, bit) => bits | (1 << bit), 0);

/** By record type; types without one say more in their first byte. */
const OF_TYPE: Readonly<Record<number, number>> = {
  [RECORD_TYPES.cell]: maskOf("splitDescription"),
  [RECORD_TYPES.manifest]: maskOf("pagedChildren"),
  [RECORD_TYPES.order]: maskOf("pagedOrder"),
  [RECORD_TYPES.name]: maskOf("namePool"),
  [RECORD_TYPES.payloadHistory]: maskOf("payloadHistory"),
  [RECORD_TYPES.manifestHistory]: maskOf("manifestHistory"),
};

/** @returns the bits of `capabilities` that no build up to this one sets. */
export function unknownBits(capabilities: number): number {
  return (capabilities & ~KNOWN) >>> 0;
}

/** @returns bits, as an unsigned number of 32 bits. */
export function capabilitiesOf(
  records: readonly BeatRecord[],
  isChained: boolean,
  forgets: boolean,
): number {
  let bits = maskOf("branchMetadata");
  if (records.length > 0) bits |= maskOf("frameToc");
  if (isChained) bits |= maskOf("chained");
  if (forgets) bits |= maskOf("forget");
  for (const { key, body } of records) {
    const type = key[0] ?? 0;
    bits |= OF_TYPE[type] ?? 0;
    if (type === RECORD_TYPES.cell || type === RECORD_TYPES.payloadHistory) {
      bits |= bitsOfPayload(body[0] ?? 0);
    }
  }
  return bits >>> 0;
}

function bitsOfPayload(flags: number): number {
  const { placeMask, reference, secmeta, deflated, encrypted } = PAYLOAD_FLAGS;
  let bits = 0;
  if ((flags & placeMask) === reference) bits |= maskOf("payloadReference");
  if ((flags & secmeta) !== 0) bits |= maskOf("payloadFingerprint");
  if ((flags & encrypted) !== 0) bits |= maskOf("securedPayload");
  if ((flags & deflated) !== 0) bits |= maskOf("deflatedPayload");
  return bits;
}

function maskOf(name: Capability): number {
  return (1 << CAPABILITIES[name]) >>> 0;
}
