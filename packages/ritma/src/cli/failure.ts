/**
 * How a command that failed says so: on standard error for a person, and with `--json` as one
 * document on standard output.
 *
 * @module
 */
import { ERRORS, RitmaError } from "../base/error.ts";
import { escapeText } from "../base/text.ts";
import type { Io } from "./command.ts";
import { wrap } from "./format.ts";
import { toJson } from "./json.ts";
import { asStarted } from "./program.ts";

type Streams = Pick<Io, "out" | "err" | "program" | "columns">;

export interface Circumstances {
  /** Null when the command itself is not known. */
  readonly command: string | null;
  readonly json: boolean;
  /** What was done or not; empty when nothing can be said. */
  readonly remark: string;
}

/** A broken invariant is no row of ERRORS: nobody catches it. 70 is EX_SOFTWARE of sysexits(3). */
export const BUG = {
  code: "internal/bug",
  exit: 70,
  meaning: "Something that cannot be so in a program without a mistake was so, and Ritma stopped.",
  advice: "This is a bug in Ritma. Report it with all that was printed.",
} as const;

/** @returns the exit status. */
export function reportFailure(io: Streams, error: unknown, circumstances: Circumstances): number {
  if (!(error instanceof RitmaError)) return reportBug(io, error, circumstances);
  const { command, json, remark } = circumstances;
  const { exit } = ERRORS[error.code];
  const advice = asStarted(ERRORS[error.code].advice, io.program);
  const who = command === null ? "ritma" : `ritma ${command}`;
  io.err(shown(`${who}: ${error.message} (${error.code})`));
  if (json) {
    io.out(toJson({ error: { code: error.code, message: error.message, advice, exit } }));
    return exit;
  }
  for (const line of wrap(advice, io.columns, "  ")) io.err(line);
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
    const { code, advice, exit } = BUG;
    io.out(toJson({ error: { code, message, advice, exit } }));
  }
  io.err(`${who}: ${BUG.advice} ${remark === "" ? "" : `${remark} `}Exit status ${BUG.exit}.`);
  return BUG.exit;
}

/** A message names what it names escaped, or a path as it is; here at the latest nothing is obeyed.
 * A backslash is left alone: it may be that of an escape. */
function shown(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escapeText);
}
