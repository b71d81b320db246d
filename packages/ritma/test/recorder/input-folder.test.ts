/**
 * Goal: of a folder those files are read that are auditd's log, oldest first, and no other.
 *
 * Method: rows of names in a folder, those with a dash in front empty, and what is read of them.
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { logsIn } from "../../src/base/disk/input-folder.ts";
import { inReadingOrder } from "../../src/services/recorder/reading-order.ts";

async function check(names: string, read: string): Promise<void> {
  using folder = mkdtempDisposableSync(join(tmpdir(), "ritma-logs-"));
  for (const name of names.split(" ")) {
    const isEmpty = name.startsWith("-");
    writeFileSync(join(folder.path, isEmpty ? name.slice(1) : name), isEmpty ? "" : "x");
  }
  for (const path of [folder.path, `${folder.path}/`]) {
    const found = inReadingOrder((await logsIn(path)) ?? []);
    assert.equal(found.map((each) => each.slice(folder.path.length + 1)).join(" "), read);
  }
}

test("one that was never rotated", () => check("audit.log", "audit.log"));
test("a rotated set", () =>
  check(
    "audit.log audit.log.1 audit.log.10 audit.log.2.gz",
    "audit.log.10 audit.log.2.gz audit.log.1 audit.log",
  ));
test("one that was rotated by date", () =>
  check(
    "audit.log audit.log-20261120 audit.log-20261119.gz audit.log-20261118-1700000000.zst",
    "audit.log-20261118-1700000000.zst audit.log-20261119.gz audit.log-20261120 audit.log",
  ));
test("other files are not read", () =>
  check("audit.log audit.log.swp audit.log~ other.log xaudit.log audit.log.1.txt", "audit.log"));
test("empty ones are passed over", () => check("-audit.log audit.log.1", "audit.log.1"));
test("but where all are empty", () => check("-audit.log", "audit.log"));
test("a folder without one", () => check("other.log", ""));

test("what is no folder stands for itself", async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), "ritma-logs-"));
  const file = join(folder.path, "audit.log");
  writeFileSync(file, "x");
  assert.equal(await logsIn(file), null);
  assert.equal(await logsIn(join(folder.path, "nowhere")), null);
  mkdirSync(join(folder.path, "empty"));
  assert.deepEqual(await logsIn(join(folder.path, "empty")), []);
});
