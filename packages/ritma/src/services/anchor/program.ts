/**
 * Runs a program that anchors a head: arguments as they are, no shell, bounded time and output.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { RitmaError } from "../../base/error.ts";
import { ANCHOR_PRINT_BYTES_MAX, ANCHOR_PROGRAM_MS } from "../../base/limits.ts";
import { escapeBytes, escapeText } from "../../base/text.ts";

export interface ProgramLimits {
  /** Of its standard output. */
  readonly bytesMax?: number;
  readonly ms?: number;
  /** Besides those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Kept of what it says on standard error. */
const SAID_BYTES_MAX = 2_048;

/**
 * @returns what it printed; its exit status was 0
 * @throws RitmaError `anchor/refused` when it was not, it cannot be started, or exceeds a limit
 */
export async function runProgram(
  argv: readonly string[],
  input: Uint8Array,
  limits: ProgramLimits = {},
): Promise<Uint8Array> {
  const [name = "", ...rest] = argv;
  const { bytesMax = ANCHOR_PRINT_BYTES_MAX, ms = ANCHOR_PROGRAM_MS, environment = {} } = limits;
  const env = { ...process.env, ...environment };
  const refused = (why: string, cause?: unknown): RitmaError =>
    new RitmaError("anchor/refused", `${escapeText(name)} ${why}`, { cause });
  return await new Promise((resolve, reject) => {
    const child = spawn(name, rest, { cwd: "/", env, stdio: ["pipe", "pipe", "pipe"] });
    const said = collect(child.stderr, SAID_BYTES_MAX, () => {});
    const giveUp = (why: string): void => {
      stop(child);
      reject(refused(why));
    };
    const printed = collect(child.stdout, bytesMax, () => {
      giveUp(`printed more than ${bytesMax} bytes`);
    });
    const timer = setTimeout(() => giveUp(`did not end within ${ms / 1000} s`), ms);
    child.once("error", (cause) => {
      clearTimeout(timer);
      reject(refused(`cannot be started: ${escapeText(cause.message)}`, cause));
    });
    child.once("close", (status, signal) => {
      clearTimeout(timer);
      const how = signal === null ? `ended with status ${status}` : `was ended by ${signal}`;
      const words = escapeBytes(said()).trim();
      if (status === 0) resolve(printed());
      else reject(refused(words === "" ? how : `${how}: ${words}`));
    });
    // A program that does not read its input closes the pipe; its exit status says what it thinks.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

/** @returns what came so far, at most `bytesMax`; `overflow` is called once when there is more. */
function collect(
  stream: NodeJS.ReadableStream,
  bytesMax: number,
  overflow: () => void,
): () => Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  stream.on("data", (part: unknown) => {
    if (!(part instanceof Uint8Array) || length > bytesMax) return;
    parts.push(part.subarray(0, bytesMax - length));
    length += part.length;
    if (length > bytesMax) overflow();
  });
  return () => new Uint8Array(Buffer.concat(parts));
}

/** What it has begun may hold the pipes open; nobody listens any more. */
function stop(child: ChildProcess): void {
  child.kill("SIGKILL");
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.stdin?.destroy();
}
