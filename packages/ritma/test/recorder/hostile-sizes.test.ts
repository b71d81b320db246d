/**
 * Goal: no number and no size in a log ends the recording or makes a store that cannot be opened.
 *
 * Method: logs with one monstrous thing among ordinary events; afterwards the store is VALID, opens
 * again, and the ordinary events are in it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { bytesOf, line, memoryInput, opened } from "./audit-lines.ts";
import { assertValid, filesBelow, hoursOf, init, OUT, record } from "./recording.ts";

/** @param least events that must have been recorded, the one afterwards included */
async function check(least: number, ...lines: readonly string[]): Promise<void> {
  const disk = new SimDisk();
  await init(disk);
  const log = bytesOf(opened("09:00:00", 1), ...lines, opened("09:30:00", 2));
  await record(disk, [memoryInput(log)]);
  await record(disk, [memoryInput(bytesOf(opened("11:00:00", 3)))]);
  await assertValid(disk);
  const hours = hoursOf(filesBelow(disk, OUT));
  const found = hours.reduce((sum, { header }) => sum + header.counts.events, 0);
  assert.ok(found >= least, `${found} events`);
}

test("an event of 40 MB", async () => {
  const parts = Array.from({ length: 40 }, (_, at) =>
    line("USER_CMD", "09:00:01", 7, `pid=300 n=${at} cmd="${"x".repeat(1_000_000)}${at}"`),
  );
  await check(4, ...parts);
});

test("a stamp beyond what a number holds", async () => {
  await check(3, 'type=USER_CMD msg=audit(9999999999.999:5): pid=1 cmd="x"\n');
});

for (const pid of ["9007199254740993", "-1", "99999999999999999999999", "0x10"]) {
  test(`a pid of ${pid}`, async () => {
    const call = `arch=c000003e syscall=2 success=yes exit=3 ppid=1 pid=${pid} comm="x" exe="/x"`;
    await check(4, line("SYSCALL", "09:00:01", 5, call));
    await check(4, line("USER_CMD", "09:00:01", 5, `pid=${pid} cmd="x"`));
  });
}

test("a failed call with an exit below every errno", async () => {
  await check(
    3,
    line("SYSCALL", "09:00:01", 5, "arch=c000003e syscall=2 success=no exit=-4294967296"),
  );
});
