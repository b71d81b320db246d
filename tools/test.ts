/**
 * `npm test`: runs every test and ends with one line, `N passed, N failed, N skipped`.
 *
 * Tests share processes, as many at a time as there are cores: starting Node.js for each file costs
 * more than most files take, and one process a core would leave the quicker one waiting at the end.
 * End-to-end tests (test/e2e) have a process each, because they start and kill others.
 * A process that ends without having reported (a crash, `process.exit` in a test) is a failure of
 * all its files, and so is a run in which no test ran.
 *
 *     node tools/test.ts [FILE...]       RITMA_SEED=N   CI=true (a skipped test is a failure)
 *
 * @module
 */
import { spawn } from "node:child_process";
import { existsSync, globSync, mkdtempDisposableSync, readFileSync, statSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import type { ReportLine } from "./test-reporter.ts";

const ROOT = join(import.meta.dirname, "..");
const PATTERNS = ["packages/*/test/**/*.test.ts", "tools/*.test.ts", "test/**/*.test.ts"];
const E2E = "test/e2e/";

/** A test that takes longer hangs. */
const TEST_MS_MAX = 300_000;
const PROCESSES_MAX = 4;
/** That follow one another on a core. */
const SHARES_A_PROCESS = 4;

interface Result {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly remarks: readonly string[];
}

/** Tests that share one process, or have one each. */
interface Group {
  readonly files: readonly string[];
  readonly isolation: "none" | "process";
  /** Shown as it comes; else when the group has ended, so that two groups do not mix. */
  readonly live: boolean;
}

/** @returns the exit status: 0 when something ran and nothing failed. */
async function runTests(files: readonly string[], scratchDir: string): Promise<number> {
  const unit = files.filter((file) => !file.startsWith(E2E));
  const endToEnd = files.filter((file) => file.startsWith(E2E));
  const lanes = Math.min(availableParallelism(), PROCESSES_MAX, unit.length);
  const shares = split(unit, lanes === 1 ? 1 : lanes * SHARES_A_PROCESS);
  const waiting = [...shares.entries()];
  const results: Result[] = [];
  const runNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, share] = next;
      const group: Group = { files: share, isolation: "none", live: shares.length === 1 };
      results.push(await runGroup(group, join(scratchDir, `unit-${index}`)));
    }
  };
  await Promise.all(Array.from({ length: lanes }, runNext));
  if (endToEnd.length > 0) {
    const group: Group = { files: endToEnd, isolation: "process", live: true };
    results.push(await runGroup(group, join(scratchDir, "e2e")));
  }
  return conclude(results);
}

async function runGroup(group: Group, reportPath: string): Promise<Result> {
  const args = [
    "--test",
    `--test-isolation=${group.isolation}`,
    "--test-concurrency=2",
    "--test-force-exit",
    `--test-timeout=${TEST_MS_MAX}`,
    `--import=${join(import.meta.dirname, "seed.ts")}`,
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    `--test-reporter=${join(import.meta.dirname, "test-reporter.ts")}`,
    `--test-reporter-destination=${reportPath}`,
    ...group.files,
  ];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: environment(),
    stdio: ["ignore", group.live ? "inherit" : "pipe", group.live ? "inherit" : "pipe"],
  });
  const chunks: Uint8Array[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Uint8Array) => void chunks.push(chunk));
  }
  const { promise, resolve: ended } = Promise.withResolvers<string>();
  child.on("close", (status, signal) => ended(signal ?? `status ${status}`));
  const how = await promise;
  process.stdout.write(Buffer.concat(chunks));
  return readReport(reportPath, group.files, how);
}

function environment(): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _, ...others } = process.env;
  // What commands print in the zone of whoever runs the tests must not matter.
  const inherited = { ...others, TZ: "UTC" };
  const coloured = process.stdout.isTTY && others["NO_COLOR"] === undefined;
  return coloured ? { ...inherited, FORCE_COLOR: "1" } : inherited;
}

function readReport(path: string, files: readonly string[], how: string): Result {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const remarks: string[] = [];
  for (const row of text.split("\n").filter((each) => each !== "")) {
    // The file is our own reporter's.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const line = JSON.parse(row) as ReportLine;
    if (line.type === "counts") {
      const { passed, failed, skipped } = line;
      // Node.js knows of failures that belong to no test, and tells them by its status alone.
      const unnamed = how !== "status 0" && failed === 0 ? 1 : 0;
      if (unnamed > 0) remarks.push(`FAILED   the test process ended with ${how}`);
      return { passed, failed: failed + unnamed, skipped, remarks };
    }
    if (line.type === "skip") remarks.push(`skipped  ${line.name}: ${line.reason}`);
    else remarks.push(`FAILED   ${line.file} holds no test`);
  }
  remarks.push(`FAILED   a test process ended early (${how}), one of: ${files.join(" ")}`);
  return { passed: 0, failed: files.length, skipped: 0, remarks };
}

function conclude(results: readonly Result[]): number {
  const sum = (key: "passed" | "failed" | "skipped"): number =>
    results.reduce((total, result) => total + result[key], 0);
  const [passed, failed, skipped] = [sum("passed"), sum("failed"), sum("skipped")];
  const remarks = results.flatMap((result) => result.remarks);
  if (passed + failed === 0) remarks.push("FAILED   no test ran");
  if (skipped > 0 && process.env["CI"] === "true") {
    remarks.push("FAILED   CI=true allows no skipped test");
  }
  for (const remark of remarks) process.stdout.write(`${remark}\n`);
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  return failed > 0 || remarks.some((remark) => remark.startsWith("FAILED")) ? 1 : 0;
}

/** Deals the files out by size, the largest first; no share is empty. */
function split(files: readonly string[], count: number): string[][] {
  const shares = Array.from({ length: count }, (): string[] => []);
  const bySize = files.toSorted((a, b) => sizeOf(b) - sizeOf(a));
  for (const [index, file] of bySize.entries()) shares[index % count]?.push(file);
  return shares.filter((share) => share.length > 0);
}

function sizeOf(file: string): number {
  return statSync(join(ROOT, file)).size;
}

function pathsFrom(operands: readonly string[]): string[] {
  if (operands.length > 0) return operands.map((each) => relative(ROOT, resolve(each)));
  return globSync(PATTERNS, { cwd: ROOT })
    .filter((path) => !path.includes("node_modules"))
    .toSorted();
}

if (import.meta.main) {
  using scratch = mkdtempDisposableSync(join(tmpdir(), "ritma-test-"));
  process.exitCode = await runTests(pathsFrom(process.argv.slice(2)), scratch.path);
}
