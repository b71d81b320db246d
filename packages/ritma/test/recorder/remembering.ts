/**
 * Primitives that compute nothing twice, for tests that open and verify one store thousands of
 * times. Each is a function of its bytes, so nobody can tell.
 *
 * @module
 */
import { hash } from "node:crypto";
import type { NodePrimitives, Signer } from "../../src/base/primitives.ts";

/** More than one workload has; then the memory is emptied. */
const ENTRIES_MAX = 20_000;

/** What is returned again must not have been changed by whoever got it first. */
function remembered<Value>(compute: (...parts: readonly Uint8Array[]) => Value) {
  const known = new Map<string, Value>();
  return (...parts: readonly Uint8Array[]): Value => {
    const key = parts.map((bytes) => hash("sha1", bytes, "base64")).join();
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= ENTRIES_MAX) known.clear();
    const value = compute(...parts);
    known.set(key, value);
    return value;
  };
}

const NOTHING = new Uint8Array(0);

export function remembering(real: NodePrimitives): NodePrimitives {
  const verified = remembered((key = NOTHING, message = NOTHING, signature = NOTHING) =>
    real.verifyEd25519(key, message, signature),
  );
  const packed = new Map<number, (bytes: Uint8Array) => Uint8Array>();
  const unpacked = new Map<number, (bytes: Uint8Array) => Uint8Array>();
  const signers = remembered((seed = NOTHING): Signer => {
    const { publicKey, sign } = real.signer(seed);
    return { publicKey, sign: remembered((message = NOTHING) => sign(message)) };
  });
  return {
    ...real,
    verifyEd25519: (key, message, signature) => verified(key, message, signature),
    signer: (seed) => signers(seed),
    zstd: (bytes, level) => {
      const known = packed.get(level) ?? remembered((raw = NOTHING) => real.zstd(raw, level));
      packed.set(level, known);
      return known(bytes).slice();
    },
    unzstd: (bytes, max) => {
      const known = unpacked.get(max) ?? remembered((raw = NOTHING) => real.unzstd(raw, max));
      unpacked.set(max, known);
      return known(bytes).slice();
    },
  };
}
