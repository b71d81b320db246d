/**
 * A sealed table, asked for its values by key.
 *
 * Length and digest are compared before anything opens the file; then a process of its own opens
 * it. When that one dies, hangs or says what no table says, the file is damaged and this reader
 * refuses from then on; nothing else is hurt.
 *
 * Invariant: what is opened is what was compared, by descriptor and not by name. Who can write to
 * the file in place can still change what later answers say.
 * Invariant: the folder of the file is not written to, and the lock file that LMDB insists on is in
 * a temporary folder that is gone before the first answer.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { equalBytes } from "@ritma/evidence";
import { LentFile, linkTo, makeTemporary } from "../disk/lend.ts";
import { RitmaError } from "../error.ts";
import { TABLE_ANSWER_MS_MAX, TABLE_VALUE_BYTES_MAX } from "../limits.ts";
import { Turns } from "../turns.ts";
import { HELLO } from "./table-child.ts";
import { KEY_BYTES_MAX, type SealedTable } from "./table-writer.ts";

const CHILD = fileURLToPath(new URL("table-child.ts", import.meta.url));
/** The first descriptor behind standard input, output and error. */
const LENT_FD = 3;
const HEAD_BYTES = 4;

export class TableReader implements AsyncDisposable {
  readonly #path: string;
  readonly #child: ChildProcess;
  readonly #requests: Writable;
  readonly #answerMsMax: number;
  readonly #closed: Promise<unknown>;
  /** What came and was not taken. */
  #arrived: Buffer[] = [];
  #waiting: PromiseWithResolvers<Uint8Array | null> | null = null;
  #failure: RitmaError | null = null;
  /** The last of the questions, which are asked one at a time. */
  readonly #turns = new Turns();

  private constructor(path: string, child: ChildProcess, answerMsMax: number) {
    const { stdin, stdout } = child;
    if (stdin === null || stdout === null) throw new TypeError("a child without pipes");
    this.#path = path;
    this.#child = child;
    this.#requests = stdin;
    this.#answerMsMax = answerMsMax;
    this.#closed = once(child, "close").catch(() => null);
    child.on("error", ({ message }) => {
      this.#fail(new RitmaError("index/unavailable", `a reader cannot be started: ${message}`));
    });
    child.on("close", (status, signal) => {
      this.#damaged(`its reader ended (${signal ?? `status ${status}`})`);
    });
    // A child that is gone: "close" says so.
    stdin.on("error", () => {});
    stdout.on("data", (chunk: Buffer) => {
      this.#arrived.push(chunk);
      this.#deliver();
    });
  }

  /** Of the process that reads. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /**
   * @param sealed what a statement that was checked says of the file
   * @throws RitmaError `index/damaged`; `index/unavailable` where LMDB does not run; `disk/…`
   */
  static async open(
    path: string,
    sealed: SealedTable,
    answerMsMax: number = TABLE_ANSWER_MS_MAX,
  ): Promise<TableReader> {
    using file = LentFile.open(path);
    if (file.size !== sealed.length) {
      throw damaged(path, `has ${file.size} bytes, and was built with ${sealed.length}`);
    }
    if (!equalBytes(file.sha256(), sealed.sha256)) {
      throw damaged(path, "has another digest than it was built with");
    }
    using folder = makeTemporary();
    const link = `${folder.path}/table`;
    linkTo(`/proc/self/fd/${LENT_FD}`, link);
    // In that folder a core dump would be gone too; and no setting of ours concerns the child.
    const child = spawn(process.execPath, [CHILD, link], {
      cwd: folder.path,
      env: {},
      stdio: ["pipe", "pipe", "ignore", file.fd],
    });
    const reader = new TableReader(path, child, answerMsMax);
    try {
      await reader.#begin();
      return reader;
    } catch (error) {
      await reader[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * @returns the value, which the caller owns; null when the table has no such key.
   * @throws RitmaError `index/damaged`, then and from then on
   */
  async get(key: Uint8Array): Promise<Uint8Array | null> {
    if (key.length < 1 || key.length > KEY_BYTES_MAX) throw new RangeError("not a key");
    return await this.#turns.run(async () => {
      const promise = this.#next();
      this.#requests.write(Buffer.concat([Uint8Array.of(key.length), key]));
      return await promise;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#failure ??= new RitmaError("index/damaged", `${this.#path} was closed`);
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
    if ((await this.#next()) !== null) throw this.#damaged("its reader answers nonsense");
  }

  async #next(): Promise<Uint8Array | null> {
    if (this.#failure !== null) throw this.#failure;
    const waiting = Promise.withResolvers<Uint8Array | null>();
    this.#waiting = waiting;
    const timer = setTimeout(() => {
      this.#damaged(`its reader gave no answer in ${this.#answerMsMax} ms`);
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
    if (length > TABLE_VALUE_BYTES_MAX + 1) this.#damaged("its reader answers nonsense");
    if (size < end || this.#failure !== null) return;
    const all = Buffer.concat(this.#arrived);
    const waiting = this.#waiting;
    this.#waiting = null;
    this.#arrived = all.length > end ? [all.subarray(end)] : [];
    waiting.resolve(length === 0 ? null : new Uint8Array(all.subarray(HEAD_BYTES, end)));
  }

  #damaged(how: string): RitmaError {
    return this.#fail(damaged(this.#path, how));
  }

  /** The first failure is the one that is told. */
  #fail(error: RitmaError): RitmaError {
    this.#failure ??= error;
    this.#child.kill("SIGKILL");
    this.#waiting?.reject(this.#failure);
    this.#waiting = null;
    return this.#failure;
  }
}

function damaged(path: string, how: string): RitmaError {
  return new RitmaError("index/damaged", `${path}: ${how}`);
}
