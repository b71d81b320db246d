/**
 * Logs of a generation as samples: changed as they lie on the disk, in their framing, or in what a
 * frame holds, which is then packed again as a recorder would.
 *
 * @module
 */
import { concatBytes, packFrame } from "@ritma/evidence";
import { zstd } from "../../packages/ritma/src/base/zstd.ts";
import type { Draw } from "./draw.ts";
import { Content, mutateBytes } from "./mutate.ts";
import type { Reading, Sample } from "./reading.ts";

/** The quickest: what is packed again is not for keeping. */
const LEVEL = 1;
/** One zstd frame in which nothing is, and which a reader may pass over. */
const SKIPPABLE = Uint8Array.fromHex("502a4d1800000000");

export class LogSample implements Sample {
  readonly reading: Reading;
  readonly bytes: Uint8Array;
  readonly #contents: readonly Content[];
  /** Packed, each behind its length. */
  readonly #frames: readonly Uint8Array[];

  constructor(reading: Reading, contents: readonly Uint8Array[]) {
    this.reading = reading;
    this.#contents = contents.map((content) => new Content(content));
    this.#frames = contents.map((content) => packFrame(zstd(content, LEVEL)));
    this.bytes = concatBytes(...this.#frames);
  }

  mutate(draw: Draw, other: Uint8Array): Uint8Array {
    const at = draw.below(this.#frames.length);
    const content = this.#contents[at]?.bytes ?? new Uint8Array(0);
    switch (draw.below(10)) {
      case 0:
      case 1:
        return mutateBytes(draw, this.bytes, other);
      case 2:
        return this.#with(at, packFrame(mutateBytes(draw, zstd(content, LEVEL), other)));
      case 3:
        return this.#with(at, packFrame(this.#reframed(draw, zstd(content, LEVEL))));
      case 4:
        return this.#reordered(draw, at);
      default: {
        const stranger = draw.pick(this.#contents).bytes;
        const changed = this.#contents[at]?.mutate(draw, stranger) ?? content;
        return this.#with(at, packFrame(zstd(changed, LEVEL)));
      }
    }
  }

  /** Frames that a decompressor may take and we do not. */
  #reframed(draw: Draw, frame: Uint8Array): Uint8Array {
    const way = draw.below(4);
    if (way === 0) return concatBytes(frame, SKIPPABLE);
    if (way === 1) return concatBytes(SKIPPABLE, frame);
    if (way === 2) return concatBytes(frame, frame);
    // The head: which fields there are, and the size of what is in it.
    return frame.with(4 + draw.below(9), draw.byte());
  }

  #reordered(draw: Draw, at: number): Uint8Array {
    const frames = [...this.#frames];
    const [taken = new Uint8Array(0)] = frames.splice(at, 1);
    const way = draw.below(3);
    if (way > 0) frames.splice(draw.below(frames.length + 1), 0, taken);
    if (way > 1) frames.splice(draw.below(frames.length + 1), 0, taken);
    return concatBytes(...frames);
  }

  #with(at: number, frame: Uint8Array): Uint8Array {
    return concatBytes(...this.#frames.with(at, frame));
  }
}
