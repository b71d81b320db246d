/**
 * The log of the program itself: one line of JSON each, on standard error.
 *
 * Facts are scalars under names, so that no object with a key inside is ever passed by mistake;
 * names that belong to secrets are struck out all the same. What we recorded is not logged at all.
 *
 * Invariant: a line holds no control or format character (it stays JSON, as \u escapes), so that a
 * log looked at in a terminal obeys nobody.
 *
 * @module
 */
import { pino } from "pino";
import type { Clock } from "./clock.ts";
import type { LogLevel } from "./settings.ts";

export type Facts = Readonly<Record<string, string | number | boolean | null>>;

export interface Log {
  debug(message: string, facts?: Facts): void;
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  error(message: string, facts?: Facts): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly clock: Clock;
  /** Gets whole lines with their end. */
  readonly write: (line: string) => void;
}

const SECRET_NAMES = ["key", "seed", "secret", "salt", "passphrase", "password", "token"];

/** Control characters that JSON lets through, and those that turn the direction of reading. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

export function makeLog({ level, clock, write }: LogOptions): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date(clock.nowUs() / 1_000).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_NAMES, censor: "(secret)" },
    },
    { write: (line) => write(`${line.trimEnd().replaceAll(UNSAFE, escapeUnit)}\n`) },
  );
  return {
    debug: (message, facts) => logger.debug({ ...facts }, message),
    info: (message, facts) => logger.info({ ...facts }, message),
    warn: (message, facts) => logger.warn({ ...facts }, message),
    error: (message, facts) => logger.error({ ...facts }, message),
  };
}

function escapeUnit(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
