/**
 * Goal: `npm test` never says that all is well when a test failed, hung, ended its process, threw
 * after its end, was skipped under CI, or when no test ran.
 *
 * Method: the runner itself, in a process of its own, over test files made for it in a temporary
 * directory; only its last lines and its status are looked at.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { skipLoudly } from "./skip.ts";

const IMPORTS = `
  import assert from "node:assert/strict";
  import { test } from "node:test";
  import { skipLoudly } from ${JSON.stringify(join(import.meta.dirname, "skip.ts"))};
`;

interface Outcome {
  readonly last: string;
  readonly status: number | null;
  readonly output: string;
}

function runOn(bodies: readonly string[], environment: Record<string, string> = {}): Outcome {
  const dir = mkdtempSync(join(tmpdir(), "ritma-runner-"));
  try {
    const files = bodies.map((body, index) => {
      const path = join(dir, `${index}.test.ts`);
      writeFileSync(path, IMPORTS + body);
      return path;
    });
    const { CI: _, RITMA_SEED: __, ...inherited } = process.env;
    const { stdout, status } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, "test.ts"), ...files],
      { encoding: "utf8", env: { ...inherited, ...environment } },
    );
    return { last: stdout.trimEnd().split("\n").at(-1) ?? "", status, output: stdout };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const GOOD = `test("good", () => {});`;

/** What, test files, environment, last line, status, and what else is said. */
const ROWS: readonly (readonly [
  string,
  readonly string[],
  Record<string, string>,
  string,
  number,
  RegExp?,
])[] = [
  [
    "good tests",
    [GOOD, GOOD + `test("2", async (t) => { await t.test("3", () => {}); });`],
    {},
    "4 passed, 0 failed, 0 skipped",
    0,
  ],
  [
    "a failing test",
    [GOOD, `test("x", () => assert.equal(1, 2));`],
    {},
    "1 passed, 1 failed, 0 skipped",
    1,
    /1 !== 2/u,
  ],
  [
    "a rejected test",
    [GOOD + `test("x", async () => { throw new Error("no"); });`],
    {},
    "1 passed, 1 failed, 0 skipped",
    1,
  ],
  [
    "a file that cannot be loaded",
    [GOOD, `throw new Error("at import");`],
    {},
    "1 passed, 1 failed, 0 skipped",
    1,
    /at import/u,
  ],
  ["a file that is no program", [GOOD, "const = 1;"], {}, "1 passed, 1 failed, 0 skipped", 1],
  [
    "process.exit(0) in a test",
    [`test("x", () => process.exit(0));`],
    {},
    "0 passed, 1 failed, 0 skipped",
    1,
    /ended early \(status 0\)/u,
  ],
  [
    "a killed process",
    [`test("x", () => process.kill(process.pid, "SIGKILL"));`],
    {},
    "0 passed, 1 failed, 0 skipped",
    1,
    /ended early \(SIGKILL\)/u,
  ],
  [
    "an error after its test",
    [
      `test("x", () => { setTimeout(() => { throw new Error("late"); }, 1); });
    test("y", async () => { await new Promise((done) => setTimeout(done, 100)); });`,
    ],
    {},
    "2 passed, 1 failed, 0 skipped",
    1,
    /late/u,
  ],
  [
    "a timer that is left",
    [`test("x", () => { setInterval(() => {}, 1_000); });`],
    {},
    "1 passed, 0 failed, 0 skipped",
    0,
  ],
  [
    "a todo",
    [GOOD + `test("x", { todo: true }, () => {});`],
    {},
    "1 passed, 1 failed, 0 skipped",
    1,
  ],
  [
    "a file without tests",
    [GOOD, "export {};"],
    {},
    "1 passed, 1 failed, 0 skipped",
    1,
    /1\.test\.ts holds no test/u,
  ],
  [
    "only a skip",
    [`test.skip("x", () => {});`],
    {},
    "0 passed, 0 failed, 1 skipped",
    1,
    /no test ran/u,
  ],
  [
    "a skip",
    [GOOD + `test("x", (t) => skipLoudly(t, "strace is missing"));`],
    {},
    "1 passed, 0 failed, 1 skipped",
    0,
    /skipped {2}x: strace is missing/u,
  ],
  [
    "a skip under CI",
    [GOOD + `test("x", (t) => skipLoudly(t, "strace is missing"));`],
    { CI: "true" },
    "1 passed, 1 failed, 0 skipped",
    1,
    /CI=true/u,
  ],
  [
    "a quiet skip under CI",
    [GOOD + `test.skip("x", () => {});`],
    { CI: "true" },
    "1 passed, 0 failed, 1 skipped",
    1,
    /CI=true/u,
  ],
];
for (const [what, bodies, environment, last, status, says] of ROWS) {
  test(`${what}: ${last}`, () => {
    const outcome = runOn(bodies, environment);
    assert.equal(outcome.last, last, outcome.output);
    assert.equal(outcome.status, status);
    if (says !== undefined) assert.match(outcome.output, says);
  });
}

test("property tests repeat, and another seed is another run", () => {
  const fastCheck = JSON.stringify(import.meta.resolve("fast-check"));
  const body = `
    import { sample, integer } from ${fastCheck};
    import { assert as forAll, property } from ${fastCheck};
    test("x", () => {
      const seen = [];
      forAll(property(integer(), (value) => { seen.push(value); }), { numRuns: 5 });
      process.stdout.write("drew " + seen.join(" ") + "\\n");
    });
  `;
  const drawn = (seed?: string): string | undefined =>
    /drew .*/u.exec(runOn([body], seed === undefined ? {} : { RITMA_SEED: seed }).output)?.[0];
  assert.match(drawn() ?? "", /drew -?\d+ /u);
  assert.equal(drawn(), drawn());
  assert.notEqual(drawn(), drawn("7"));
});

test("skipLoudly skips with its reason, and not under CI", () => {
  const before = process.env["CI"];
  const reasons: (string | undefined)[] = [];
  const context = { skip: (reason?: string) => void reasons.push(reason) };
  try {
    delete process.env["CI"];
    skipLoudly(context, "no root");
    assert.deepEqual(reasons, ["no root"]);
    process.env["CI"] = "true";
    assert.throws(() => skipLoudly(context, "no root"), /CI=true allows no skipped test: no root/u);
    assert.deepEqual(reasons, ["no root"]);
  } finally {
    if (before === undefined) delete process.env["CI"];
    else process.env["CI"] = before;
  }
});
