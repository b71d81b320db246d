/**
 * Cells: a tree of named payloads in each branch, put and read by path.
 *
 * A cell that is put is linked to its parent; parents that are not there are made, without a
 * payload. A cell that is removed leaves a tombstone, and takes all below it along. What is read
 * was checked: length and digest of the payload, and that the cell is still the one it was.
 *
 * A reader who meets a beat between a cell and its chunks sees that they do not fit, and begins
 * again with the newer cell; only when the cell is the same is that damage.
 *
 * Not here: how payloads lie (`cell-payload.ts`), links (`cell-links.ts`), the past
 * (`cell-history.ts`).
 *
 * @module
 */
import { concatBytes, equalBytes } from "@ritma/evidence";
import { RitmaError } from "../../../base/error.ts";
import { CELL_READ_TRIES, PAYLOAD_BYTES_MAX } from "../../../base/limits.ts";
import { escapeText } from "../../../base/text.ts";
import type { CasCache } from "../cas/cas-cache.ts";
import { type Cell, type CellKind, decodeCell, encodeCell, REVISION_BYTES } from "../cell.ts";
import type { Child } from "../deltas.ts";
import { beatFault } from "../frame-fault.ts";
import type { PayloadHistory } from "../history.ts";
import type { NoticeSink } from "../notice.ts";
import type { OpenBeat } from "../open-beat.ts";
import type { Payload, PayloadKind } from "../payload.ts";
import { type BeatRecord, type CellPath, recordKey } from "../record.ts";
import type { Secmeta } from "../secmeta.ts";
import { keepHistory, readHistory } from "./cell-history.ts";
import { CellLinks } from "./cell-links.ts";
import { placePayload, readPayload, type PayloadPlaces } from "./cell-payload.ts";

/** What is committed. */
export interface CommittedReader {
  get(branch: string, key: Uint8Array): Promise<BeatRecord | null>;
  scan(branch: string, prefix: Uint8Array): AsyncIterable<BeatRecord>;
}

export interface CellStoreOptions {
  readonly reader: CommittedReader;
  readonly blake3: PayloadPlaces["blake3"];
  /** The cache of a branch's blobs; null when it has none. */
  readonly casOf: (branch: string) => CasCache | null;
  readonly casBytesMin: number;
  readonly notice: NoticeSink;
}

export interface PutOptions {
  readonly kind?: CellKind;
  readonly payloadKind?: PayloadKind;
  /** Not shown unless asked for. */
  readonly isVeiled?: boolean;
  /** How the bytes, which are stored as they are, become what was given. */
  readonly secmeta?: Secmeta;
  /** So many payloads of before are kept. Default 0. */
  readonly history?: number;
}

export interface ReadCell {
  readonly cell: Cell;
  /** As stored; null when the cell has none. The caller's. */
  readonly bytes: Uint8Array | null;
}

const NO_REVISION = new Uint8Array(REVISION_BYTES);
const VEILED_CHILD = 2;

export class CellStore {
  readonly #options: CellStoreOptions;
  readonly #links = new CellLinks();

  constructor(options: CellStoreOptions) {
    this.#options = options;
  }

  /**
   * Puts a cell, and its parents where they are not there. With `bytes` null it has no payload.
   *
   * @throws RangeError for a path that no cell can have, and for the root
   */
  async put(
    beat: OpenBeat,
    branch: string,
    path: CellPath,
    bytes: Uint8Array | null,
    options: PutOptions = {},
  ): Promise<void> {
    if (path.length === 0) throw new RangeError("the root of a branch has no payload");
    if ((bytes?.length ?? 0) > PAYLOAD_BYTES_MAX) {
      throw new RitmaError("internal/limit", `a payload of ${bytes?.length ?? 0} bytes`);
    }
    const places = this.#places(branch);
    const old = await this.#cellIn(beat, branch, path);
    if (old !== null && (options.history ?? 0) > 0) {
      await this.#keep(beat, branch, path, old, options.history ?? 0);
    }
    const payload = bytes === null ? null : await placePayload(places, beat, branch, path, bytes);
    const { kind = "normal", payloadKind = "value", isVeiled = false, secmeta = null } = options;
    const isNew = old === null || old.isTombstone;
    const revision = this.#revision(old, beat.beat, payload);
    // What was imported comes from a store with other beats.
    const created = isNew ? beat.beat : Math.min(old.created, beat.beat);
    const cell: Cell = {
      kind,
      payloadKind,
      arrangement: 0,
      created,
      latest: beat.beat,
      revision,
      payload,
      secmeta: payload === null ? null : secmeta,
      isTombstone: false,
      isVeiled,
    };
    beat.put(branch, { key: recordKey("cell", path), body: encodeCell(cell) });
    if (isNew) await this.#link(beat, branch, path, revision, isVeiled);
  }

  /**
   * Puts a tombstone for the cell and for all that are below it.
   *
   * @throws RitmaError `beat/missing` when it is not there
   */
  async remove(beat: OpenBeat, branch: string, path: CellPath): Promise<void> {
    const cell = await this.#cellIn(beat, branch, path);
    if (cell === null || cell.isTombstone) throw missing(branch, path);
    for (const { name } of await this.#links.byName(beat, branch, path)) {
      await this.remove(beat, branch, [...path, name]);
    }
    const tombstone: Cell = {
      ...cell,
      created: Math.min(cell.created, beat.beat),
      latest: beat.beat,
      revision: this.#revision(cell, beat.beat, null),
      payload: null,
      secmeta: null,
      isTombstone: true,
    };
    beat.put(branch, { key: recordKey("cell", path), body: encodeCell(tombstone) });
    await this.#links.remove(beat, branch, path.slice(0, -1), path.at(-1) ?? "");
  }

  /**
   * @returns null when there is no such cell, or no more.
   * @throws RitmaError `beat/damaged`; `beat/missing` when its blob is nowhere
   */
  async get(branch: string, path: CellPath): Promise<ReadCell | null> {
    const { reader } = this.#options;
    let before: Cell | null = null;
    let fault: unknown = null;
    for (let tries = 0; tries < CELL_READ_TRIES; tries += 1) {
      const cell = await this.#cellIn(reader, branch, path);
      if (cell === null || cell.isTombstone) return null;
      if (before !== null && equalBytes(before.revision, cell.revision)) break;
      if (cell.payload === null) return { cell, bytes: null };
      try {
        const bytes = await readPayload(this.#places(branch), reader, branch, path, cell.payload);
        if (bytes !== null) return { cell, bytes };
        fault = null;
      } catch (error) {
        if (!(error instanceof RitmaError)) throw error;
        fault = error;
      }
      before = cell;
    }
    throw fault ?? new RitmaError("beat/damaged", `${shown(branch, path)}: its payload is damaged`);
  }

  /** The cell without its payload; null when there is none, or a tombstone. */
  async describe(branch: string, path: CellPath): Promise<Cell | null> {
    const cell = await this.#cellIn(this.#options.reader, branch, path);
    return cell === null || cell.isTombstone ? null : cell;
  }

  /** By name. Of a cell that is not there, none. @throws RitmaError `beat/damaged` */
  async children(branch: string, path: CellPath): Promise<readonly Child[]> {
    return await this.#links.byName(this.#options.reader, branch, path);
  }

  /** Names, in the order in which the cells came. @throws RitmaError `beat/damaged` */
  async childrenAsTheyCame(branch: string, path: CellPath): Promise<readonly string[]> {
    return await this.#links.byInsertion(this.#options.reader, branch, path);
  }

  /** What was put with `history`, newest first, without the payload of now. */
  async history(branch: string, path: CellPath): Promise<readonly PayloadHistory[]> {
    return await readHistory(this.#options.reader, branch, path);
  }

  /** The bytes of a past payload. @throws RitmaError `beat/damaged`, `beat/missing` */
  async pastBytes(branch: string, path: CellPath, past: PayloadHistory): Promise<Uint8Array> {
    const { payload } = past;
    const places = this.#places(branch);
    const bytes =
      payload === null
        ? null
        : await readPayload(places, this.#options.reader, branch, path, payload);
    if (bytes !== null) return bytes;
    throw new RitmaError("beat/damaged", `${shown(branch, path)}: a past payload is damaged`);
  }

  /** Writes the links of a parent anew, without what came and went. @returns pages now unused. */
  async foldLinks(beat: OpenBeat, branch: string, path: CellPath): Promise<number> {
    return await this.#links.fold(beat, branch, path);
  }

  async #link(
    beat: OpenBeat,
    branch: string,
    path: CellPath,
    revision: Uint8Array,
    isVeiled: boolean,
  ): Promise<void> {
    const parent = path.slice(0, -1);
    const child = { name: path.at(-1) ?? "", flags: isVeiled ? VEILED_CHILD : 0, revision };
    await this.#links.add(beat, branch, parent, child);
    if (parent.length === 0) return;
    const cell = await this.#cellIn(beat, branch, parent);
    if (cell !== null && !cell.isTombstone) return;
    await this.put(beat, branch, parent, null, { kind: "void" });
  }

  async #keep(
    beat: OpenBeat,
    branch: string,
    path: CellPath,
    old: Cell,
    count: number,
  ): Promise<void> {
    const { reader, notice } = this.#options;
    if (await keepHistory(this.#places(branch), reader, beat, branch, path, old, count)) return;
    const detail = `the payload that ${shown(branch, path)} had is not kept: it is too long`;
    notice({ topic: "persist.commit", severity: "warning", branch, detail });
  }

  async #cellIn(
    reader: Pick<CommittedReader, "get">,
    branch: string,
    path: CellPath,
  ): Promise<Cell | null> {
    const record = await reader.get(branch, recordKey("cell", path));
    if (record === null) return null;
    try {
      return decodeCell(record.body);
    } catch (error) {
      throw beatFault(error, shown(branch, path));
    }
  }

  /** Differs from that of before, and from that of the same change in another beat. */
  #revision(old: Cell | null, beat: number, payload: Payload | null): Uint8Array {
    const { blake3 } = this.#options;
    const number = new Uint8Array(8);
    new DataView(number.buffer).setBigUint64(0, BigInt(beat));
    const isInline = payload?.place === "inline";
    const content = isInline ? blake3(payload.bytes) : (payload?.digest ?? NO_REVISION);
    const all = concatBytes(old?.revision ?? NO_REVISION, number, content);
    return blake3(all).slice(0, REVISION_BYTES);
  }

  #places(branch: string): PayloadPlaces {
    const { blake3, casOf, casBytesMin } = this.#options;
    return { blake3, cas: casOf(branch), casBytesMin };
  }
}

/** As messages name a cell: "/data/persist". Escaped: names are anybody's. */
export function shown(branch: string, path: CellPath): string {
  return `/${[branch, ...path.map(escapeText)].join("/")}`;
}

function missing(branch: string, path: CellPath): RitmaError {
  return new RitmaError("beat/missing", `${shown(branch, path)} is not there`);
}
