/**
 * Goal: what is derived cannot be changed unnoticed while it is there, and can be deleted without
 * harm; a statement says nothing about another folder, store or node log.
 *
 * Method: a sealed store whose derived files and statements are changed, taken away, moved, and
 * signed anew by keys that may not, or about something else.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BUILD_STATEMENT,
  type BuildStatement,
  decodeBuildStatement,
  encodeBuildStatement,
  HEALTH_FOLDER,
  isDerived,
  parseCose1,
  ROLLING_FILE,
} from "@ritma/evidence";
import type { Signer } from "../../packages/ritma/src/base/primitives.ts";
import { bytesAt, logEntries, signed, withLog } from "./forge.ts";
import { check, store, verify } from "./forging.ts";
import type { Files } from "./memory-tree.ts";

const { files, keystore, storeFile } = store;
const STATEMENT = `${HEALTH_FOLDER}/${BUILD_STATEMENT}`;
const ROLLING = `${HEALTH_FOLDER}/${ROLLING_FILE}`;
const derived = [...files.keys()].filter(isDerived);
const stated = decodeBuildStatement(parseCose1(bytesAt(files, STATEMENT)).payload);

function without(...paths: readonly string[]): Files {
  return new Map([...files].filter(([path]) => !paths.includes(path)));
}

function restated(changed: Partial<BuildStatement>, key: Signer = keystore.seal): Files {
  const payload = encodeBuildStatement({ ...stated, ...changed });
  return new Map(files).set(STATEMENT, signed(key, payload));
}

test("there are accounts, catalogs and health, each under a statement", () => {
  assert.equal(derived.length, 6);
  assert.equal(derived.filter((path) => path.endsWith(BUILD_STATEMENT)).length, 3);
});

for (const path of derived) {
  const isStatement = path.endsWith(BUILD_STATEMENT);
  const code = isStatement ? "derived/statement" : "derived/file";
  test(`${path}: any change is found`, async () => {
    const bytes = bytesAt(files, path);
    for (let at = 0; at < bytes.length; at += Math.max(7, bytes.length >> 5)) {
      const changed = bytes.with(at, (bytes[at] ?? 0) ^ 0x11);
      await check(new Map(files).set(path, changed), "TAMPERED", code, path);
    }
    for (const changed of [bytes.subarray(1), Uint8Array.of(...bytes, 0), new Uint8Array(0)]) {
      await check(new Map(files).set(path, changed), "TAMPERED", code, path);
    }
  });

  test(`${path}: taken away, it is a note`, async () => {
    const report = await verify(without(path));
    assert.deepEqual([report.result, report.findings], ["VALID", []]);
    const folder = path.slice(0, path.lastIndexOf("/"));
    assert.equal(report.notes.filter((note) => note.startsWith(folder)).length, 1);
  });
}

test("without any of them the store is VALID, and nothing is to be said", async () => {
  const { result, notes } = await verify(without(...derived));
  assert.deepEqual([result, notes], ["VALID", []]);
});

test("a statement by any other key is refused", async () => {
  for (const key of [keystore.log, keystore.identity]) {
    await check(restated({}, key), "TAMPERED", "derived/statement", STATEMENT);
  }
});

const LIES: Readonly<Record<string, Partial<BuildStatement>>> = {
  "another store": { store: new Uint8Array(16).fill(1) },
  "another folder": {
    folder: "accounting/2026/03/01",
    files: stated.files.map((file) => ({ ...file, path: "account.cbor.zst" })).slice(0, 1),
  },
  "more entries than the node log has": { logSize: stated.logSize + 1 },
  "another node log": { logRoot: new Uint8Array(32).fill(1) },
  "fewer entries under the same root": { logSize: stated.logSize - 1 },
};

for (const [name, lie] of Object.entries(LIES)) {
  test(`a statement about ${name} is refused`, async () => {
    await check(restated(lie), "TAMPERED", "derived/statement", STATEMENT);
  });
}

test("a statement that names another digest: the file is not it", async () => {
  const [file] = stated.files;
  assert.ok(file !== undefined);
  const other = [{ ...file, sha256: new Uint8Array(32) }];
  await check(restated({ files: other }), "TAMPERED", "derived/file", ROLLING);
});

test("a node log cut back beside the statement of its end is found", async () => {
  const entries = logEntries(files);
  const cut = withLog(files, storeFile, keystore.log, entries.slice(0, 4));
  const later = /^(?:windows|graph|ctgf|_meta\/keys\/periods\/000[1-9])/u;
  const left = new Map([...cut].filter(([path]) => !later.test(path)));
  assert.equal((await verify(left)).result, "VALID", "a rollback to the empty store");
  left.set(STATEMENT, bytesAt(files, STATEMENT));
  await check(left, "TAMPERED", "derived/statement", STATEMENT);
});
