/**
 * Goal: a line that says what to type next can be typed, by whoever reads it.
 *
 * Method: how this was started, in rows; then the texts that name commands, as someone reads them
 * who started it by npx.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { asStarted, programName } from "../../src/cli/program.ts";
import { columnsOf } from "../../src/cli/process-io.ts";
import { auditLog } from "./audit-log.ts";
import { Bench, runMain } from "./harness.ts";

const LIBRARY = "/usr/lib/node_modules/ritma/src/cli/process-io.ts";
const NPM = { npm_execpath: "/usr/lib/node_modules/npm/bin/npm-cli.js" };
const STARTED: readonly (readonly [
  environment: Record<string, string>,
  script: string,
  code: string,
  want: string,
])[] = [
  [{}, "/usr/bin/ritma", LIBRARY, "ritma"],
  [{}, "/usr/lib/node_modules/ritma/bin/ritma.js", LIBRARY, "ritma"],
  [NPM, "/usr/bin/ritma", LIBRARY, "npx ritma"],
  [{}, "/a/node_modules/.bin/ritma", "/a/node_modules/ritma/src/cli/x.ts", "npx ritma"],
  [{}, "/a/packages/ritma/bin/ritma.js", "/a/packages/ritma/src/cli/x.ts", "npx ritma"],
  [{}, "/usr/local/bin/ritma", "/a/packages/ritma/src/cli/x.ts", "ritma"],
];

for (const [environment, script, code, want] of STARTED) {
  test(`${script} in ${code} is "${want}"`, () => {
    assert.equal(programName({ environment, script, code }), want);
  });
}

test("only commands are renamed, once", () => {
  const text = "Run `ritma init` or npx ritma stats; a ritma store is not ritma-demo init.";
  const renamed = "Run `npx ritma init` or npx ritma stats; a ritma store is not ritma-demo init.";
  assert.equal(asStarted(text, "npx ritma"), renamed);
  assert.equal(asStarted(renamed, "npx ritma"), renamed);
  assert.equal(asStarted(text, "ritma"), text);
});

test("every next command is one of that program", async () => {
  using bench = new Bench();
  const program = "npx ritma";
  const log = bench.file("audit.log", auditLog({ events: 3 }));
  const lines = [
    `ingest ${log}`,
    "init --node a",
    `ingest ${log}`,
    "stats",
    "keys",
    "verify",
    "explain store/missing",
    "explain",
    "help verify",
    "--help",
    "timeline --type nothing",
  ];
  for (const each of lines) {
    const argv = each === "--help" ? [each] : [...each.split(" "), "--data", bench.root];
    const { out, err } = await runMain(argv, { program });
    const commands = `${out}${err}`.replaceAll(/^ritma \w+: .*/gmu, "");
    assert.doesNotMatch(
      commands,
      /(?<!npx )\britma (?:init|ingest|timeline|stats|verify)\b/u,
      each,
    );
  }
});

test("lines are as wide as the terminal, else $COLUMNS, else 80", () => {
  const rows: readonly (readonly [terminal: number, asked: string | undefined, want: number])[] = [
    [120, "60", 120],
    [0, "60", 60],
    [0, undefined, 80],
    [0, "", 80],
    [0, "-5", 80],
    [0, "0", 80],
    [0, "1e9", 80],
    [0, "7", 40],
    [12, undefined, 40],
  ];
  for (const [terminal, asked, want] of rows) assert.equal(columnsOf(terminal, asked), want);
});
