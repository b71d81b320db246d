/**
 * Goal: the demo does what it says: it records, verifies, shows that one flipped bit is caught,
 * reads a story back, leaves nothing behind, and fails when any of this is not so.
 *
 * Method: it is run as a person runs it; its judgement is then given results that are not as they
 * should be. With --keep, the lines that it says to type are typed.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Report } from "@ritma/evidence";
import { problemsOf } from "../../src/cli/demo/report.ts";
import { Bench, runMain } from "../cli/harness.ts";
import { Json } from "../cli/json-document.ts";

const LOG_BYTES = 43_230_485;

function leftovers(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith("ritma-demo-"));
}

test("measures, catches, tells, and leaves nothing behind", async () => {
  const before = leftovers();
  const startedMs = performance.now();
  const { status, out, err } = await runMain(["demo", "--json"], {});
  assert.equal(status, 0, err);
  assert.ok(performance.now() - startedMs < 60_000);
  const facts = new Json(out);
  assert.deepEqual(facts.get("problems"), []);
  assert.equal(facts.number("events"), 57_454);
  assert.equal(facts.number("lines"), 210_493);
  assert.equal(facts.number("logBytes"), LOG_BYTES);
  assert.ok(facts.number("storedBytes") < LOG_BYTES / 150);
  assert.equal(facts.text("verify.result"), "VALID");
  assert.equal(facts.text("tamper.result"), "TAMPERED");
  assert.equal(facts.get("kept"), null);
  assert.deepEqual(leftovers(), before);
});

test("what it keeps can be looked into with the lines that it prints", async () => {
  using bench = new Bench();
  const keep = join(bench.dir, "kept");
  const { status, out } = await runMain(["demo", "--keep", keep], {});
  assert.equal(status, 0, out);
  assert.match(out, /caught/u);
  assert.match(out, /open +\/etc\/shadow +denied \(EACCES\)/u);
  const lines = [...out.matchAll(/ {2}ritma (\S.*--(?:data|trust).*|verify .*)$/gmu)].map(
    ([, line = ""]) => line.split(" "),
  );
  const statuses: number[] = [];
  for (const argv of lines) statuses.push((await runMain(argv, {})).status);
  assert.deepEqual(statuses, [0, 0, 0, 1], out);
  const again = await runMain(["demo", "--keep", keep], {});
  assert.equal(again.status, 73);
  assert.match(again.err, /--keep wants a new directory \(disk\/exists\)/u);
  assert.doesNotMatch(again.err, /--data/u);
});

function reportOf(changes: Partial<Pick<Report, "result" | "findings">>, events: number): Report {
  // Of the rest, nothing is looked at.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { result: "VALID", findings: [], counts: { events }, ...changes } as unknown as Report;
}

const PATH = "windows/x/blocks/inst_0000.cbor.zst";
const CAUGHT = reportOf(
  { result: "TAMPERED", findings: [{ code: "file/digest", where: PATH, message: "m" }] },
  5,
);

function check(want: RegExp | null, fresh: Report, tampered: Report, isComplete = true): void {
  const problems = problemsOf(5, fresh, { path: PATH, report: tampered }, isComplete);
  if (want === null) assert.deepEqual(problems, []);
  else assert.match(problems.join("\n"), want);
}

test("as it should be", () => check(null, reportOf({}, 5), CAUGHT));
test("a fresh store that is not VALID", () =>
  check(/fresh store is INCOMPLETE/u, reportOf({ result: "INCOMPLETE" }, 5), CAUGHT));
test("events that were lost on the way", () => check(/verified 4/u, reportOf({}, 4), CAUGHT));
test("a flipped bit that nobody saw", () => check(/not caught/u, reportOf({}, 5), reportOf({}, 5)));
test("a flipped bit that was seen elsewhere", () =>
  check(/not caught/u, reportOf({}, 5), reportOf({ result: "TAMPERED", findings: [] }, 5)));
test("a story that is not there", () => check(/give back/u, reportOf({}, 5), CAUGHT, false));
