/**
 * HTML made of templates: what stands in a hole is text, whatever it looks like.
 *
 *     markup`<td title="${name}">${name}</td>`
 *
 * Names in a page were chosen by whoever was recorded. In a hole the five signs of HTML become
 * references, and what no reader should meet (control characters, marks that turn the order of
 * reading, lone surrogates) becomes a visible escape. Only what `markup` made passes as it is, and
 * nobody else can make one.
 *
 * Rule: a hole is the text of an element or an attribute's value in double quotes; never a name,
 * an address, a script or a style. The tag is not called `html`: formatters take that as leave to
 * move the spaces in it, and here every byte counts.
 *
 * @module
 */
import { escapeText } from "../../base/text.ts";

const TEXT: unique symbol = Symbol("markup");

/** A piece of HTML that came from templates alone. */
export interface Markup {
  readonly [TEXT]: string;
}

export type Hole = Markup | string | readonly Markup[];

const SIGNS: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);
const SIGN = /[&<>"']/gu;
/** A backslash is left alone: it may be that of an escape. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

export function markup(parts: TemplateStringsArray, ...holes: readonly Hole[]): Markup {
  let text = parts[0] ?? "";
  for (const [at, hole] of holes.entries()) text += textOf(hole) + (parts[at + 1] ?? "");
  return { [TEXT]: text };
}

/** What is written to a file. */
export function markupText(made: Markup): string {
  return made[TEXT];
}

function textOf(hole: Hole): string {
  if (typeof hole === "string") return escaped(hole);
  return TEXT in hole ? hole[TEXT] : hole.map(markupText).join("");
}

function escaped(text: string): string {
  return text.replaceAll(UNSAFE, escapeText).replaceAll(SIGN, (sign) => SIGNS.get(sign) ?? "");
}
