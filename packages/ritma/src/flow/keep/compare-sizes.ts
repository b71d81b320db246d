/**
 * What general compressors make of a log, beside what is stored of it.
 *
 * @module
 */
import { once } from "node:events";
import { createHash } from "node:crypto";
import { Writable } from "node:stream";
import { constants, createGzip, createZstdCompress } from "node:zlib";
import { equalBytes } from "@ritma/evidence";
import type { InputFile } from "../../base/disk/input-file.ts";
import { INPUT_WINDOW_LOG_MAX } from "../../base/limits.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { accountsFrom, storedBytesOf } from "./accounts.ts";

export interface ComparedSizes {
  readonly file: string;
  readonly rawBytes: number;
  /** Of the hours of the session that read just these bytes and no more; null without one. */
  readonly storedBytes: number | null;
  readonly gzip6: number;
  readonly zstd3: number;
  /** With a window of 128 MiB, as `zstd -19 --long=27`. */
  readonly zstd19: number;
}

/**
 * Compresses `input` three ways; the best takes a minute per hundred megabytes.
 *
 * @param progress called with the stored bytes read so far
 */
export async function compareSizes(
  reader: StoreReader,
  input: InputFile,
  progress: (done: number) => void,
): Promise<ComparedSizes> {
  const digest = createHash("sha256");
  const gzip6 = counting(createGzip({ level: 6 }));
  const zstd3 = counting(zstdAt(3));
  const zstd19 = counting(zstdAt(19));
  let rawBytes = 0;
  for await (const chunk of input.chunks()) {
    // Chunks are used again by the reader; what takes them may keep them for a while.
    const bytes = chunk.slice();
    rawBytes += bytes.length;
    digest.update(bytes);
    await Promise.all([gzip6, zstd3, zstd19].map(async ({ take }) => await take(bytes)));
    progress(input.bytesRead());
  }
  const storedBytes = await storedBytesOfInput(reader, rawBytes, digest.digest());
  return {
    file: input.path,
    rawBytes,
    storedBytes,
    gzip6: await gzip6.end(),
    zstd3: await zstd3.end(),
    zstd19: await zstd19.end(),
  };
}

interface Counting {
  readonly take: (bytes: Uint8Array) => Promise<void>;
  /** @returns the length of what came out. */
  readonly end: () => Promise<number>;
}

function counting(compressor: ReturnType<typeof createGzip | typeof createZstdCompress>): Counting {
  let length = 0;
  const sink = new Writable({
    write: (chunk: Uint8Array, _, done) => {
      length += chunk.length;
      done();
    },
  });
  compressor.pipe(sink);
  return {
    take: async (bytes) => {
      if (!compressor.write(bytes)) await once(compressor, "drain");
    },
    end: async () => {
      compressor.end();
      await once(sink, "finish");
      return length;
    },
  };
}

function zstdAt(level: number): ReturnType<typeof createZstdCompress> {
  const params = { [constants.ZSTD_c_compressionLevel]: level };
  if (level < 19) return createZstdCompress({ params });
  const long = {
    [constants.ZSTD_c_windowLog]: INPUT_WINDOW_LOG_MAX,
    [constants.ZSTD_c_enableLongDistanceMatching]: 1,
  };
  return createZstdCompress({ params: { ...params, ...long } });
}

/** A session that had further inputs, or knew a part of this one, stored something else. */
async function storedBytesOfInput(
  reader: StoreReader,
  length: number,
  sha256: Uint8Array,
): Promise<number | null> {
  const sessions = new Map(reader.hours.map((hour) => [hour.session, hour]));
  for (const [session, last] of sessions) {
    const { inputs } = await reader.header(last);
    const [only] = inputs;
    const isOnly = inputs.length === 1 && only?.length === length;
    if (!isOnly || !equalBytes(only.sha256, sha256)) continue;
    const first = reader.hours.findIndex((hour) => hour.session === session);
    const accounts = (await accountsFrom(reader, first)).slice(0, last.sequence - first + 1);
    const read = accounts.reduce((sum, { rawBytes }) => sum + rawBytes, 0);
    if (read !== length) continue;
    return accounts.reduce((sum, account) => sum + storedBytesOf(account), 0);
  }
  return null;
}
