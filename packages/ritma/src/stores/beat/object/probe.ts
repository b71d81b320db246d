/**
 * Finds out whether a server keeps the conditions of puts, before anything depends on it.
 *
 * Many servers that speak S3 take no notice of `If-Match` and `If-None-Match`; with them, two
 * writers would silently overwrite each other's beats. So it is tried, on an object of its own.
 *
 * @module
 */
import { RitmaError } from "../../../base/error.ts";
import type { Rng } from "../../../base/rng.ts";
import { probeName } from "./object-head.ts";
import type { ObjectStore } from "./object-store.ts";

const NONCE_BYTES = 8;
/** Of no content. */
const NO_VERSION = "00000000000000000000000000000000";

/**
 * @param generation of the head: a probe that a crash left is swept some generations later
 * @throws RitmaError `beat/unsupported` when the server does not keep conditions
 */
export async function mustKeepConditions(
  store: ObjectStore,
  rng: Rng,
  generation: number,
): Promise<void> {
  const nonce = rng.bytes(NONCE_BYTES);
  const name = probeName(generation, nonce);
  const second = Uint8Array.of(...nonce, 2);
  const third = Uint8Array.of(...nonce, 3);
  try {
    const version = await store.put(name, nonce, { absent: true });
    if (version === null) throw unsupported("refuses to put a new object");
    const [again, other] = await Promise.all([
      store.put(name, second, { absent: true }),
      store.put(name, third, { version: NO_VERSION }),
    ]);
    if (again !== null) {
      throw unsupported("puts what must be absent over what is there (If-None-Match)");
    }
    if (other !== null) throw unsupported("replaces another version than was named (If-Match)");
    if ((await store.put(name, second, { version })) === null) {
      throw unsupported("does not replace the version that was named (If-Match)");
    }
  } finally {
    await store.remove(name);
  }
}

function unsupported(what: string): RitmaError {
  return new RitmaError("beat/unsupported", `the object store ${what}`);
}
