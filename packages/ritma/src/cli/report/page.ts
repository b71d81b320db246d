/**
 * A report before it is known whether it becomes lines or HTML: sections of blocks of text.
 *
 * Texts are escaped already (`base/text.ts`); a drawing was made as wide as where it goes.
 *
 * @module
 */
import type { Surface } from "../surface.ts";

export type Tone = "plain" | "dim" | "good" | "attention" | "bad";

/** What a section is built for. */
export interface Form extends Surface {
  readonly kind: "text" | "html";
}

export interface Column {
  readonly name: string;
  readonly kind: "number" | "name" | "time" | "word" | "outcome";
}

export interface TableRow {
  readonly cells: readonly string[];
  /** True for one that tells of something refused. */
  readonly isBad: boolean;
}

export interface Table {
  readonly kind: "table";
  readonly caption: string;
  readonly columns: readonly Column[];
  /** Rows below a heading of their own; "" for none. */
  readonly groups: readonly { readonly heading: string; readonly rows: readonly TableRow[] }[];
}

export type Block =
  | { readonly kind: "words"; readonly text: string; readonly tone: Tone }
  | { readonly kind: "result"; readonly word: string; readonly text: string; readonly tone: Tone }
  | { readonly kind: "facts"; readonly rows: readonly FactRow[] }
  | { readonly kind: "drawing"; readonly lines: readonly string[] }
  | { readonly kind: "commands"; readonly commands: readonly CommandLine[] }
  | Table;

export type FactRow = readonly [label: string, text: string];

export interface CommandLine {
  readonly what: string;
  /** The program with its arguments, then flags that may stand on lines of their own. */
  readonly parts: readonly string[];
}

export interface Section {
  /** Of letters alone. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface ReportPage {
  readonly title: string;
  readonly subtitle: string;
  readonly sections: readonly Section[];
  /** At the very end. */
  readonly imprint: string;
}

export function words(text: string, tone: Tone = "plain"): Block {
  return { kind: "words", text, tone };
}
