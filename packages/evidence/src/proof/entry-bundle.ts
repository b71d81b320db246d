/**
 * Entry bundles (C2SP tlog-tiles): the entries of a log, up to 256 to a file.
 *
 *     bundle = (u16be length || entry) repeated, 1 to 256 times
 *
 * Format: spec/03-tiles.md, "Entry bundles". Vectors: spec/vectors/tiles.json.
 *
 * @module
 */
import { withRoom } from "../bytes/compare.ts";
import { FormatError } from "../error.ts";
import { TILE_WIDTH } from "./tile-path.ts";

const ENTRY_BYTES_MAX = 0xffff;
const LENGTH_BYTES = 2;

/** The bundle that is being filled; one buffer, used again for the next. */
export class EntryBundle {
  #buffer: Uint8Array = new Uint8Array(8192);
  #length = 0;

  /** Copies `entry`. @throws RangeError above 65,535 bytes. */
  push(entry: Uint8Array): void {
    if (entry.length > ENTRY_BYTES_MAX) throw new RangeError(`entry of ${entry.length} bytes`);
    const at = this.#length;
    const needed = at + LENGTH_BYTES + entry.length;
    this.#buffer = withRoom(this.#buffer, needed);
    this.#buffer[at] = entry.length >>> 8;
    this.#buffer[at + 1] = entry.length & 0xff;
    this.#buffer.set(entry, at + LENGTH_BYTES);
    this.#length = needed;
  }

  /** @returns a copy of the bundle so far. */
  bytes(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  reset(): void {
    this.#length = 0;
  }
}

/**
 * @returns the entries, subarrays of `bytes`.
 * @throws FormatError `truncated` when an entry is cut or there is none, `out-of-range` when there
 * are more than 256.
 */
export function splitEntryBundle(bytes: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let at = 0;
  do {
    if (entries.length === TILE_WIDTH) {
      throw new FormatError("out-of-range", at, `more than ${TILE_WIDTH} entries in a bundle`);
    }
    const from = at + LENGTH_BYTES;
    const end = from + (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
    if (end > bytes.length) throw new FormatError("truncated", at, "the bundle ends in an entry");
    entries.push(bytes.subarray(from, end));
    at = end;
  } while (at < bytes.length);
  return entries;
}
