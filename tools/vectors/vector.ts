/**
 * The shape of the vectors, and the fixed world that they are made in.
 *
 * @module
 */
import { createHash, createHmac } from "node:crypto";
import { FormatError, type FormatFault, VarintWriter } from "@ritma/evidence";
import { decode } from "cborg";

export interface GoodVector {
  readonly name: string;
  readonly hex: string;
  /** The same in CBOR diagnostic notation (RFC 8949 §8), for people. */
  readonly diagnostic: string;
}

export interface BadVector {
  readonly name: string;
  readonly hex: string;
  readonly fault: FormatFault;
}

/** What commitments and trees are computed with. */
export const hashes = {
  sha256: (bytes: Uint8Array): Uint8Array =>
    new Uint8Array(createHash("sha256").update(bytes).digest()),
  hmacSha256: (key: Uint8Array, bytes: Uint8Array): Uint8Array =>
    new Uint8Array(createHmac("sha256", key).update(bytes).digest()),
};

export const STORE_ID = Uint8Array.fromHex("00112233445566778899aabbccddeeff");
export const STORE_SECRET = Uint8Array.from({ length: 32 }, (_, at) => at);
export const NODE = { hashed: false, bytes: new TextEncoder().encode("web-1") };

/** 2026-03-01T10:20:00Z in microseconds. */
export const TIME = 1_772_360_400_000_000;

export function digestOf(text: string): Uint8Array {
  return hashes.sha256(new TextEncoder().encode(text));
}

/** Varints, one after another. */
export function uint(...values: readonly number[]): Uint8Array {
  const writer = new VarintWriter();
  for (const value of values) writer.uint(value);
  return writer.finish();
}

/** The same, signed. */
export function int(...values: readonly number[]): Uint8Array {
  const writer = new VarintWriter();
  for (const value of values) writer.int(value);
  return writer.finish();
}

export function good(name: string, bytes: Uint8Array): GoodVector {
  return { name, hex: bytes.toHex(), diagnostic: diagnose(decode(bytes)) };
}

/** @throws TypeError when `bytes` are accepted, or refused for another reason. */
export function bad(
  name: string,
  bytes: Uint8Array,
  fault: FormatFault,
  decodeBytes: (bytes: Uint8Array) => unknown,
): BadVector {
  let found = "nothing";
  try {
    decodeBytes(bytes);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    found = error.fault;
  }
  if (found !== fault) throw new TypeError(`${name}: expected ${fault}, found ${found}`);
  return { name, hex: bytes.toHex(), fault };
}

/** The faults that any record can have at its ends. */
export function badEnds(
  bytes: Uint8Array,
  decodeBytes: (bytes: Uint8Array) => unknown,
): BadVector[] {
  return [
    bad("empty", new Uint8Array(0), "truncated", decodeBytes),
    bad("cut by one byte", bytes.subarray(0, -1), "truncated", decodeBytes),
    bad("a byte too many", Uint8Array.of(...bytes, 0), "trailing-bytes", decodeBytes),
  ];
}

function diagnose(item: unknown): string {
  if (item instanceof Uint8Array) return `h'${item.toHex()}'`;
  if (Array.isArray(item)) return `[${item.map((each) => diagnose(each)).join(", ")}]`;
  return typeof item === "bigint" ? String(item) : JSON.stringify(item);
}
