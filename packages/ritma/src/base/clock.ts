/**
 * The clock port. Wall time comes in through here and nowhere else, so that a test can stop it and
 * a store recorded twice from the same input is the same.
 *
 * Not here: intervals for progress lines and measurements, which use `performance.now()` and end up
 * in no evidence.
 *
 * @module
 */

export interface Clock {
  /** Whole microseconds since the Unix epoch. Steps back when the host's clock does. */
  nowUs(): number;
}

/** The host's clock, to the millisecond. */
export const realClock: Clock = {
  nowUs: () => Date.now() * 1_000,
};
