/**
 * Goal: init, ingest, keys and stats do what they say, say what they did, and refuse without a
 * trace.
 *
 * Method: small logs through `main` on the real disk, below a directory that is thrown away.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { auditLog } from "./audit-log.ts";
import { Bench, runMain } from "./harness.ts";

test("init makes a data root, says its fingerprint, and never makes a second", async () => {
  using bench = new Bench();
  const { status, out } = await bench.run("init --node web-01 --namespace ns://acme/prod");
  assert.equal(status, 0);
  assert.match(out, /^Made a data root: /u);
  assert.match(out, /^ {2}namespace {8}ns:\/\/acme\/prod$/mu);
  const [, fingerprint] = /^ {2}fingerprint {6}([0-9a-f]{64})$/mu.exec(out) ?? [];
  assert.ok(out.includes("KEY of verify --trust KEY"));
  assert.equal((await bench.json("keys")).text("identity.fingerprint"), fingerprint);
  const before = readFileSync(join(bench.root, "config.yaml"), "utf8");
  const again = await bench.json("init");
  assert.equal(again.status, 73);
  assert.equal(again.text("error.code"), "store/exists");
  assert.equal(readFileSync(join(bench.root, "config.yaml"), "utf8"), before);
  assert.deepEqual(readdirSync(bench.dir), ["data"], "nothing beside the data root");
});

test("init remembers a store elsewhere", async () => {
  using bench = new Bench();
  const elsewhere = join(bench.dir, "store");
  const { out } = await bench.run("init --node a --out", elsewhere);
  assert.match(readFileSync(join(bench.root, "config.yaml"), "utf8"), /^out: /mu);
  assert.ok(out.includes(elsewhere));
  const log = bench.file("audit.log", auditLog({ events: 1 }));
  assert.equal((await bench.run("ingest", log)).status, 0);
  assert.ok(existsSync(join(elsewhere, "windows")));
});

test("keys are those of the store, without the secret ones", async () => {
  using bench = new Bench();
  await bench.init();
  const document = await bench.json("keys");
  assert.equal(Buffer.from(document.text("identity.public"), "base64").length, 32);
  assert.equal(document.list("delegated").length, 2);
});

test("ingest without a data root makes none", async () => {
  using bench = new Bench();
  const log = bench.file("audit.log", auditLog({ events: 1 }));
  const { status, out, err } = await bench.run("ingest", log);
  assert.equal(status, 66);
  assert.equal(out, "");
  assert.match(err, /is not a data root \(store\/missing\)\n {2}Run `ritma init`/u);
  assert.match(err, /\n {2}Nothing was recorded\. Exit status 66\.\n$/u);
  assert.deepEqual(readdirSync(bench.dir), ["audit.log"]);
});

test("ingest records, and the same again is nothing new", async () => {
  using bench = new Bench();
  const fingerprint = await bench.init();
  const log = bench.file("audit.log", auditLog({ events: 900 }));
  const { status, out } = await bench.run("ingest", log);
  assert.equal(status, 0);
  assert.match(out, /^Recorded {3}900 events from 1 file {3}\d/u);
  assert.match(out, /^ {2}sealed +2 hours, /mu);
  assert.ok(out.includes(`ritma verify --data ${bench.root} --trust ${fingerprint}\n`));
  const again = await bench.run("ingest", log);
  assert.equal(again.status, 0);
  assert.match(again.out, /^Nothing new {3}all of 1 file was recorded before/u);
  const facts = await bench.json("ingest", log);
  assert.equal(facts.get("nothingNew"), true);
  assert.equal(facts.text("fingerprint"), fingerprint);
  assert.equal(facts.number("storedBytes"), facts.number("storedBytesBefore"));
});

test("ingest --json has all facts of what was recorded", async () => {
  using bench = new Bench();
  await bench.init();
  const log = bench.file("audit.log", auditLog({ events: 20 }));
  const facts = await bench.json("ingest", log);
  assert.equal(facts.number("events"), 20);
  assert.equal(facts.number("recorded.events"), 20);
  assert.equal(facts.number("records"), 80);
  assert.equal(facts.number("bytes"), statSync(log).size);
  assert.ok(facts.number("storedBytes") > facts.number("storedBytesBefore"));
});

test("standard input is recorded like a file, and its draft is gone", async () => {
  using bench = new Bench();
  await bench.init();
  for (const [nothingNew, pack] of [
    [false, (log: string): Uint8Array => Buffer.from(log)],
    [true, (log: string): Uint8Array => gzipSync(log)],
  ] as const) {
    const input = pack(auditLog({ events: 30 }));
    const argv = ["ingest", "-", "--json", "--data", bench.root];
    const { status, out, err } = await runMain(argv, { input });
    assert.equal(status, 0, err);
    assert.ok(out.includes(`"nothingNew":${nothingNew}`), out);
    assert.ok(!readdirSync(bench.root).some((name) => name.endsWith(".draft")));
  }
  const argv = ["ingest", "-", "--data", bench.root];
  const empty = await runMain(argv, {});
  assert.equal(empty.status, 65);
  assert.match(empty.err, /^ritma ingest: standard input is empty \(input\/empty\)\n/u);
  const twice = await runMain(["ingest", "-", "-", "--data", bench.root], {});
  assert.match(twice.err, /can be given once/u);
});

const REFUSED: readonly (readonly [name: string, content: string, status: number, code: string])[] =
  [
    ["notes.txt", "Dear diary,\ntoday nothing happened.\n", 65, "input/not-audit"],
    ["empty", "", 65, "input/empty"],
    ["archive.zip", "PK\u0003\u0004rest", 65, "input/unsupported"],
  ];

for (const [name, content, status, code] of REFUSED) {
  test(`ingest refuses ${name}, also behind a good one, before it records anything`, async () => {
    using bench = new Bench();
    await bench.init();
    const good = bench.file("audit.log", auditLog({ events: 3 }));
    const bad = bench.file(name, content);
    const ran = await bench.run("ingest", good, bad);
    assert.equal(ran.status, status);
    assert.equal(ran.out, "");
    assert.ok(ran.err.startsWith(`ritma ingest: ${bad} is `), ran.err);
    assert.ok(ran.err.includes(`(${code})`), ran.err);
    assert.match(ran.err, /\n {2}Nothing was recorded\. Exit status 65\.\n$/u);
    assert.equal((await bench.json("stats")).number("hours"), 0);
  });
}

test("stats are those of the headers, and the bytes those of the disk", async () => {
  using bench = new Bench();
  await bench.init("--privacy", "raw");
  await bench.run("ingest", bench.file("audit.log", auditLog({ events: 900 })));
  const stats = await bench.json("stats");
  assert.equal(stats.number("counts.events"), 900);
  assert.equal(stats.number("hours"), 2);
  assert.equal(stats.text("node"), "web-01");
  let total = 0;
  for (const name of readdirSync(bench.out, { recursive: true, encoding: "utf8" })) {
    const found = statSync(join(bench.out, name));
    if (found.isFile()) total += found.size;
  }
  assert.equal(stats.number("bytes.total"), total);
  assert.equal(stats.number("bytes.other"), 0);
  const { out } = await bench.run("stats");
  assert.match(out, /^web-01 · ns:\/\/local\/default · raw\n/u);
  assert.match(out, /^ {2}events +900 of 3,600 records$/mu);
});

test("stats and verify count the same windows, late ones included", async () => {
  using bench = new Bench();
  await bench.init("--privacy", "raw");
  const late = auditLog({ events: 1, from: 60 });
  const log = auditLog({ events: 40, step: 9 }) + late.replaceAll(":1000)", ":9000)");
  const facts = await bench.json("ingest", bench.file("audit.log", log));
  assert.equal(facts.number("recorded.late"), 1);
  const stats = await bench.json("stats");
  const verified = await bench.json("verify");
  assert.equal(stats.number("windows"), verified.number("counts.windows"));
  assert.equal(stats.number("windows"), facts.number("recorded.windows"));
  for (const line of ["stats", "verify"]) {
    const { out } = await bench.run(line);
    assert.match(out.replaceAll(/\s+/gu, " "), /in after the minute was sealed/u, line);
    assert.doesNotMatch(out, /not whole/u);
  }
});

test("stats are from the first event, and a clock that was not set makes no decades", async () => {
  using bench = new Bench();
  await bench.init("--privacy", "raw");
  const early = auditLog({ events: 1 }).replaceAll(/audit\(\d+\./gu, "audit(946684900.");
  await bench.run("ingest", bench.file("audit.log", early + auditLog({ events: 90, from: 61 })));
  const stats = await bench.json("stats");
  assert.equal(stats.number("firstEvent"), 1_795_168_861_100_000);
  assert.equal(stats.list("strayHours").length, 1);
  const { out } = await bench.run("stats");
  assert.match(out, /^ {2}from +2026-11-20 10:01:01\.100 UTC$/mu);
  assert.match(out, /^ {2}to +2026-11-20 10:11:24\.189 UTC$/mu);
  assert.match(out, /^ {2}apart +1 hour with far other stamps, as of 2000-01-01/mu);
  const nothing = await bench.run("timeline --since 23:00");
  assert.match(nothing.out, /holds events from 2026-11-20\s10:01:01/u);
});

test("colour is for terminals, and not with NO_COLOR", async () => {
  using bench = new Bench();
  await bench.init();
  const argv = ["keys", "--data", bench.root];
  const coloured = await runMain(argv, { terminal: true, environment: { TERM: "xterm" } });
  assert.ok(coloured.out.includes("\u001b["));
  const environment = { TERM: "xterm", NO_COLOR: "1" };
  assert.ok(!(await runMain(argv, { terminal: true, environment })).out.includes("\u001b"));
  assert.ok(!(await runMain(argv, {})).out.includes("\u001b"));
});
