/**
 * A process that opens tables, and the questions to it, one at a time.
 *
 * When it dies, hangs or says what no table says, the host is dead: every question from then on is
 * refused for the reason of the first.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";
import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { makeTemporary } from "../disk/lend.ts";
import { RitmaError } from "../error.ts";
import { TABLE_ANSWER_MS_MAX, TABLE_VALUE_BYTES_MAX } from "../limits.ts";
import { Turns } from "../turns.ts";
import { HEAD_BYTES, HELLO, VERBS } from "./table-child.ts";

const CHILD = fileURLToPath(new URL("table-child.ts", import.meta.url));

export class TableHost implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #requests: Writable;
  readonly #answerMsMax: number;
  readonly #closed: Promise<unknown>;
  /** What came and was not taken. */
  #arrived: Buffer[] = [];
  #waiting: PromiseWithResolvers<Uint8Array | null> | null = null;
  #failure: RitmaError | null = null;
  #tables = 0;
  readonly #turns = new Turns();

  private constructor(child: ChildProcess, answerMsMax: number) {
    const { stdin, stdout } = child;
    if (stdin === null || stdout === null) throw new TypeError("a child without pipes");
    this.#child = child;
    this.#requests = stdin;
    this.#answerMsMax = answerMsMax;
    this.#closed = once(child, "close").catch(() => null);
    child.on("error", ({ message }) => {
      this.#fail(new RitmaError("index/unavailable", `a reader cannot be started: ${message}`));
    });
    child.on("close", (status, signal) => {
      this.#fail(damaged(`the reader ended (${signal ?? `status ${status}`})`));
    });
    // A child that is gone: "close" says so.
    stdin.on("error", () => {});
    stdout.on("data", (chunk: Buffer) => {
      this.#arrived.push(chunk);
      this.#deliver();
    });
  }

  /** @throws RitmaError `index/unavailable` where LMDB does not run */
  static async start(answerMsMax: number = TABLE_ANSWER_MS_MAX): Promise<TableHost> {
    // In a folder that is gone at once nothing of it can stay behind, not even a core dump; and no
    // setting of ours concerns it.
    using folder = makeTemporary();
    const child = spawn(process.execPath, [CHILD], {
      cwd: folder.path,
      env: {},
      stdio: ["pipe", "pipe", "ignore"],
    });
    const host = new TableHost(child, answerMsMax);
    try {
      await host.#begin();
      host.#letGo(true);
      return host;
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Of the process. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isAlive(): boolean {
    return this.#failure === null;
  }

  /** @returns the number of the table in this host. @throws RitmaError `index/damaged` */
  async open(path: string): Promise<number> {
    this.#tables += 1;
    const number = this.#tables;
    await this.#ask(VERBS.open, number, Buffer.from(path));
    return number;
  }

  /** @returns null when there is no such key. @throws RitmaError `index/damaged` */
  async get(table: number, key: Uint8Array): Promise<Uint8Array | null> {
    return await this.#ask(VERBS.get, table, key);
  }

  /** Of a table that is open. Does nothing in a dead host. */
  async close(table: number): Promise<void> {
    if (this.isAlive) await this.#ask(VERBS.close, table, new Uint8Array(0)).catch(() => null);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#failure ??= damaged("the reader was closed");
    this.#letGo(false);
    this.#child.kill("SIGKILL");
    await this.#closed;
  }

  async #begin(): Promise<void> {
    let hello: Uint8Array | null;
    try {
      hello = await this.#next();
    } catch (cause) {
      const message = "the process that reads an index does not start";
      throw new RitmaError("index/unavailable", message, { cause });
    }
    if (hello === null || Buffer.from(hello).toString() !== HELLO) {
      throw new RitmaError("index/unavailable", "the process that reads an index is another one");
    }
  }

  async #ask(verb: number, table: number, rest: Uint8Array): Promise<Uint8Array | null> {
    return await this.#turns.run(async () => {
      const answer = this.#next();
      const head = Buffer.alloc(2 * HEAD_BYTES + 1);
      head.writeUInt32BE(rest.length + HEAD_BYTES + 1);
      head[HEAD_BYTES] = verb;
      head.writeUInt32BE(table, HEAD_BYTES + 1);
      this.#requests.write(Buffer.concat([head, rest]));
      return await answer;
    });
  }

  /**
   * While it waits for nothing it keeps no process from ending. While it waits, its timer does.
   * Pipes of a child are sockets, which their types do not say.
   */
  #letGo(isIdle: boolean): void {
    const { stdin, stdout } = this.#child;
    for (const handle of [this.#child, stdin, stdout]) {
      if (handle !== this.#child && !(handle instanceof Socket)) continue;
      if (isIdle) handle.unref();
      else handle.ref();
    }
  }

  async #next(): Promise<Uint8Array | null> {
    if (this.#failure !== null) throw this.#failure;
    const waiting = Promise.withResolvers<Uint8Array | null>();
    this.#waiting = waiting;
    const timer = setTimeout(() => {
      this.#fail(damaged(`the reader gave no answer in ${this.#answerMsMax} ms`));
    }, this.#answerMsMax);
    this.#deliver();
    try {
      return await waiting.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Hands on a whole answer to the one who waits for it. */
  #deliver(): void {
    const size = this.#arrived.reduce((sum, { length }) => sum + length, 0);
    if (size < HEAD_BYTES || this.#waiting === null) return;
    const [first = Buffer.alloc(0)] = this.#arrived;
    const head = first.length < HEAD_BYTES ? Buffer.concat(this.#arrived) : first;
    const length = head.readUInt32BE(0);
    const end = HEAD_BYTES + Math.max(length - 1, 0);
    if (length > TABLE_VALUE_BYTES_MAX + 1) this.#fail(damaged("the reader answers nonsense"));
    if (size < end || this.#failure !== null) return;
    const all = Buffer.concat(this.#arrived);
    const waiting = this.#waiting;
    this.#waiting = null;
    this.#arrived = all.length > end ? [all.subarray(end)] : [];
    waiting.resolve(length === 0 ? null : new Uint8Array(all.subarray(HEAD_BYTES, end)));
  }

  /** The first failure is the one that is told. */
  #fail(error: RitmaError): void {
    this.#failure ??= error;
    this.#child.kill("SIGKILL");
    this.#waiting?.reject(this.#failure);
    this.#waiting = null;
  }
}

function damaged(how: string): RitmaError {
  return new RitmaError("index/damaged", how);
}
