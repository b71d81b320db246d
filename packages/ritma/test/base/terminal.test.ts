/**
 * Goal: the log, the progress line and colours speak to a person at a terminal and to nobody else,
 * and carry neither secrets nor anything that a terminal obeys.
 *
 * Method: streams that keep what is written to them, one that says it is a terminal and one that
 * does not.
 */
import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import type { Clock } from "../../src/base/clock.ts";
import { palette } from "../../src/base/colour.ts";
import { type Log, makeLog } from "../../src/base/log.ts";
import { progressLine, startProgress } from "../../src/base/progress.ts";
import type { LogLevel } from "../../src/base/settings.ts";

const NOON: Clock = { nowUs: () => 1_763_640_000_000_000 };
const COLUMNS = 60;

class Kept extends Writable {
  readonly isTTY: boolean;
  readonly columns = COLUMNS;
  text = "";

  constructor(isTTY: boolean) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    this.text += String(chunk);
    done();
  }
}

function logged(level: LogLevel, speak: (log: Log) => void): string[] {
  const lines: string[] = [];
  speak(makeLog({ level, clock: NOON, write: (line) => void lines.push(line) }));
  return lines;
}

test("a log line is one JSON object, with the clock's time", () => {
  const [line = "", ...rest] = logged("info", (log) => {
    log.info("hour sealed", { hour: 9, root: "77ab", whole: true, late: null });
  });
  assert.deepEqual(rest, []);
  assert.ok(line.endsWith("}\n"));
  assert.deepEqual(JSON.parse(line), {
    level: "info",
    time: "2025-11-20T12:00:00.000Z",
    hour: 9,
    root: "77ab",
    whole: true,
    late: null,
    msg: "hour sealed",
  });
});

function speak(log: Log): void {
  log.debug("d");
  log.info("i");
  log.warn("w");
  log.error("e");
}

function heard(level: LogLevel): string {
  return logged(level, speak)
    .map((line) => /"msg":"(.)"/u.exec(line)?.[1])
    .join("");
}

test("a level hides what is below it", () => {
  assert.equal(heard("debug"), "diwe");
  assert.equal(heard("info"), "iwe");
  assert.equal(heard("warn"), "we");
  assert.equal(heard("error"), "e");
});

test("a log line obeys nobody, and still says what it was told", () => {
  const hostile = "a\u001b[31m\n\u009b\u007f\u202e\u2028 \ud800 %s %d \\";
  const [line = ""] = logged("info", (log) => log.info(hostile, { comm: hostile }));
  assert.doesNotMatch(line.slice(0, -1), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  const value: unknown = JSON.parse(line);
  assert.ok(typeof value === "object" && value !== null && "msg" in value && "comm" in value);
  assert.equal(value.comm, hostile);
  assert.equal(value.msg, hostile);
});

test("a fact under a secret's name is struck out", () => {
  const [line = ""] = logged("info", (log) => log.info("x", { seed: "canary", salt: "canary" }));
  assert.doesNotMatch(line, /canary/u);
  assert.match(line, /"seed":"\(secret\)"/u);
});

test("progress shows on a terminal and is gone when it stops", () => {
  const stream = new Kept(true);
  {
    const what = `verify \u001b[2J ${"x".repeat(COLUMNS)}`;
    using progress = startProgress({ what, total: 100, unit: "files", stream });
    progress.update(40);
    progress.stop();
  }
  assert.match(stream.text, /verify \\e\[2J/u);
  assert.ok(!stream.text.includes("\u001b[2J"));
  assert.ok(!stream.text.includes("\u001b[?25l"), "the cursor stays, for whoever interrupts");
  assert.ok(!stream.text.includes("\u001b[?7l"), "and so does wrapping");
  const drawn = stream.text.split("\u001b").map((part) => part.replace(/^.\w*/u, "").length);
  assert.ok(Math.max(...drawn) < COLUMNS, "or the terminal would break the line");
  assert.ok(stream.text.endsWith("\u001b[2K"), "ends with a cleared line");
});

test("progress says nothing where nobody looks", () => {
  const stream = new Kept(false);
  using progress = startProgress({ what: "verify", total: 100, unit: "files", stream });
  progress.update(50);
  progress.stop();
  assert.equal(stream.text, "");
});

const LINES: readonly (readonly [string, number | null, number, number, string])[] = [
  ["bytes", 200_000_000, 50_000_000, 2, "  x  ██████░░░░░░░░░░░░░░░░░░  25%  25.0 MB/s  6 s left"],
  ["bytes", null, 50_000_000, 2, "  x  50.0 MB  25.0 MB/s"],
  ["files", 1_000_000, 0, 0, "  x  ░░░░░░░░░░░░░░░░░░░░░░░░  0%  0 files/s"],
  ["files", 2_000, 1_000, 100, "  x  ████████████░░░░░░░░░░░░  50%  10 files/s  1 min 40 s left"],
  ["files", 10, 11, 1, "  x  ████████████████████████  100%  11 files/s  0 s left"],
  ["files", 0, 0, 1, "  x  ████████████████████████  100%  0 files/s"],
];
for (const [unit, total, done, seconds, want] of LINES) {
  test(`after ${seconds} s with ${done} of ${total} ${unit}: ${want}`, () => {
    const stream = new Kept(true);
    assert.equal(progressLine({ what: "x", total, unit, stream }, done, seconds), want);
  });
}

test("colours are for a terminal that has not refused them", () => {
  assert.equal(palette(true, {}).good("x"), "\u001b[32mx\u001b[39m");
  assert.equal(palette(true, { NO_COLOR: "" }).bad("x"), "\u001b[31mx\u001b[39m");
  for (const environment of [{ NO_COLOR: "1" }, { NO_COLOR: "0" }, { TERM: "dumb" }]) {
    assert.equal(palette(true, environment).good("x"), "x");
  }
  const plain = palette(false, { FORCE_COLOR: "1" });
  for (const paint of [plain.good, plain.bad, plain.attention, plain.dim, plain.strong]) {
    assert.equal(paint("x"), "x");
  }
  const shown = palette(true, {});
  const all = [shown.good, shown.bad, shown.attention, shown.dim, shown.strong];
  assert.equal(new Set(all.map((paint) => paint("x"))).size, all.length);
});
