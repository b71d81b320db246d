/**
 * Goal: a line of `/proc/<pid>/stat` is read right whatever a program calls itself; what is gone
 * and what is not told are not the same.
 *
 * Method: lines as the kernel writes them, with hostile names; and the /proc of this host, where it
 * is one of which audit tells.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { listedProcess, openProcessTable } from "../../src/base/disk/process-table.ts";

const BOOT_US = 1_795_000_000_000_000;
const REST =
  "S 9372 9372 5929 0 -1 4194304 97 0 0 0 0 0 0 0 20 0 1 0 5002417 3133440 382 " +
  "18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0\n";

function check(name: string): void {
  const listed = listedProcess(`9390 (${name}) ${REST}`, BOOT_US);
  assert.ok(listed !== null, name);
  const { pid, ppid, startUs } = listed;
  assert.deepEqual([pid, ppid, startUs], [9390, 9372, BOOT_US + 50_024_170_000]);
  assert.deepEqual(listed.name, Buffer.from(name, "latin1"));
}

test("a name may hold anything", () => {
  for (const name of [
    "cat",
    "",
    "a b",
    ") S 1 1",
    "((",
    "))",
    "a\nb",
    "\u00ff\u0080",
    "(sd-pam)",
  ]) {
    check(name);
  }
});

test("anything else is no process", () => {
  for (const text of ["", "9390", "9390 (cat", "9390 (cat)", "9390 cat S 1", "x (cat) S 1 2 3"]) {
    assert.equal(listedProcess(text, BOOT_US), null, text);
  }
  assert.equal(listedProcess(`9390 (cat) ${REST}`.replace("5002417", "-1"), 0), null);
  assert.equal(listedProcess(`9390 (cat) ${REST}`.replace("5002417", "1e300"), 0), null);
});

test("the table of this host holds this process, and none that cannot be", async (context) => {
  const table = await openProcessTable();
  if (table === null) {
    context.diagnostic("/proc is not the one of which audit tells");
    return;
  }
  const own = await table.process(process.pid);
  assert.equal(own?.ppid, process.ppid);
  const age = Date.now() - performance.now() - (own?.startUs ?? 0) / 1_000;
  assert.ok(Math.abs(age) < 60_000, `${age} ms`);
  assert.deepEqual(await table.process(process.pid), own, "equal at every look");
  assert.equal((await table.executable(process.pid))?.toString(), process.execPath);
  const pids = await table.pids();
  assert.ok(pids.includes(process.pid));
  assert.deepEqual(
    pids,
    pids.toSorted((a, b) => a - b),
  );
  assert.equal(await table.process(2 ** 31 - 1), null);
  assert.equal(await table.executable(2 ** 31 - 1), null);
});
