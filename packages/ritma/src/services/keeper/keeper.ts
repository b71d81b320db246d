/**
 * Has the indexes kept by a process of its own, behind a recorder that goes on.
 *
 * Nothing of it can take the recorder down: whatever goes wrong there is told, and the hours are
 * answered from their blocks until they are tried again.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { KeepPlace } from "./keep.ts";

const CHILD = fileURLToPath(new URL("keeper-child.ts", import.meta.url));

export class Keeper implements AsyncDisposable {
  readonly #keys: string;
  readonly #place: KeepPlace;
  readonly #fail: (why: string) => void;
  #child: ChildProcess | null = null;
  #running: Promise<void> | null = null;
  #again = false;
  #isStopped = false;

  /**
   * @param keys folder of the keystore
   * @param fail told why indexes could not be kept
   */
  constructor(keys: string, place: KeepPlace, fail: (why: string) => void) {
    this.#keys = keys;
    this.#place = place;
    this.#fail = fail;
  }

  /** Something was sealed. Returns at once. */
  begin(): void {
    if (this.#running !== null) this.#again = true;
    else this.#running = this.#run();
  }

  /** Resolves when nothing runs that `begin` asked for. */
  async done(): Promise<void> {
    await this.#running;
  }

  /** Whoever still works is stopped: the next one goes on there. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#again = false;
    this.#isStopped = true;
    this.#child?.kill("SIGKILL");
    await this.done();
  }

  async #run(): Promise<void> {
    do {
      this.#again = false;
      const why = await this.#once();
      if (why !== null) this.#fail(why);
    } while (this.#again);
    this.#running = null;
  }

  /** @returns why it failed; null when it did not, or was stopped. */
  async #once(): Promise<string | null> {
    const { dataRoot, out } = this.#place;
    const child = spawn(process.execPath, [CHILD, this.#keys, dataRoot, out], {
      cwd: "/",
      env: {},
      stdio: ["pipe", "ignore", "pipe"],
    });
    this.#child = child;
    try {
      const [said, [status, signal]] = await Promise.all([
        text(child.stderr),
        once(child, "close"),
      ]);
      if (status === 0 || this.#isStopped) return null;
      return said === "" ? `the process ended (${String(signal ?? `status ${status}`)})` : said;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      this.#child = null;
    }
  }
}
