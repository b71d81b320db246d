/**
 * Reads records where entries say they are, and believes none: checksum, key and length must be
 * what was asked for.
 *
 * A reader that is asked for places one behind the other reads ahead, so that a scan costs one call
 * to the disk for many records; one that is asked for places here and there does not.
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import type { Disk } from "../../../base/disk/disk.ts";
import { RitmaError } from "../../../base/error.ts";
import { SCAN_WINDOW_BYTES } from "../../../base/limits.ts";
import type { StoredRecord } from "../engine.ts";
import { type PlacedRecord, readRecord } from "../record-codec.ts";
import { keyText } from "../staged-beat.ts";
import type { Entry } from "./entry.ts";

/** Files that one reader keeps a window of. */
const WINDOWS_MAX = 16;

interface Window {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export class PlaceReader {
  readonly #disk: Disk;
  readonly #windows: Map<string, Window> = new Map();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** @returns the bytes of a record, a view, where they were read ahead; else null. */
  bytesAhead({ path, offset, length }: Entry): Uint8Array | null {
    const window = this.#windows.get(path);
    if (window === undefined) return null;
    const from = offset - window.offset;
    if (from < 0 || from + length > window.bytes.length) return null;
    return window.bytes.subarray(from, from + length);
  }

  /** @returns the bytes of a record, a view; fewer when the file ends before. */
  async bytes(entry: Entry): Promise<Uint8Array> {
    const ahead = this.bytesAhead(entry);
    if (ahead !== null) return ahead;
    const { path, offset, length } = entry;
    const window = this.#windows.get(path);
    const from = window === undefined ? -1 : offset - window.offset;
    // Only whoever goes on where the window ends is reading in order.
    const isNext =
      window !== undefined && from >= 0 && from <= window.bytes.length + SCAN_WINDOW_BYTES;
    const wanted = isNext ? Math.max(length, SCAN_WINDOW_BYTES) : length;
    const bytes = await this.#disk.readRange(path, offset, wanted);
    if (this.#windows.size >= WINDOWS_MAX && window === undefined) this.#windows.clear();
    this.#windows.set(path, { offset, bytes });
    return bytes.subarray(0, length);
  }

  /** @returns the record, in memory of its own. @throws RitmaError `beat/damaged` */
  async record(entry: Entry): Promise<StoredRecord> {
    let bytes: Uint8Array;
    try {
      bytes = await this.bytes(entry);
    } catch (error) {
      if (!(error instanceof RitmaError) || error.code !== "disk/missing") throw error;
      throw damagedAt(entry, "the file is gone", error);
    }
    // A view would keep all that was read ahead, for as long as the caller keeps the record.
    const found = recordIn(bytes.slice(), entry);
    if (!(found instanceof FormatError)) {
      return { key: found.key, body: found.body, beat: entry.beat };
    }
    throw damagedAt(entry, found.message, found);
  }
}

/** @returns key and body, views; or what is wrong with the bytes. */
export function recordIn(
  bytes: Uint8Array,
  entry: Entry,
): Pick<PlacedRecord, "key" | "body"> | FormatError {
  try {
    const { key, body, end } = readRecord(bytes, 0, bytes.length);
    if (end !== entry.length) return new FormatError("truncated", 0, "a record of another length");
    if (keyText(key) === entry.key) return { key, body };
    return new FormatError("wrong-type", 0, "the record of another key");
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
}

function damagedAt({ path, offset, beat }: Entry, what: string, cause: Error): RitmaError {
  const message = `${path}: the record of beat ${beat} at ${offset}: ${what}`;
  return new RitmaError("beat/damaged", message, { cause });
}
