/**
 * The head of an input: its first record, by which a log is told from every other.
 *
 * It carries the stamp and the serial of its event, so two files that begin with the same record
 * are copies of one log, and what begins with none is no log.
 *
 * @module
 */
import { concatBytes } from "@ritma/evidence";
import type { InputFile } from "../../base/disk/input-file.ts";
import { RitmaError } from "../../base/error.ts";
import { NOT_AUDIT_BYTES } from "../../base/limits.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import { escapeBytes } from "../../base/text.ts";
import { AuditParser } from "../../flow/capture/auditd/parser.ts";

const NEWLINE = 0x0a;
const SHOWN_BYTES = 80;
const SHOWN_SIGNS = 60;
const SHOWN_SIGNS_NOT_TEXT = 8;
/** One such sign in so many, and it is taken for something else than text. */
const NOT_TEXT_PART = 8;
/** A character as it is shown, whole escapes. */
const SIGN = /\\x[0-9a-f]{2}|\\u\{[0-9a-f]+\}|\\.|[^\\]/gsu;

/**
 * @returns SHA-256 of the first line that is a record, without its newline
 * @throws RitmaError `input/not-audit` when none of the lines at the start is one, `input/empty`
 */
export async function readHead(
  file: InputFile,
  sha256: NodePrimitives["sha256"],
): Promise<Uint8Array> {
  const search = new HeadSearch();
  let left = NOT_AUDIT_BYTES;
  for await (const chunk of file.chunks()) {
    const found = search.take(chunk.subarray(0, left));
    if (found !== null) return sha256(found);
    left -= chunk.length;
    if (left <= 0) break;
  }
  const found = search.end();
  if (found !== null) return sha256(found);
  throw search.refusal(file.path);
}

export class HeadSearch {
  /** Says whether a line is a record; needs no room for events. */
  readonly #parser: AuditParser;
  #rest: Uint8Array = new Uint8Array(0);
  #firstLine: Uint8Array | null = null;

  constructor() {
    const take = (line: Uint8Array): void => {
      this.#firstLine ??= line.slice(0, SHOWN_BYTES);
    };
    const sink = { event: () => {}, uninterpreted: take, refused: take };
    this.#parser = new AuditParser(sink, { inFlightEventsMax: 1, recentEventsMax: 1 });
  }

  /** @returns the line, once it is there */
  take(bytes: Uint8Array): Uint8Array | null {
    const all = concatBytes(this.#rest, bytes);
    let start = 0;
    for (;;) {
      const newline = all.indexOf(NEWLINE, start);
      if (newline < 0) break;
      if (this.#isRecord(all.subarray(start, newline + 1))) return all.slice(start, newline);
      start = newline + 1;
    }
    this.#rest = all.slice(start);
    return null;
  }

  /** @returns the last line, if that is a record */
  end(): Uint8Array | null {
    this.#parser.feed(this.#rest);
    this.#parser.end();
    return this.#parser.counts.records > 0 ? this.#rest : null;
  }

  refusal(path: string): RitmaError {
    if (this.#parser.counts.bytes === 0) {
      return new RitmaError("input/empty", `${path} is empty`);
    }
    const line = this.#firstLine === null ? "blank" : quoted(this.#firstLine);
    return new RitmaError("input/not-audit", `${path} is not an audit log: line 1 is ${line}`);
  }

  #isRecord(line: Uint8Array): boolean {
    this.#parser.feed(line);
    return this.#parser.counts.records > 0;
  }
}

/** Of bytes that are no text a few will do. */
function quoted(line: Uint8Array): string {
  const signs = escapeBytes(line).match(SIGN) ?? [];
  const hidden = signs.filter((sign) => sign.startsWith("\\x")).length;
  const isText = hidden * NOT_TEXT_PART <= signs.length;
  const shown = signs.slice(0, isText ? SHOWN_SIGNS : SHOWN_SIGNS_NOT_TEXT);
  const cut = shown.length < signs.length ? "…" : "";
  return `"${shown.join("")}${cut}"${isText ? "" : ", which is no text"}`;
}
