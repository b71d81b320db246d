/**
 * Goal: inputs given together, known and new in any order, are recorded whole and once.
 *
 * Method: two small logs whose last events still wait when the other begins. Each row is what was
 * given, command after command; the events of all hours are counted, and the store is VALID.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { bytesOf, memoryInput, opened } from "./audit-lines.ts";
import { assertValid, filesBelow, hoursOf, init, OUT, record } from "./recording.ts";

const PARTS = {
  a: [opened("09:00:00", 1), opened("09:10:00", 2)],
  more: [opened("09:10:03", 3)],
  b: [opened("09:10:01", 4), opened("09:10:02", 5)],
};

/** @param commands such as "a | b a+more": commands are separated by bars, inputs by spaces */
async function check(commands: string, events: number): Promise<void> {
  const disk = new SimDisk();
  await init(disk);
  for (const command of commands.split(" | ")) {
    const inputs = command.split(" ").map((names) => {
      const parts = names.split("+").flatMap((name) => PARTS[partName(name)]);
      return memoryInput(bytesOf(...parts));
    });
    await record(disk, inputs);
  }
  await assertValid(disk);
  const hours = hoursOf(filesBelow(disk, OUT));
  const found = hours.reduce((sum, { header }) => sum + header.counts.events, 0);
  assert.equal(found, events, commands);
}

function partName(name: string): keyof typeof PARTS {
  if (name === "a" || name === "b" || name === "more") return name;
  throw new TypeError(`no part ${name}`);
}

test("a new one before a known one", async () => await check("a | b a", 4));
test("a new one before a grown one", async () => await check("a | b a+more", 5));
test("a known one before a new one", async () => await check("a | a b", 4));
test("a grown one before a new one", async () => await check("a | a+more b", 5));
test("the known one last, then all again", async () => await check("b | a+more b | a+more b", 5));
