/**
 * The flags that a next command needs to find the same place, for lines that a person copies.
 *
 * @module
 */
import type { Config } from "../base/config.ts";
import { escapeText } from "../base/text.ts";

const PLAIN = /^[\w@%+=:,./-]+$/u;

/** @returns " --data DIR --out DIR" with a space before each, or nothing when they are found. */
export function placeFlags({ dataRoot, outDir }: Config): string {
  const flags = [dataRoot, outDir].filter(({ where }) => where.startsWith("--"));
  return flags.map(({ where, value }) => ` ${where} ${shellWord(value)}`).join("");
}

/** Quoted where the shell would take it apart. What no terminal shows cannot be copied either. */
export function shellWord(text: string): string {
  if (PLAIN.test(text)) return text;
  return escapeText(`'${text.replaceAll("'", "'\\''")}'`).replaceAll("\\\\", "\\");
}
