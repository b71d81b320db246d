/**
 * Goal: accounts and health say what was read and what is stored of it, to the byte; they are
 * brought up to date by whoever records next, and never lie after a crash.
 *
 * Method: stores recorded by the service on a simulated disk, the sums compared with the lengths of
 * the files; inputs that grow; every place where writing them can be cut short.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ACCOUNT_FILE,
  accountFolder,
  BUILD_STATEMENT,
  HEALTH_FOLDER,
  isDerived,
  ROLLING_FILE,
} from "@ritma/evidence";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { storedBytesOf } from "../../src/flow/keep/accounts.ts";
import { accountDays, accountOfDay, keepLedger, readRolling } from "../../src/flow/keep/ledger.ts";
import type { Keeping } from "../../src/flow/keep/write-derived.ts";
import { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { bytesOf, memoryInput, opened } from "../recorder/audit-lines.ts";
import {
  assertValid,
  filesBelow,
  open,
  OUT,
  primitives,
  record,
  recorded,
} from "../recorder/recording.ts";

const DAY = "2026-11-20";
const FIRST = bytesOf(opened("09:10:00", 1), opened("10:30:00", 2), opened("10:50:00", 3));
const MORE = bytesOf(opened("11:00:00", 4), opened("1+08:00:00", 5));

async function keepingOn(disk: SimDisk): Promise<Keeping> {
  const { keystore } = await open(disk);
  const reader = await StoreReader.open(disk, primitives, OUT);
  return { disk, primitives, key: keystore.seal, reader };
}

test("what is stored of each hour is the length of its files and pieces", async () => {
  const disk = await recorded([[memoryInput(FIRST, 100)]]);
  const { reader } = await keepingOn(disk);
  const account = await accountOfDay(reader, DAY);
  assert.equal(account?.hours.length, 2);
  const files = [...filesBelow(disk, OUT)];
  const sealed = files.filter(([path]) => /^(?:windows|graph|ctgf)\//u.test(path));
  const stored = sealed.reduce((sum, [, { length }]) => sum + length, 0);
  assert.equal(
    account.hours.reduce((sum, hour) => sum + storedBytesOf(hour), 0),
    stored,
  );
  const inHours = sealed.filter(([path]) => path.startsWith("windows/"));
  assert.equal(
    account.hours.reduce((sum, hour) => sum + hour.files, 0),
    inHours.length,
  );
  assert.deepEqual(
    account.hours.map(({ sequence, events }) => [sequence, events]),
    [
      [0, 1],
      [1, 2],
    ],
  );
});

test("what was read is counted once, also of an input that grew", async () => {
  const grown = bytesOf(new TextDecoder().decode(FIRST), new TextDecoder().decode(MORE));
  const disk = await recorded([[memoryInput(FIRST, 100)], [memoryInput(grown, 100)]]);
  const { reader } = await keepingOn(disk);
  const days = await accountDays(reader, 0);
  const read = days.flatMap(({ hours }) => hours).reduce((sum, { rawBytes }) => sum + rawBytes, 0);
  assert.equal(read, grown.length);
  assert.deepEqual(
    days.map(({ day, hours }) => [day, hours.length]),
    [
      [DAY, 3],
      ["2026-11-21", 1],
    ],
  );
  const rolling = await readRolling(reader);
  assert.deepEqual(
    rolling?.map(({ day, events }) => [day, events]),
    [
      [DAY, 4],
      ["2026-11-21", 1],
    ],
  );
});

test("what is kept is what is counted, and building it again gives the same bytes", async () => {
  const disk = await recorded([[memoryInput(FIRST, 100)], [memoryInput(MORE, 100)]]);
  const before = filesBelow(disk, OUT);
  const keeping = await keepingOn(disk);
  assert.equal(await keepLedger(keeping), 0, "nothing to do");
  for (const path of before.keys()) if (isDerived(path)) await disk.remove(`${OUT}/${path}`);
  assert.equal(await readRolling(keeping.reader), null);
  const counted = await accountOfDay(keeping.reader, DAY);
  assert.equal(await keepLedger(keeping), 2);
  assert.deepEqual(filesBelow(disk, OUT), before);
  assert.deepEqual(await accountOfDay(keeping.reader, DAY), counted);
});

test("cut short anywhere the store is VALID, and the next run builds what is missing", async () => {
  const disk = await recorded([[memoryInput(FIRST, 100)]]);
  const sealed = disk.snapshot();
  for (const [path] of filesBelow(sealed, OUT)) {
    if (isDerived(path)) await sealed.remove(`${OUT}/${path}`);
  }
  const whole = filesBelow(disk, OUT);
  let states = 0;
  for (let step = 1; ; step += 1) {
    const { reader, key } = await keepingOn(sealed.snapshot());
    let begun = Number.POSITIVE_INFINITY;
    const dying = sealed.snapshot({ failAt: (at) => (at >= begun + step ? "power" : null) });
    try {
      const own = await StoreReader.open(dying, primitives, OUT);
      begun = dying.steps;
      assert.equal(own.hours.length, reader.hours.length);
      await keepLedger({ disk: dying, primitives, key, reader: own });
      break;
    } catch (error) {
      if (!(error instanceof RitmaError)) throw error;
    }
    const left = dying.snapshot();
    await assertValid(left);
    await record(left, [memoryInput(FIRST, 100)]);
    assert.deepEqual(filesBelow(left, OUT), whole, `step ${step}`);
    states += 1;
  }
  assert.ok(states > 20, `${states} places to die`);
});

test("a kept account that was changed is damage, and named", async () => {
  const disk = await recorded([[memoryInput(FIRST, 100)]]);
  for (const [folder, name] of [
    [accountFolder(DAY), ACCOUNT_FILE],
    [accountFolder(DAY), BUILD_STATEMENT],
    [HEALTH_FOLDER, ROLLING_FILE],
  ] as const) {
    const changed = disk.snapshot();
    const path = `${OUT}/${folder}/${name}`;
    const bytes = await changed.read(path);
    await changed.truncate(path, bytes.length - 1);
    const reader = await StoreReader.open(changed, primitives, OUT);
    await assert.rejects(
      async () => {
        await accountOfDay(reader, DAY);
        await readRolling(reader);
      },
      (error) =>
        error instanceof RitmaError &&
        error.code === "store/damaged" &&
        error.message.includes(`${folder}/${name}`),
    );
  }
});
