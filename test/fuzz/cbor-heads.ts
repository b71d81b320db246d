/**
 * The heads in good CBOR, and changes of one of them: another number, another type, another string
 * behind a head that fits it.
 *
 * @module
 */
import { concatBytes } from "@ritma/evidence";
import type { Draw } from "./draw.ts";

/** An item's head, and the bytes of a string behind it. */
export interface Head {
  readonly at: number;
  readonly major: number;
  readonly argument: number;
  /** Where its bytes begin and end; the same but for strings. */
  readonly from: number;
  readonly to: number;
}

const BYTES = 2;
const TEXT = 3;
const SIMPLE = 7;
const TWO_32 = 0x1_0000_0000;

/** @param bytes items one after another, arrays opened: what `CborReader` accepts */
export function headsOf(bytes: Uint8Array): readonly Head[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const heads: Head[] = [];
  for (let at = 0; at < bytes.length;) {
    const initial = view.getUint8(at);
    const major = initial >> 5;
    const info = initial & 0x1f;
    const width = info < 24 || major === SIMPLE ? 0 : 1 << (info - 24);
    const from = at + 1 + width;
    const argument = width === 0 ? info : readArgument(view, at + 1, width);
    const to = major === BYTES || major === TEXT ? from + argument : from;
    heads.push({ at, major, argument, from, to });
    at = to;
  }
  return heads;
}

function readArgument(view: DataView, at: number, width: number): number {
  if (width === 1) return view.getUint8(at);
  if (width === 2) return view.getUint16(at);
  if (width === 4) return view.getUint32(at);
  return view.getUint32(at) * TWO_32 + view.getUint32(at + 4);
}

/** @returns `bytes` with one head, or one item, changed as `draw` says. */
export function withOtherHead(draw: Draw, bytes: Uint8Array, head: Head): Uint8Array {
  const { at, major, argument, from, to } = head;
  const before = bytes.subarray(0, at);
  const item = bytes.subarray(at, to);
  const behind = bytes.subarray(to);
  const body = bytes.subarray(from, to);
  switch (draw.below(7)) {
    case 0:
      return concatBytes(before, behind);
    case 1:
      return concatBytes(before, item, item, behind);
    case 2:
      return concatBytes(before, headOf(draw.below(8), argument), body, behind);
    case 3:
      return concatBytes(before, headOf(major, argument, 1 << draw.below(4)), body, behind);
    case 4:
      return concatBytes(before, Uint8Array.of(draw.byte()), body, behind);
    default:
      return concatBytes(before, headOf(major, draw.uint(argument)), body, behind);
  }
}

/** @returns `bytes` with another string in an item's place, and a head that fits it. */
export function withOtherBody(bytes: Uint8Array, head: Head, body: Uint8Array): Uint8Array {
  const { at, major, to } = head;
  return concatBytes(bytes.subarray(0, at), headOf(major, body.length), body, bytes.subarray(to));
}

/** @param width of the argument at least: a wider one than it needs is a second spelling */
function headOf(major: number, argument: number, width = 0): Uint8Array {
  const top = major << 5;
  if (argument < 24 && width === 0) return Uint8Array.of(top | argument);
  if (argument <= 0xff && width <= 1) return Uint8Array.of(top | 24, argument);
  const head = new Uint8Array(9);
  const view = new DataView(head.buffer);
  if (argument <= 0xffff && width <= 2) {
    view.setUint8(0, top | 25);
    view.setUint16(1, argument);
    return head.subarray(0, 3);
  }
  if (argument < TWO_32 && width <= 4) {
    view.setUint8(0, top | 26);
    view.setUint32(1, argument);
    return head.subarray(0, 5);
  }
  view.setUint8(0, top | 27);
  view.setUint32(1, Math.floor(argument / TWO_32));
  view.setUint32(5, argument % TWO_32);
  return head;
}
