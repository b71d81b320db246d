/**
 * Primitives that remember the dear answers they gave while the untouched store was verified.
 *
 * They are pure functions of their bytes, and the whole input is the key, so a remembered answer is
 * the one that would be computed: every verification of the campaign is a full one. It only halves
 * the time, since a mutation leaves all signatures but one, and all frames but one, as they were.
 *
 * @module
 */
import type { Primitives } from "@ritma/evidence";

export interface Remembering {
  readonly primitives: Primitives;
  /** From now on nothing new is kept, so that a long campaign does not fill the memory. */
  readonly stopLearning: () => void;
}

export function rememberingPrimitives(real: Primitives): Remembering {
  const signatures = new Map<string, boolean>();
  const frames = new Map<string, Uint8Array>();
  let isLearning = true;
  const primitives: Primitives = {
    ...real,
    verifyEd25519: (publicKey, message, signature) => {
      const key = keyOf([publicKey, signature, message]);
      const known = signatures.get(key);
      if (known !== undefined) return known;
      const answer = real.verifyEd25519(publicKey, message, signature);
      if (isLearning) signatures.set(key, answer);
      return answer;
    },
    unzstd: (frame, maxBytes) => {
      const key = `${maxBytes}:${keyOf([frame])}`;
      const known = frames.get(key);
      if (known !== undefined) return known;
      const content = real.unzstd(frame, maxBytes);
      if (isLearning) frames.set(key, content);
      return content;
    },
  };
  const stopLearning = (): void => {
    isLearning = false;
  };
  return { primitives, stopLearning };
}

/** Injective: lengths, then the bytes as they are. */
function keyOf(inputs: readonly Uint8Array[]): string {
  const bytes = inputs.map((input) =>
    Buffer.from(input.buffer, input.byteOffset, input.length).toString("latin1"),
  );
  return `${inputs.map(({ length }) => length).join(",")}:${bytes.join("")}`;
}
