/**
 * Tries again what an object store did not answer, a bounded number of times.
 *
 * A put whose answer was lost may have been done. When the second try is refused, the object is
 * read: if it has our bytes, the first try was the one that did it. So no content is put twice with
 * the same bytes; each has a number in it that no other has.
 *
 * @module
 */
import { setTimeout } from "node:timers/promises";
import { equalBytes } from "@ritma/evidence";
import { RitmaError } from "../../../base/error.ts";
import { OBJECT_ATTEMPTS, OBJECT_WAIT_MS } from "../../../base/limits.ts";
import type { ObjectStore, PutCondition, StoredObject } from "./object-store.ts";

export interface Patience {
  /** At least 1. */
  readonly attempts: number;
  /** Before the second attempt; doubled for each further one. */
  readonly waitMs: number;
}

const PATIENCE: Patience = { attempts: OBJECT_ATTEMPTS, waitMs: OBJECT_WAIT_MS };

export class PatientStore implements ObjectStore {
  readonly #store: ObjectStore;
  readonly #patience: Patience;

  constructor(store: ObjectStore, patience: Patience = PATIENCE) {
    this.#store = store;
    this.#patience = patience;
  }

  async get(name: string, bytesMax: number): Promise<StoredObject | null> {
    return await this.#try(async () => await this.#store.get(name, bytesMax));
  }

  async put(name: string, bytes: Uint8Array, condition: PutCondition): Promise<string | null> {
    return await this.#try(async (attempt) => {
      const version = await this.#store.put(name, bytes, condition);
      if (version !== null || attempt === 0) return version;
      const found = await this.#store.get(name, bytes.length).catch(nullIfLarger);
      return found !== null && equalBytes(found.bytes, bytes) ? found.version : null;
    });
  }

  async remove(name: string): Promise<void> {
    await this.#try(async () => await this.#store.remove(name));
  }

  async list(prefix: string, limit: number): Promise<readonly string[]> {
    return await this.#try(async () => await this.#store.list(prefix, limit));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  async #try<Value>(request: (attempt: number) => Promise<Value>): Promise<Value> {
    const { attempts, waitMs } = this.#patience;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await request(attempt);
      } catch (error) {
        if (!isUnreachable(error) || attempt + 1 >= attempts) throw error;
      }
      await setTimeout(waitMs * 2 ** attempt);
    }
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof RitmaError && error.code === "beat/unreachable";
}

/** A longer object is another one. */
function nullIfLarger(error: unknown): null {
  if (error instanceof RitmaError && error.code === "disk/too-large") return null;
  throw error;
}
