/**
 * Goal: the house rules hold for this repository, and each rule finds the fault it is there for.
 *
 * Method: a planted fault for each rule, in a text made to break nothing else; then the whole tree.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import {
  compiledBesideSource,
  deadExports,
  missingFromMap,
  tidy,
  tidyTree,
  uncitedPages,
} from "./tidy.ts";

const HEADER = "/**\n * What it is.\n *\n * @module\n */\n";
const BASE = "packages/ritma/src/base/some-file.ts";
const EVIDENCE = "packages/evidence/src/bytes/id.ts";

/** @param fault what the message has, or null when the text is fine there. */
function check(path: string, text: string, fault: string | null): void {
  const wrong = tidy(path, text);
  if (fault === null) assert.deepEqual(wrong, []);
  else {
    assert.equal(wrong.length, 1, wrong.join("\n"));
    assert.ok(wrong[0]?.startsWith(`${path}: `) && wrong[0].includes(fault), wrong.join());
  }
}

const code = (line: string): string => `${HEADER}${line}\n`;

/** Path, text, and what is said of it. */
const ROWS: readonly (readonly [string, string, string | null])[] = [
  [BASE, code("const a = 1;"), null],
  [BASE, `#!/usr/bin/env node\n${HEADER}`, null],
  [BASE, "const a = 1;\n", "without a module comment"],
  [BASE, "/** What it is. @module */\n", "without a module comment"],
  [BASE, "/**\n * What it is.\n */\n", "does not end with @module"],
  [BASE, "/**\n * What it is.\n */\n/**\n * @module\n */\n", "does not end with @module"],
  ["packages/ritma/test/a.test.ts", code(""), "Goal: and Method:"],
  ["packages/ritma/test/a.test.ts", "/**\n * Goal: a.\n *\n * Method: b.\n */\n", null],
  ["packages/ritma/src/base/someFile.ts", code(""), "kebab-case"],
  ["packages/ritma/src/base/some_file.ts", code(""), "kebab-case"],
  ["packages/ritma/src/base/a.test-helper.ts", code(""), "kebab-case"],
  ["packages/ritma/src/base/some.d.ts", code(""), null],
  [BASE, HEADER + "\n".repeat(495), null],
  [BASE, HEADER + "\n".repeat(496), "501 lines"],
  [BASE, code(`const a = "${"x".repeat(87)}";`), null],
  [BASE, code(`const a = "${"x".repeat(88)}";`), "line 6 has 101 columns"],
  [BASE, code(`// https://a/${"x".repeat(99)}`), null],

  [BASE, code('import { readFileSync } from "node:fs";'), "the Disk port"],
  [BASE, code('import { readFile } from "node:fs/promises";'), "the Disk port"],
  [BASE, code('import fs from "fs";'), "the Disk port"],
  [BASE, code('const fs = await import("node:fs");'), "the Disk port"],
  ["packages/ritma/src/base/disk/a.ts", code('import fs from "node:fs";'), null],
  ["packages/ritma/src/cli/main.ts", code('import fs from "node:fs";'), null],
  ["packages/ritma/src/cli/other.ts", code('import fs from "node:fs";'), "the Disk port"],
  ["tools/a.ts", code('import fs from "node:fs";'), null],
  [BASE, code('import { DatabaseSync } from "node:sqlite";'), "base/sqlite.ts"],
  ["packages/ritma/src/base/sqlite.ts", code('export { A } from "node:sqlite";'), null],
  [BASE, code("const a = Date.now();"), "the Clock port"],
  [BASE, code("const a = new Date();"), "the Clock port"],
  [BASE, code("const a = new Date(timeMs);"), null],
  [BASE, code("// Not Date.now(), which steps."), null],
  ["packages/ritma/src/base/clock.ts", code("const a = Date.now();"), null],
  ["packages/ritma/test/a.ts", code("const a = Date.now();"), null],
  [EVIDENCE, code("const a = Date.now();"), "the Clock port"],
  [BASE, code("const a = Math.random();"), "the Rng port"],
  ["packages/ritma/src/base/rng.ts", code("const a = Math.random();"), "the Rng port"],
  ["tools/a.ts", code("const a = Math.random();"), "the Rng port"],
  [BASE, code('console.log("x");'), "the Log"],
  [BASE, code("// FIXME later"), "an issue, or the fix"],
  [BASE, code("/* TODO */"), "an issue, or the fix"],

  [BASE, code('import { a } from "./disk/disk.ts";'), null],
  [BASE, code('import { a } from "../stores/vault/vault.ts";'), "not below it"],
  [BASE, code('import type { A } from "../stores/vault/vault.ts";'), "not below it"],
  ["packages/ritma/src/flow/seal/a.ts", code('import { a } from "../../base/error.ts";'), null],
  ["packages/ritma/src/flow/seal/a.ts", code('import { a } from "../../stores/v/v.ts";'), null],
  ["packages/ritma/src/flow/seal/a.ts", code('import { a } from "./sub/b.ts";'), null],
  ["packages/ritma/src/flow/seal/a.ts", code('import { a } from "../keep/b.ts";'), "not below it"],
  ["packages/ritma/src/flow/seal/a.ts", code('export * from "../keep/b.ts";'), "not below it"],
  ["packages/ritma/src/flow/seal/a.ts", code('await import("../keep/b.ts");'), "not below it"],
  ["packages/ritma/src/stores/a/a.ts", code('import "../b/b.ts";'), "not below it"],
  ["packages/ritma/src/stores/a/a.ts", code('import "../../cli/main.ts";'), "not below it"],
  ["packages/ritma/src/cli/commands/a.ts", code('import "../main.ts";'), null],
  ["packages/ritma/src/cli/a.ts", code('import "../services/x/x.ts";'), null],
  [BASE, code('import type { A } from "@ritma/evidence";'), null],
  [BASE, code('import { a } from "../../../evidence/src/index.ts";'), '"@ritma/evidence"'],
  [EVIDENCE, code('import { a } from "../error.ts";'), null],
  [EVIDENCE, code('import { a } from "node:crypto";'), "only itself"],
  [EVIDENCE, code('import { a } from "@noble/hashes/sha2.js";'), "only itself"],
  [EVIDENCE, code('import { a } from "../../test/vectors.ts";'), "only itself"],
  [EVIDENCE, code('import { a } from "../../../ritma/src/base/error.ts";'), "only itself"],
];
for (const [index, [path, text, fault]] of ROWS.entries()) {
  test(`row ${index}: ${path} ${fault ?? "is fine"}`, () => check(path, text, fault));
}

test("an export that nobody names is dead", () => {
  const files = new Map([
    ["a.ts", "export const used = 1;\nexport const dead = 2;\nexport function* alsoDead() {}\n"],
    ["b.ts", "export interface Gone {}\nexport async function gone() {}\nused;\n"],
    ["e.ts", "export interface Shape {}\nexport function used(shape: Shape) {}\n"],
    ["c.ts", "export class Thing {}\nexport type Alias = Thing;\n"],
    ["d.ts", "const local = Thing; let x: Alias;\n"],
  ]);
  const dead = deadExports(files).map((line) => line.split(" ")[1]);
  assert.deepEqual(dead, ["dead", "alsoDead", "Gone", "gone"]);
});

test("JavaScript beside its source is found, and other JavaScript is not", () => {
  const paths = ["a/b.ts", "a/b.js", "a/b.js.map", "a/b.d.ts", "a/c.js", "a/d.d.ts", "b/b.js"];
  const found = compiledBesideSource(paths).map((line) => line.split(":")[0]);
  assert.deepEqual(found, ["a/b.js", "a/b.js.map", "a/b.d.ts"]);
});

test("a page of the specification that no code cites is found", () => {
  const paths = ["spec/00-a.md", "spec/01-b.md", "spec/README.md", "spec/vectors/a.json"];
  const texts = new Map([["a.ts", "Format: spec/00-a.md."]]);
  assert.deepEqual(uncitedPages(paths, texts), ["spec/01-b.md: no code cites it"]);
});

test("a folder that the map does not name is found", () => {
  const paths = [
    "README.md",
    "packages/a/src/x/y/z.ts",
    "packages/a/test/q/r.ts",
    "tools/t.ts",
    ".ci/run",
  ];
  const wanting = (map: string | null): string[] => missingFromMap(paths, map);
  assert.deepEqual(wanting(null), ["ARCHITECTURE.md: is missing"]);
  assert.deepEqual(wanting("`packages/a`, x/, y/ and tools/"), []);
  assert.deepEqual(wanting("packages/, x/y/, mytools/"), [
    "ARCHITECTURE.md: does not name the folder tools/",
  ]);
  assert.deepEqual(wanting("packages/ tools/ y/"), [
    "ARCHITECTURE.md: does not name the folder x/",
  ]);
});

for (const withGit of [true, false]) {
  test(`the whole tree is walked, ${withGit ? "as git sees it" : "without git too"}`, () => {
    const root = mkdtempSync(join(tmpdir(), "ritma-tidy-"));
    try {
      const write = (path: string, text: string): void => {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      };
      write("ARCHITECTURE.md", "packages/ tools/ base/");
      write("packages/ritma/src/base/a.ts", code("export const dead = Date.now();"));
      write("tools/node_modules/x/y.js", "console.log(1);");
      if (withGit) {
        write(".gitignore", "node_modules/\nignored.ts\n");
        write("tools/ignored.ts", "no header");
        execFileSync("git", ["init", "--quiet"], { cwd: root });
      }
      assert.deepEqual(
        tidyTree(root).map((line) => line.split(" ")[1]),
        ["Date.now(", "dead"],
      );
    } finally {
      rmSync(root, { recursive: true });
    }
  });
}

test("this repository is tidy", () => {
  assert.deepEqual(tidyTree(join(import.meta.dirname, "..")), []);
});
