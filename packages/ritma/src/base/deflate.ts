/**
 * zlib streams (RFC 1950), in bounds and to the last byte.
 *
 * Node.js takes as many bytes as the stream says and is silent about what follows it, so the end
 * is compared here. What comes out is limited before it comes out: a few bytes may unpack to a
 * thousand times as many.
 *
 * @module
 */
import { deflateSync, inflateSync } from "node:zlib";
import { FormatError } from "@ritma/evidence";

const LEVEL = 6;

/** The same bytes may give another stream on another machine, so nobody compares streams. */
export function deflate(bytes: Uint8Array): Uint8Array {
  return plain(deflateSync(bytes, { level: LEVEL }));
}

/**
 * Unpacks exactly one stream.
 *
 * @throws FormatError `wrong-type` when it is not one whole stream, `out-of-range` when it gives
 * more than `maxBytes`, `trailing-bytes` when anything follows
 */
export function inflate(stream: Uint8Array, maxBytes: number): Uint8Array {
  const { content, consumedBytes } = unpack(stream, maxBytes);
  if (consumedBytes < stream.length) {
    const message = `${stream.length - consumedBytes} bytes follow the deflated stream`;
    throw new FormatError("trailing-bytes", consumedBytes, message);
  }
  return content;
}

/** The same, for formats that let bytes follow. @returns how many of `stream` were its own. */
export function unpack(
  stream: Uint8Array,
  maxBytes: number,
): { readonly content: Uint8Array; readonly consumedBytes: number } {
  try {
    const result: unknown = inflateSync(stream, {
      maxOutputLength: Math.max(maxBytes, 1),
      info: true,
    });
    if (!isInfo(result)) throw new TypeError("this node:zlib gives no info");
    const { buffer, engine } = result;
    if (buffer.length > maxBytes) throw tooLong(maxBytes);
    return { content: plain(buffer), consumedBytes: engine.bytesWritten };
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    if (error.code === "ERR_BUFFER_TOO_LARGE") throw tooLong(maxBytes);
    if (!String(error.code).startsWith("Z_")) throw error;
    throw new FormatError("wrong-type", 0, `not a whole deflated stream: ${error.message}`);
  }
}

function tooLong(maxBytes: number): FormatError {
  return new FormatError("out-of-range", 0, `a deflated stream of more than ${maxBytes} bytes`);
}

interface Info {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** The types of Node.js do not know the option. */
function isInfo(result: unknown): result is Info {
  if (typeof result !== "object" || result === null) return false;
  return "buffer" in result && Buffer.isBuffer(result.buffer) && "engine" in result;
}

/** A Buffer without the Buffer: our own code and its tests see one kind of bytes only. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
