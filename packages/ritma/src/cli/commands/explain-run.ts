/**
 * `ritma explain`, run.
 *
 * @module
 */
import { FINDINGS } from "@ritma/evidence";
import { ERRORS, RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import type { Context } from "../command.ts";
import { BUG } from "../failure.ts";
import { wrap } from "../format.ts";
import { asStarted } from "../program.ts";
import { RESULT_EXITS } from "../result.ts";

type Explained =
  | {
      readonly code: string;
      readonly kind: "error";
      readonly meaning: string;
      readonly advice: string;
      readonly exit: number;
    }
  | {
      readonly code: string;
      readonly kind: "finding";
      readonly meaning: string;
      readonly result: string;
      readonly exit: number;
    };

const NEAR_MAX = 3;

export async function run(context: Context): Promise<number> {
  const all = everyCode();
  const [asked] = context.operands;
  const codes = asked === undefined ? all : all.filter(({ code }) => code === asked);
  if (asked !== undefined && codes.length === 0) throw unknown(asked, all);
  context.show({ codes }, () => {
    const { columns, program } = context.io;
    if (asked === undefined) {
      return [...table(codes, columns), "", `More about one:  ${program} explain CODE`];
    }
    return codes.flatMap((each) => paragraph(each, columns, program));
  });
  return 0;
}

/** A code can be both; then it is listed twice. */
function everyCode(): Explained[] {
  const rows = [...Object.entries(ERRORS), [BUG.code, BUG] as const];
  const errors: Explained[] = rows.map(([code, { meaning, advice, exit }]) => ({
    code,
    kind: "error",
    meaning,
    advice,
    exit,
  }));
  const findings: Explained[] = Object.entries(FINDINGS).map(([code, { result, meaning }]) => ({
    code,
    kind: "finding",
    meaning,
    result,
    exit: RESULT_EXITS[result],
  }));
  return [...errors, ...findings];
}

function table(codes: readonly Explained[], columns: number): string[] {
  const width = Math.max(...codes.map(({ code }) => code.length));
  const rows = (kind: Explained["kind"]): string[] => {
    const lines: string[] = [];
    for (const { code, exit, meaning } of codes.filter((each) => each.kind === kind)) {
      const [first = "", ...more] = wrap(meaning, columns, " ".repeat(width + 8));
      const head = `  ${code.padEnd(width)}  ${String(exit).padStart(2)}  `;
      lines.push(head + first.trimStart(), ...more);
    }
    return lines;
  };
  const titled = (text: string): string[] => wrap(text, columns, "");
  return [
    ...titled(
      "Errors. The code stands in brackets behind a message; the number is the exit status.",
    ),
    ...rows("error"),
    "",
    ...titled("Findings of verify, with the exit status of the result that each leads to."),
    ...rows("finding"),
  ];
}

function paragraph(each: Explained, columns: number, program: string): string[] {
  const head =
    each.kind === "error"
      ? `${each.code}   error, exit status ${each.exit}`
      : `${each.code}   finding, leads to ${each.result}, exit status ${each.exit}`;
  const lines = [head, ...wrap(each.meaning, columns, "  ")];
  if (each.kind === "error") lines.push(...wrap(asStarted(each.advice, program), columns, "  "));
  return lines;
}

function unknown(asked: string, all: readonly Explained[]): RitmaError {
  const near = [...new Set(all.map(({ code }) => code))]
    .map((code) => ({ code, distance: distance(asked.slice(0, 64), code) }))
    .filter(({ code, distance }) => distance <= 3 || code.includes(asked) || half(asked, code))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, NEAR_MAX)
    .map(({ code }) => code);
  const hint =
    near.length === 0 ? "explain without a code lists all" : `near it: ${near.join(", ")}`;
  const shown = escapeText(asked.slice(0, 100));
  return new RitmaError("usage/bad-argument", `there is no code "${shown}"; ${hint}`);
}

/** True when the half before or behind the slash is right. */
function half(asked: string, code: string): boolean {
  const [subject = "", fault = ""] = asked.split("/");
  return code.startsWith(`${subject}/`) || (fault !== "" && code.endsWith(`/${fault}`));
}

/** Levenshtein's, one row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const [left = 0, up = 0, before = 0] = [next[j - 1], row[j], row[j - 1]];
      next.push(Math.min(left + 1, up + 1, before + same));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
