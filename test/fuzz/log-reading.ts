/**
 * Frames of cones, and the two logs of a generation as they lie on the disk: framing, zstd,
 * content. What zstd made is not compared, what it unpacks to is.
 *
 * @module
 */
import {
  concatBytes,
  type ConesFrame,
  decodeConesFrame,
  encodeConesFrame,
  type EntitiesFrame,
  FormatError,
  FRAME_UNPACKED_MAX,
  Generation,
  SHAPE_FIELDS,
  splitFrames,
} from "@ritma/evidence";
import { unzstd } from "../../packages/ritma/src/base/zstd.ts";
import { EntitiesReading, FrameWriting } from "./entities-reading.ts";
import { type Accepted, mustBe, mustEqual, type Reading } from "./reading.ts";

/** One frame of cones. */
export const CONES_READING: Reading = {
  name: "cones",
  decode: (bytes): Accepted => {
    const frame = decodeConesFrame(bytes);
    return { items: rowsOf(frame), judge: () => judgeCones(frame, bytes) };
  },
  work: () => 0,
};

export class EntitiesLogReading implements Reading {
  readonly name: string;
  readonly #store: Uint8Array;
  readonly #number: number;
  readonly #again = new FrameWriting();
  readonly #frames = new EntitiesReading("frames");

  /** @param store and `number` of the generation whose log it is */
  constructor(name: string, store: Uint8Array, number: number) {
    this.name = name;
    this.#store = store;
    this.#number = number;
  }

  decode(bytes: Uint8Array): Accepted {
    using generation = Generation.of(this.#store, this.#number);
    const read: (readonly [EntitiesFrame, Uint8Array])[] = [];
    let items = 0;
    for (const packed of splitFrames(bytes)) {
      const content = unzstd(packed, FRAME_UNPACKED_MAX);
      const frame = generation.addEntities(content);
      items += frame.entities.length;
      mustBe(generation.facts.size === items, "facts of other entities");
      read.push([frame, content]);
    }
    const judge = (): void => {
      judgeFraming(bytes);
      this.#again.begin();
      for (const [frame, content] of read) this.#again.judge(frame, content);
    };
    return { items, judge };
  }

  work(bytes: Uint8Array): number {
    let work = 0;
    for (const content of contentsOf(bytes)) work += content.length + this.#frames.work(content);
    return work;
  }
}

export class ConesLogReading implements Reading {
  readonly name: string;
  readonly #store: Uint8Array;
  readonly #number: number;

  constructor(name: string, store: Uint8Array, number: number) {
    this.name = name;
    this.#store = store;
    this.#number = number;
  }

  decode(bytes: Uint8Array): Accepted {
    using generation = Generation.of(this.#store, this.#number);
    const contents: Uint8Array[] = [];
    for (const packed of splitFrames(bytes)) {
      const content = unzstd(packed, FRAME_UNPACKED_MAX);
      generation.addCones(content);
      contents.push(content);
    }
    const { size } = generation.cones;
    const judge = (): void => {
      judgeFraming(bytes);
      let rows = 0;
      for (const content of contents) {
        const frame = decodeConesFrame(content);
        judgeCones(frame, content);
        rows += frame.cones.length;
      }
      mustBe(rows === size, `${size} cones of ${rows}`);
    };
    return { items: size, judge };
  }

  work(bytes: Uint8Array): number {
    let work = 0;
    for (const content of contentsOf(bytes)) work += content.length;
    return work;
  }
}

/** As much of a log as can be unpacked. */
function contentsOf(bytes: Uint8Array): Uint8Array[] {
  const contents: Uint8Array[] = [];
  try {
    for (const packed of splitFrames(bytes)) contents.push(unzstd(packed, FRAME_UNPACKED_MAX));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  return contents;
}

/** What zstd made has many spellings; but nothing may follow it. */
function judgeFraming(bytes: Uint8Array): void {
  for (const packed of splitFrames(bytes)) {
    let isAccepted = true;
    try {
      unzstd(concatBytes(packed, Uint8Array.of(0)), FRAME_UNPACKED_MAX);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      isAccepted = false;
    }
    mustBe(!isAccepted, "a frame with a byte more is accepted");
  }
}

function judgeCones(frame: ConesFrame, bytes: Uint8Array): void {
  const rows = rowsOf(frame);
  mustBe(rows * SHAPE_FIELDS <= bytes.length, `${rows} rows in ${bytes.length} bytes`);
  for (const { shape, atoms } of frame.cones) {
    mustBe(shape.length === atoms * SHAPE_FIELDS, "room for more rows than there are");
  }
  mustEqual(encodeConesFrame(frame), bytes, "a frame of cones");
}

function rowsOf({ cones }: ConesFrame): number {
  let rows = 0;
  for (const { atoms } of cones) rows += atoms;
  return rows;
}
