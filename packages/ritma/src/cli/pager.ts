/**
 * Long output on a terminal, a page at a time.
 *
 * Lines are kept until they are more than the screen holds; then they, and all that follow, go to
 * the pager: $PAGER, else less. What fits is printed as it is. An empty $PAGER, or `cat`, is none.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { PAGED_BYTES_MAX } from "../base/limits.ts";

/** Colours as they are, and the screen as it was. */
const LESS_FLAGS = "FRX";
const PAGER_DEFAULT = "less";
/** Of a terminal that nobody told its size. */
const ROWS_DEFAULT = 24;

export class OutputPager implements AsyncDisposable {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #rows: number;
  readonly #print: (text: string) => boolean;
  #waiting: string[] | null = [];
  #waitingRows = 0;
  #child: ChildProcess | null = null;
  #ended: Promise<void> = Promise.resolve();
  #isRead = true;

  /**
   * @param rows of the terminal
   * @param print writes to the terminal itself
   */
  constructor(environment: NodeJS.ProcessEnv, rows: number, print: (text: string) => boolean) {
    this.#environment = environment;
    this.#rows = rows > 0 ? rows : ROWS_DEFAULT;
    this.#print = print;
  }

  /** @returns false when nobody reads any more */
  out(line: string): boolean {
    const text = `${line}\n`;
    if (this.#waiting !== null) {
      this.#waiting.push(text);
      this.#waitingRows += text.split("\n").length - 1;
      if (this.#waitingRows < this.#rows) return true;
      this.#begin();
    } else this.#write(text);
    return this.#isRead;
  }

  /** On return everything was read, or nobody wants to. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const text of this.#waiting ?? []) this.#print(text);
    this.#waiting = null;
    this.#child?.stdin?.end();
    await this.#ended;
  }

  #begin(): void {
    const texts = this.#waiting ?? [];
    this.#waiting = null;
    const command = this.#environment["PAGER"] ?? PAGER_DEFAULT;
    if (command !== "" && command !== "cat") this.#child = this.#spawned(command);
    for (const text of texts) this.#write(text);
  }

  #spawned(command: string): ChildProcess {
    const env = { LESS: LESS_FLAGS, ...this.#environment };
    // As git and man do: what $PAGER holds is a line for the shell.
    const guarded = `${command} || { test $? -eq 127 && cat; }`;
    const child = spawn("/bin/sh", ["-c", guarded], { env, stdio: ["pipe", "inherit", "inherit"] });
    // ^C is for the pager, which decides what it means.
    process.on("SIGINT", leaveIt);
    child.stdin.on("error", () => {
      this.#isRead = false;
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    child.on("close", () => {
      this.#isRead = false;
      process.off("SIGINT", leaveIt);
      resolve();
    });
    child.on("error", () => resolve());
    this.#ended = promise;
    return child;
  }

  #write(text: string): void {
    if (this.#child === null) this.#isRead = this.#print(text);
    else if (this.#isRead) {
      const { stdin } = this.#child;
      stdin?.write(text);
      if ((stdin?.writableLength ?? 0) <= PAGED_BYTES_MAX) return;
      stdin?.write("… and more: ask for less, or write it to a file\n");
      this.#isRead = false;
    }
  }
}

function leaveIt(): void {}
