/**
 * Goal: times, names, numbers and columns are read and shown as people write them, and what is none
 * of them is refused.
 *
 * Method: rows.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type FlowEntity, fromHex } from "@ritma/evidence";
import { RitmaError } from "../../src/base/error.ts";
import {
  columnsOf,
  cutMiddle,
  cutPath,
  cutProcess,
  cutTo,
  padTo,
} from "../../src/cli/timeline/columns.ts";
import { errnoName, isDenied } from "../../src/cli/timeline/errno.ts";
import { Namer } from "../../src/cli/timeline/names.ts";
import { cutPhrase, fixed, path, phrase, words } from "../../src/cli/timeline/phrase.ts";
import { shellQuoted } from "../../src/cli/timeline/quote.ts";
import { isRelative, parseTime } from "../../src/cli/timeline/times.ts";
import { namespaceNames, octal, requestName, signalName } from "../../src/cli/timeline/words.ts";

/** 2026-11-20T10:16:35.094Z. */
const LAST = 1_795_169_795_094_000;

function checkTime(text: string, want: string): void {
  let got: string;
  try {
    got = new Date(parseTime(text, LAST) / 1000).toISOString();
  } catch (error) {
    if (!(error instanceof RitmaError)) throw error;
    got = error.code;
  }
  assert.equal(got, want, text);
}

const TIMES: readonly (readonly [text: string, want: string])[] = [
  ["2026-11-20T09:32:07.114Z", "2026-11-20T09:32:07.114Z"],
  ["2026-11-20T09:32:07Z", "2026-11-20T09:32:07.000Z"],
  ["2026-11-20T09:32:07.114+01:00", "2026-11-20T08:32:07.114Z"],
  ["2026-11-20T23:32:07-0130", "2026-11-21T01:02:07.000Z"],
  ["2026-11-20 09:32", "2026-11-20T09:32:00.000Z"],
  ["2026-11-20 09:32:07.1", "2026-11-20T09:32:07.100Z"],
  ["2026-11-20", "2026-11-20T00:00:00.000Z"],
  ["2024-02-29", "2024-02-29T00:00:00.000Z"],
  ["09:32", "2026-11-20T09:32:00.000Z"],
  ["09:32:07.114", "2026-11-20T09:32:07.114Z"],
  ["23:59:59Z", "2026-11-20T23:59:59.000Z"],
  ["-5m", "2026-11-20T10:11:35.094Z"],
  ["-1h30m", "2026-11-20T08:46:35.094Z"],
  ["-2d", "2026-11-18T10:16:35.094Z"],
  ["-0s", "2026-11-20T10:16:35.094Z"],
  ["2025-02-29", "time/bad"],
  ["2026-13-01", "time/bad"],
  ["24:00", "time/bad"],
  ["09:60", "time/bad"],
  ["9:32", "time/bad"],
  ["5m", "time/bad"],
  ["-5", "time/bad"],
  ["-999999d", "time/bad"],
  ["1999-12-31T23:59:59Z", "time/bad"],
  ["2100-01-01", "time/bad"],
  ["now", "time/bad"],
  ["", "time/bad"],
];

for (const [text, want] of TIMES) test(`time "${text}"`, () => checkTime(text, want));

test("microseconds are kept, and an empty store has no day", () => {
  assert.equal(parseTime("10:16:35.094001", LAST), LAST + 1);
  assert.throws(() => parseTime("10:16", null), RitmaError);
  assert.throws(() => parseTime("-5m", null), RitmaError);
  assert.equal(isRelative("-5m") && !isRelative("10:16"), true);
});

const FLOWS: readonly (readonly [family: number, hex: string, want: string])[] = [
  [2, "7f000001", "127.0.0.1:80"],
  [10, "00000000000000000000000000000001", "[::1]:80"],
  [10, "00000000000000000000000000000000", "[::]:80"],
  [10, "20010db8000000000001000000000001", "[2001:db8::1:0:0:1]:80"],
  [10, "20010db8000100020003000400050006", "[2001:db8:1:2:3:4:5:6]:80"],
  [10, "00010000000200000003000000040000", "[1:0:2:0:3:0:4:0]:80"],
  [10, "fe800000000000000000000000000000", "[fe80::]:80"],
  [16, "", "netlink"],
  [99, "0102", "family 99:0102"],
];

for (const [family, hex, want] of FLOWS) {
  test(`address ${want}`, () => {
    const address = { hashed: false, bytes: fromHex(hex) };
    const flow: FlowEntity = { kind: "flow", family, address, port: 80, scope: null };
    assert.equal(new Namer(8).flow(flow), want);
  });
}

const QUOTED: readonly (readonly [text: string, want: string])[] = [
  ["word", "word"],
  ["--flag=a/b:c,d.e", "--flag=a/b:c,d.e"],
  ["two words", "'two words'"],
  ["", "''"],
  ["it's", "'it'\\''s'"],
  ["a\\b", "'a\\b'"],
  ["a\nb'c", "$'a\\nb\\'c'"],
  ["\u001b[31m", "$'\\e[31m'"],
  ["•a1b2c3d4", "'•a1b2c3d4'"],
  ["$(id)", "'$(id)'"],
];

for (const [text, want] of QUOTED) {
  test(`argument ${want}`, () => {
    const value = { hashed: false, bytes: new TextEncoder().encode(text) };
    assert.equal(shellQuoted(new Namer(8), value), want);
  });
}

test("a hash is marked and counted once asked", () => {
  const namer = new Namer(8);
  const value = { hashed: true, bytes: fromHex("a1b2c3d4000000000000000000000000") };
  assert.equal(namer.value(value), "•a1b2c3d4");
  assert.deepEqual([namer.takeHashed(), namer.takeHashed()], [true, false]);
  assert.equal(new Namer(32).value(value), "•a1b2c3d4000000000000000000000000");
});

test("numbers of the kernel have their names", () => {
  const names = [1, 2, 13, 41, 95, 110, 111, 133, 512, 134, 0].map((errno) => errnoName(errno));
  assert.equal(
    names.join(" "),
    "EPERM ENOENT EACCES  EOPNOTSUPP ETIMEDOUT ECONNREFUSED EHWPOISON ERESTARTSYS  ",
  );
  assert.deepEqual(
    [isDenied(13), isDenied(1), isDenied(2), isDenied(0)],
    [true, true, false, false],
  );
  assert.deepEqual(
    [signalName(9), signalName(0), signalName(40)],
    ["SIGKILL", "signal 0", "signal 40"],
  );
  assert.deepEqual([requestName(16), requestName(77)], ["ATTACH", "request 77"]);
  assert.equal(namespaceNames(0x6000_0000), "pid, net");
  assert.equal(namespaceNames(0), "flags 0x0");
  assert.equal(octal(0o104755), "4755");
});

test("columns count what a terminal shows", () => {
  assert.deepEqual(["abc", "日本", "e\u0301", ""].map(columnsOf), [3, 4, 1, 0]);
  assert.deepEqual(
    [cutTo("abcdef", 4), cutTo("abc", 3), cutTo("日本語", 4)],
    ["abc…", "abc", "日…"],
  );
  assert.equal(padTo("日", 4), "日  ");
});

type Cut = (text: string, columns: number) => string;
const CUTS: readonly (readonly [cut: Cut, text: string, columns: number, want: string])[] = [
  [cutMiddle, "containerd-shim", 9, "cont…shim"],
  [cutMiddle, "abc", 2, "a…"],
  [cutMiddle, "日本語日本語", 7, "日本…語"],
  [cutPath, "/srv/web/data/catalog.txt", 25, "/srv/web/data/catalog.txt"],
  [cutPath, "/srv/web/data/catalog.txt", 20, "/srv/…/catalog.txt"],
  [cutPath, "/srv/web/data/catalog.txt", 13, "…/catalog.txt"],
  [cutPath, "/srv/web/data/catalog.txt", 10, "…/cata…txt"],
  [cutPath, "/srv/web/data/", 10, "…/data/"],
  [cutPath, "…/p.so", 4, "…/p…"],
  [cutProcess, "containerd-shim[5496]", 14, "cont…him[5496]"],
  [cutProcess, "containerd-shim[5496]", 6, "[5496]"],
  [cutTo, "\\e[31m", 2, "…"],
  [cutTo, "a\\u{202e}b", 9, "a…"],
  [cutMiddle, "x•a1b2c3d4y", 9, "x…y"],
  [cutMiddle, "e\u0301e\u0301e\u0301e\u0301", 3, "e\u0301…e\u0301"],
];

for (const [cut, text, columns, want] of CUTS) {
  test(`${text} in ${columns} columns`, () => {
    const got = cut(text, columns);
    assert.equal(got, want);
    assert.ok(columnsOf(got) <= columns);
  });
}

test("what is short stays whole, and the longer pieces share the rest", () => {
  const moved = phrase(path("/tmp/.x"), fixed("→"), path("/home/alice/.config/autostart/.y"));
  assert.equal(cutPhrase(moved, 60), "/tmp/.x → /home/alice/.config/autostart/.y");
  assert.equal(cutPhrase(moved, 26), "/tmp/.x → /home/alice/…/.y");
  const run = phrase(path("/usr/bin/redis-server"), words("--port 6379 --bind 127.0.0.1"));
  assert.equal(cutPhrase(run, 30), "…/redis-server --port 6379 --…");
  for (let columns = 0; columns < 40; columns += 1) {
    for (const each of [moved, run]) assert.ok(columnsOf(cutPhrase(each, columns)) <= columns);
  }
});
