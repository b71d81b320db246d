/**
 * One JSON document on one line, safe to look at in a terminal.
 *
 * JSON lets control characters above 0x7f and those that turn the direction of reading stand as
 * they are; here they are escapes, which every reader of JSON turns back.
 *
 * @module
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

export function toJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(UNSAFE, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
