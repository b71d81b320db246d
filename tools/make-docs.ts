/**
 * Makes the pages of docs/ that say what a table in the code says.
 *
 *     node tools/make-docs.ts    writes docs/errors.md, docs/findings.md and the end of docs/cli.md
 *
 * docs/cli.md begins by hand; what follows the marker is made here. A test compares the committed
 * pages with what this gives.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FINDINGS } from "@ritma/evidence";
import { ERRORS } from "../packages/ritma/src/base/error.ts";
import { COMMANDS } from "../packages/ritma/src/cli/catalogue.ts";
import { type Command, COMMON_OPTIONS, GROUPS } from "../packages/ritma/src/cli/command.ts";
import { usageOf } from "../packages/ritma/src/cli/parse.ts";
import { RESULT_EXITS } from "../packages/ritma/src/cli/result.ts";

const ROOT = join(import.meta.dirname, "..");

/** What stands above it in docs/cli.md is written by hand. */
const MARKER = "<!-- From here on made by tools/make-docs.ts. -->";

/** Pages that were made, by path. */
export function madePages(): ReadonlyMap<string, string> {
  return new Map([
    ["docs/errors.md", errorsPage()],
    ["docs/findings.md", findingsPage()],
    ["docs/cli.md", cliPage(readFileSync(join(ROOT, "docs/cli.md"), "utf8"))],
  ]);
}

function errorsPage(): string {
  const rows = Object.entries(ERRORS).flatMap(([code, { exit, meaning, advice }]) => [
    `## ${code}`,
    "",
    `Exit status ${exit}. ${meaning}`,
    "",
    advice,
    "",
  ]);
  return page([
    "# Errors",
    "",
    "Made by `tools/make-docs.ts`; `ritma explain CODE` says the same.",
    "",
    "An error is something that an operator can act on. Its code stands in brackets behind the",
    "message, and in `error.code` with `--json`; a code never changes its meaning. Exit statuses",
    "follow sysexits(3). What `ritma verify` finds in the evidence is no error: see",
    "[findings.md](findings.md).",
    "",
    "A bug has the code `internal/bug` with `--json`, and exit status 70: report it with what was",
    "printed.",
    "",
    ...rows,
  ]);
}

function findingsPage(): string {
  const rows = Object.entries(FINDINGS).map(
    ([code, { result, meaning }]) => `| \`${code}\` | ${result} | ${meaning} |`,
  );
  const exits = Object.entries(RESULT_EXITS).map(([result, exit]) => `${result} ${exit}`);
  return page([
    "# Findings",
    "",
    "Made by `tools/make-docs.ts`; `ritma explain CODE` says the same.",
    "",
    "`ritma verify` runs to the end and lists all it finds: a code, a place, a sentence. The worst",
    "finding decides the result: TAMPERED before INCOMPLETE before UNTRUSTED; without any it is",
    `VALID. Exit statuses: ${exits.join(", ")}.`,
    "",
    "| code | leads to | what it means |",
    "|---|---|---|",
    ...rows,
  ]);
}

function cliPage(current: string): string {
  const [byHand = ""] = current.split(MARKER);
  const lines = [MARKER, ""];
  for (const group of GROUPS) {
    const commands = COMMANDS.filter((command) => command.group === group);
    if (commands.length > 0) lines.push(`## ${group}`, "");
    for (const command of commands) lines.push(...commandLines(command));
  }
  return byHand + page(lines);
}

function commandLines(command: Command): string[] {
  const lines = [
    `### ritma ${command.name}`,
    "",
    "```",
    `ritma ${command.name} ${usageOf(command)}`,
  ];
  lines.push("```", "", `${command.summary} ${command.description}`.trim(), "");
  const flags = [...command.options, ...COMMON_OPTIONS];
  lines.push("| | |", "|---|---|");
  for (const { name, help } of command.arguments) lines.push(`| \`${name}\` | ${cell(help)} |`);
  for (const { name, value, help } of flags) {
    lines.push(`| \`--${name}${value === null ? "" : ` ${value}`}\` | ${cell(help)} |`);
  }
  lines.push("", "| exit status | |", "|---|---|");
  for (const [status, meaning] of Object.entries(command.exits)) {
    lines.push(`| ${status} | ${cell(meaning)} |`);
  }
  lines.push("", "| field of `--json` | |", "|---|---|");
  for (const [name, meaning] of Object.entries(command.fields)) {
    lines.push(`| \`${name}\` | ${cell(meaning)} |`);
  }
  lines.push("");
  for (const { line, what } of command.examples) lines.push(`- \`${line}\`: ${what}`);
  return [...lines, ""];
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function page(lines: readonly string[]): string {
  return `${lines.join("\n").trimEnd()}\n`;
}

if (import.meta.main) {
  for (const [path, text] of madePages()) writeFileSync(join(ROOT, path), text);
}
