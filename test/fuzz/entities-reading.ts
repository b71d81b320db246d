/**
 * Frames of entities of either form, as the fuzzer reads and judges them: both have one spelling,
 * and so has every entity in them.
 *
 * @module
 */
import {
  CborReader,
  decodeEntity,
  decodeFrame,
  encodeEntitiesFrame,
  encodeEntity,
  type EntitiesFrame,
  EntityReader,
  EntityWriter,
  FormatError,
  FRAME_ENTITIES_MAX,
  FRAME_UNPACKED_MAX,
} from "@ritma/evidence";
import { Probabilities } from "../../packages/evidence/src/ctgf/coder.ts";
import { encodeCodedFrame } from "../../packages/evidence/src/ctgf/entity-frame.ts";
import { EntityModel } from "../../packages/evidence/src/ctgf/entity-model.ts";
import { Echo } from "./echo.ts";
import { type Accepted, mustBe, mustEqual, type Reading } from "./reading.ts";

const CODED_ITEMS = 7;

export class EntitiesReading implements Reading {
  readonly name: string;
  readonly #reading = new EntityModel();
  readonly #reader = new EntityReader(this.#reading);
  readonly #again = new FrameWriting();
  readonly #echoed = new Probabilities(this.#reading.probabilities.states.length);

  constructor(name: string) {
    this.name = name;
  }

  /** A frame that begins its generation, or a segment of it. */
  decode(bytes: Uint8Array): Accepted {
    this.#reader.skip(1);
    const frame = decodeFrame(bytes, this.#reader);
    const judge = (): void => {
      this.#again.begin();
      this.#again.judge(frame, bytes);
    };
    return { items: frame.entities.length, judge };
  }

  work(bytes: Uint8Array): number {
    const head = codedHeadOf(bytes);
    if (head === null) return 0;
    this.#reading.skip(1);
    this.#reading.begin(1);
    const coder = new Echo(this.#reading.probabilities, this.#echoed, head.coded);
    try {
      let left = FRAME_UNPACKED_MAX;
      for (let count = 0; count < head.count; count += 1) {
        left -= this.#reading.read(coder, left).length;
      }
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
    }
    return coder.bits;
  }
}

/** Writes again what was read, frame after frame of one generation. */
export class FrameWriting {
  readonly #model = new EntityModel();
  readonly #writer = new EntityWriter(this.#model);

  begin(): void {
    this.#model.skip(1);
  }

  /** @throws Violation */
  judge(frame: EntitiesFrame, bytes: Uint8Array): void {
    const { entities, firstId } = frame;
    let sizeBytes = 0;
    for (const entity of entities) sizeBytes += entity.length;
    if (isCoded(bytes)) {
      mustBe(entities.length <= FRAME_ENTITIES_MAX, `${entities.length} entities`);
      mustBe(sizeBytes <= FRAME_UNPACKED_MAX, `entities of ${sizeBytes} bytes`);
      mustEqual(encodeCodedFrame(frame, this.#writer), bytes, "a coded frame");
      for (const entity of entities) mustEqual(againOf(entity), entity, "a coded entity");
      return;
    }
    mustBe(sizeBytes + entities.length <= bytes.length, `${sizeBytes} bytes of ${bytes.length}`);
    mustEqual(encodeEntitiesFrame(frame), bytes, "a plain frame");
    this.#model.skip(firstId + entities.length);
    for (const entity of entities) judgePlain(entity);
  }
}

/** A plain frame does not look into its entities. */
function judgePlain(entity: Uint8Array): void {
  try {
    mustEqual(againOf(entity), entity, "an entity");
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
}

function againOf(entity: Uint8Array): Uint8Array {
  return encodeEntity(decodeEntity(entity));
}

function isCoded(bytes: Uint8Array): boolean {
  return new CborReader(bytes).array() === CODED_ITEMS;
}

function codedHeadOf(bytes: Uint8Array): { count: number; coded: Uint8Array } | null {
  try {
    const reader = new CborReader(bytes);
    reader.array(CODED_ITEMS);
    for (let items = 5; items > 0; items -= 1) reader.skip();
    return { count: reader.uint(), coded: reader.bytes() };
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}
