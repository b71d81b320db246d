/**
 * Frames of beats and frames of CEP, as the fuzzer reads and judges them.
 *
 * A frame of ours has one spelling. One of CEP has many; of what it becomes is asked that a frame
 * of ours can hold it, and that every body then is of its type.
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import type { Blake3 } from "../../packages/ritma/src/base/blake3.ts";
import { readCepFrame } from "../../packages/ritma/src/stores/beat/cep/cep-frame.ts";
import { importCepFrame } from "../../packages/ritma/src/stores/beat/cep/cep-import.ts";
import { decodeFrame, encodeFrame } from "../../packages/ritma/src/stores/beat/frame-codec.ts";
import { readRecordBody } from "../../packages/ritma/src/stores/beat/record-body.ts";
import type { BeatRecord } from "../../packages/ritma/src/stores/beat/record.ts";
import { type Accepted, mustBe, mustEqual, type Reading } from "./reading.ts";

const CHUNK = 0x02;
const PAST_PAYLOAD = 0x06;
const ZEROS = new Uint8Array(32);

export class BeatFrameReading implements Reading {
  readonly name = "beat-frame";
  readonly #blake3: Blake3;

  constructor(blake3: Blake3) {
    this.#blake3 = blake3;
  }

  decode(bytes: Uint8Array): Accepted {
    const frame = decodeFrame(this.#blake3, bytes);
    const { records } = frame;
    const judge = (): void => {
      mustEqual(encodeFrame(this.#blake3, frame, records), bytes, "a frame");
      for (const record of records) mustBeReadOrRefused(record);
    };
    return { items: records.length, judge };
  }

  work(): number {
    return 0;
  }
}

export class CepFrameReading implements Reading {
  readonly name = "cep-frame";
  readonly #blake3: Blake3;

  constructor(blake3: Blake3) {
    this.#blake3 = blake3;
  }

  decode(bytes: Uint8Array): Accepted {
    const frame = readCepFrame(this.#blake3, bytes);
    const judge = (): void => {
      const { records, deviations } = importCepFrame(this.#blake3, frame);
      const lost = countWhole(frame.records) - countWhole(records);
      mustBe(lost <= 0 || deviations.length > 0, `${lost} records are lost and nothing is said`);
      if (records.length === 0) return;
      const head = { store: new Uint8Array(16), branch: "cep", beat: 1, forgetBefore: 0 };
      const made = encodeFrame(this.#blake3, { ...head, previous: ZEROS }, records);
      for (const record of decodeFrame(this.#blake3, made).records) readRecordBody(record);
    };
    return { items: frame.records.length, judge };
  }

  work(): number {
    return 0;
  }
}

/** Without payloads, which are cut into other pieces or stand in their cell. */
function countWhole(records: readonly BeatRecord[]): number {
  return records.filter(({ key: [type] }) => type !== CHUNK && type !== PAST_PAYLOAD).length;
}

function mustBeReadOrRefused(record: BeatRecord): void {
  try {
    readRecordBody(record);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
}
