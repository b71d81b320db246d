/**
 * Files as the source of a live session, for an hour that is to stay open behind them.
 *
 * What is recorded of a file already is left out; what follows it begins an input there.
 *
 * @module
 */
import { equalBytes, type InputMark } from "@ritma/evidence";
import type { InputFile } from "../../base/disk/input-file.ts";
import { RitmaError } from "../../base/error.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import type { JournalEntry } from "../../flow/journal/entry.ts";
import { EMPTY_DIGEST, InputDigest, LiveDigest } from "./input-digest.ts";
import { readHead } from "./input-head.ts";
import { Lines, type Source } from "./source.ts";

/**
 * @param marks what is recorded of any input, in this session and in those that were closed
 * @param open the one at hand: a file that is it goes on, and does not begin
 */
export function readFiles(
  files: readonly InputFile[],
  marks: readonly InputMark[],
  open: InputMark | null,
  primitives: NodePrimitives,
): Source {
  const entries = entriesOf(files, [...marks], open, primitives);
  return {
    isStream: false,
    missed: 0,
    next: async () => {
      const { value, done } = await entries.next();
      return done === true ? null : value;
    },
    [Symbol.asyncDispose]: async () => {
      await entries.return(undefined);
    },
  };
}

/** @throws RitmaError `input/…` */
async function* entriesOf(
  files: readonly InputFile[],
  marks: InputMark[],
  open: InputMark | null,
  primitives: NodePrimitives,
): AsyncGenerator<readonly JournalEntry[], undefined> {
  for (const file of files) {
    const head = await readHead(file, primitives.sha256);
    const known = await knownOf(file, head, marks, primitives);
    const isNew = known.length === 0;
    const digest = isNew ? new InputDigest() : new LiveDigest(primitives.resumableSha256, known);
    const lines = new Lines();
    let left = known.length;
    let hasBegun = open !== null && equalBytes(open.head, head) && open.length === known.length;
    const begin: JournalEntry = { kind: "input", input: { place: null, digest: known, head } };
    for await (const chunk of file.chunks()) {
      const bytes = chunk.subarray(Math.min(left, chunk.length));
      left -= chunk.length - bytes.length;
      if (bytes.length === 0) continue;
      if (!hasBegun) yield [begin];
      hasBegun = true;
      const whole = lines.take(bytes);
      for (const entry of whole) digest.take(entry.bytes);
      if (whole.length > 0) yield whole;
    }
    const rest = lines.flush();
    for (const entry of rest) digest.take(entry.bytes);
    if (hasBegun) yield [...rest, { kind: "endInput" }];
    // A copy of it among those that follow adds nothing.
    const { length } = digest;
    const sha256 = digest.at(length);
    marks.push({ length, sha256, head, unterminated: false, delivered: 0 });
  }
}

/** @returns the digest behind the longest beginning that is recorded already. */
async function knownOf(
  file: InputFile,
  head: Uint8Array,
  marks: readonly InputMark[],
  { resumableSha256 }: NodePrimitives,
): Promise<ReturnType<LiveDigest["stand"]>> {
  const lengths = marks.filter((mark) => equalBytes(mark.head, head));
  const waiting = lengths.toSorted((a, b) => a.length - b.length);
  let found = EMPTY_DIGEST;
  if (waiting.length === 0) return found;
  const digest = new LiveDigest(resumableSha256, EMPTY_DIGEST);
  let longest = 0;
  for await (const chunk of file.chunks()) {
    let from = 0;
    for (const mark of waiting) {
      const upTo = mark.length - (digest.length - from);
      if (upTo < from || upTo > chunk.length || mark.length <= longest) continue;
      digest.take(chunk.slice(from, upTo));
      from = upTo;
      if (!equalBytes(digest.at(mark.length), mark.sha256)) continue;
      longest = mark.length;
      found = digest.stand();
    }
    digest.take(chunk.slice(from));
  }
  const recorded = Math.max(...lengths.map(({ length }) => length));
  if (found.length === recorded) return found;
  const how = digest.length < recorded ? "and ends before it" : "and then differs from it";
  throw new RitmaError(
    "input/overlap",
    `${file.path} begins like an input that is recorded already, ${how}`,
  );
}
