/**
 * A press on threads of its own: one for all, or one for roots and one for files.
 *
 * @module
 */
import { Worker } from "node:worker_threads";
import type { AtomColumns } from "@ritma/evidence";
import { PRESS_ATOMS_MAX } from "../../base/limits.ts";
import type { GenerationLogs } from "./generation-logs.ts";
import type { EntityPiece, WindowPiece } from "./order.ts";
import type { Press, PressedHour, PressedRoot } from "./press.ts";
import type { ThreadAnswer, ThreadOrder, ThreadRole, WindowMessage } from "./press-thread.ts";

const THREAD = new URL("press-start.ts", import.meta.url);

/** @param logs of the generation that goes on; null when none does. @param threads 1 or 2 */
export function threadedPress(
  store: Uint8Array,
  logs: GenerationLogs | null,
  threads: number,
): Press {
  const roles: ThreadRole[] =
    threads < 2
      ? [{ store, roots: true, files: true, logs }]
      : [
          { store, roots: true, files: false, logs },
          { store, roots: false, files: true, logs },
        ];
  return new ThreadedPress(roles.map((role) => new PressThread(role)));
}

class ThreadedPress implements Press {
  readonly #threads: readonly PressThread[];

  constructor(threads: readonly PressThread[]) {
    this.#threads = threads;
  }

  readonly entities = (piece: EntityPiece): void => {
    for (const { send } of this.#threads) send({ kind: "entities", piece });
  };

  readonly window = async (piece: WindowPiece): Promise<PressedRoot> => {
    const table = piece.table.columns();
    const roots = this.#threads.map(async (thread, at) => {
      const isLast = at === this.#threads.length - 1;
      return await thread.window({ ...piece, table }, isLast ? buffersOf(table) : []);
    });
    const root = (await Promise.all(roots)).find((given) => given !== null);
    if (root === undefined || root === null) throw new TypeError("a window that no thread hashed");
    return root;
  };

  readonly finish = async (sequence: number): Promise<PressedHour> => {
    const parts = this.#threads.map(async (thread) => await thread.finish(sequence));
    const [first = {}, second = {}] = await Promise.all(parts);
    const { roots, entitiesRoot, blocks, plainPieces, frames, cones } = { ...first, ...second };
    if (roots === undefined || entitiesRoot === undefined) {
      throw new TypeError("an hour whose roots were not pressed");
    }
    if (blocks === undefined || plainPieces === undefined) {
      throw new TypeError("an hour whose blocks were not pressed");
    }
    if (frames === undefined || cones === undefined) {
      throw new TypeError("an hour whose entities were not pressed");
    }
    return { roots, entitiesRoot, blocks, plainPieces, frames, cones };
  };

  readonly ready = async (): Promise<void> => {
    for (const thread of this.#threads) await thread.ready();
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.map(async (thread) => await thread.end()));
  }
}

class PressThread {
  readonly #worker: Worker;
  readonly #hours: PromiseWithResolvers<Partial<PressedHour>>[] = [];
  readonly #windows: PromiseWithResolvers<PressedRoot | null>[] = [];
  /** Atoms that were sent and not taken. */
  #waiting = 0;
  #ready: PromiseWithResolvers<void> | null = null;
  #failure: { readonly error: unknown } | null = null;

  constructor(role: ThreadRole) {
    this.#worker = new Worker(THREAD, { workerData: role });
    this.#worker.on("message", (answer: ThreadAnswer) => {
      this.#take(answer);
    });
    this.#worker.on("error", (error) => {
      this.#fail(error);
    });
    this.#worker.on("exit", () => {
      this.#fail(new TypeError("a thread of the press has ended"));
    });
  }

  readonly send = (order: ThreadOrder, transfer: readonly ArrayBuffer[] = []): void => {
    this.#worker.postMessage(order, transfer);
  };

  /** @returns null from a thread that does not hash. */
  async window(
    piece: WindowMessage,
    transfer: readonly ArrayBuffer[],
  ): Promise<PressedRoot | null> {
    const window = Promise.withResolvers<PressedRoot | null>();
    this.#waiting += piece.table.length;
    if (this.#failure === null) {
      this.#windows.push(window);
      this.send({ kind: "window", piece }, transfer);
    } else window.reject(this.#failure.error);
    return await window.promise;
  }

  async finish(sequence: number): Promise<Partial<PressedHour>> {
    const hour = Promise.withResolvers<Partial<PressedHour>>();
    if (this.#failure === null) {
      this.#hours.push(hour);
      this.send({ kind: "finish", sequence });
    } else hour.reject(this.#failure.error);
    return await hour.promise;
  }

  /** Resolves also when the thread has failed: `finish` says so. */
  async ready(): Promise<void> {
    if (this.#waiting < PRESS_ATOMS_MAX || this.#failure !== null) return;
    this.#ready ??= Promise.withResolvers();
    await this.#ready.promise;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #take(answer: ThreadAnswer): void {
    if (answer.kind === "hour") {
      this.#hours.shift()?.resolve(answer.hour);
      return;
    }
    this.#windows.shift()?.resolve(answer.root);
    this.#waiting -= answer.atoms;
    if (this.#waiting < PRESS_ATOMS_MAX / 2) this.#letGo();
  }

  #letGo(): void {
    this.#ready?.resolve();
    this.#ready = null;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#letGo();
    for (const { reject } of this.#windows.splice(0)) reject(error);
    for (const { reject } of this.#hours.splice(0)) reject(error);
  }
}

function buffersOf(table: AtomColumns): ArrayBuffer[] {
  return Object.values(table).flatMap((column) =>
    typeof column === "number" || !(column.buffer instanceof ArrayBuffer) ? [] : [column.buffer],
  );
}
