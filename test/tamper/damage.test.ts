/**
 * Goal: a damaged file is named, with the right code, and nothing else is blamed for it; what does
 * not depend on it is checked all the same.
 *
 * Method: each file of a store removed, cut, linked and changed, one at a time. Three carry the
 * trust of others, and only for them may other places be named.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CHECKPOINT_PATH,
  type FindingCode,
  HOUR_HEADER,
  HOUR_SEAL,
  HOUR_TREE,
  isDerived,
  KEYS_PATH,
  type Report,
  STORE_PATH,
  verifyStore,
} from "@ritma/evidence";
import { bytesAt, lastHour } from "./forge.ts";
import { memoryTree } from "./memory-tree.ts";
import { primitives, sealStore, SMALL } from "./reference-store.ts";
import { hourFolders } from "./splices.ts";
import { verifying } from "./verifying.ts";

const store = await sealStore(SMALL);
const { files } = store;
const { refuse } = verifying(store);
const last = lastHour(files);
const [first = ""] = hourFolders(files).toSorted();

const CARRY_TRUST = /^_meta\/store\.cbor$|^_meta\/keys\/|^_tlog\/tile\/entries\//u;

const DAMAGES: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array | null>> = {
  cut: (bytes) => bytes.subarray(0, -1),
  changed: (bytes) => changed(bytes, bytes.length >> 1),
  "changed at its end": (bytes) => changed(bytes, bytes.length - 1),
  linked: () => null,
};

function changed(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.with(at, (bytes[at] ?? 0) ^ 1);
}

function blamed({ findings }: Report, path: string): string[] {
  return findings
    .filter(({ where }) => !where.startsWith(path))
    .map(({ code, where }) => `${code} ${where}`);
}

for (const [name, damage] of Object.entries(DAMAGES)) {
  test(`a file that is ${name} is named, and no other`, async () => {
    for (const [path, bytes] of files) {
      if (CARRY_TRUST.test(path)) continue;
      const report = await refuse(new Map(files).set(path, damage(bytes ?? new Uint8Array(0))));
      assert.deepEqual(blamed(report, path), [], path);
    }
  });
}

test("a file that is not there is named, and no other", async () => {
  for (const path of files.keys()) {
    if (CARRY_TRUST.test(path) || isDerived(path)) continue;
    const left = new Map(files);
    left.delete(path);
    const report = await refuse(left);
    assert.deepEqual(blamed(report, path), [], path);
    assert.ok(report.findings.some(({ code }) => code === "file/missing"));
  }
});

const ROWS: readonly (readonly [string, FindingCode])[] = [
  [STORE_PATH, "store/file"],
  [KEYS_PATH, "key/record"],
  ["_meta/schema/event_schema_v1.cbor", "store/schema"],
  [CHECKPOINT_PATH, "log/checkpoint"],
  [[...files.keys()].find((path) => path.startsWith("_tlog/tile/0/")) ?? "", "log/tile"],
  ["graph/dict/v0001/entities.cbor.zst", "dictionary/piece"],
  ["ctgf/cones/v0001/cones.cbor.zst", "cones/piece"],
  [`${last}/${HOUR_HEADER}`, "hour/header"],
  [`${last}/${HOUR_SEAL}`, "hour/seal"],
  [`${last}/${HOUR_TREE}`, "hour/tree"],
  [`${last}/proofs/chain.cbor`, "hour/chain"],
  [`${last}/micro/w000.cbor`, "file/digest"],
  [`${last}/micro/w000.sig`, "micro/seal"],
  [`${last}/blocks/inst_0000.cbor.zst`, "file/digest"],
];

for (const [path, code] of ROWS) {
  test(`${code} at ${path.split("/").at(-1)}`, async () => {
    const bytes = bytesAt(files, path);
    const report = await refuse(new Map(files).set(path, changed(bytes, bytes.length - 1)));
    assert.ok(report.findings.some((found) => found.code === code && found.where.startsWith(path)));
    const linked = await refuse(new Map(files).set(path, null));
    assert.ok(linked.findings.some((found) => found.code === "file/kind" && found.where === path));
  });
}

test("with one file damaged, a second one is found all the same", async () => {
  const second = `${last}/blocks/inst_0000.cbor.zst`;
  for (const path of [
    `${first}/${HOUR_HEADER}`,
    `${first}/${HOUR_SEAL}`,
    `${first}/${HOUR_TREE}`,
    `${first}/blocks/inst_0000.cbor.zst`,
    `${last}/${HOUR_SEAL}`,
    `${last}/${HOUR_TREE}`,
    `${last}/micro/w000.sig`,
    CHECKPOINT_PATH,
    KEYS_PATH,
  ]) {
    const bytes = bytesAt(files, path);
    const damaged = new Map(files).set(path, changed(bytes, bytes.length - 1));
    damaged.set(second, changed(bytesAt(files, second), 30));
    const { findings } = await refuse(damaged);
    for (const each of [path, second]) {
      assert.ok(
        findings.some(({ where }) => where.startsWith(each)),
        `${each} beside ${path}`,
      );
    }
  }
});

test("a damaged header leaves the hours after it checked to the last atom", async () => {
  const whole = await verifyStore(memoryTree(files), primitives, { trust: store.trust });
  const path = `${first}/${HOUR_HEADER}`;
  const report = await refuse(new Map(files).set(path, new Uint8Array(3)));
  assert.equal(report.hoursGood, whole.hoursGood - 1);
  assert.deepEqual(
    report.notChecked.filter((each) => each.includes("records")),
    [],
  );
});

test("an hour that is not there is one finding, at its folder", async () => {
  const left = new Map([...files].filter(([path]) => !path.startsWith(`${last}/`)));
  const { findings } = await refuse(left);
  assert.deepEqual(
    findings.map(({ code, where }) => [code, where]),
    [["file/missing", last]],
  );
});

test("without the entries of the log no hour is blamed, and that is told", async () => {
  const left = new Map([...files].filter(([path]) => !path.startsWith("_tlog/tile/entries/")));
  const report = await refuse(left);
  assert.deepEqual(blamed(report, "_tlog/"), []);
  assert.equal(report.notChecked.filter((each) => each.includes("unknown files")).length, 4);
});

test("whose store it is, is asked of the caller", async () => {
  const report = await verifyStore(memoryTree(files), primitives, { trust: null });
  assert.equal(report.result, "UNTRUSTED");
  assert.deepEqual(
    report.findings.map(({ code }) => code),
    ["trust/unknown"],
  );
});

test("what is not a store at all", async () => {
  for (const nothing of [new Map(), new Map([["readme.txt", Uint8Array.of(1)]])]) {
    const report = await refuse(nothing);
    assert.equal(report.store, null);
    assert.equal(report.findings[0]?.code, "file/missing");
  }
});
