/**
 * The world outside of this process: its streams, its environment, its signals.
 *
 * @module
 */
import { homedir, hostname } from "node:os";
import type { Io } from "./command.ts";
import { OutputPager } from "./pager.ts";
import { programName } from "./program.ts";
import { loadWorld } from "./world.ts";

const COLUMNS_DEFAULT = 80;
const COLUMNS_MIN = 40;
const COLUMNS_MAX = 1_000;

/** Exit statuses of a shell for a process that a signal ended. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

export function processIo(): Io {
  const { stdout, stderr } = process;
  let isRead = true;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    // Whoever read is gone (`ritma … | head`). The work and its exit status do not depend on it.
    isRead = false;
  });
  stderr.on("error", () => {});
  const print = (text: string): boolean => {
    if (isRead) stdout.write(text);
    return isRead;
  };
  let pager: OutputPager | null = null;
  return {
    out: (line) => pager?.out(line) ?? print(`${line}\n`),
    page: () => {
      if (stdout.isTTY) pager = new OutputPager(process.env, stdout.rows, print);
      return { [Symbol.asyncDispose]: async () => await pager?.[Symbol.asyncDispose]() };
    },
    err: (line) => void stderr.write(`${line}\n`),
    isTerminal: stdout.isTTY,
    isErrorTerminal: stderr.isTTY,
    columns: columnsOf(stdout.isTTY ? stdout.columns : 0, process.env["COLUMNS"]),
    zone: () => new Intl.DateTimeFormat().resolvedOptions().timeZone,
    program: programName({
      environment: process.env,
      script: process.argv[1] ?? "",
      code: import.meta.filename,
    }),
    errorStream: stderr,
    input: standardInput,
    around: {
      environment: process.env,
      isRoot: process.getuid?.() === 0,
      home: homedir(),
      hostname: hostname(),
      workingDir: process.cwd(),
    },
    loadWorld,
    untilStopped,
    sayWhenInterrupted,
  };
}

/** A terminal that nobody told its size has none, and ten columns are no place for a sentence. */
export function columnsOf(terminal: number, asked: string | undefined): number {
  const known = terminal > 0 ? terminal : /^\d{1,6}$/u.test(asked ?? "") ? Number(asked) : 0;
  if (known === 0) return COLUMNS_DEFAULT;
  return Math.min(COLUMNS_MAX, Math.max(COLUMNS_MIN, known));
}

/** Lets go of the stream at its end, or it keeps the process from ending. */
async function* standardInput(stop?: AbortSignal): AsyncGenerator<Uint8Array> {
  const { stdin } = process;
  stop?.addEventListener("abort", () => void stdin.destroy(), { once: true });
  try {
    for await (const chunk of stdin) if (chunk instanceof Uint8Array) yield chunk;
  } catch (error) {
    if (stop?.aborted !== true) throw error;
  } finally {
    stdin.destroy();
  }
}

/** For a command that has something to finish before it ends. */
function untilStopped(): AbortSignal {
  const stop = new AbortController();
  for (const [signal, status] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(status);
      stop.abort();
    });
  }
  return stop.signal;
}

function sayWhenInterrupted(sentence: string): void {
  for (const [signal, status] of Object.entries(SIGNALS)) {
    process.once(signal, () => {
      // The terminal may stand behind a progress line, or behind the ^C that it echoed.
      process.stderr.write(`${process.stderr.isTTY ? "\n" : ""}ritma: ${signal}: ${sentence}\n`);
      // At once: stores survive a crash at any step, and so this.
      process.exit(status);
    });
  }
}
