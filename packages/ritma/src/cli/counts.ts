/**
 * Values of options that are counts, which every question spells alike.
 *
 * @module
 */
import { RitmaError } from "../base/error.ts";
import { escapeText } from "../base/text.ts";
import type { Context } from "./command.ts";

/** From `--limit`, where 0 means all. @throws RitmaError `usage/bad-argument` */
export function limitOf(context: Context, byDefault: number): number {
  const text = context.text("limit");
  if (text === null) return byDefault;
  if (/^\d{1,9}$/u.test(text)) return text === "0" ? Number.POSITIVE_INFINITY : Number(text);
  throw notACount("limit", text, "a whole number, or 0 for all");
}

/** Of an option that is a count. @throws RitmaError `usage/bad-argument` */
export function numberOf(context: Context, option: string, byDefault: number): number {
  const text = context.text(option);
  if (text === null) return byDefault;
  if (/^[1-9]\d{0,5}$/u.test(text)) return Number(text);
  throw notACount(option, text, "1 or more");
}

function notACount(option: string, text: string, wanted: string): RitmaError {
  const message = `--${option} is "${escapeText(text.slice(0, 100))}", and must be ${wanted}`;
  return new RitmaError("usage/bad-argument", message);
}
