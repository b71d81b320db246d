/**
 * How much garbage V8 may pile up before it looks: a recorder runs beside what it watches.
 *
 * Left alone, V8 lets the heap grow several times over before it collects, and the more memory the
 * machine has the longer it waits. A long input then takes twice the memory of a short one.
 *
 * @module
 */
import { setFlagsFromString } from "node:v8";

/** What the launcher gives at the start of the process, too. */
export const HEAP_FLAGS: readonly string[] = [
  "--min-semi-space-size=8",
  "--max-semi-space-size=8",
  "--heap-growing-percent=30",
];

/**
 * For this thread, as far as V8 still listens, and for those that begin afterwards. Costs
 * some time in collections.
 */
export function boundGarbage(): void {
  for (const flag of HEAP_FLAGS) setFlagsFromString(flag);
}
