/**
 * Goal: whoever mistypes, or stands before a store that is not whole, is told what helps.
 *
 * Method: the mistakes of people who had never seen Ritma, and what was said to them.
 */
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { auditLog } from "./audit-log.ts";
import { Bench, runMain } from "./harness.ts";

let bench: Bench;
let fingerprint: string;

before(async () => {
  bench = new Bench();
  fingerprint = await bench.init("--privacy", "raw");
  const log = bench.file("audit.log", auditLog({ events: 30 }));
  assert.equal((await bench.run("ingest", log)).status, 0);
});
after(() => bench[Symbol.dispose]());

test("a fingerprint that is none: where to find it", async () => {
  for (const line of ["verify", "report"]) {
    const { status, err } = await bench.run(line, "--trust", "FINGERPRINT");
    assert.equal(status, 64);
    assert.match(err, /--trust is "FINGERPRINT", and a fingerprint has 64 hex digits: /u);
    assert.match(err, /`ritma keys` on the recorded host prints it/u);
  }
});

test("a time in words: times that are relative too", async () => {
  const { status, err } = await bench.run("timeline --since yesterday");
  assert.equal(status, 64);
  assert.match(err, /-15m/u);
  assert.equal((await bench.run("timeline --since -15m")).status, 0);
});

test("a report without a key says how to name one", async () => {
  const { out } = await bench.run("report");
  assert.match(out, /UNTRUSTED\n(?:.+\n)*.*--trust KEY/u);
  const trusted = (await bench.run("report --trust", fingerprint)).out;
  assert.doesNotMatch(trusted, /Nobody said which key/u);
});

test("bytes that are no text are not poured out", async () => {
  const binary = new Uint8Array(400).map((_, at) => 0x80 + (at % 0x7f));
  const { err } = await bench.run("ingest", bench.file("bin", binary));
  const [first = ""] = err.split("\n");
  const said = first.slice(first.indexOf("line 1 is"));
  assert.match(said, /^line 1 is "(?:\\x[0-9a-f]{2}){8}…", which is no text \(/u);
  const words = "a line of words that goes on and on ".repeat(9);
  const text = await bench.run("ingest", bench.file("text", words));
  assert.match(text.err, /line 1 is "a line of words [^"]*…" \(input\/not-audit\)/u);
  const short = await bench.run("ingest", bench.file("short", "\\\\a\\b\\c\\x41\n"));
  assert.match(short.err, /line 1 is "(?:\\\\){2}a\\\\b\\\\c\\\\x41" \(/u);
});

test("what nobody said is not counted as found", async () => {
  using other = new Bench();
  const key = await other.init("--privacy", "raw");
  const log = other.file("audit.log", auditLog({ events: 30 }));
  assert.equal((await other.run("ingest", log)).status, 0);
  writeFileSync(join(other.out, "windows", "intruder"), "");
  const { status, out } = await other.run("verify");
  assert.equal(status, 1);
  assert.match(out, /^TAMPERED {3}1 finding, first in windows\/intruder\n/u);
  assert.match(out, /^ {2}And nobody was named to trust: --trust KEY\.$/mu);
  assert.match(out, /trust\/unknown/u);
  const trusted = (await other.run("verify --trust", key)).out;
  assert.match(trusted, /^TAMPERED {3}1 finding, /u);
  assert.doesNotMatch(trusted, /nobody was named/u);
  // Another key than the one that was said is found, and counted.
  const foreign = (await other.run("verify --trust", fingerprint)).out;
  assert.match(foreign, /^TAMPERED {3}2 findings, /u);
});

test("a store that lost what it says of itself is damaged, and not missing", async () => {
  using other = new Bench();
  await other.init("--privacy", "raw");
  const log = other.file("audit.log", auditLog({ events: 30 }));
  assert.equal((await other.run("ingest", log)).status, 0);
  rmSync(join(other.out, "_meta"), { recursive: true });
  for (const line of ["timeline", "who /usr/bin/id", "stats", `ingest ${log}`]) {
    const { status, err } = await other.run(line);
    assert.equal(status, 65, line);
    assert.match(err, /store\.cbor is not there, though _tlog\/ and windows\/ are/u);
    assert.match(err, /`ritma verify`/u);
    assert.doesNotMatch(err, /ritma init|Hours that are open/u);
  }
  const direct = await runMain(["timeline", other.out], {});
  assert.equal(direct.status, 65);
  rmSync(join(other.out, "_tlog"), { recursive: true });
  assert.match((await other.run("timeline")).err, /though windows\/ is \(store\/damaged\)/u);
  rmSync(other.out, { recursive: true });
  assert.equal((await other.run("timeline")).status, 66);
});

test("of a folder without a log it is said what was looked for", async () => {
  const { status, err } = await bench.run("ingest", bench.out);
  assert.equal(status, 66);
  assert.match(err, /is a directory without an audit\.log \(input\/directory\)/u);
});
