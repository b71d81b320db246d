/**
 * Values of options that several commands take.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { threadsForMachine } from "../../services/recorder/open-press.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
/** Longest time that a timer of Node.js can wait. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** @throws RitmaError `usage/bad-argument` */
export function threadsOf(given: string | null): number {
  if (given === null) return threadsForMachine();
  if (/^[0-9]$/u.test(given)) return Number(given);
  throw new RitmaError("usage/bad-argument", `--threads ${given}: 0 to 9`);
}

/** "90s", "10m", "24h" in milliseconds. @throws RitmaError `usage/bad-argument` */
export function durationOf(given: string | null): number | null {
  if (given === null) return null;
  const [, digits = "", unit = ""] = /^([1-9]\d{0,8})([smh])$/u.exec(given) ?? [];
  const ms = Number(digits) * (UNITS[unit] ?? Number.NaN);
  if (ms > 0 && ms <= TIMER_MS_MAX) return ms;
  throw new RitmaError("usage/bad-argument", `--for ${given}: a time like 90s, 10m or 24h`);
}
