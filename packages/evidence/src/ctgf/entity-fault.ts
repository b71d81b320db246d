/**
 * How the entity model refuses what its own writer would not have told.
 *
 * Every choice that a writer has is fixed: it takes the first that is right. A reader compares, so
 * one list of entities has one coding.
 *
 * Format: spec/12-entities.md, "One coding".
 *
 * @module
 */
import { FormatError } from "../error.ts";

/** @throws FormatError `not-canonical` unless `isRight`. */
export function chosen(isRight: boolean, what: string): void {
  if (!isRight) throw new FormatError("not-canonical", 0, `${what} is told in another way`);
}

/** @returns `value`. @throws FormatError `out-of-range` unless it is an integer in 0..`max`. */
export function within(value: number, max: number, what: string): number {
  if (value < 0 || value > max) {
    throw new FormatError("out-of-range", 0, `${what} of ${value}, at most ${max}`);
  }
  return value;
}

/** @returns `value`. @throws FormatError `out-of-range` unless it is in 0..2^53-1. */
export function natural(value: number, what: string): number {
  return within(value, Number.MAX_SAFE_INTEGER, what);
}
