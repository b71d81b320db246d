/**
 * Arguments as a shell would take them.
 *
 * @module
 */
import type { Value } from "@ritma/evidence";
import type { Namer } from "./names.ts";

const PLAIN = /^[\w@%+=:,./^-]+$/u;
const BACKSLASHES = /\\\\/gu;

/**
 * `word`, `'two words'`, or `$'with\nescapes'` where something in it cannot be shown: the last is
 * what Bash reads back, but for characters that it has no escape for.
 */
export function shellQuoted(namer: Namer, value: Value): string {
  const shown = namer.value(value, "arguments");
  if (value.hashed || PLAIN.test(shown)) return shown;
  const bare = shown.replaceAll(BACKSLASHES, "");
  if (bare.includes("\\")) return `$'${shown.replaceAll("'", "\\'")}'`;
  return `'${shown.replaceAll(BACKSLASHES, "\\").replaceAll("'", "'\\''")}'`;
}
