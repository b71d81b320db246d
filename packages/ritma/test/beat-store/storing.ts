/**
 * A beat store on the memory engine, and one whose engine fails when it is told to.
 *
 * @module
 */
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { loadPrimitives } from "../../src/base/primitives.ts";
import { BeatStore, type BeatStoreOptions } from "../../src/stores/beat/beat-store.ts";
import type { BeatEngine } from "../../src/stores/beat/engine.ts";
import { openMemoryEngine } from "../../src/stores/beat/memory/memory-engine.ts";
import type { Notice } from "../../src/stores/beat/notice.ts";
import { recordKey } from "../../src/stores/beat/record.ts";
import type { BeatRecord } from "../../src/stores/beat/record.ts";

export const primitives = await loadPrimitives();

export interface Storing extends AsyncDisposable {
  readonly store: BeatStore;
  readonly engine: Faulty;
  readonly notices: Notice[];
  readonly disk: SimDisk;
}

/** An engine that is not closed with its store, so that another store can be opened on it. */
class Faulty {
  /** Thrown by the next commit. */
  failure: RitmaError | null = null;
  /** Awaited before each commit: how slow the disk is. */
  slow: () => Promise<void> = async () => {};
  /** Awaited before each look-up: other things happen in between. */
  slowRead: () => Promise<void> = async () => {};
  commits = 0;
  readonly engine: BeatEngine;

  constructor(inner: BeatEngine) {
    this.engine = new Proxy(inner, {
      get: (target, name) => {
        if (name === "commitBeat") return async () => await this.#commit(target);
        if (name === "getRecord") {
          return async (...place: Parameters<BeatEngine["getRecord"]>) => {
            await this.slowRead();
            return await target.getRecord(...place);
          };
        }
        if (name === Symbol.asyncDispose) return async () => {};
        const found: unknown = Reflect.get(target, name);
        return typeof found === "function" ? found.bind(target) : found;
      },
    });
  }

  async #commit(target: BeatEngine): Promise<void> {
    await this.slow();
    if (this.failure !== null) {
      target.abortBeat();
      throw this.failure;
    }
    this.commits += 1;
    await target.commitBeat();
  }
}

export async function memoryEngine(notices: Notice[] = []): Promise<Faulty> {
  const notice = (each: Notice): void => void notices.push(each);
  const store = new Uint8Array(16).fill(7);
  return new Faulty(await openMemoryEngine({ primitives, store, notice }));
}

/** Beats are made at once: nothing waits for a clock. */
export async function storing(
  options: Partial<BeatStoreOptions> = {},
  engine?: Faulty,
  disk = new SimDisk(),
): Promise<Storing> {
  const notices: Notice[] = [];
  const faulty = engine ?? (await memoryEngine(notices));
  const store = await BeatStore.open({
    engine: faulty.engine,
    blake3: primitives.blake3,
    notice: (notice) => void notices.push(notice),
    blobs: { disk, dir: "/branches", bytesMin: 200_000 },
    group: { ms: 0 },
    nowMs: () => 0,
    ...options,
  });
  const dispose = async (): Promise<void> => await store[Symbol.asyncDispose]();
  return { store, engine: faulty, notices, disk, [Symbol.asyncDispose]: dispose };
}

export function record(name: string, body = new Uint8Array(3)): BeatRecord {
  return { key: recordKey("name", [], new TextEncoder().encode(name.padEnd(8, "."))), body };
}
