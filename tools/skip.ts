/**
 * How a test says that it cannot run here: with a reason, and never where it had to.
 *
 * @module
 */

/** The one method of node:test's context that is needed. */
interface Skippable {
  skip(message?: string): void;
}

/**
 * Marks the test as skipped; the caller returns after it. The runner lists every reason at its end.
 *
 * @param reason which component is missing, and how to get it: "strace (apt install strace)".
 * @throws Error under CI=true, where every component is there or the run is worth nothing.
 */
export function skipLoudly(context: Skippable, reason: string): void {
  if (process.env["CI"] === "true") throw new Error(`CI=true allows no skipped test: ${reason}`);
  context.skip(reason);
}
