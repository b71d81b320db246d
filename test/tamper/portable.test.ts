/**
 * Goal: the verifier needs nothing but JavaScript and the primitives that it is given: no file, no
 * network, no global of Node.js.
 *
 * Method: the sources name no such thing; and a whole verification in a process that may read the
 * package and nothing else, and has lost its Node.js globals.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { verifyStore } from "@ritma/evidence";
import { memoryTree } from "./memory-tree.ts";
import { primitives, sealStore, SMALL } from "./reference-store.ts";

const ROOT = join(import.meta.dirname, "../..");
const PACKAGE = join(ROOT, "packages/evidence");

test("the sources import each other, and name no global of Node.js", () => {
  for (const path of globSync("src/**/*.ts", { cwd: PACKAGE })) {
    const source = readFileSync(join(PACKAGE, path), "utf8");
    const code = source.replaceAll(/^\s*(?:\/?\*|\/\/).*$/gmu, "");
    for (const [, specifier = ""] of code.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/gu)) {
      assert.match(specifier, /^\.{1,2}\//u, path);
    }
    const global =
      /\b(?:globalThis|process\.(?:env|std|exit|on)|Buffer\.|require\(|setTimeout|fetch\()/u.exec(
        code,
      );
    assert.equal(global?.[0], undefined, path);
  }
});

test("a store is verified by a process that may read the package alone", async () => {
  const { files, trust } = await sealStore(SMALL);
  const { counts } = await verifyStore(memoryTree(files), primitives, { trust });
  const input = JSON.stringify({
    trust,
    files: [...files].map(([path, bytes]) => [path, (bytes ?? new Uint8Array(0)).toBase64()]),
  });
  const child = join(import.meta.dirname, "portable-child.ts");
  const readable = [PACKAGE, child].map((path) => `--allow-fs-read=${path}`);
  const args = ["--permission", ...readable, child];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { input, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const said: unknown = JSON.parse(stdout);
  assert.deepEqual(said, { confined: true, missing: [], result: "VALID", atoms: counts.atoms });
});
