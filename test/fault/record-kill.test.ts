/**
 * Goal: `ritma record`, killed at any moment (kill -9) while its log grows and is rotated,
 * loses nothing that was written and records nothing twice.
 *
 * Method: real processes. A writer appends events with stamps of now and rotates the log; recorders
 * are killed after a time drawn from a seed; the last one is stopped with SIGTERM. What is sealed
 * is compared with what was written. RITMA_KILLS=100 for longer.
 */
import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Json } from "../../packages/ritma/test/cli/json-document.ts";
import { drawFrom } from "../../packages/ritma/test/recorder/random-log.ts";
import { ended, madePlace, type Place, ritma, startRitma } from "../e2e/processes.ts";

const KILLS = Number(process.env["RITMA_KILLS"] ?? 4);
const SEED = Number(process.env["RITMA_SEED"] ?? 1);
/** What a recorder may live, at most; the least is about what it takes to start. */
const LIFE_MS = 2_000;
const START_MS = 300;
/** A recorder says how it stands every three seconds. */
const SAID_MS = 3_500;
const ROTATED = 400;

/** Writes events of its own, and rotates. */
class Writer {
  readonly path: string;
  readonly #draw: (limit: number) => number;
  #serial = 0;

  constructor(place: Place, draw: (limit: number) => number) {
    this.path = place.file("audit.log", "");
    this.#draw = draw;
  }

  get events(): number {
    return this.#serial;
  }

  /** Some events; now and then a rotation. */
  write(): void {
    let text = "";
    for (let left = 1 + this.#draw(40); left > 0; left -= 1) text += this.#event();
    appendFileSync(this.path, text);
    if (this.#draw(20) === 0) this.#rotate();
  }

  #event(): string {
    this.#serial += 1;
    const serial = this.#serial;
    const ms = Date.now();
    const stamp = `audit(${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, "0")}:${serial})`;
    return (
      `type=SYSCALL msg=${stamp}: arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 ` +
      `a3=0 items=0 ppid=1 pid=${100_000 + serial} auid=1000 uid=1000 gid=1000 euid=1000 ` +
      `suid=1000 fsuid=1000 egid=1000 sgid=1000 fsgid=1000 tty=pts0 ses=3 comm="id" ` +
      `exe="/usr/bin/id" key=(null)\ntype=PROCTITLE msg=${stamp}: proctitle="id"\n`
    );
  }

  #rotate(): void {
    this.#shift();
    renameSync(this.path, `${this.path}.1`);
    writeFileSync(this.path, "");
  }

  #shift(): void {
    for (let number = ROTATED; number >= 1; number -= 1) {
      const from = `${this.path}.${number}`;
      if (existsSync(from)) renameSync(from, `${this.path}.${number + 1}`);
    }
  }
}

/** Runs a recorder until it has said twice that there is nothing more, and stops it. */
async function stopped(args: readonly string[], writer: Writer, status: string): Promise<void> {
  const child = startRitma(args, ["ignore", "ignore", "pipe"]);
  const end = ended(child);
  for (let round = 0; round < 4; round += 1) {
    await setTimeout(START_MS);
    writer.write();
  }
  let said = "";
  for (let quiet = 0; quiet < 2;) {
    await setTimeout(SAID_MS);
    const text = readFileSync(status, "utf8");
    const [now = ""] = /"lines": \d+/u.exec(text) ?? [];
    const isOurs = text.includes(`"pid": ${child.pid},`);
    quiet = isOurs && now === said ? quiet + 1 : 0;
    said = now;
  }
  child.kill("SIGTERM");
  const { how, err } = await end;
  assert.equal(how, 0, err);
}

test(`${KILLS} kills of a live recorder under rotation: each event once`, async () => {
  using place = madePlace("--privacy", "raw", "--window-secs", "5");
  const draw = drawFrom(SEED);
  const writer = new Writer(place, draw);
  const args = ["record", "--data", place.root, "--audit-log", writer.path];
  writer.write();
  // It begins with the log as it is: what was rotated away before is not its own.
  assert.equal(ritma([...args, "--for", "1s"]).status, 0);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = startRitma(args, ["ignore", "ignore", "pipe"]);
    const end = ended(child);
    const until = performance.now() + START_MS + draw(LIFE_MS);
    while (performance.now() < until) {
      writer.write();
      await setTimeout(10 + draw(60));
    }
    child.kill("SIGKILL");
    const { how, err } = await end;
    assert.equal(how, "SIGKILL", err);
    // While nobody reads.
    for (let more = draw(4); more > 0; more -= 1) writer.write();
  }
  await stopped(args, writer, `${place.root}/recorder.json`);
  const status = new Json(ritma(["status", "--data", place.root, "--json"]).out);
  assert.equal(status.text("state"), "stopped");
  assert.equal(status.number("recorder.missed"), 0);
  const stats = new Json(ritma(["stats", "--data", place.root, "--json"]).out);
  assert.equal(stats.number("counts.records"), 2 * writer.events);
  assert.equal(stats.number("counts.events"), writer.events);
  const trust = new Json(ritma(["keys", "--data", place.root, "--json"]).out).text(
    "identity.fingerprint",
  );
  const verified = ritma(["verify", place.out, "--trust", trust]);
  assert.equal(verified.status, 0, verified.out);
  // The log is known now, however it was recorded.
  const again = new Json(ritma(["ingest", writer.path, "--data", place.root, "--json"]).out);
  assert.equal(again.get("nothingNew"), true);
});
