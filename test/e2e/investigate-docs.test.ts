/**
 * Goal: docs/investigate.md shows what the commands print, word by word.
 *
 * Method: every command of the page is run as a process in a directory of its own, the first one,
 * which makes the store, before the others; what it prints is compared with the page.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Command, commandsIn, fits } from "./console-page.ts";
import { BIN, place, REPOSITORY } from "./processes.ts";

const PAGE = join(REPOSITORY, "docs", "investigate.md");
const COLUMNS = "100";
const TOGETHER = 2;

test("every command of docs/investigate.md prints what the page shows", async () => {
  using made = place();
  const [first, ...others] = commandsIn(readFileSync(PAGE, "utf8"));
  assert.ok(first !== undefined && others.length >= 12);
  await check(first, made.dir);
  const waiting = [...others];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await check(next, made.dir);
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, work));
});

test("what differs from the page is seen", () => {
  const shown = ["a", "…", "c"];
  for (const printed of ["a c", "a b c", "a … c", "a c c"]) {
    assert.ok(fits(shown, printed.split(" ")), printed);
  }
  for (const printed of ["", "a", "c", "a b", "b c", "a c d", "a b c d"]) {
    assert.ok(!fits(shown, printed.split(" ")), printed);
  }
  assert.ok(!fits(["a … c"], ["a b c"]), "a line is whole");
  const [tree] = commandsIn(block("$ export A=b\n$ npx ritma tree 'sh[1]' --all\nout"));
  assert.deepEqual(tree?.words, ["tree", "sh[1]", "--all"]);
  assert.deepEqual([tree.environment, tree.output], [{ A: "b" }, ["out"]]);
  for (const line of ["$ rm -r x", "$ ritma log | head", "$ ritma show $X", "text"]) {
    assert.throws(() => commandsIn(block(line)), line);
  }
  assert.throws(() => commandsIn("```sh\nls\n```\n"));
});

function block(lines: string): string {
  return `\`\`\`console\n${lines}\n\`\`\`\n`;
}

async function check(command: Command, dir: string): Promise<void> {
  const { line, output } = command;
  const printed = await printedBy(command, dir);
  assert.ok(fits(output, printed), `${line}\nprints\n${printed.join("\n")}`);
}

async function printedBy({ words, environment }: Command, dir: string): Promise<string[]> {
  const { PATH, HOME, TMPDIR } = process.env;
  const env = { PATH, HOME, TMPDIR, COLUMNS, ...environment };
  const child = spawn(process.execPath, [BIN, ...words], { cwd: dir, env });
  const [out, err]: [Uint8Array[], Uint8Array[]] = [[], []];
  child.stdout.on("data", (chunk: Uint8Array) => void out.push(chunk));
  child.stderr.on("data", (chunk: Uint8Array) => void err.push(chunk));
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on("close", resolve);
  assert.equal(await promise, 0, Buffer.concat(err).toString());
  return Buffer.concat(out).toString().trimEnd().split("\n");
}
