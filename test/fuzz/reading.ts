/**
 * How the fuzzer sees a decoder: bytes go in; a FormatError comes out, or something to be judged.
 *
 * @module
 */
import { equalBytes } from "@ritma/evidence";
import type { Draw } from "./draw.ts";

/** What a decoder accepted. */
export interface Accepted {
  /** Atoms, entities or rows of cones. */
  readonly items: number;
  /** @throws Violation unless it is the one spelling of what was read, in bounded memory. */
  readonly judge: () => void;
}

/** A decoder with all that it reads beside the bytes. */
export interface Reading {
  readonly name: string;
  /** @throws FormatError, and nothing else. */
  readonly decode: (bytes: Uint8Array) => Accepted;
  /**
   * What there is to do for a decoder beyond looking at the bytes: the bits that a coder decides
   * before the end or a fault, and the bytes that are unpacked. Few bytes may hold many of both.
   */
  readonly work: (bytes: Uint8Array) => number;
}

/** A good input, and how to make bad ones of it. */
export interface Sample {
  readonly reading: Reading;
  readonly bytes: Uint8Array;
  readonly mutate: (draw: Draw, other: Uint8Array) => Uint8Array;
}

export class Violation extends Error {
  override readonly name = "Violation";
}

/** @throws Violation */
export function mustBe(isSo: boolean, sentence: string): void {
  if (!isSo) throw new Violation(sentence);
}

/** @throws Violation */
export function mustEqual(again: Uint8Array, given: Uint8Array, what: string): void {
  if (equalBytes(again, given)) return;
  throw new Violation(`${what}: ${given.length} bytes are written as other ${again.length} bytes`);
}
