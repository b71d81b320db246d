/**
 * What of the inputs is known already: nothing is recorded twice.
 *
 * Every seal says how much of each input its session had consumed, and the digest of that prefix.
 * An input that begins with a known prefix goes on behind it, whatever the file is called now. One
 * that begins like a known one and is neither it nor a longer one overlaps it, and is refused.
 *
 * @module
 */
import { equalBytes, type InputMark } from "@ritma/evidence";
import type { InputFile } from "../../base/disk/input-file.ts";
import { RitmaError } from "../../base/error.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import type { SessionEnd } from "../../flow/seal/chain.ts";
import { InputDigest } from "./input-digest.ts";
import { readHead } from "./input-head.ts";
import type { KnownPart } from "./pipeline.ts";

export interface PlannedInput {
  readonly file: InputFile;
  readonly head: Uint8Array;
  /** Prefixes that earlier sessions consumed, shortest first. */
  readonly known: readonly KnownPart[];
  /** The longest of them: its length in bytes, and its digest. Null when nothing is known. */
  readonly prefix: Pick<InputMark, "length" | "sha256"> | null;
  /** Where earlier sessions were closed: what was in flight there was completed. Ascending. */
  readonly ends: readonly number[];
  /** True when a session that knows it did not read the input before it to its end. */
  readonly isApart: boolean;
}

export interface Plan {
  readonly inputs: readonly PlannedInput[];
  /** Inputs left out, because others have the same bytes. */
  readonly copies: number;
  /** True when the newest session died reading just these inputs, and goes on. */
  readonly continues: boolean;
  /** True when there is nothing to record. */
  readonly nothingNew: boolean;
  /** Bytes at the start of the inputs that any session has read. */
  readonly bytesKnown: number;
}

const NOTHING = new Uint8Array(0);

interface Mark {
  readonly mark: InputMark;
  readonly session: SessionEnd;
}

/** An input, read once. Lengths are of the unpacked bytes. */
interface Looked {
  readonly file: InputFile;
  readonly head: Uint8Array;
  readonly length: number;
  readonly sha256: Uint8Array;
  /** Marks that are prefixes of it, shortest first. */
  readonly known: readonly Mark[];
}

export interface PlanOptions {
  /** Records also what overlaps: from the end of the longest known prefix, whatever follows it. */
  readonly overlap?: boolean | undefined;
}

/**
 * @param sessions oldest first
 * @throws RitmaError `input/not-audit`, `input/empty`, `input/overlap`
 */
export async function planInputs(
  files: readonly InputFile[],
  sessions: readonly SessionEnd[],
  sha256: NodePrimitives["sha256"],
  { overlap = false }: PlanOptions = {},
): Promise<Plan> {
  const marks = sessions.flatMap((session) =>
    session.header.inputs.map((mark) => ({ mark, session })),
  );
  const heads: Uint8Array[] = [];
  for (const file of files) heads.push(await readHead(file, sha256));
  const looked: Looked[] = [];
  for (const [at, file] of files.entries()) {
    const head = heads[at] ?? NOTHING;
    const hasTwin = heads.some((other, index) => index !== at && equalBytes(other, head));
    const isNew = marks.length === 0 && !hasTwin;
    looked.push(isNew ? notLooked(file, head) : await look(file, head, marks));
  }
  const distinct = looked.filter((each, at) => !isCopy(each, looked.slice(0, at)));
  if (!overlap) refuseOverlaps(distinct, marks);
  const newest = sessions.at(-1);
  return {
    inputs: distinct.map((each, at) => planned(each, distinct[at - 1])),
    copies: looked.length - distinct.length,
    continues: newest !== undefined && !newest.isClosed && repeats(distinct, newest),
    nothingNew: distinct.every(isRecorded),
    bytesKnown: looked.reduce((sum, { known }) => sum + lengthOf(known), 0),
  };
}

function isCopy({ head, length, sha256 }: Looked, before: readonly Looked[]): boolean {
  const twins = before.filter((other) => equalBytes(other.head, head));
  return twins.some((other) => other.length === length && equalBytes(other.sha256, sha256));
}

/** @throws RitmaError `input/overlap` */
function refuseOverlaps(inputs: readonly Looked[], marks: readonly Mark[]): void {
  for (const [at, { file, head, length, known }] of inputs.entries()) {
    const twin = inputs.slice(0, at).find((other) => equalBytes(other.head, head));
    if (twin !== undefined) {
      const message = `${file.path} and ${twin.file.path} begin alike and are not the same`;
      throw new RitmaError("input/overlap", message);
    }
    const alike = marks.filter(({ mark }) => equalBytes(mark.head, head));
    const recorded = Math.max(0, ...alike.map(({ mark }) => mark.length));
    if (recorded <= lengthOf(known)) continue;
    const how = length < recorded ? "and ends before it" : "and then differs from it";
    const message = `${file.path} begins like an input that is recorded already, ${how}`;
    throw new RitmaError("input/overlap", message);
  }
}

/** @returns true when `session` read just these inputs, as far as it came. */
function repeats(inputs: readonly Looked[], { header }: SessionEnd): boolean {
  return header.inputs.every((mark, at) => inputs[at]?.known.some((each) => each.mark === mark));
}

function planned({ file, head, known }: Looked, before: Looked | undefined): PlannedInput {
  const parts = known.map(({ mark: { length, delivered }, session: { isClosed, header } }) => ({
    length,
    delivered: isClosed ? Infinity : delivered,
    until: isClosed ? Infinity : header.t2,
  }));
  const ends = parts.filter(({ until }) => until === Infinity).map(({ length }) => length);
  const readBefore = (before?.known ?? []).filter(({ mark }) => mark.length === before?.length);
  const isApart = ({ session }: Mark): boolean =>
    before !== undefined && readBefore.every((each) => each.session !== session);
  return {
    file,
    head,
    known: parts,
    prefix: known.at(-1)?.mark ?? null,
    ends: [...new Set(ends)],
    isApart: known.some(isApart),
  };
}

/** @returns true when nothing of the input is left to record. */
function isRecorded({ known, length }: Looked): boolean {
  return known.some(({ mark, session }) => session.isClosed && mark.length === length);
}

function lengthOf(known: readonly Mark[]): number {
  return known.at(-1)?.mark.length ?? 0;
}

/** Of one that nobody can know: it is read once, when it is recorded. */
function notLooked(file: InputFile, head: Uint8Array): Looked {
  return { file, head, length: Infinity, sha256: NOTHING, known: [] };
}

async function look(file: InputFile, head: Uint8Array, marks: readonly Mark[]): Promise<Looked> {
  const waiting = marks.toSorted((a, b) => a.mark.length - b.mark.length);
  const known: Mark[] = [];
  const digest = new InputDigest();
  let next = 0;
  for await (const chunk of file.chunks()) {
    digest.take(chunk);
    for (; (waiting[next]?.mark.length ?? Infinity) <= digest.length; next += 1) {
      const mark = waiting[next];
      if (mark !== undefined && equalBytes(digest.at(mark.mark.length), mark.mark.sha256)) {
        known.push(mark);
      }
    }
  }
  return { file, head, length: digest.length, sha256: digest.at(digest.length), known };
}
