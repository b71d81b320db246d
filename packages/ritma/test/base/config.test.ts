/**
 * Goal: every setting comes from the first place that gives it, says which, and no value that is
 * not allowed, nor a key with a typing error, is ever taken for the default.
 *
 * Method: `check` is the only caller, over a simulated disk. Rows for each place and each refusal;
 * then any config that `formatConfig` writes reads back the same.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assert as forAll,
  asyncProperty,
  constantFrom,
  integer,
  record,
  stringMatching,
} from "fast-check";
import { parse } from "yaml";
import { type Config, formatConfig, resolveConfig } from "../../src/base/config.ts";
import { writeDurably } from "../../src/base/disk/disk.ts";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { PRIVACY_MODES, type SettingName } from "../../src/base/settings.ts";
import { bytesOf } from "./disk-helpers.ts";

interface Given {
  readonly flags?: Partial<Record<SettingName, string>>;
  readonly environment?: Record<string, string>;
  /** Of config.yaml in /d, which is then the data root. */
  readonly file?: string | Uint8Array;
  readonly isRoot?: boolean;
  readonly hostname?: string;
}

async function check(given: Given): Promise<Config> {
  const disk = new SimDisk();
  const { file, flags = {} } = given;
  if (file !== undefined) {
    const bytes = typeof file === "string" ? bytesOf(file) : file;
    await writeDurably(disk, "/d/config.yaml", bytes);
  }
  return await resolveConfig(disk, {
    flags: file === undefined ? flags : { dataRoot: "/d", ...flags },
    environment: given.environment ?? {},
    isRoot: given.isRoot ?? false,
    home: "/home/me",
    hostname: given.hostname ?? "web-01",
    workingDir: "/here",
  });
}

async function refuses(given: Given, ...says: readonly RegExp[]): Promise<void> {
  await assert.rejects(
    async () => await check(given),
    (error) => {
      assert.ok(error instanceof RitmaError, String(error));
      assert.equal(error.code, "config/bad", error.message);
      for (const each of says) assert.match(error.message, each);
      return true;
    },
  );
}

test("without anything given, defaults", async () => {
  assert.deepEqual(await check({}), {
    dataRoot: { value: "/home/me/.local/share/ritma", where: "default" },
    outDir: { value: "/home/me/.local/share/ritma/RITMA_OUT", where: "default" },
    namespace: { value: "ns://local/default", where: "default" },
    nodeId: { value: "web-01", where: "default" },
    privacy: { value: "hash-only", where: "default" },
    windowSecs: { value: 60, where: "default" },
    auditLog: { value: "/var/log/audit/audit.log", where: "default" },
    logLevel: { value: "warn", where: "default" },
  });
});

test("a source to record may be a path, a socket or a stream", async () => {
  const rows: readonly (readonly [given: string, value: string])[] = [
    ["audit.log", "/here/audit.log"],
    ["unix:run/socket", "unix:/here/run/socket"],
    ["unix:/run/socket", "unix:/run/socket"],
    ["-", "-"],
  ];
  for (const [given, value] of rows) {
    const { auditLog } = await check({ flags: { auditLog: given } });
    assert.deepEqual(auditLog, { value, where: "--audit-log" });
  }
  const { auditLog } = await check({ file: "audit_log: logs/a.log\n" });
  assert.deepEqual(auditLog, { value: "/d/logs/a.log", where: "/d/config.yaml" });
});

const ROOTS: readonly (readonly [Given, string, string])[] = [
  [{ isRoot: true }, "/var/ritma/data", "default"],
  [{ environment: { XDG_DATA_HOME: "/x" } }, "/x/ritma", "default"],
  [{ environment: { XDG_DATA_HOME: "x" } }, "/home/me/.local/share/ritma", "default"],
  [{ isRoot: true, environment: { XDG_DATA_HOME: "/x" } }, "/var/ritma/data", "default"],
  [{ environment: { DATA_ROOT: "/b" } }, "/b", "$DATA_ROOT"],
  [{ environment: { RITMA_DATA: "/a", DATA_ROOT: "/b" } }, "/a", "$RITMA_DATA"],
  [{ environment: { RITMA_DATA: "", DATA_ROOT: "/b" } }, "/b", "$DATA_ROOT"],
  [{ flags: { dataRoot: "/c" }, environment: { RITMA_DATA: "/a" } }, "/c", "--data"],
  [{ flags: { dataRoot: "rel/../c/" } }, "/here/c", "--data"],
];
for (const [given, value, where] of ROOTS) {
  test(`the data root of ${JSON.stringify(given)} is ${value}`, async () => {
    assert.deepEqual((await check(given)).dataRoot, { value, where });
  });
}

test("flags go before the environment, that before the file, that before defaults", async () => {
  const file = "namespace: ns://file\nprivacy: raw\nwindow_secs: 30\nnode_id: from-file\n";
  const environment = { NAMESPACE_ID: "ns://env", PRIVACY_MODE: "hash-only", TICK_SECS: "20" };
  const flags = { namespace: "ns://flag", windowSecs: "10" };
  const inFile = await check({ file });
  const where = "/d/config.yaml";
  assert.deepEqual(inFile.namespace, { value: "ns://file", where });
  assert.deepEqual(inFile.windowSecs, { value: 30, where });
  const inEnvironment = await check({ file, environment });
  assert.deepEqual(inEnvironment.namespace, { value: "ns://env", where: "$NAMESPACE_ID" });
  assert.deepEqual(inEnvironment.windowSecs, { value: 20, where: "$TICK_SECS" });
  assert.deepEqual(inEnvironment.nodeId, { value: "from-file", where });
  const inFlags = await check({ file, environment, flags });
  assert.deepEqual(inFlags.namespace, { value: "ns://flag", where: "--namespace" });
  assert.deepEqual(inFlags.windowSecs, { value: 10, where: "--window-secs" });
  assert.deepEqual(inFlags.privacy, { value: "hash-only", where: "$PRIVACY_MODE" });
});

async function outOf(given: Given): Promise<string> {
  return (await check(given)).outDir.value;
}

test("the evidence store is meant from where it was said", async () => {
  assert.equal(await outOf({ file: "out: evidence" }), "/d/evidence");
  assert.equal(await outOf({ file: "out: /e" }), "/e");
  assert.equal(await outOf({ flags: { outDir: "e" } }), "/here/e");
  assert.equal(await outOf({ environment: { RITMA_OUT_DIR: "e" } }), "/here/e");
  assert.equal(await outOf({ flags: { dataRoot: "/d" } }), "/d/RITMA_OUT");
});

for (const file of ["", "# nothing\n", "---\n"]) {
  test(`a file of ${JSON.stringify(file)} sets nothing`, async () => {
    assert.equal((await check({ file })).windowSecs.where, "default");
  });
}

test("words that YAML 1.1 takes for truth are words", async () => {
  assert.equal((await check({ file: "node_id: no" })).nodeId.value, "no");
  assert.equal((await check({ file: "node_id: 42" })).nodeId.value, "42");
});

const BAD_FILES: readonly (readonly [string, RegExp])[] = [
  ["windowsecs: 60", /unknown key windowsecs; known: out, namespace/u],
  ["data: /x", /unknown key data/u],
  ["1: 2", /unknown key 1/u],
  ["'a\\e[31m': 2", /unknown key a\\\\e/u],
  ["window_secs: 7", /window_secs is "7", and must be a whole number/u],
  ["window_secs: 0", /"0"/u],
  ["window_secs: 7200", /"7200"/u],
  ["window_secs: 60.5", /"60.5"/u],
  ["window_secs: -60", /"-60"/u],
  ["window_secs: [60]", /one word or number/u],
  ["window_secs: null", /one word or number/u],
  ["privacy: yes", /must be hash-only or raw/u],
  ["privacy: true", /one word or number/u],
  ["privacy: Raw", /"Raw"/u],
  ["namespace: acme", /must be ns:/u],
  ["namespace: ns://", /must be ns:/u],
  ["namespace: ns://a/../b", /must be ns:/u],
  ["namespace: ns://a//b", /must be ns:/u],
  ["namespace: ns://A", /must be ns:/u],
  ["namespace: ns://a/", /must be ns:/u],
  ["namespace: 'ns://a\\nb'", /must be ns:/u],
  [`namespace: ns://${"a/".repeat(20)}a`, /must be ns:/u],
  ["node_id: ../x", /must be a name/u],
  ["node_id: .x", /must be a name/u],
  [`node_id: ${"x".repeat(129)}`, /must be a name/u],
  ["out: ''", /must be a directory/u],
  ['out: "a\\0b"', /must be a directory/u],
  ["privacy: raw\nprivacy: raw", /unique/u],
  ["- privacy", /lines like/u],
  ["privacy", /lines like/u],
  ["privacy: &a raw\nnode_id: *a", /alias/u],
  ["privacy: !x raw", /tag/u],
  ["privacy: raw\n---\nprivacy: raw", /documents/u],
  ["privacy: [", /config.yaml: /u],
  ["__proto__: raw", /unknown key __proto__/u],
];
for (const [file, says] of BAD_FILES) {
  test(`refuses ${JSON.stringify(file.slice(0, 50))}`, async () => {
    await refuses({ file }, says, /\/d\/config\.yaml/u);
  });
}

test("refuses what is no text, and names variables and flags that are wrong", async () => {
  await refuses({ file: Uint8Array.of(0x61, 0xff) }, /not UTF-8/u);
  await refuses({ environment: { PRIVACY_MODE: "none" } }, /^\$PRIVACY_MODE is "none"/u);
  await refuses({ flags: { windowSecs: "1e1" } }, /^--window-secs is "1e1"/u);
  await refuses({ flags: { windowSecs: " 60" } }, /^--window-secs/u);
  await refuses({ flags: { dataRoot: "" } }, /^--data/u);
  await refuses({ hostname: "" }, /--node/u);
  await refuses({ hostname: "bad\u001bname" }, /bad\\ename/u);
});

test("a config.yaml above the limit is not read", async () => {
  const file = `# ${"x".repeat(70_000)}`;
  await assert.rejects(async () => await check({ file }), { code: "disk/too-large" });
});

test("is frozen", async () => {
  const config = await check({});
  assert.ok(Object.isFrozen(config));
  for (const each of Object.values(config)) assert.ok(Object.isFrozen(each));
});

test("window lengths are the divisors of an hour", async () => {
  const good: number[] = [];
  for (let seconds = 0; seconds <= 3_601; seconds += 1) {
    const given = { flags: { windowSecs: `${seconds}` } };
    const config = await check(given).catch(() => null);
    if (config !== null) good.push(config.windowSecs.value);
  }
  assert.equal(good.length, 45);
  assert.deepEqual([good[0], good.at(-1)], [1, 3_600]);
});

test("what init writes reads back the same, by readers of YAML 1.1 too", async () => {
  const names = stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/u);
  const written = record({
    namespace: stringMatching(/^ns:\/\/[a-z0-9][a-z0-9._-]{0,9}(?:\/[a-z0-9][a-z0-9._-]{0,9})?$/u),
    nodeId: constantFrom("no", "on", "42", "0x10", "1e3", "1.5", "2026-11-20", "y", "null", "08"),
    privacy: constantFrom(...PRIVACY_MODES),
    windowSecs: constantFrom(1, 60, 3_600),
    out: constantFrom(null, "/srv/evidence", "/srv/on", "/0x10"),
  });
  await forAll(
    asyncProperty(written, names, integer({ min: 0, max: 1 }), async (base, name, which) => {
      const wanted = which === 0 ? base : { ...base, nodeId: name };
      const file = formatConfig(wanted);
      const config = await check({ file });
      const { namespace, nodeId, privacy, windowSecs } = wanted;
      assert.equal(config.namespace.value, namespace);
      assert.equal(config.nodeId.value, nodeId);
      assert.equal(config.privacy.value, privacy);
      assert.equal(config.windowSecs.value, windowSecs);
      if (wanted.out !== null) assert.equal(config.outDir.value, wanted.out);
      const other: unknown = parse(file, { version: "1.1" });
      const kept = wanted.out === null ? {} : { out: wanted.out };
      const rest = { namespace, node_id: nodeId, privacy, window_secs: windowSecs };
      assert.deepEqual(other, { ...rest, ...kept });
    }),
    { numRuns: 200 },
  );
});
