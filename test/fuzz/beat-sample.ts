/**
 * Good frames of beats and of CEP as samples: changed as they lie on the disk, or in what they say,
 * with every checksum and root then computed over it.
 *
 * @module
 */
import { compareBytes } from "@ritma/evidence";
import type { Blake3 } from "../../packages/ritma/src/base/blake3.ts";
import type { BeatRecord } from "../../packages/ritma/src/stores/beat/record.ts";
import { decodeFrame } from "../../packages/ritma/src/stores/beat/frame-codec.ts";
import {
  cepCell,
  cepChunk,
  cepContainer,
  type CepFrameSpec,
  type CepRecordSpec,
  forgeCep,
  segment,
} from "../../packages/ritma/test/beat-frame/forge-cep.ts";
import {
  type ForgedFrame,
  forgeFrame,
  join,
} from "../../packages/ritma/test/beat-frame/forge-frame.ts";
import { BeatFrameReading, CepFrameReading } from "./beat-reading.ts";
import type { Draw } from "./draw.ts";
import { mutateBytes } from "./mutate.ts";
import type { Reading, Sample } from "./reading.ts";

const CAPABILITY_BITS = 32;

class BeatFrameSample implements Sample {
  readonly reading: Reading;
  readonly bytes: Uint8Array;
  readonly #told: ForgedFrame;

  constructor(blake3: Blake3, reading: BeatFrameReading, bytes: Uint8Array) {
    this.reading = reading;
    this.bytes = bytes;
    const { root: _, offsets: __, digest: ___, length: ____, ...told } = decodeFrame(blake3, bytes);
    this.#told = told;
  }

  mutate(draw: Draw, other: Uint8Array): Uint8Array {
    if (draw.once(3)) return mutateBytes(draw, this.bytes, other);
    const told = this.#told;
    const records = changedRecords(draw, told.records);
    switch (draw.below(10)) {
      case 0:
        return forgeFrame({ ...told, capabilities: flipped(draw, told.capabilities ?? 0) });
      case 1:
        return forgeFrame({ ...told, count: draw.uint(told.records.length) });
      case 2:
        return forgeFrame({ ...told, forgetBefore: draw.uint(told.beat ?? 1) });
      case 3:
        return forgeFrame({ ...told, beat: draw.uint(told.beat ?? 1) });
      case 4:
        return forgeFrame({ ...told, behindTable: draw.bytes(draw.below(5)) });
      case 5:
        return forgeFrame({ ...told, records: records.toReversed() });
      case 6:
        return forgeFrame({ ...told, length: draw.uint(this.bytes.length) % 2 ** 32 });
      default:
        return forgeFrame({ ...told, records });
    }
  }
}

class CepFrameSample implements Sample {
  readonly reading: Reading;
  readonly bytes: Uint8Array;
  readonly #told: CepFrameSpec;

  constructor(reading: CepFrameReading, told: CepFrameSpec) {
    this.reading = reading;
    this.#told = told;
    this.bytes = forgeCep(told);
  }

  mutate(draw: Draw, other: Uint8Array): Uint8Array {
    const told = this.#told;
    const records = changedRecords(draw, told.records);
    switch (draw.below(12)) {
      case 0:
        return mutateBytes(draw, this.bytes, other);
      case 1:
        return mutateBytes(draw, cepContainer(this.bytes), other);
      case 2:
        return cepContainer(forgeCep({ ...told, records }), draw.uint(this.bytes.length));
      case 3:
        return forgeCep({ ...told, capabilities: flipped(draw, told.capabilities ?? 0) });
      case 4:
        return forgeCep({ ...told, inTrailer: draw.bytes(draw.below(4)) });
      case 5:
        return forgeCep({ ...told, behindTrailer: draw.bytes(draw.below(4)) });
      case 6:
        return forgeCep({
          ...told,
          records: records.toReversed(),
          toc: draw.pick(["none", "wrong"]),
        });
      case 7:
        return forgeCep({ ...told, count: draw.uint(records.length) });
      default:
        return forgeCep({ ...told, records });
    }
  }
}

/** The reference frames, small ones. */
export function beatFrameSamples(blake3: Blake3, frames: readonly Uint8Array[]): BeatFrameSample[] {
  const reading = new BeatFrameReading(blake3);
  return frames.map((frame) => new BeatFrameSample(blake3, reading, frame));
}

/** A frame of every type of record, and one for each type. */
export function cepFrameSamples(blake3: Blake3): CepFrameSample[] {
  const reading = new CepFrameReading(blake3);
  const records = everyCepRecord();
  const groups = [records, ...records.map((record) => [record])].filter(
    (group) => group.length > 1 || group[0]?.key[0] !== 2,
  );
  return groups.map((group) => new CepFrameSample(reading, { records: group }));
}

function everyCepRecord(): CepRecordSpec[] {
  const [path, child, zero] = [segment("CEP", "data"), segment("CEP", "app"), Uint8Array.of(0)];
  const revision = new Uint8Array(16).fill(3);
  const bytes = Uint8Array.from({ length: 90 }, (_, at) => at);
  const add = join(Uint8Array.of(1), child, Uint8Array.of(0, 0), revision);
  const page = join(Uint8Array.of(5, 0, 17), child, Uint8Array.of(0, 1), add);
  return [
    { key: keyOf(1, path), body: cepCell({ reference: [0, 0, 0, bytes], latest: 4 }) },
    { key: keyOf(1, path, child), body: cepCell({ inline: bytes.subarray(0, 20), mask: 2 }) },
    { key: keyOf(2, path, zero), body: cepChunk(90, 0, bytes.subarray(0, 50)) },
    { key: keyOf(2, path, Uint8Array.of(1)), body: cepChunk(90, 50, bytes.subarray(50)) },
    { key: keyOf(3, path, zero), body: page },
    {
      key: keyOf(4, path, zero, zero),
      body: join(Uint8Array.of(1, 5, 0, 1, 1), child, Uint8Array.of(4, 0)),
    },
    { key: keyOf(5, new Uint8Array(8)), body: Uint8Array.of(2, 0, 97, 98) },
    {
      key: keyOf(6, path, revision, zero),
      body: join(Uint8Array.of(3), cepChunk(20, 0, bytes.subarray(0, 20))),
    },
    { key: keyOf(7, path, zero, revision), body: page },
  ];
}

function keyOf(type: number, ...rest: readonly Uint8Array[]): Uint8Array {
  return join(Uint8Array.of(type), ...rest);
}

interface Changeable extends BeatRecord {
  readonly type?: number;
  readonly version?: number;
  readonly flags?: number;
}

/** One of them changed, doubled, taken out; sorted again more often than not. */
function changedRecords(draw: Draw, records: readonly Changeable[]): readonly Changeable[] {
  if (records.length === 0) return records;
  const at = draw.below(records.length);
  const record = records[at];
  if (record === undefined) return records;
  const list = records.with(at, changedRecord(draw, record, draw.pick(records)));
  if (draw.once(8)) list.splice(at, 1);
  if (draw.once(8)) list.push(record);
  return draw.once(4) ? list : list.toSorted((a, b) => compareBytes(a.key, b.key));
}

function changedRecord(draw: Draw, record: Changeable, other: Changeable): Changeable {
  const { key, body } = record;
  switch (draw.below(10)) {
    case 0:
      return { ...record, key: mutateBytes(draw, key, other.key) };
    case 1:
      return {
        ...record,
        key: join(key.subarray(0, 1), mutateBytes(draw, key.subarray(1), other.key)),
      };
    case 2:
      return { ...record, type: draw.byte() };
    case 3:
      return { ...record, version: draw.byte() };
    case 4:
      return { ...record, flags: draw.below(0x1_0000) };
    default:
      return { ...record, body: mutateBytes(draw, body, other.body) };
  }
}

function flipped(draw: Draw, capabilities: number): number {
  return (capabilities ^ (1 << draw.below(CAPABILITY_BITS))) >>> 0;
}
