/**
 * What of the inputs is known already: nothing is recorded twice.
 *
 * Every seal says how much of each input its session had consumed, and the digest of that prefix.
 * An input that begins with a known prefix goes on behind it, whatever the file is called now.
 *
 * @module
 */
import { equalBytes, type InputMark } from "@ritma/evidence";
import type { InputFile } from "../../base/disk/input-file.ts";
import type { SessionEnd } from "../../flow/seal/chain.ts";
import { InputDigest } from "./input-digest.ts";

export interface PlannedInput {
  readonly file: InputFile;
  /** Bytes that an earlier session has read, but for those of `Plan.repeats`. */
  readonly knownBytes: number;
  /**
   * Events of the known bytes are recorded up to here, in µs: Infinity where their session was
   * closed, else the end of its newest hour, where it died.
   */
  readonly sealedUntil: number;
  /** Where earlier sessions were closed: what was in flight there was completed. Ascending. */
  readonly ends: readonly number[];
  /** True when nothing follows the known bytes. */
  readonly isWhole: boolean;
}

export interface Plan {
  readonly inputs: readonly PlannedInput[];
  /**
   * Sessions that died reading just these inputs, newest first. All that they recorded will come
   * again, in the same order and before anything else, so that it can be counted off.
   */
  readonly repeats: readonly SessionEnd[];
  /** True when the newest of them is still open, and goes on. */
  readonly continues: boolean;
  /** True when there is nothing to record. */
  readonly nothingNew: boolean;
  /** Bytes at the start of the inputs that any session has read. */
  readonly bytesKnown: number;
}

/** A mark that is a prefix of the file at hand. */
interface Known {
  readonly mark: InputMark;
  readonly session: SessionEnd;
}

interface Found {
  readonly file: InputFile;
  readonly known: readonly Known[];
  /** Unpacked, in bytes. */
  readonly length: number;
}

/** @param sessions oldest first */
export async function planInputs(
  files: readonly InputFile[],
  sessions: readonly SessionEnd[],
): Promise<Plan> {
  const marks = sessions.flatMap((session) =>
    session.header.inputs.map((mark) => ({ mark, session })),
  );
  const found: Found[] = [];
  for (const file of files) found.push({ file, ...(await matching(file, marks)) });
  const repeats = repeated(found, sessions);
  const inputs = found.map((each, at) => {
    const first = repeats.findLast(({ header }) => at < header.inputs.length);
    const before = first === undefined ? sessions : sessions.slice(0, sessions.indexOf(first));
    const known = each.known.filter(({ session }) => before.includes(session));
    return planned({ ...each, known });
  });
  return {
    inputs,
    repeats,
    continues: repeats[0] !== undefined && repeats[0] === sessions.at(-1),
    nothingNew: repeats.length === 0 && inputs.every(isRecorded),
    bytesKnown: found.reduce((sum, { known }) => sum + longest(known), 0),
  };
}

/** The newest session that died in these inputs; of those before it, the newest; and so on. */
function repeated(found: readonly Found[], sessions: readonly SessionEnd[]): SessionEnd[] {
  const repeats: SessionEnd[] = [];
  let end = sessions.length;
  for (let at = end - 1; at >= 0; at -= 1) {
    const session = sessions[at];
    if (session === undefined || session.isClosed) continue;
    const later = new Set(sessions.slice(at + 1, end));
    const isSame = session.header.inputs.every((mark, index) => {
      const known = found[index]?.known ?? [];
      if (known.some((each) => later.has(each.session))) return false;
      return known.some((each) => each.mark === mark);
    });
    if (!isSame) continue;
    repeats.push(session);
    end = at;
  }
  return repeats;
}

function planned({ file, known, length }: Found): PlannedInput {
  const closed = known.filter(({ session }) => session.isClosed);
  const knownBytes = longest(known);
  const died = known.filter(({ mark }) => mark.length === knownBytes);
  return {
    file,
    knownBytes,
    sealedUntil:
      longest(closed) === knownBytes
        ? Infinity
        : Math.max(...died.map(({ session }) => session.header.t2)),
    ends: [...new Set(closed.map(({ mark }) => mark.length))].toSorted((a, b) => a - b),
    isWhole: knownBytes === length,
  };
}

/** @returns true when nothing of the file is left to record. */
function isRecorded({ isWhole, sealedUntil }: PlannedInput): boolean {
  return isWhole && sealedUntil === Infinity;
}

function longest(known: readonly Known[]): number {
  return Math.max(0, ...known.map(({ mark }) => mark.length));
}

/** @returns the marks that are prefixes of the file, and the file's length, both unpacked. */
async function matching(
  file: InputFile,
  marks: readonly Known[],
): Promise<{ known: Known[]; length: number }> {
  const waiting = marks.toSorted((a, b) => a.mark.length - b.mark.length);
  const known: Known[] = [];
  if (waiting.length === 0) return { known, length: Infinity };
  const digest = new InputDigest();
  for await (const chunk of file.chunks()) {
    digest.take(chunk);
    for (let next = waiting[0]; next !== undefined && next.mark.length <= digest.length;) {
      const { length, sha256 } = next.mark;
      if (equalBytes(digest.markAt(length).sha256, sha256)) known.push(next);
      waiting.shift();
      next = waiting[0];
    }
  }
  return { known, length: digest.length };
}
