/**
 * zstd as Ritma stores it: exactly one frame, with a checksum and its content size.
 *
 *     magic   descriptor  window?  size      blocks                     checksum
 *     28b52ffd    1        0..1   1,2,4,8   (3-byte head, body) ...        4
 *
 * Node.js decompresses more than we accept: it ignores whatever follows a frame, takes a second
 * frame or a skippable one as its own, and without a checksum a flipped bit may decode to other
 * bytes in silence. So the frame is walked here first, by its heads, to find where it ends.
 *
 * Invariant: memory is bounded before anything is decompressed, by the declared size and window.
 *
 * Format: RFC 8878, section 3.1.1.
 *
 * @module
 */
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { FormatError } from "@ritma/evidence";
import { ZSTD_WINDOW_LOG_MAX } from "./limits.ts";

const MAGIC = 0xfd2fb528;
const LEVEL_MAX = 19;
const WINDOW_BYTES_MAX = 2 ** ZSTD_WINDOW_LOG_MAX;
const BLOCK_BYTES_MAX = 128 * 1024;
const BLOCK_HEAD_BYTES = 3;
const CHECKSUM_BYTES = 4;
/** Smallest output chunk that node:zlib takes. */
const CHUNK_BYTES_MIN = 64;

const RAW = 0;
const RLE = 1;
const COMPRESSED = 2;

/**
 * @param level 1 to 19. The same bytes and level give the same frame under one version of zstd
 * only, so nothing hashes frames to compare content.
 */
export function zstd(bytes: Uint8Array, level: number): Uint8Array {
  if (!Number.isInteger(level) || level < 1 || level > LEVEL_MAX) {
    throw new RangeError(`zstd level ${level}, expected 1 to ${LEVEL_MAX}`);
  }
  return plain(
    zstdCompressSync(bytes, {
      pledgedSrcSize: bytes.length,
      params: {
        [constants.ZSTD_c_compressionLevel]: level,
        [constants.ZSTD_c_contentSizeFlag]: 1,
        [constants.ZSTD_c_checksumFlag]: 1,
      },
    }),
  );
}

/** See `Primitives.unzstd`. */
export function unzstd(frame: Uint8Array, maxBytes: number): Uint8Array {
  const sizeBytes = walk(frame, maxBytes);
  try {
    // Throws also when the content is not as long as the head says.
    const content = zstdDecompressSync(frame, {
      maxOutputLength: Math.max(sizeBytes, 1),
      chunkSize: Math.max(sizeBytes, CHUNK_BYTES_MIN),
      params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX },
    });
    return plain(content);
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw new FormatError("wrong-type", 0, `not a whole zstd frame: ${error.message}`);
  }
}

/** Checks that `frame` is one frame from its first byte to its last. @returns its content size. */
function walk(frame: Uint8Array, maxBytes: number): number {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const { sizeBytes, headBytes } = readHead(view);
  if (sizeBytes > maxBytes) {
    const message = `zstd frame of ${sizeBytes} bytes content, at most ${maxBytes} here`;
    throw new FormatError("out-of-range", 0, message);
  }
  const end = skipBlocks(view, headBytes) + CHECKSUM_BYTES;
  if (end > frame.length) throw cut(frame.length);
  if (end < frame.length) {
    const message = `${frame.length - end} bytes follow the zstd frame`;
    throw new FormatError("trailing-bytes", end, message);
  }
  return sizeBytes;
}

interface FrameHead {
  /** Of the content. */
  readonly sizeBytes: number;
  /** Of the head itself, magic included. */
  readonly headBytes: number;
}

function readHead(view: DataView): FrameHead {
  const descriptorAt = 4;
  if (view.byteLength <= descriptorAt) throw cut(view.byteLength);
  if (view.getUint32(0, true) !== MAGIC) {
    throw new FormatError("wrong-type", 0, "not a zstd frame: other magic number");
  }
  const descriptor = view.getUint8(descriptorAt);
  const singleSegment = (descriptor & 0x20) !== 0;
  const sizeCode = descriptor >> 6;
  if ((descriptor & 0x18) !== 0) throw refused("a reserved bit is set");
  if ((descriptor & 0x04) === 0) throw refused("it has no checksum");
  if ((descriptor & 0x03) !== 0) throw refused("it needs a dictionary");
  if (sizeCode === 0 && !singleSegment) throw refused("it does not say its content size");

  const sizeAt = descriptorAt + (singleSegment ? 1 : 2);
  const headBytes = sizeAt + 2 ** sizeCode;
  if (view.byteLength < headBytes) throw cut(view.byteLength);
  const sizeBytes = readSize(view, sizeAt, sizeCode);
  const windowBytes = singleSegment ? sizeBytes : windowOf(view.getUint8(descriptorAt + 1));
  if (windowBytes > WINDOW_BYTES_MAX) throw refused(`its window is ${windowBytes} bytes`);
  return { sizeBytes, headBytes };
}

function readSize(view: DataView, at: number, sizeCode: number): number {
  switch (sizeCode) {
    case 0:
      return view.getUint8(at);
    case 1:
      return view.getUint16(at, true) + 256;
    case 2:
      return view.getUint32(at, true);
    default: {
      // Above 2^53 this rounds, and is refused by any limit all the same.
      return Number(view.getBigUint64(at, true));
    }
  }
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** @returns offset behind the last block. */
function skipBlocks(view: DataView, start: number): number {
  let at = start;
  for (let last = false; !last;) {
    if (at + BLOCK_HEAD_BYTES > view.byteLength) throw cut(view.byteLength);
    const head = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    last = (head & 1) === 1;
    const type = (head >> 1) & 3;
    const size = head >> 3;
    if (type !== RAW && type !== RLE && type !== COMPRESSED) throw refused("unknown block type");
    if (size > BLOCK_BYTES_MAX) throw refused(`a block of ${size} bytes`);
    at += BLOCK_HEAD_BYTES + (type === RLE ? 1 : size);
  }
  return at;
}

function refused(why: string): FormatError {
  return new FormatError("wrong-type", 4, `zstd frame refused: ${why}`);
}

function cut(length: number): FormatError {
  return new FormatError("wrong-type", length, "zstd frame ends early");
}

/** What node:zlib throws on bad input, as opposed to what it throws on a bad call. */
function isZlibError(error: unknown): error is Error {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return (
    error.code === "ERR_BUFFER_TOO_LARGE" ||
    /^(?:ZSTD_|Z_BUF_ERROR|Z_DATA)/u.test(String(error.code))
  );
}

/** A Buffer without the Buffer: our own code and its tests see one kind of bytes only. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
