/**
 * Vectors of hour keys: the chain, a period, its file.
 *
 * @module
 */
import { createHash, createHmac, createPrivateKey, createPublicKey, sign } from "node:crypto";
import {
  CborWriter,
  decodePeriod,
  decodePeriodFile,
  encodePeriod,
  encodePeriodFile,
  epochLeaf,
  EPOCHS_MAX,
  leafHash,
  periodRoot,
  signCose1,
} from "@ritma/evidence";
import { bad, badEnds, type BadVector, good, hashes, STORE_ID } from "./vector.ts";

const EPOCHS = 4;
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
const RAW_KEY = -32;

interface Epoch {
  readonly chainKey: Uint8Array;
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** By node:crypto alone, and not by the recorder's code. */
function epochsFrom(chainKey: Uint8Array): Epoch[] {
  const epochs: Epoch[] = [];
  let key = Buffer.from(chainKey);
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    const number = Buffer.alloc(8);
    number.writeBigUInt64BE(BigInt(epoch));
    const seed = createHmac("sha256", key).update("ritma/epoch-ed25519/v1").update(number).digest();
    epochs.push({ chainKey: key, seed, publicKey: publicKeyOf(seed) });
    key = createHash("sha256").update("ritma/ratchet/v1").update(key).digest();
  }
  return epochs;
}

function privateKeyOf(seed: Uint8Array): ReturnType<typeof createPrivateKey> {
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: "der", type: "pkcs8" });
}

function publicKeyOf(seed: Uint8Array): Uint8Array {
  const der = createPublicKey(privateKeyOf(seed)).export({ format: "der", type: "spki" });
  return new Uint8Array(der.subarray(RAW_KEY));
}

export function makeEpochVectors(): object {
  const { sha256 } = hashes;
  const epochs = epochsFrom(new Uint8Array(32));
  const keys = new Uint8Array(Buffer.concat(epochs.map(({ publicKey }) => publicKey)));
  const root = periodRoot(sha256, 0, keys);
  const period = { store: STORE_ID, number: 0, first: 0, epochs: EPOCHS, root };
  const identitySeed = Uint8Array.from({ length: 32 }, (_, at) => at + 64);
  const identity = publicKeyOf(identitySeed);
  const signed = signCose1(
    {
      sha256,
      publicKey: identity,
      sign: (message) => new Uint8Array(sign(null, message, privateKeyOf(identitySeed))),
    },
    encodePeriod(period),
  );
  const encoded = encodePeriod(period);
  const file = encodePeriodFile({ signed, keys });
  return {
    chain: epochs.map(({ chainKey, seed, publicKey }, epoch) => ({
      epoch,
      chainKey: chainKey.toHex(),
      seed: seed.toHex(),
      publicKey: publicKey.toHex(),
      leafHash: leafHash(sha256, epochLeaf(epoch, publicKey)).toHex(),
    })),
    root: root.toHex(),
    identity: identity.toHex(),
    good: [good("period", encoded), good("period-file", file)],
    bad: [
      ...named("period", [
        ...badEnds(encoded, decodePeriod),
        bad("no epoch", encodePeriod({ ...period, epochs: 0 }), "out-of-range", decodePeriod),
        bad(
          "too many epochs",
          encodePeriod({ ...period, epochs: EPOCHS_MAX + 1 }),
          "out-of-range",
          decodePeriod,
        ),
      ]),
      ...named("period-file", [
        ...badEnds(file, decodePeriodFile),
        bad("a key cut", fileOf(signed, keys.subarray(1)), "out-of-range", decodePeriodFile),
        bad("long record", fileOf(new Uint8Array(513), keys), "out-of-range", decodePeriodFile),
      ]),
    ],
  };
}

function fileOf(signed: Uint8Array, keys: Uint8Array): Uint8Array {
  const writer = new CborWriter().array(3).text("ritma/period-file@1");
  return writer.bytes(signed).bytes(keys).finish();
}

function named(record: string, vectors: readonly BadVector[]): object[] {
  return vectors.map((vector) => Object.assign({ record }, vector));
}
