/**
 * Makes the sorted table of a run anew, from its bodies.
 *
 * A body that is damaged cannot say which key it had. Then the run keeps what it has, and the
 * branch is in doubt up to that body's beat, or up to the newest of the run when that is lost too.
 *
 * Format: spec/17-beat-store.md, "Recovery".
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import type { Disk } from "../../../base/disk/disk.ts";
import { RECORD_BODY_BYTES_MAX, RECORD_KEY_BYTES_MAX } from "../../../base/limits.ts";
import { readRecord } from "../record-codec.ts";
import { keyText } from "../staged-beat.ts";
import { SEALED_HEAD_BYTES, sealedLength } from "./fields.ts";
import { runName } from "./layout.ts";
import {
  BODY_HEAD_BYTES,
  DAT_MAGIC,
  decodeRunOpening,
  readBodyHead,
  type RunOpening,
} from "./run-codec.ts";
import { IndexWriter } from "./run-writer.ts";
import { setAside } from "./set-aside.ts";

const WINDOW_BYTES = 1024 * 1024;
const OPENING_BYTES_MAX = 4_096;
const BODY_BYTES_MAX = RECORD_KEY_BYTES_MAX + RECORD_BODY_BYTES_MAX + 64;

/** @returns null for a dat that is gone or does not begin as one. */
export async function readRunOpening(
  disk: Disk,
  path: string,
): Promise<{ readonly opening: RunOpening; readonly length: number } | null> {
  if ((await disk.size(path)) === null) return null;
  const bytes = await disk.readRange(path, 0, OPENING_BYTES_MAX);
  if (bytes.length < SEALED_HEAD_BYTES) return null;
  const length = sealedLength(DAT_MAGIC, bytes);
  if (length === null || length > bytes.length) return null;
  try {
    return { opening: decodeRunOpening(bytes.subarray(0, length)), length };
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

/**
 * Sets the old table aside, if there is one. Durable on return.
 *
 * @param opening of the run, from wherever it is still known
 * @returns the newest beat of which something is lost; 0 for none
 */
export async function rebuildIndex(disk: Disk, dir: string, opening: RunOpening): Promise<number> {
  const { sequence } = opening;
  await setAside(disk, `${dir}/${runName(sequence, "idx")}`);
  const path = `${dir}/${runName(sequence, "dat")}`;
  const datBytes = (await disk.size(path)) ?? 0;
  const known = await readRunOpening(disk, path);
  await using writer = await IndexWriter.create(disk, dir, sequence);
  const bodies = new BodyWalk(disk, path, datBytes, opening.state.head.beat);
  let last: string | null = null;
  for await (const { key, beat, offset, length } of bodies.from(known?.length ?? 0)) {
    // Bodies were written in order; one that is not where it should be was not written by us.
    if (last !== null && key <= last) bodies.doubt = opening.state.head.beat;
    else await writer.add(key, beat, offset, length);
    last = key;
  }
  await writer.finish(opening, datBytes);
  await writer.publish();
  await using folder = await disk.openDir(dir);
  await folder.sync();
  return bodies.doubt;
}

interface Body {
  readonly key: string;
  readonly beat: number;
  readonly offset: number;
  readonly length: number;
}

class BodyWalk {
  doubt = 0;
  readonly #disk: Disk;
  readonly #path: string;
  readonly #end: number;
  readonly #newestBeat: number;
  #windowAt = 0;
  #window: Uint8Array = new Uint8Array(0);

  constructor(disk: Disk, path: string, end: number, newestBeat: number) {
    this.#disk = disk;
    this.#path = path;
    this.#end = end;
    this.#newestBeat = newestBeat;
  }

  async *from(begin: number): AsyncGenerator<Body> {
    if (begin === 0 && this.#end > 0) this.doubt = this.#newestBeat;
    for (let at = begin; at < this.#end;) {
      const head = readBodyHead(await this.#bytes(at, BODY_HEAD_BYTES), 0);
      if (head === null || head.length > BODY_BYTES_MAX) {
        this.doubt = this.#newestBeat;
        // The next byte: a body may begin anywhere behind damage.
        at += 1;
        continue;
      }
      const offset = at + BODY_HEAD_BYTES;
      const key = keyIn(await this.#bytes(offset, head.length), head.length);
      if (key === null) this.doubt = Math.max(this.doubt, head.beat);
      else yield { key, beat: head.beat, offset, length: head.length };
      at = offset + head.length;
    }
  }

  async #bytes(at: number, length: number): Promise<Uint8Array> {
    const from = at - this.#windowAt;
    if (from < 0 || from + length > this.#window.length) {
      this.#windowAt = at;
      const wanted = Math.max(length, WINDOW_BYTES);
      this.#window = await this.#disk.readRange(this.#path, at, wanted);
      return this.#window.subarray(0, length);
    }
    return this.#window.subarray(from, from + length);
  }
}

function keyIn(record: Uint8Array, length: number): string | null {
  try {
    const { key, end } = readRecord(record, 0, record.length);
    return end === length ? keyText(key) : null;
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}
