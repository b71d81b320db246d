/**
 * A page with commands and what they print, as blocks between ```console and ```.
 *
 * A line that begins with `$ ` is a command, the lines below are what it prints, and a line of `…`
 * stands for any lines, or none. `export NAME=VALUE` holds for the commands after it.
 *
 * @module
 */
import assert from "node:assert/strict";

export interface Command {
  readonly line: string;
  /** Without the program: `ritma` or `npx ritma`. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly output: readonly string[];
}

const BLOCK = /^```console\n(?<lines>.*?)^```$/gmsu;
const FENCES = /^```/gmu;
const EXPORT = /^export (?<name>\w+)=(?<value>\S+)$/u;
const RITMA = /^(?:npx )?ritma (?<rest>.+)$/u;
const WORD = /'(?<quoted>[^']*)'|(?<bare>[^\s'"$`|<>]+)/gu;
const ANYTHING = "…";

/** @throws AssertionError at a block that is none of commands, and at a command of another kind */
export function commandsIn(page: string): Command[] {
  const blocks = [...page.matchAll(BLOCK)].map((match) => match.groups?.["lines"] ?? "");
  assert.equal(page.match(FENCES)?.length ?? 0, blocks.length * 2, "every block is of commands");
  const environment: Record<string, string> = {};
  const commands: Command[] = [];
  for (const block of blocks) {
    assert.ok(block.startsWith("$ "), block);
    for (const part of block.split(/^\$ /mu).slice(1)) {
      const [line = "", ...output] = part.trimEnd().split("\n");
      const { name, value } = EXPORT.exec(line)?.groups ?? {};
      if (name === undefined || value === undefined) {
        commands.push({ line, words: wordsOf(line), environment: { ...environment }, output });
      } else environment[name] = value;
    }
  }
  return commands;
}

/** @returns true when `printed` is what the page shows */
export function fits(output: readonly string[], printed: readonly string[]): boolean {
  const [first, ...rest] = output;
  if (first === undefined) return printed.length === 0;
  if (first !== ANYTHING) return printed[0] === first && fits(rest, printed.slice(1));
  return Array.from({ length: printed.length + 1 }, (_, at) => at).some((at) =>
    fits(rest, printed.slice(at)),
  );
}

/** Words as a shell would split them; what a shell would expand is refused. */
function wordsOf(line: string): string[] {
  const rest = RITMA.exec(line)?.groups?.["rest"];
  assert.ok(rest !== undefined, `${line} is no command of Ritma`);
  assert.equal(rest.replaceAll(WORD, "").trim(), "", `${line} has something for a shell`);
  return [...rest.matchAll(WORD)].map(({ groups }) => groups?.["quoted"] ?? groups?.["bare"] ?? "");
}
