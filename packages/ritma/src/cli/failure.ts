/**
 * How a command that failed says so: on standard error for a person, and with `--json` as one
 * document on standard output.
 *
 * @module
 */
import { ERRORS, RitmaError } from "../base/error.ts";
import { escapeText } from "../base/text.ts";
import type { Io } from "./command.ts";
import { toJson } from "./json.ts";

type Streams = Pick<Io, "out" | "err">;

export interface Circumstances {
  /** Null when the command itself is not known. */
  readonly command: string | null;
  readonly json: boolean;
  /** What was done or not; empty when nothing can be said. */
  readonly remark: string;
}

/** EX_SOFTWARE of sysexits(3). */
const BUG_EXIT = 70;
const BUG_ADVICE = "This is a bug in Ritma. Report it with the lines above.";

/** @returns the exit status. */
export function reportFailure(io: Streams, error: unknown, circumstances: Circumstances): number {
  if (!(error instanceof RitmaError)) return reportBug(io, error, circumstances);
  const { command, json, remark } = circumstances;
  const { advice, exit } = ERRORS[error.code];
  const who = command === null ? "ritma" : `ritma ${command}`;
  io.err(shown(`${who}: ${error.message} (${error.code})`));
  if (json) {
    io.out(toJson({ error: { code: error.code, message: error.message, advice, exit } }));
    return exit;
  }
  io.err(`  ${advice}`);
  io.err(`  ${remark === "" ? "" : `${remark} `}Exit status ${exit}.`);
  return exit;
}

/** A broken invariant: nobody catches it but here, where the process ends. */
function reportBug(io: Streams, error: unknown, { command, json, remark }: Circumstances): number {
  const text = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  for (const line of text.split("\n")) io.err(shown(line));
  const { cause } = error instanceof Error ? error : {};
  if (cause instanceof Error) io.err(shown(`caused by ${String(cause)}`));
  const who = command === null ? "ritma" : `ritma ${command}`;
  if (json) {
    const message = error instanceof Error ? error.message : String(error);
    const code = "internal/bug";
    io.out(toJson({ error: { code, message, advice: BUG_ADVICE, exit: BUG_EXIT } }));
  }
  io.err(`${who}: ${BUG_ADVICE} ${remark === "" ? "" : `${remark} `}Exit status ${BUG_EXIT}.`);
  return BUG_EXIT;
}

/** A message names what it names escaped, or a path as it is; here at the latest nothing is obeyed.
 * A backslash is left alone: it may be that of an escape. */
function shown(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escapeText);
}
