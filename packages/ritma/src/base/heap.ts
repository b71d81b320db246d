/**
 * How much garbage V8 may pile up before it looks: a recorder runs beside what it watches.
 *
 * Left alone, V8 lets the heap grow several times over before it collects, and the more memory the
 * machine has the longer it waits. A long input then takes twice the memory of a short one.
 *
 * @module
 */
import { setFlagsFromString } from "node:v8";

/**
 * For this thread, as far as V8 still listens, and for those that begin afterwards. The launcher
 * gives the same at the start of the process. Costs some time in collections.
 */
export function boundGarbage(): void {
  setFlagsFromString("--heap-growing-percent=30");
  setFlagsFromString("--min-semi-space-size=8");
  setFlagsFromString("--max-semi-space-size=8");
}
