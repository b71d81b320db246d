/**
 * Goal: an `init` that is cut short anywhere is made good by giving it again; what is not of its
 * making is never touched; two at once do not mix.
 *
 * Method: exhaustive over moments. Init on the simulated disk, the power cut before each call and
 * each call failed, the second one too; each init draws other keys. What is done and what is left
 * of bytes is done once for the same bytes. What is somebody's is planted.
 */
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { test } from "node:test";
import { CborReader } from "@ritma/evidence";
import type { Config } from "../../src/base/config.ts";
import { everyCrash, everyFault } from "../../src/base/disk/crash.ts";
import { type Disk, writeDurably } from "../../src/base/disk/disk.ts";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { initDataRoot, openDataRoot, type World } from "../../src/services/recorder/data-root.ts";
import { refuses } from "../base/disk-helpers.ts";
import { bytesOf, memoryInput, opened } from "../recorder/audit-lines.ts";
import { assertValid, DATA, filesBelow, OUT, primitives, record } from "../recorder/recording.ts";

const PLAN = { seed: 5, perPoint: 5, atomBytes: 512 } as const;
const MARK = "config.yaml.init";
const LOG = memoryInput(bytesOf(opened("09:00:00", 1)));

/** Draws others than a world of another number: keys of two inits would not fit each other. */
function world(disk: Disk, number = 1): World {
  let drawn = number * 20;
  const bytes = (count: number): Uint8Array => {
    drawn += 1;
    return Uint8Array.from({ length: count }, (_, at) => drawn + at);
  };
  const nowUs = (): number => 1_795_161_600_000_000 + number;
  return { disk, primitives, clock: { nowUs }, rng: { bytes } };
}

const from = <Value>(value: Value) => ({ value, where: "test" });

function configFor(root: string, out = `${root}/RITMA_OUT`): Config {
  return {
    dataRoot: from(root),
    outDir: from(out),
    namespace: from("ns://test/here"),
    nodeId: from("host1"),
    privacy: from("hash-only" as const),
    windowSecs: from(900),
    auditLog: from("/var/log/audit/audit.log" as const),
    logLevel: from("warn" as const),
  };
}

async function init(disk: Disk, number = 1, root = DATA, out?: string): Promise<void> {
  await initDataRoot(world(disk, number), configFor(root, out), EPOCHS);
}

const initFirst = async (disk: SimDisk): Promise<void> => await init(disk, 1);
const initAgain = async (disk: SimDisk): Promise<void> => await init(disk, 2);

const EPOCHS = 4;

const whole = once(async (disk) => {
  await assertValid(disk);
  const root = await openDataRoot(world(disk), configFor(DATA));
  root[Symbol.dispose]();
  await record(disk, [LOG]);
  await assertValid(disk);
});

/** Init again, unless the first one was done; then the data root is whole, and takes a log. */
async function mustBecomeWhole(disk: SimDisk): Promise<void> {
  const isDone = (await disk.size(`${DATA}/config.yaml`)) !== null;
  if (!isDone) await init(disk, 9);
  const left = [...filesBelow(disk, DATA).keys()].filter((path) => !path.startsWith("RITMA_OUT/"));
  const keys = ["epoch", "identity", "log", "privacy", "salt", "seal"].map(
    (role) => `keys/${role}.key`,
  );
  assert.deepEqual(left, ["config.yaml", ...keys, "keys/node-log.lock"].toSorted());
  await whole(disk);
}

/** By their bytes: the same image is looked at once. */
function once(check: (disk: SimDisk) => Promise<void>): (disk: SimDisk) => Promise<void> {
  const seen = new Set<string>();
  return async (disk) => {
    const files = [...disk.contents()].map(([path, bytes]) => path + hash("sha1", bytes));
    const print = files.toSorted().join();
    if (seen.has(print)) return;
    seen.add(print);
    await check(disk);
  };
}

test("a power cut at any moment, and at any moment of the next init", async () => {
  let inner = 0;
  let examined = 0;
  const again = once(async (image) => await mustBecomeWhole(image));
  const check = once(async (image) => {
    await mustBecomeWhole(image.snapshot());
    examined += 1;
    if ((await image.size(`${DATA}/config.yaml`)) !== null || examined % 100 !== 0) return;
    inner += (await everyCrash(initAgain, again, { ...PLAN, perPoint: 2, from: image })).states;
  });
  let returned = false;
  const work = async (disk: SimDisk): Promise<void> => {
    await init(disk);
    returned = true;
  };
  const { points } = await everyCrash(
    work,
    async (image) => {
      const kept = await image.size(`${DATA}/config.yaml`);
      assert.ok(kept !== null || !returned, "init returned, and config.yaml is lost");
      await check(image);
    },
    PLAN,
  );
  assert.ok(points > 60 && examined > 400 && inner > 300, `${points} ${examined} ${inner}`);
});

test("killed at any moment: what is visible need not be durable", async () => {
  const left: SimDisk[] = [];
  const disk: SimDisk = new SimDisk({ watch: async () => void left.push(disk.snapshot()) });
  await init(disk);
  left.push(disk.snapshot());
  for (const each of left) {
    if ((await each.size(`${DATA}/config.yaml`)) === null) await init(each, 2);
    const root = await openDataRoot(world(each), configFor(DATA));
    root[Symbol.dispose]();
    for (const image of each.crashStates({ ...PLAN, perPoint: 4 })) {
      const kept = await image.size(`${DATA}/config.yaml`);
      assert.notEqual(kept, null, "a data root that was opened for writing lasts");
      await mustBecomeWhole(image);
    }
  }
  assert.ok(left.length > 100, `${left.length} moments`);
});

test("any call that fails, and the same init again", async () => {
  const check = once(async (image) => await mustBecomeWhole(image));
  const { points } = await everyFault(initFirst, check, { ...PLAN, perPoint: 1 });
  assert.ok(points > 200, `${points} faults`);
});

/** An init that was cut short before its last step. */
async function unfinished(): Promise<SimDisk> {
  const disk = new SimDisk({
    failAt: (_, operation, path) =>
      operation === "rename" && path.endsWith("/config.yaml") ? "eio" : null,
  });
  await refuses("disk/io", async () => await init(disk));
  return disk.snapshot();
}

async function mustRefuse(disk: SimDisk, named: string, out?: string): Promise<void> {
  const before = filesBelow(disk, "/");
  await assert.rejects(
    async () => await init(disk, 2, DATA, out),
    (error) => {
      assert.ok(error instanceof RitmaError);
      assert.equal(error.code, "store/exists");
      assert.ok(error.message.includes(named), error.message);
      return true;
    },
  );
  assert.deepEqual(filesBelow(disk, "/"), before);
}

for (const path of [
  "keys/intent.lock",
  "keys/other.key",
  "RITMA_OUT/windows/2026/11/20/10/hour_header.cbor",
  "RITMA_OUT/_meta/intent.cbor",
  "RITMA_OUT/_tlog/tile/0/000.p/5",
  "RITMA_OUT/graph/dict/v0000/entities.cbor.zst",
  "RITMA_OUT/notes.txt",
]) {
  test(`${path} is not of an unfinished init`, async () => {
    const disk = await unfinished();
    await writeDurably(disk, `${DATA}/${path}`, bytesOf("mine"));
    await mustRefuse(disk, path.split("/").slice(0, 2).join("/"));
  });
}

test("keys without config.yaml are somebody's, and so is a store", async () => {
  const disk = new SimDisk();
  await init(disk);
  await disk.remove(`${DATA}/config.yaml`);
  await mustRefuse(disk, `remove ${DATA}/keys and ${OUT}`);
  await disk.rename(OUT, "/elsewhere");
  await mustRefuse(disk, `${DATA}/keys is not empty`);
  await disk.rename(`${DATA}/keys`, "/keys");
  await mustRefuse(disk, "/elsewhere is not empty", "/elsewhere");
});

test("a store of other keys, and a store with an hour", async () => {
  const disk = new SimDisk();
  await init(disk, 2, "/other", "/shared");
  await writeDurably(disk, `${DATA}/${MARK}`, bytesOf("x"));
  await refuses("store/key-missing", async () => await init(disk, 2, DATA, "/shared"));
  const mine = await unfinished();
  for (const [path, bytes] of mine.contents()) {
    if (path.startsWith("data/keys/") && path.endsWith(".key")) {
      await writeDurably(disk, `/${path}`, bytes);
    }
  }
  await mustRefuse(disk, "/shared/_meta/store.cbor", "/shared");
  const used = new SimDisk();
  await init(used);
  await record(used, [LOG]);
  await used.rename(`${DATA}/config.yaml`, `${DATA}/${MARK}`);
  await mustRefuse(used, "intent.lock");
  await used.remove(`${DATA}/keys/intent.lock`);
  await mustRefuse(used, `${OUT}/`);
});

test("a lock of a longer log is of keys in use", async () => {
  const disk = await unfinished();
  const path = `${DATA}/keys/node-log.lock`;
  const lock = await disk.read(path);
  const reader = new CborReader(lock);
  reader.array(4);
  reader.text();
  reader.bytes();
  const longer = lock.slice();
  longer[reader.offset] = 6;
  await writeDurably(disk, path, longer);
  await mustRefuse(disk, path);
});

test("two at once: one is refused, and the other is whole", async () => {
  const disk = new SimDisk();
  const results = await Promise.allSettled([init(disk), init(disk), init(disk)]);
  const refused = results.filter(({ status }) => status === "rejected");
  assert.equal(refused.length, 2);
  for (const each of refused) {
    assert.ok(each.status === "rejected" && each.reason instanceof RitmaError);
    assert.ok(each.reason.code === "store/busy" || each.reason.code === "store/exists");
  }
  await mustBecomeWhole(disk);
});
