/**
 * The latch of a file handle: after one failed write or sync, nothing more is done through it.
 *
 * Kernels mark pages clean after a failed fsync, and the next fsync then reports success over lost
 * data; Node.js passes that on. Only a handle that refuses keeps that from being believed.
 *
 * @module
 */
import { RitmaError } from "../error.ts";

export class Latch {
  readonly #path: string;
  #failure: unknown = undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** True once an operation has failed. */
  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /**
   * Runs one write or sync.
   *
   * @throws RitmaError `store/refused` when an earlier one failed, else what `operation` throws.
   */
  async guard(operation: () => Promise<void>): Promise<void> {
    if (this.#failure !== undefined) {
      throw new RitmaError("store/refused", `${this.#path}: an earlier write or sync failed`, {
        cause: this.#failure,
      });
    }
    try {
      await operation();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }
}
