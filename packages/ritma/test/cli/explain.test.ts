/**
 * Goal: every code that Ritma can print can be explained, and a bug is reported as one.
 *
 * Method: the two tables against what the command prints.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FINDINGS } from "@ritma/evidence";
import { ERRORS } from "../../src/base/error.ts";
import type { Io } from "../../src/cli/command.ts";
import { reportFailure } from "../../src/cli/failure.ts";
import { runMain } from "./harness.ts";
import { Json } from "./json-document.ts";

const CODES = [...Object.keys(ERRORS), ...Object.keys(FINDINGS)];

test("without a code it lists them all", async () => {
  const { status, out } = await runMain(["explain"], {});
  assert.equal(status, 0);
  for (const code of CODES) assert.ok(out.includes(`  ${code} `), code);
});

test("with a code it says what it means, and with --json all of it", async () => {
  for (const code of CODES) {
    const { status, out } = await runMain(["explain", code], {});
    assert.equal(status, 0, code);
    assert.ok(out.startsWith(`${code}   `), code);
    const json = new Json((await runMain(["explain", code, "--json"], {})).out);
    for (const at of json.list("codes").keys()) assert.equal(json.text(`codes.${at}.code`), code);
  }
});

test("a code that is both an error and a finding is explained as both", async () => {
  const { out } = await runMain(["explain", "store/version"], {});
  assert.match(out, /error, exit status 65/u);
  assert.match(out, /finding, leads to INCOMPLETE, exit status 2/u);
});

test("the code of a bug can be asked for like any other", async () => {
  const { status, out } = await runMain(["explain", "internal/bug"], {});
  assert.equal(status, 0);
  assert.match(out, /^internal\/bug {3}error, exit status 70\n/u);
});

test("advice fits what went wrong, and names nothing that there is not", async () => {
  const rows: readonly (readonly [code: string, says: RegExp, not: RegExp])[] = [
    ["input/not-audit", /audit\.log/u, /other formats/u],
    ["input/unsupported", /pipe or a device/u, /Decompress or convert/u],
    ["store/none", /RITMA_OUT/u, /ritma init/u],
    ["disk/exists", /another path/u, /--data/u],
  ];
  for (const [code, says, not] of rows) {
    const { out } = await runMain(["explain", code], {});
    assert.match(out, says);
    assert.doesNotMatch(out, not);
  }
});

test("lists and paragraphs fit into the terminal", async () => {
  for (const argv of [["explain"], ["explain", "store/damaged"]]) {
    const { out } = await runMain(argv, { columns: 60 });
    for (const line of out.split("\n")) assert.ok(line.length <= 60, line);
  }
});

test("a bug is printed with its stack, ends with 70, and prints no control characters", () => {
  const lines: string[] = [];
  const io: Pick<Io, "out" | "err" | "program" | "columns"> = {
    program: "ritma",
    columns: 80,
    out: (line) => lines.push(`out ${line}`) > 0,
    err: (line) => void lines.push(`err ${line}`),
  };
  const bug = new TypeError("broken \u001b[31m invariant");
  const circumstances = { command: "ingest", json: true, remark: "Nothing was recorded." };
  assert.equal(reportFailure(io, bug, circumstances), 70);
  const text = lines.join("\n");
  assert.match(text, /explain\.test\.ts/u, "the stack");
  assert.match(text, /Nothing was recorded\. Exit status 70\./u);
  assert.match(text, /^out \{"error":\{"code":"internal\/bug",/mu);
  assert.ok(!text.includes("\u001b"));
});
