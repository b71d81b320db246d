/**
 * The chain of hour keys: one step for each hour that is sealed, and none back.
 *
 *     keys/epoch.key = CBOR ["ritma/epoch-key@1", sequence, chain key: 32 bytes]
 *
 * Trusted for: forgetting. Whoever reads the keystore has the keys of hours from `next` on, and of
 * none before; what the disk keeps of a file that was replaced is beyond it.
 *
 * Format: spec/27-epochs.md.
 *
 * @module
 */
import { CborReader, CborWriter, encodeUtf8 } from "@ritma/evidence";
import { type Disk, writeDurably } from "../../base/disk/disk.ts";
import type { NodePrimitives, Signer } from "../../base/primitives.ts";

export const EPOCH_KEY_NAME = "epoch.key";

const SECRET_BYTES = 32;
const SEQUENCE_BYTES = 8;
const RATCHET = encodeUtf8("ritma/ratchet/v1");
const SEED = encodeUtf8("ritma/epoch-ed25519/v1");

type Hashes = Pick<NodePrimitives, "sha256" | "hmacSha256" | "signer">;

export class EpochChain {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #primitives: Hashes;
  #next: number;
  /** Of hour `#next`. */
  #key: Uint8Array;

  /** @param key 32 bytes, which are this object's from now on */
  constructor(
    { disk, folder }: { readonly disk: Disk; readonly folder: string },
    primitives: Hashes,
    next: number,
    key: Uint8Array,
  ) {
    this.#disk = disk;
    this.#path = `${folder}/${EPOCH_KEY_NAME}`;
    this.#primitives = primitives;
    this.#next = next;
    this.#key = key;
  }

  /** The first hour whose key is still there. */
  get next(): number {
    return this.#next;
  }

  /** @throws RangeError for an hour whose key is erased */
  signer(sequence: number): Signer {
    return this.#walk(sequence, 1)[0] ?? erased(sequence);
  }

  /** Raw public keys of `epochs` hours from `first` on, one after the other. */
  publicKeys(first: number, epochs: number): Uint8Array {
    const keys = new Uint8Array(epochs * SECRET_BYTES);
    for (const [at, { publicKey }] of this.#walk(first, epochs).entries()) {
      keys.set(publicKey, at * SECRET_BYTES);
    }
    return keys;
  }

  /**
   * Forgets the keys of all hours before `sequence`. Durable on return; nothing is written when
   * they are forgotten already.
   */
  async forget(sequence: number): Promise<void> {
    if (sequence <= this.#next) return;
    const key = this.#key.slice();
    this.#step(key, sequence - this.#next);
    await writeDurably(this.#disk, this.#path, encodeEpochKey(sequence, key));
    this.#key.fill(0);
    this.#key = key;
    this.#next = sequence;
  }

  #walk(first: number, epochs: number): Signer[] {
    if (first < this.#next) return erased(first);
    const key = this.#key.slice();
    this.#step(key, first - this.#next);
    const { hmacSha256, signer } = this.#primitives;
    const signers: Signer[] = [];
    for (let at = 0; at < epochs; at += 1) {
      const seed = hmacSha256(key, joined(SEED, u64(first + at)));
      signers.push(signer(seed));
      seed.fill(0);
      this.#step(key, 1);
    }
    key.fill(0);
    return signers;
  }

  /** In place. */
  #step(key: Uint8Array, steps: number): void {
    for (let at = 0; at < steps; at += 1) {
      const input = joined(RATCHET, key);
      key.set(this.#primitives.sha256(input));
      input.fill(0);
    }
  }
}

export function encodeEpochKey(sequence: number, key: Uint8Array): Uint8Array {
  return new CborWriter().array(3).text("ritma/epoch-key@1").uint(sequence).bytes(key).finish();
}

/** @throws FormatError */
export function decodeEpochKey(bytes: Uint8Array): { sequence: number; key: Uint8Array } {
  const reader = new CborReader(bytes);
  reader.array(3);
  reader.textTag("ritma/epoch-key@1");
  const sequence = reader.uint();
  const key = reader.bytes(SECRET_BYTES).slice();
  reader.finish();
  return { sequence, key };
}

function erased(sequence: number): never {
  throw new RangeError(`the key of hour ${sequence} is erased`);
}

function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(SEQUENCE_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
