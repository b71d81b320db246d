/**
 * Goal: the beat store as its users meet it: one process at a time, killed at any moment without
 * losing what was said to be put, and an import that goes on.
 *
 * Method: real processes.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Json } from "../../packages/ritma/test/cli/json-document.ts";
import { ended, madePlace, noise, type Place, ritma, startRitma } from "./processes.ts";

function beat(made: Place, ...args: readonly string[]): Json {
  const { status, out, err } = ritma(["beat", ...args, "--data", made.root, "--json"]);
  assert.equal(status, 0, err + out);
  return new Json(out);
}

test("put in one process, read in another, from standard input and by a file", () => {
  using made = madePlace();
  const payload = noise(300_000);
  beat(made, "put", "x/file", "--from", made.file("payload", payload));
  beat(made, "put", "x/text", "--text", "hello");
  assert.equal(beat(made, "get", "x/text").text("cell.text"), "hello");
  assert.equal(beat(made, "get", "x/file").number("cell.length"), 300_000);
  assert.equal(beat(made, "verify").get("faults")?.toString(), "");
});

test("a second process is refused while one is at work, and the first goes on", async () => {
  using made = madePlace();
  const args = ["beat", "put", "x/slow", "--from", "-", "--data", made.root];
  const first = startRitma(args, ["pipe", "ignore", "pipe"]);
  const end = ended(first);
  first.stdin?.write("one ");
  for (let left = 200; left > 0; left -= 1) {
    if (readdirSync(made.root).includes("branches")) break;
    await setTimeout(25);
  }
  const second = ritma(["beat", "ls", "--data", made.root]);
  assert.equal(second.status, 75, second.err);
  assert.match(second.err, /\(store\/busy\)/u);
  first.stdin?.end("two");
  assert.deepEqual(await end, { how: 0, err: "" });
  assert.equal(beat(made, "get", "x/slow").text("cell.text"), "one two");
});

test("killed during an import, the same import goes on, and readers see whole cells", async () => {
  using made = madePlace();
  for (let at = 0; at < 6; at += 1) {
    beat(made, "put", `x/${at}`, "--from", made.file(`p${at}`, noise(900_000).fill(at, 0, 50)));
  }
  const dir = join(made.dir, "bundle");
  const frames = beat(made, "export", "x", "--to", dir).number("bundle.frames");
  assert.ok(frames >= 5, `${frames} frames`);
  let waitMs = 150;
  for (let kill = 0; kill < 2; kill += 1) {
    const child = startRitma(["beat", "import", dir, "--as", "y", "--data", made.root], "ignore");
    await setTimeout(waitMs);
    child.kill("SIGKILL");
    await ended(child);
    waitMs += 90;
    assert.equal(beat(made, "verify").get("faults")?.toString(), "");
  }
  const last = beat(made, "import", dir, "--as", "y");
  assert.equal(last.number("bundle.resumed") + last.number("committed"), frames);
  assert.equal(beat(made, "get", "y/5").number("cell.length"), 900_000);
  assert.equal(beat(made, "verify").get("faults")?.toString(), "");
});
