/**
 * Where the inputs of a live session stand: what their digests and the followed log's place are.
 *
 * @module
 */
import type { NodePrimitives } from "../../base/primitives.ts";
import { TAIL_MARK_BYTES } from "../../base/limits.ts";
import type { TailPlace } from "../../base/disk/log-files.ts";
import type { JournalEntry, JournalInput } from "../../flow/journal/entry.ts";
import { ChunkDigest, InputDigest, LiveDigest } from "./input-digest.ts";
import { HeadSearch } from "./input-head.ts";

/** The input at hand. */
interface OpenInput {
  readonly digest: ChunkDigest;
  readonly search: HeadSearch;
  head: Uint8Array | null;
  /** Of a log that a later session goes on with. */
  readonly followed: Followed | null;
}

interface Followed {
  readonly digest: LiveDigest;
  place: TailPlace;
}

/** Of an input that has no record yet: no file has this one. */
const NO_HEAD = new Uint8Array(32);

export class LiveInputs {
  readonly #primitives: Pick<NodePrimitives, "sha256" | "resumableSha256">;
  #input: OpenInput | null = null;
  #followed: JournalInput | null = null;
  /** False when the digest of the input at hand does not reach back to the file's begin. */
  isDigestWhole = true;

  constructor(primitives: Pick<NodePrimitives, "sha256" | "resumableSha256">) {
    this.#primitives = primitives;
  }

  /** The followed log, and where reading it stands; null when none was followed. */
  get followed(): JournalInput | null {
    return standOf(this.#input) ?? this.#followed;
  }

  /** Of the input at hand. */
  get digest(): ChunkDigest | null {
    return this.#input?.digest ?? null;
  }

  /** Takes note of an entry; what it means for the session is not looked at. */
  apply(entry: JournalEntry): void {
    if (entry.kind === "input") this.#begin(entry.input);
    else if (entry.kind === "bytes") this.#take(entry.bytes);
    else if (entry.kind === "endInput" || entry.kind === "end") this.#end();
  }

  /** @returns what tells the digest of the first record of the input at hand, once it is known */
  headOf(): () => Uint8Array {
    const input = this.#input;
    return () => input?.head ?? NO_HEAD;
  }

  #begin({ place, digest, head }: JournalInput): void {
    this.#end();
    const { resumableSha256 } = this.#primitives;
    const search = new HeadSearch();
    const { state } = digest;
    // Of another build: the digest begins here, and the file is not known again by its begin.
    this.isDigestWhole = state === null || resumableSha256.accepts(state);
    const from = this.isDigestWhole ? digest : { ...digest, state: null };
    const live = place === null && from.length === 0 ? null : new LiveDigest(resumableSha256, from);
    const followed = live === null || place === null ? null : { digest: live, place };
    this.#input = { digest: live ?? new InputDigest(), search, head, followed };
  }

  #take(bytes: Uint8Array): void {
    const input = this.#input;
    if (input === null) return;
    input.digest.take(bytes);
    if (input.head === null) {
      const line = input.search.take(bytes);
      if (line !== null) input.head = this.#primitives.sha256(line);
    }
    const { followed } = input;
    if (followed !== null) followed.place = moved(followed.place, bytes);
  }

  #end(): void {
    this.#followed = this.followed;
    this.#input = null;
  }
}

function standOf(input: OpenInput | null): JournalInput | null {
  const followed = input?.followed ?? null;
  if (input === null || followed === null) return null;
  return { place: followed.place, digest: followed.digest.stand(), head: input.head };
}

function moved(place: TailPlace, bytes: Uint8Array): TailPlace {
  const { length } = place.mark;
  const last = bytes.subarray(-TAIL_MARK_BYTES);
  const whole = new Uint8Array(length + last.length);
  whole.set(place.mark);
  whole.set(last, length);
  return { ...place, offset: place.offset + bytes.length, mark: whole.slice(-TAIL_MARK_BYTES) };
}
