/**
 * The journal in the beat store: a branch of it, one cell for each beat.
 *
 *     beats/<beat, 16 hex digits>   the entries of one beat, encrypted
 *     left                          where the followed log was left, encrypted
 *
 * Encrypted, because the lines of the log stand in it as auditd wrote them, also where the evidence
 * holds hashes alone. The key is derived from a secret of the keystore, so that who copies the beat
 * store without the keys reads nothing; and what is emptied is forgotten by the next beat.
 *
 * Format: spec/18-journal.md.
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import type { Rng } from "../../base/rng.ts";
import { decodeCell, encodeCell, REVISION_BYTES } from "../../stores/beat/cell.ts";
import { placePayload, readPayload } from "../../stores/beat/cells/cell-payload.ts";
import type { BeatEngine } from "../../stores/beat/engine.ts";
import type { NoticeSink } from "../../stores/beat/notice.ts";
import { OpenBeat } from "../../stores/beat/open-beat.ts";
import { type CellPath, recordKey, recordPrefix } from "../../stores/beat/record.ts";
import {
  openPayload,
  type PayloadKey,
  sealPayload,
  type SecureTools,
} from "../../stores/beat/secure/seal.ts";
import { storedLengthOf } from "../../stores/beat/payload.ts";
import {
  decodeEntries,
  decodeInput,
  encodeEntries,
  encodeInput,
  type JournalEntry,
  type JournalInput,
} from "./entry.ts";
import type { Journal } from "./journal.ts";

/** Of the beat store. */
export const JOURNAL_BRANCH = "journal";

const BEATS = "beats";
const LEFT: CellPath = ["left"];
const BEAT_DIGITS = 16;
/** What a beat costs besides its payload: on the disk, and in time when it is read again. */
const BEAT_OVERHEAD_BYTES = 2_048;

export interface BeatJournalParts {
  readonly engine: BeatEngine;
  readonly primitives: NodePrimitives;
  readonly rng: Rng;
  readonly notice: NoticeSink;
  /** Of the store, 16 bytes. */
  readonly store: Uint8Array;
  readonly key: PayloadKey;
}

export class BeatJournal implements Journal {
  readonly #parts: BeatJournalParts;
  readonly #tools: SecureTools;
  #bytes = 0;
  #left: JournalInput | null = null;

  private constructor(parts: BeatJournalParts) {
    this.#parts = parts;
    const { primitives, rng, notice } = parts;
    this.#tools = { primitives, rng, notice };
  }

  /** @throws RitmaError `beat/damaged`, `store/key-damaged` */
  static async open(parts: BeatJournalParts): Promise<BeatJournal> {
    const journal = new BeatJournal(parts);
    for await (const { body } of parts.engine.scanPrefix(JOURNAL_BRANCH, BEATS_PREFIX)) {
      const { payload } = decoded(() => decodeCell(body));
      if (payload !== null) journal.#bytes += storedLengthOf(payload) + BEAT_OVERHEAD_BYTES;
    }
    const left = await journal.#read(LEFT);
    if (left !== null) journal.#left = decoded(() => decodeInput(left));
    return journal;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get left(): JournalInput | null {
    return this.#left;
  }

  async append(entries: readonly JournalEntry[]): Promise<void> {
    const beat = new OpenBeat(this.#parts.engine, this.#parts.engine.lastBeat + 1);
    const path = [BEATS, beat.beat.toString(16).padStart(BEAT_DIGITS, "0")];
    const length = await this.#put(beat, path, encodeEntries(entries));
    await this.#commit(beat);
    this.#bytes += length + BEAT_OVERHEAD_BYTES;
  }

  async *entries(): AsyncGenerator<JournalEntry> {
    for await (const { key } of this.#parts.engine.scanPrefix(JOURNAL_BRANCH, BEATS_PREFIX)) {
      const path = pathOf(key);
      const bytes = await this.#read(path);
      if (bytes === null) throw new RitmaError("beat/damaged", `${path.join("/")} has no payload`);
      yield* decoded(() => decodeEntries(bytes));
    }
  }

  async clear(left: JournalInput | null): Promise<void> {
    const { engine } = this.#parts;
    const beat = new OpenBeat(engine, engine.lastBeat + 1);
    if (left !== null) await this.#put(beat, LEFT, encodeInput(left));
    beat.forget(JOURNAL_BRANCH, beat.beat);
    await this.#commit(beat);
    this.#bytes = 0;
    this.#left = left;
    await engine.checkpoint();
    await engine.compact();
  }

  /** @returns bytes as stored */
  async #put(beat: OpenBeat, path: CellPath, plain: Uint8Array): Promise<number> {
    const { store, key, primitives } = this.#parts;
    const place = { store, branch: JOURNAL_BRANCH, key: recordKey("cell", path) };
    const wish = { codec: "none", mode: "chacha20-poly1305", key } as const;
    const { stored, secmeta } = sealPayload(this.#tools, place, plain, wish);
    const places = { blake3: primitives.blake3, cas: null, casBytesMin: Infinity };
    const payload = await placePayload(places, beat, JOURNAL_BRANCH, path, stored);
    const digest = payload.place === "inline" ? primitives.blake3(stored) : payload.digest;
    const body = encodeCell({
      kind: "normal",
      payloadKind: "data",
      arrangement: 0,
      created: beat.beat,
      latest: beat.beat,
      revision: digest.slice(0, REVISION_BYTES),
      payload,
      secmeta,
      isTombstone: false,
      isVeiled: false,
    });
    beat.put(JOURNAL_BRANCH, { key: place.key, body });
    return stored.length;
  }

  async #commit(beat: OpenBeat): Promise<void> {
    const { engine } = this.#parts;
    engine.beginBeat(beat.beat);
    for (const [branch, { records, forgetBefore }] of beat.parts()) {
      for (const record of records) engine.putRecord(branch, record);
      if (forgetBefore > 0) engine.forget(branch, forgetBefore);
    }
    await engine.commitBeat();
  }

  /** @returns null when the cell is not there, or has no payload */
  async #read(path: CellPath): Promise<Uint8Array | null> {
    const { engine, primitives, store, key } = this.#parts;
    const record = await engine.getRecord(JOURNAL_BRANCH, recordKey("cell", path));
    if (record === null) return null;
    const { payload, secmeta } = decoded(() => decodeCell(record.body));
    if (payload === null || secmeta === null) return null;
    const places = { blake3: primitives.blake3, cas: null, casBytesMin: Infinity };
    const reader = {
      get: async (branch: string, wanted: Uint8Array) => await engine.getRecord(branch, wanted),
      scan: (branch: string, prefix: Uint8Array) => engine.scanPrefix(branch, prefix),
    };
    const stored = await readPayload(places, reader, JOURNAL_BRANCH, path, payload);
    if (stored === null) {
      throw new RitmaError("beat/damaged", `${path.join("/")} of the journal is damaged`);
    }
    const place = { store, branch: JOURNAL_BRANCH, key: record.key };
    using view = openPayload(this.#tools, place, { stored, secmeta }, () => key);
    return view.bytes.slice();
  }
}

const BEATS_PREFIX = recordPrefix("cell", [BEATS]);

/** Of a key with the prefix above. */
function pathOf(key: Uint8Array): CellPath {
  const digits = key.subarray(BEATS_PREFIX.length, BEATS_PREFIX.length + BEAT_DIGITS);
  return [BEATS, String.fromCodePoint(...digits)];
}

/** @throws RitmaError `beat/damaged` for what does not decode */
function decoded<Value>(decode: () => Value): Value {
  try {
    return decode();
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new RitmaError("beat/damaged", `the journal: ${cause.message}`, { cause });
  }
}
