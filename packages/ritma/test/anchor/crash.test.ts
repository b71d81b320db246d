/**
 * Goal: a power cut while heads are anchored leaves each head whole or not there; one that was
 * acknowledged is there; what comes after goes on; and of one size there is never another head.
 *
 * Method: heads are given to a folder, kept with a receipt, and the list of anchors is written, on
 * the simulated disk, with a crash and with a fault at every step.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeUtf8, parseHead, signCheckpoint } from "@ritma/evidence";
import { keyFromSeed, primitives } from "../../../evidence/test/primitives.ts";
import { everyCrash, everyFault } from "../../src/base/disk/crash.ts";
import type { Disk } from "../../src/base/disk/disk.ts";
import type { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { anchorInFolder, headsInFolder } from "../../src/services/anchor/file-anchor.ts";
import {
  keepHead,
  keepReceipt,
  listReceipts,
  readKept,
} from "../../src/services/anchor/receipts.ts";
import { readAnchors, writeAnchors } from "../../src/services/anchor/target.ts";
import type { SignedHead } from "../../src/stores/sealed/signed-head.ts";

const ORIGIN = "ritma.invalid/node/00";
const ROOT = "/data";
const key = keyFromSeed(3);

function headOf(size: number): SignedHead {
  const root = primitives.sha256(Uint8Array.of(size));
  const checkpoint = { origin: ORIGIN, size, root };
  const bytes = signCheckpoint(primitives, key.sign, ORIGIN, key.publicKey, checkpoint);
  const log = { origin: ORIGIN, keys: [key.publicKey], size, rootAt: () => root };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody here reads the others.
  return { ...checkpoint, bytes, log, verifier: "" } as unknown as SignedHead;
}

const HEADS = [headOf(4), headOf(5), headOf(6)];

/** Gives one head, as `ritma anchor run` does. */
async function give(disk: Disk, head: SignedHead): Promise<void> {
  await disk.makeDir("/far");
  await anchorInFolder(disk, "/far", head);
  const path = `${ROOT}/anchors/${head.size}-00000000.exec-1.out`;
  await keepHead(disk, ROOT, head);
  await keepReceipt(disk, path, encodeUtf8(`receipt ${head.size}`));
  const anchors = [{ name: "file-1", place: { kind: "file", folder: "/far" } }] as const;
  await writeAnchors(disk, ROOT, { added: head.size, anchors });
}

let given = 0;

async function work(disk: SimDisk): Promise<void> {
  given = 0;
  for (const head of HEADS) {
    await give(disk, head);
    given += 1;
  }
}

async function inspect(disk: SimDisk): Promise<void> {
  const before = given;
  await disk.makeDir("/far");
  const found = await headsInFolder(disk, "/far", ORIGIN);
  for (const { size, bytes } of found) {
    assert.ok(bytes !== null, "a head that is there is whole");
    assert.equal(parseHead(bytes).size, size);
  }
  for (const head of HEADS.slice(0, before)) {
    assert.ok(
      found.some(({ size }) => size === head.size),
      "lost",
    );
  }
  const { added } = await readAnchors(disk, ROOT);
  const newest = HEADS[before - 1]?.size ?? 0;
  assert.ok(added >= newest && added <= newest + 4, `${added} after ${newest}`);
  for (const { path } of await listReceipts(disk, ROOT)) {
    const text = Buffer.from((await readKept(disk, path)) ?? []).toString();
    assert.match(text, /^receipt [456]$/u);
  }
  // The next run gives what is missing, and finds what is there.
  for (const head of HEADS) await give(disk, head);
  assert.equal((await headsInFolder(disk, "/far", ORIGIN)).length, HEADS.length);
}

test("a crash at any step leaves heads whole, and those that were acknowledged", async () => {
  const { states } = await everyCrash(work, inspect);
  assert.ok(states > 50, String(states));
});

test("so does a fault at any step", async () => {
  await everyFault(work, inspect);
});
