/**
 * BLAKE3, plain and keyed: in WebAssembly what is short, in native code what is long.
 *
 * Native code is loaded when something long is hashed, and not by whoever verifies. Where it does
 * not load, WebAssembly computes the same, more slowly.
 *
 * Format: BLAKE3 (O'Connor, Aumasson, Neves, Wilcox-O'Hearn), "keyed hash" for the keyed one.
 *
 * @module
 */
import { createRequire } from "node:module";
import { createBLAKE3 } from "hash-wasm";

/** @returns the 32-byte BLAKE3-256 of `bytes`, in memory that the caller owns. */
export type Blake3 = (bytes: Uint8Array) => Uint8Array;

/** BLAKE3 keyed with 32 bytes, cut to 16; in memory that the caller owns. */
export type KeyedHash16 = (key: Uint8Array, bytes: Uint8Array) => Uint8Array;

/** From here the native BLAKE3 is the faster one: 64 KiB at 1.0 GB/s against 0.2, 4 KiB at 0.6
 * against 0.3, 1 KiB at 0.15 against 0.2 (wall clock, all cores busy). */
const BULK_BYTES_MIN = 2_048;

const KEY_BYTES = 32;
const KEYED_BYTES = 16;

interface Hasher {
  readonly update: (bytes: Buffer) => unknown;
  readonly digestBuffer: () => Buffer;
}

/** What is used of @napi-rs/blake-hash. */
interface Binding {
  readonly blake3: (bytes: Buffer) => Buffer;
  readonly Blake3Hasher: { readonly newKeyed: (key: Buffer) => Hasher };
}

export async function loadBlake3(): Promise<Blake3> {
  const small = await createBLAKE3();
  return (bytes) => {
    const native = bytes.length < BULK_BYTES_MIN ? null : binding();
    if (native === null) return small.init().update(bytes).digest("binary");
    return new Uint8Array(native.blake3(asBuffer(bytes)));
  };
}

/** hash-wasm reads the key again from the memory it was given at every `init`: that is what makes
 * one hasher serve all keys. Should a new version copy it, the check below stops the process. */
export async function loadKeyedHash(): Promise<KeyedHash16> {
  const slot = new Uint8Array(KEY_BYTES);
  const small = await createBLAKE3(KEYED_BYTES * 8, slot);
  const inWasm: KeyedHash16 = (key, bytes) => {
    slot.set(key);
    const digest = small.init().update(bytes).digest("binary");
    slot.fill(0);
    return digest;
  };
  const key = new Uint8Array(KEY_BYTES).fill(1);
  const own = await createBLAKE3(KEYED_BYTES * 8, key);
  if (inWasm(key, key).toHex() !== own.init().update(key).digest("hex")) {
    throw new TypeError("this hash-wasm cannot change a hasher's key");
  }
  return (key, bytes) => {
    if (key.length !== KEY_BYTES) throw new RangeError(`BLAKE3 key of ${key.length} bytes`);
    const native = bytes.length < BULK_BYTES_MIN ? null : binding();
    if (native === null) return inWasm(key, bytes);
    const hasher = native.Blake3Hasher.newKeyed(asBuffer(key));
    hasher.update(asBuffer(bytes));
    return new Uint8Array(hasher.digestBuffer().subarray(0, KEYED_BYTES));
  };
}

/** Undefined until it is first asked for; null where it does not load. */
let loaded: Binding | null | undefined;

function binding(): Binding | null {
  loaded ??= loadBinding();
  return loaded;
}

function loadBinding(): Binding | null {
  try {
    const found: unknown = createRequire(import.meta.url)("@napi-rs/blake-hash");
    return isBinding(found) ? found : null;
  } catch (error) {
    // Not there, made for another C library, or refused by --permission.
    if (error instanceof Error) return null;
    throw error;
  }
}

function isBinding(found: unknown): found is Binding {
  if (typeof found !== "object" || found === null) return false;
  return "blake3" in found && typeof found.blake3 === "function" && "Blake3Hasher" in found;
}

function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
