/**
 * Input files: logs that belong to somebody else, plain or compressed, read as a stream of bytes.
 *
 * Links are followed, since /var/log often is one. The kind is told by the first bytes, never by
 * the name. A file is opened by name once: whatever a rotation does to the name afterwards, every
 * reading is of the same file. Nothing here writes.
 *
 * @module
 */
import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import { createGunzip, createZstdDecompress, constants } from "node:zlib";
import { RitmaError } from "../error.ts";
import { INPUT_WINDOW_LOG_MAX } from "../limits.ts";

export type InputKind = "plain" | "gzip" | "zstd";

/** Disposing it closes the file. */
export interface InputFile extends AsyncDisposable {
  readonly path: string;
  readonly kind: InputKind;
  /** Stored length in bytes, as it was when the file was opened. */
  readonly storedBytes: number;
  /**
   * Its content, decompressed, in chunks of at most 256 KiB, and not beyond `storedBytes`: a log
   * that grows while it is read ends where it ended when it was opened. A chunk stays as it is
   * until the one after the next is asked for; then its memory may be used again.
   *
   * @throws RitmaError `input/cut`, `input/corrupt`, `input/unsupported`, `disk/io`;
   * `input/changed` when the file has become shorter
   */
  readonly chunks: () => AsyncIterable<Uint8Array>;
  /** Stored bytes that the newest run of `chunks` has read. */
  readonly bytesRead: () => number;
}

const CHUNK_BYTES = 262_144;
/** The chunk that was given before, the one at hand, and the next, which is being read. */
const ROOMS = 3;
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
  await using stack = new AsyncDisposableStack();
  try {
    const file = stack.use(await open(path, "r"));
    const stat = await file.stat();
    if (stat.isDirectory()) throw new RitmaError("input/directory", `${path} is a directory`);
    if (!stat.isFile()) throw new RitmaError("input/unsupported", `${path} is not a regular file`);
    if (stat.size === 0) throw new RitmaError("input/empty", `${path} is empty`);
    const magic = new Uint8Array(MAGIC_BYTES);
    await file.read(magic, 0, MAGIC_BYTES, 0);
    const kind = kindOf(path, magic.toHex());
    return inputFile(path, kind, stat.size, file, stack.move());
  } catch (error) {
    throw translated(error, path);
  }
}

function kindOf(path: string, magic: string): InputKind {
  const found = MAGICS.find(({ hex }) => magic.startsWith(hex))?.kind ?? "plain";
  if (found === "plain" || found === "gzip" || found === "zstd") return found;
  throw new RitmaError("input/unsupported", `${path} is packed with ${found}`);
}

function inputFile(
  path: string,
  kind: InputKind,
  storedBytes: number,
  file: FileHandle,
  stack: AsyncDisposableStack,
): InputFile {
  let read = 0;
  async function* stored(roomOf: (turn: number) => Buffer): AsyncGenerator<Uint8Array> {
    read = 0;
    let ahead = readAt(file, 0, storedBytes, roomOf(0));
    for (let at = 0, turn = 1; at < storedBytes; turn += 1) {
      const chunk = await ahead;
      if (chunk.length === 0) {
        throw new RitmaError("input/changed", `${path} has become shorter while it was read`);
      }
      at += chunk.length;
      read = at;
      // The next chunk is on its way while this one is worked on.
      ahead = readAt(file, at, storedBytes, roomOf(turn));
      yield chunk;
    }
  }
  return {
    path,
    kind,
    storedBytes,
    chunks: () => {
      if (kind === "plain") return translating(path, stored(rooms(ROOMS)));
      // Whoever unpacks takes chunks ahead, as many as it likes.
      return translating(path, unpacked(stored(newRoom), kind));
    },
    bytesRead: () => read,
    [Symbol.asyncDispose]: async () => {
      await stack.disposeAsync();
    },
  };
}

/** So many rooms in turn: memory that is touched again costs the kernel nothing. */
function rooms(count: number): (turn: number) => Buffer {
  const made: Buffer[] = [];
  return (turn) => (made[turn % count] ??= newRoom());
}

function newRoom(): Buffer {
  return Buffer.allocUnsafe(CHUNK_BYTES);
}

/** @returns what is there, at most a chunk; a failure is told to whoever awaits it. */
function readAt(
  file: FileHandle,
  at: number,
  storedBytes: number,
  room: Buffer,
): Promise<Uint8Array> {
  const length = Math.min(CHUNK_BYTES, storedBytes - at);
  const reading = file
    .read(room, 0, length, at)
    .then(({ bytesRead }) => room.subarray(0, bytesRead));
  reading.catch(() => {});
  return reading;
}

async function* translating(
  path: string,
  chunks: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw translated(error, path);
  }
}

async function* unpacked(
  stored: AsyncGenerator<Uint8Array>,
  kind: "gzip" | "zstd",
): AsyncGenerator<Uint8Array> {
  const raw = Readable.from(stored, { objectMode: false });
  const unpacking = raw.pipe(unpacker(kind));
  raw.on("error", (error) => {
    unpacking.destroy(error);
  });
  try {
    for await (const chunk of unpacking) if (chunk instanceof Uint8Array) yield chunk;
  } finally {
    raw.destroy();
  }
}

function unpacker(kind: "gzip" | "zstd"): ReturnType<typeof createGunzip> {
  if (kind === "gzip") return createGunzip({ chunkSize: CHUNK_BYTES });
  const params = { [constants.ZSTD_d_windowLogMax]: INPUT_WINDOW_LOG_MAX };
  return createZstdDecompress({ chunkSize: CHUNK_BYTES, params });
}

/** What the system says of an input, as an error of ours; any other as it is. */
export function translated(error: unknown, path: string): unknown {
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
