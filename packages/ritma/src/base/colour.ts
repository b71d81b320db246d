/**
 * Colour for meaning: green whole, red broken, yellow attention, dim for what can be skipped.
 *
 * Off unless the stream is a terminal, and never with NO_COLOR set (https://no-color.org). Off means
 * the text itself, so callers never ask.
 *
 * @module
 */
import { styleText } from "node:util";

type Paint = (text: string) => string;

export interface Palette {
  readonly good: Paint;
  readonly bad: Paint;
  readonly attention: Paint;
  readonly dim: Paint;
  readonly strong: Paint;
}

const same: Paint = (text) => text;
const PLAIN: Palette = { good: same, bad: same, attention: same, dim: same, strong: same };

const COLOURED: Palette = {
  good: (text) => paint("green", text),
  bad: (text) => paint("red", text),
  attention: (text) => paint("yellow", text),
  dim: (text) => paint("dim", text),
  strong: (text) => paint("bold", text),
};

/** @param isTerminal whether the stream that will show the text is one. */
export function palette(
  isTerminal: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): Palette {
  const refused = (environment["NO_COLOR"] ?? "") !== "" || environment["TERM"] === "dumb";
  return isTerminal && !refused ? COLOURED : PLAIN;
}

/** Whether to colour is decided above, so `styleText` is told not to look for itself. */
function paint(style: "green" | "red" | "yellow" | "dim" | "bold", text: string): string {
  return styleText(style, text, { validateStream: false });
}
