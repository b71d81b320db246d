/**
 * Input files: logs that belong to somebody else, plain or compressed, read as a stream of bytes.
 *
 * Links are followed, since /var/log often is one. The kind is told by the first bytes, never by
 * the name. Nothing here writes.
 *
 * @module
 */
import { createReadStream, type ReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip, createZstdDecompress, constants } from "node:zlib";
import { RitmaError } from "../error.ts";
import { INPUT_WINDOW_LOG_MAX } from "../limits.ts";

export type InputKind = "plain" | "gzip" | "zstd";

export interface InputFile {
  readonly path: string;
  readonly kind: InputKind;
  /** Stored length in bytes, as it was when the file was opened. */
  readonly storedBytes: number;
  /**
   * Its content, decompressed, in chunks of at most 256 KiB, and not beyond `storedBytes`: a log
   * that grows while it is read ends where it ended when it was opened.
   *
   * @throws RitmaError `input/cut`, `input/corrupt`, `input/unsupported`, `disk/io`
   */
  readonly chunks: () => AsyncIterable<Uint8Array>;
  /** Stored bytes that the newest run of `chunks` has read. */
  readonly bytesRead: () => number;
}

const CHUNK_BYTES = 262_144;
const MAGIC_BYTES = 6;

/** Kinds told by their first bytes, and those that must be unpacked by somebody else. */
const MAGICS: readonly { readonly hex: string; readonly kind: string }[] = [
  { hex: "1f8b", kind: "gzip" },
  { hex: "28b52ffd", kind: "zstd" },
  { hex: "fd377a585a00", kind: "xz" },
  { hex: "425a68", kind: "bzip2" },
  { hex: "504b0304", kind: "zip" },
];

/** @throws RitmaError `input/missing`, `input/denied`, `input/directory`, `input/empty`,
 * `input/unsupported` */
export async function openInput(path: string): Promise<InputFile> {
  try {
    await using file = await open(path, "r");
    const stat = await file.stat();
    if (stat.isDirectory()) throw new RitmaError("input/directory", `${path} is a directory`);
    if (!stat.isFile()) throw new RitmaError("input/unsupported", `${path} is not a regular file`);
    if (stat.size === 0) throw new RitmaError("input/empty", `${path} is empty`);
    const magic = new Uint8Array(MAGIC_BYTES);
    await file.read(magic, 0, MAGIC_BYTES, 0);
    const kind = kindOf(path, magic.toHex());
    return inputFile(path, kind, stat.size);
  } catch (error) {
    throw translated(error, path);
  }
}

function kindOf(path: string, magic: string): InputKind {
  const found = MAGICS.find(({ hex }) => magic.startsWith(hex))?.kind ?? "plain";
  if (found === "plain" || found === "gzip" || found === "zstd") return found;
  throw new RitmaError("input/unsupported", `${path} is a ${found} file`);
}

function inputFile(path: string, kind: InputKind, storedBytes: number): InputFile {
  let raw: ReadStream | null = null;
  return {
    path,
    kind,
    storedBytes,
    chunks: () => {
      raw = createReadStream(path, { highWaterMark: CHUNK_BYTES, end: storedBytes - 1 });
      return chunksOf(path, kind, raw);
    },
    bytesRead: () => raw?.bytesRead ?? 0,
  };
}

async function* chunksOf(
  path: string,
  kind: InputKind,
  raw: ReadStream,
): AsyncGenerator<Uint8Array> {
  const unpacked = kind === "plain" ? raw : raw.pipe(unpacker(kind));
  raw.on("error", (error) => {
    unpacked.destroy(error);
  });
  try {
    for await (const chunk of unpacked) if (chunk instanceof Uint8Array) yield chunk;
  } catch (error) {
    throw translated(error, path);
  } finally {
    raw.destroy();
  }
}

function unpacker(kind: "gzip" | "zstd"): ReturnType<typeof createGunzip> {
  if (kind === "gzip") return createGunzip({ chunkSize: CHUNK_BYTES });
  const params = { [constants.ZSTD_d_windowLogMax]: INPUT_WINDOW_LOG_MAX };
  return createZstdDecompress({ chunkSize: CHUNK_BYTES, params });
}

function translated(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof RitmaError || !("code" in error)) return error;
  const cause = { cause: error };
  const code = String(error.code);
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new RitmaError("input/missing", `${path} is not there`, cause);
  }
  if (code === "EACCES" || code === "EPERM") {
    return new RitmaError("input/denied", `${path} may not be read by this user`, cause);
  }
  if (code === "EISDIR") return new RitmaError("input/directory", `${path} is a directory`, cause);
  if (code === "Z_BUF_ERROR") return new RitmaError("input/cut", `${path} ends too early`, cause);
  if (code === "ZSTD_error_frameParameter_windowTooLarge") {
    const message = `${path} needs a larger zstd window than 2^${INPUT_WINDOW_LOG_MAX} bytes`;
    return new RitmaError("input/unsupported", message, cause);
  }
  if (code.startsWith("Z_") || code.startsWith("ZSTD_")) {
    return new RitmaError("input/corrupt", `${path}: ${error.message}`, cause);
  }
  return new RitmaError("disk/io", `${path}: ${error.message}`, cause);
}
