/**
 * Goal: hostile content behind a genuine seal (a recorder that was taken over, or a defect of one)
 * is refused soon and in bounded memory too.
 *
 * Method: the last hour's block or dictionary is replaced and sealed again with the store's own
 * keys, so that the digests fit and the decoders behind them are reached: every kind of changed
 * byte, bombs, nesting, counts and numbers that are not true.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AtomTable,
  BLOCK_UNPACKED_MAX,
  blockPath,
  CborWriter,
  decodeHourHeader,
  entitiesPath,
  FRAME_UNPACKED_MAX,
  type GenerationPiece,
  HOUR_HEADER,
  packFrame,
  splitFrames,
} from "@ritma/evidence";
import { assert as forAll, asyncProperty, integer, nat } from "fast-check";
import { bytesAt, type HourEdit, lastHour, resealLast } from "./forge.ts";
import type { Files } from "./memory-tree.ts";
import { recodeBlock } from "./recode.ts";
import { primitives, sealStore, SMALL } from "./reference-store.ts";
import { verifying } from "./verifying.ts";

const store = await sealStore(SMALL);
const { files } = store;
const hour = lastHour(files);
const { verify, refuse } = verifying(store);
const INST = blockPath("inst", 0);
const LOG = entitiesPath(1);

const content = primitives.unzstd(bytesAt(files, `${hour}/${INST}`), BLOCK_UNPACKED_MAX);
const withBlock = (bytes: Uint8Array): Files =>
  resealLast(store, { files: new Map([[INST, primitives.zstd(bytes, 1)]]) });

test("a block changed in any byte and sealed is refused, or is the same block", async () => {
  await forAll(
    asyncProperty(nat(content.length - 1), integer({ min: 1, max: 255 }), async (offset, mask) => {
      await refuse(withBlock(content.with(offset, (content[offset] ?? 0) ^ mask)));
    }),
    { numRuns: 150 },
  );
});

/** The end of a block: one section of columns of zeros, so long. */
function section(writer: CborWriter, atoms: number, columns: readonly number[]): Uint8Array {
  writer.array(4).uint(0).uint(1).uint(atoms).array(11);
  for (const length of columns) writer.bytes(new Uint8Array(length));
  return writer.finish();
}

test("a block that is a bomb, or that counts what it has not", async () => {
  const head = (sections: number): CborWriter =>
    new CborWriter(1 << 16)
      .array(7)
      .text("ritma/block@1")
      .bytes(store.storeFile.store)
      .uint(4)
      .uint(0)
      .uint(1)
      .uint(1000)
      .array(sections);
  const zeros = Array.from({ length: 11 }, () => 0);
  await refuse(withBlock(section(head(1), Number.MAX_SAFE_INTEGER, zeros)));
  await refuse(withBlock(section(head(1), 0, zeros)));
  await refuse(withBlock(section(head(1), 60_000_000, zeros.with(4, 60_000_000))), 20);
  await refuse(withBlock(head(0).finish()));
  const bomb = primitives.zstd(new Uint8Array(BLOCK_UNPACKED_MAX + 1), 1);
  await refuse(resealLast(store, { files: new Map([[INST, bomb]]) }));
});

test("a block whose numbers leave their range", async () => {
  const edits: ((atoms: AtomTable) => void)[] = [
    (atoms) => void atoms.process.fill(0xffff_ffff),
    (atoms) => void atoms.object.fill(0xffff_ffff),
    (atoms) => void atoms.time.fill(Number.MAX_SAFE_INTEGER),
    (atoms) => void atoms.serial.fill(Number.MAX_SAFE_INTEGER),
    (atoms) => void atoms.flags.fill(0xffff_ffff),
    (atoms) => void atoms.num.fill(-Number.MAX_SAFE_INTEGER),
  ];
  for (const edit of edits) {
    const bytes = recodeBlock(store, `${hour}/${INST}`, (block) => {
      for (const { atoms } of block.sections.slice(0, 1)) edit(atoms);
      return block;
    });
    await refuse(resealLast(store, { files: new Map([[INST, bytes]]) }));
  }
});

/** The store with another last piece of its dictionary, sealed as it is. */
function withPiece(frames: readonly Uint8Array[], edit: Partial<GenerationPiece> = {}): Files {
  const { generation } = decodeHourHeader(bytesAt(files, `${hour}/${HOUR_HEADER}`));
  const before = bytesAt(files, LOG).subarray(0, generation.offset);
  const piece = Buffer.concat(frames.map(packFrame));
  const sealed: HourEdit = {
    header: (header) => ({
      ...header,
      generation: {
        ...header.generation,
        length: piece.length,
        sha256: primitives.sha256(piece),
        ...edit,
      },
    }),
  };
  return new Map(resealLast(store, sealed)).set(LOG, Buffer.concat([before, piece]));
}

const { generation } = decodeHourHeader(bytesAt(files, `${hour}/${HOUR_HEADER}`));
const [frame = new Uint8Array(0)] = splitFrames(bytesAt(files, LOG).subarray(generation.offset));
const entities = primitives.unzstd(frame, FRAME_UNPACKED_MAX);

test("a dictionary changed in any byte and sealed is refused", async () => {
  assert.equal((await verify(withPiece([frame]))).result, "VALID");
  await forAll(
    asyncProperty(nat(entities.length - 1), integer({ min: 1, max: 255 }), async (offset, mask) => {
      const changed = entities.with(offset, (entities[offset] ?? 0) ^ mask);
      await refuse(withPiece([primitives.zstd(changed, 1)]));
    }),
    { numRuns: 150 },
  );
});

const frameOf = (entity: Uint8Array): Uint8Array => {
  const writer = new CborWriter(1 << 16).array(6).text("ritma/entities@1");
  writer.bytes(store.storeFile.store).uint(1).uint(generation.firstId).null();
  return primitives.zstd(writer.array(1).bytes(entity).finish(), 1);
};

test("an entity nested in itself, a bomb of a dictionary, frames without end", async () => {
  const process = new CborWriter().array(12).text("ritma/process@1").bytes(new Uint8Array(0));
  process.uint(0).uint(0).uint(0).uint(0).uint(0).null().null().null();
  const nested = Buffer.concat(Array.from({ length: 400_000 }, () => process.finish()));
  await refuse(withPiece([frameOf(nested)]));
  await refuse(withPiece([primitives.zstd(new Uint8Array(FRAME_UNPACKED_MAX + 1), 1)]));
  await refuse(withPiece(Array.from({ length: 100_000 }, () => new Uint8Array(0))));
  await refuse(withPiece(Array.from({ length: 2000 }, () => frame)));
  await refuse(withPiece([frame], { length: Number.MAX_SAFE_INTEGER }));
  await refuse(withPiece([frame], { offset: Number.MAX_SAFE_INTEGER }));
  await refuse(withPiece([frame], { number: Number.MAX_SAFE_INTEGER }));
  await refuse(withPiece([frame], { entities: Number.MAX_SAFE_INTEGER }));
});
