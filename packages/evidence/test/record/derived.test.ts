/**
 * Goal: build statements, accounts and health have one spelling each; and only what belongs into a
 * folder of derived files is taken for one.
 *
 * Method: the published vectors as for other records; paths that nearly are those of the page.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ACCOUNT_FILE,
  accountFolder,
  BUILD_STATEMENT,
  COMPACTION_FILE,
  decodeAccount,
  decodeBuildStatement,
  decodeCompaction,
  decodeRolling,
  derivedNames,
  encodeAccount,
  encodeBuildStatement,
  encodeCompaction,
  encodeRolling,
  HEALTH_FOLDER,
  isDerived,
  ROLLING_FILE,
} from "@ritma/evidence";
import { readVectors } from "../vectors.ts";
import { testSpellings } from "./one-spelling.ts";

testSpellings(readVectors("derived.json"), {
  "build-statement": (bytes) => encodeBuildStatement(decodeBuildStatement(bytes)),
  account: (bytes) => encodeAccount(decodeAccount(bytes)),
  rolling: (bytes) => encodeRolling(decodeRolling(bytes)),
  compaction: (bytes) => encodeCompaction(decodeCompaction(bytes)),
});

test("what is derived, and what only looks like it", () => {
  const folders = [
    HEALTH_FOLDER,
    accountFolder("2026-03-01"),
    "catalog/2026/03/01",
    "ctgf/cones/v0001",
    "graph/dict",
    "windows/2026/03/01/10/report",
    "windows/2026/03/01/10-7/report",
    "windows/2026/03/01/10/index",
    "windows/2026/03/01/10-7/index",
  ];
  for (const folder of folders) {
    const names = derivedNames(folder);
    assert.ok(names !== null && names.length > 0, folder);
    for (const name of [...names, BUILD_STATEMENT]) assert.ok(isDerived(`${folder}/${name}`));
    assert.ok(!isDerived(`${folder}/other`));
    assert.ok(!isDerived(`${folder}/below/${BUILD_STATEMENT}`));
    assert.ok(!isDerived(`x${folder}/${BUILD_STATEMENT}`));
  }
  assert.deepEqual(derivedNames(HEALTH_FOLDER), [COMPACTION_FILE, ROLLING_FILE]);
  const others = [
    BUILD_STATEMENT,
    ACCOUNT_FILE,
    `accounting/2026/3/1/${ACCOUNT_FILE}`,
    "windows/2026/03/01/10/t_1s.cbor",
    "windows/2026/03/01/10/print.txt",
    "windows/2026/03/01/10/index/print.txt",
    "windows/2026/03/01/10-07/index/t_1s.cbor",
    "",
  ];
  for (const path of others) assert.ok(!isDerived(path), path);
});
