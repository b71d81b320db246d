/**
 * Goal: a mistyped command line is refused with status 64 and a sentence that helps, help and
 * version are printed, and `--json` keeps stdout to one document, whatever happens.
 *
 * Method: rows of what is typed and what must be said, over `main` with streams that are held.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMANDS } from "../../src/cli/catalogue.ts";
import { runMain } from "./harness.ts";
import { Json } from "./json-document.ts";

const REFUSED: readonly (readonly [line: string, code: string, says: RegExp])[] = [
  ["ingset x", "usage/bad-argument", /unknown command 'ingset'; did you mean ingest\?/u],
  ["--nonsense", "usage/bad-flag", /unknown option '--nonsense'/u],
  ["verify --turst abc", "usage/bad-flag", /--turst.*did you mean --trust\?/u],
  ["verify --trust", "usage/bad-flag", /'--trust KEY' argument missing/u],
  ["verify a b", "usage/bad-argument", /Expected 1 argument but got 2/u],
  ["verify --tail x", "usage/bad-flag", /--tail/u],
  ["verify --trust 12", "usage/bad-argument", /64 hex digits/u],
  ["ingest", "usage/bad-argument", /missing required argument 'FILE'/u],
  ["ingest --format csv x", "usage/bad-flag", /auditd/u],
  ["init --privacy none", "usage/bad-flag", /hash-only/u],
  ["init --window-secs 7", "usage/bad-flag", /divides 3600/u],
  ["init --namespace Acme", "usage/bad-flag", /ns:\/\//u],
  ["init extra", "usage/bad-argument", /Expected 0 arguments/u],
  ["help nothing", "usage/bad-argument", /no command "nothing"/u],
  ["explain store/bsy", "usage/bad-argument", /near it: store\/busy/u],
];

for (const [line, code, says] of REFUSED) {
  test(`ritma ${line} is refused`, async () => {
    const { status, out, err } = await runMain(line.split(" "), {});
    assert.equal(status, 64, err);
    assert.equal(out, "");
    assert.match(err, says);
    assert.ok(err.includes(`(${code})`), err);
    assert.match(err, /\n {2}(?:.*\S )?Exit status 64\.\n$/u);
  });

  test(`ritma ${line} --json is refused as one document`, async () => {
    const { status, out } = await runMain([...line.split(" "), "--json"], {});
    // A flag without its value takes the next word for it.
    if (line === "verify --trust") return;
    const document = new Json(out, status);
    assert.equal(document.text("error.code"), code);
    assert.equal(document.number("error.exit"), 64);
    assert.notEqual(document.text("error.advice"), "");
  });
}

test("help lists every command once, in groups", async () => {
  const { status, out, err } = await runMain(["--help"], {});
  assert.equal(status, 0);
  assert.equal(err, "");
  for (const { name, summary } of COMMANDS) {
    const rows = out.split("\n").filter((row) => row.startsWith(`  ${name} `));
    assert.equal(rows.length, 1, name);
    assert.ok(out.replaceAll(/\s+/gu, " ").includes(summary), summary);
  }
  assert.ok(out.indexOf("\nRecord:\n") < out.indexOf("\nCheck:\n"));
  assert.deepEqual((await runMain([], {})).out, out, "no argument at all asks for help");
  assert.deepEqual((await runMain(["help"], {})).out, out);
});

for (const { name, options, exits } of COMMANDS) {
  test(`ritma ${name} --help says its flags and exit statuses`, async () => {
    const { status, out, err } = await runMain([name, "--help"], {});
    assert.equal(status, 0);
    assert.equal(err, "");
    for (const option of [...options, { name: "json" }, { name: "data" }]) {
      assert.ok(out.includes(`--${option.name}`), option.name);
    }
    for (const row of Object.entries(exits)) assert.ok(out.includes(row.join("  ")), row[0]);
    assert.doesNotMatch(out, /[<>]|undefined/u);
    assert.deepEqual((await runMain(["help", name], {})).out, out);
  });

  test(`ritma ${name} --help --json is one document`, async () => {
    const { out } = await runMain([name, "--help", "--json"], {});
    assert.equal(new Json(out).text("command.name"), name);
  });
}

test("version", async () => {
  const { status, out } = await runMain(["--version"], {});
  assert.equal(status, 0);
  assert.match(out, /^\d+\.\d+\.\d+\n$/u);
});

test("a hostile argument is shown escaped", async () => {
  const { err } = await runMain(["ver\u001b[31mify"], {});
  assert.ok(err.includes("ver\\e[31mify"), err);
  assert.ok(!err.includes("\u001b"));
});

test("after -- a word is an operand, also --json", async () => {
  const { out, err } = await runMain(["explain", "--", "--json"], {});
  assert.equal(out, "");
  assert.match(err, /no code "--json"/u);
});
