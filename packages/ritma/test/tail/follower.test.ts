/**
 * Goal: every line of a log that is rotated is read once, in order, whoever rotates it and however
 * often while nobody reads; and where lines are gone, that is said.
 *
 * Method: rows for each way a log changes, then scripts drawn from a seed against a log in memory:
 * writes, rotations by rename and by copy and cut, reads of some pieces, and readers that are put
 * down and opened again at their place. What was read must be what was written.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeUtf8 } from "@ritma/evidence";
import type { TailPlace } from "../../src/base/disk/log-files.ts";
import { Follower } from "../../src/flow/capture/tail/follower.ts";
import { drawFrom } from "../recorder/random-log.ts";
import { LOG, RotatingLog } from "./rotating-log.ts";

/** Reads on, and can be put down. */
class Reader {
  text = "";
  missed = 0;
  begun = 0;
  readonly #log: RotatingLog;
  #follower: Follower | null = null;
  #place: TailPlace | null = null;

  constructor(log: RotatingLog) {
    this.#log = log;
  }

  /** @returns false when there was nothing */
  async step(): Promise<boolean> {
    if (this.#follower === null) {
      const { follower, isFound } = await Follower.open(this.#log, LOG, this.#place);
      this.#follower = follower;
      if (!isFound) this.missed += 1;
    }
    const piece = await this.#follower.next();
    if (piece === null) return false;
    if (piece.kind === "bytes") this.text += decodeUtf8(piece.bytes);
    else if (piece.kind === "begin") this.begun += 1;
    else this.missed += 1;
    return true;
  }

  async all(): Promise<void> {
    for (let steps = 0; await this.step(); steps += 1) assert.ok(steps < 1_000);
  }

  /** False at the begin of a file. */
  get hasRead(): boolean {
    return (this.#follower?.place ?? this.#place)?.offset !== 0;
  }

  putDown(): void {
    this.#place = this.#follower?.place ?? this.#place;
    this.#follower = null;
  }
}

test("a log that grows", async () => {
  const log = new RotatingLog(4);
  const reader = new Reader(log);
  log.write("one\n");
  await reader.all();
  log.write("two\n");
  await reader.all();
  assert.equal(reader.text, "one\ntwo\n");
  assert.equal(reader.begun, 1);
});

test("a rotation by rename: the old file to its end, then the new one", async () => {
  const log = new RotatingLog(4);
  const reader = new Reader(log);
  log.write("one\n");
  await reader.all();
  log.write("two\n");
  log.rename();
  log.write("three\n");
  await reader.all();
  assert.deepEqual([reader.text, reader.begun, reader.missed], ["one\ntwo\nthree\n", 2, 0]);
});

test("several rotations while nobody reads", async () => {
  for (const rotate of ["rename", "copyAndCut"] as const) {
    const log = new RotatingLog(5);
    const reader = new Reader(log);
    log.write("one\n");
    await reader.all();
    reader.putDown();
    for (const text of ["two\n", "three\n", "four\n"]) {
      log.write(text);
      log[rotate]();
    }
    log.write("five\n");
    await reader.all();
    assert.equal(reader.text, "one\ntwo\nthree\nfour\nfive\n", rotate);
    assert.equal(reader.missed, 0, rotate);
  }
});

test("a file that was rotated out of the set is told as missed, once", async () => {
  const log = new RotatingLog(2);
  const reader = new Reader(log);
  log.write("one\n");
  await reader.all();
  reader.putDown();
  for (const text of ["two\n", "three\n", "four\n"]) {
    log.write(text);
    log.rename();
  }
  log.write("five\n");
  await reader.all();
  assert.equal(reader.text, "one\nthree\nfour\nfive\n");
  assert.equal(reader.missed, 1);
});

test("cut without a copy, and grown beyond our place, a log is told as missed", async () => {
  const log = new RotatingLog(0);
  const reader = new Reader(log);
  log.write("one\n");
  await reader.all();
  log.write("gone\n");
  log.copyAndCut();
  log.write("another line, longer than what was before\n");
  await reader.all();
  assert.equal(reader.text, "one\nanother line, longer than what was before\n");
  assert.equal(reader.missed, 1);
});

test("drawn scripts: each line once, in order", async () => {
  let rotations = 0;
  for (let seed = 1; seed <= 400; seed += 1) {
    const draw = drawFrom(seed);
    const log = new RotatingLog(40);
    const reader = new Reader(log);
    let written = `first of seed ${seed}\n`;
    log.write(written);
    await reader.all();
    for (let at = 0; at < 40; at += 1) {
      const what = draw(10);
      if (what < 4) {
        const text = `line ${at} of seed ${seed} ${`<${at}>`.repeat(draw(90))}\n`;
        log.write(text);
        written += text;
      } else if (what === 4) {
        log.rename();
        rotations += 1;
      } else if (what === 5) {
        // Where a copy could not be known again, somebody looks first.
        if (!reader.hasRead) await reader.all();
        log.copyAndCut();
        rotations += 1;
      } else if (what < 9) await reader.step();
      else reader.putDown();
    }
    await reader.all();
    assert.equal(reader.text, written, `seed ${seed}`);
    assert.equal(reader.missed, 0, `seed ${seed}`);
  }
  assert.ok(rotations > 1_000);
});
