/**
 * Goal: where a generation of the dictionary ends depends on the entities alone: not on the
 * compressor, and not on how many commands recorded them.
 *
 * Method: the same events sealed with the highest level of zstd and with frames that compress
 * nothing, under a bound of bytes that is passed in the middle; the generation of each hour.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { constants, zstdCompressSync } from "node:zlib";
import type { InputFile } from "../../src/base/disk/input-file.ts";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { Interner } from "../../src/flow/seal/interner.ts";
import { ingest } from "../../src/services/recorder/ingest.ts";
import { bytesOf, memoryInput, opened } from "../recorder/audit-lines.ts";
import {
  assertValid,
  filesBelow,
  hoursOf,
  init,
  open,
  OUT,
  primitives,
} from "../recorder/recording.ts";

const HOURS = ["09", "10", "11", "12", "13", "14", "15", "16"];
/** Names that compress well: what is stored of them is a tenth. */
const LINES = HOURS.map((hour, at) =>
  opened(`${hour}:00:00`, at + 1, { path: `/srv/${hour.repeat(400)}` }),
);
/** Passed in every third hour. */
const BYTES_MAX = 2_500;
const GENERATIONS = [1, 1, 1, 2, 2, 2, 3, 3];

interface Sealed {
  readonly generations: readonly number[];
  readonly stored: number;
}

type Zstd = (bytes: Uint8Array) => Uint8Array;

const best: Zstd = (bytes) => primitives.zstd(bytes, 19);

/** The lowest level there is: hardly anything is compressed. */
const none: Zstd = (bytes) =>
  zstdCompressSync(bytes, {
    pledgedSrcSize: bytes.length,
    params: {
      [constants.ZSTD_c_compressionLevel]: -131_072,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
  });

async function sealed(zstd: Zstd, commands: readonly InputFile[]): Promise<Sealed> {
  const disk = new SimDisk();
  await init(disk);
  const world = {
    disk,
    primitives: { ...primitives, zstd },
    clock: { nowUs: () => 0 },
    rng: { bytes: (count: number) => new Uint8Array(count) },
  };
  for (const file of commands) {
    const limits = { generationBytesMax: BYTES_MAX };
    await ingest(world, await open(disk), [file], { node: "host1", overlap: false, limits });
  }
  await assertValid(disk);
  const hours = hoursOf(filesBelow(disk, OUT));
  return {
    generations: hours.map(({ header }) => header.generation.number),
    stored: hours.reduce((sum, { header }) => sum + header.generation.length, 0),
  };
}

test("the border of a generation does not depend on the compressor", async () => {
  const whole = memoryInput(bytesOf(...LINES));
  const large = await sealed(none, [whole]);
  const small = await sealed(best, [whole]);
  assert.notEqual(small.stored, large.stored, "bytes of the logs");
  assert.deepEqual(small.generations, large.generations);
  assert.deepEqual(small.generations, GENERATIONS);
});

test("nor on how many commands there were", async () => {
  const parts = LINES.map((_, at) => memoryInput(bytesOf(...LINES.slice(0, at + 1))));
  const { generations } = await sealed(best, parts);
  assert.deepEqual(generations, GENERATIONS);
});

test("an interner counts the bytes of its entities, read or new", () => {
  const interner = new Interner(primitives.keyedHash16, 0, new Uint8Array(32));
  interner.add(new Uint8Array(1_000));
  interner.add(new Uint8Array(10));
  interner.intern({ bytes: new Uint8Array(1), generation: -1, id: 0 });
  interner.intern({ bytes: new Uint8Array(10), generation: -1, id: 0 });
  assert.equal(interner.bytes, 1_011, "one that is known counts once");
  const { firstId, ends } = interner.takeFresh();
  assert.deepEqual([firstId, ...ends], [3, 1], "what was read is not new");
});
