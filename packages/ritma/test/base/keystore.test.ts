/**
 * Goal: no key is used that somebody else could read, replace or had a hand in; no key is ever
 * replaced by us.
 *
 * Method: a keystore on the real disk whose modes and owners are changed one at a time; what root
 * may and others may not is asked by a process of its own. Missing keys are made around others.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { RealDisk } from "../../src/base/disk/real-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { loadPrimitives } from "../../src/base/primitives.ts";
import { realRng } from "../../src/base/rng.ts";
import { createEpochs, createKeystore, openKeystore } from "../../src/stores/keys/keystore.ts";
import { skipLoudly } from "../../../../tools/skip.ts";

const NOBODY = 65_534;
const disk = new RealDisk();

function at(path: string): string {
  return JSON.stringify(join(import.meta.dirname, "../../src", path));
}

const primitives = await loadPrimitives();

async function made(context: TestContext): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), "ritma-keys-"));
  context.after(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  const folder = join(dir, "keys");
  await createKeystore(disk, folder, realRng);
  await createEpochs(disk, folder, primitives, realRng, 0);
  return folder;
}

async function refused(folder: string, message: string): Promise<void> {
  await assert.rejects(
    async () => await openKeystore(disk, folder, primitives),
    (error) => {
      assert.ok(error instanceof RitmaError);
      assert.equal(error.code, "store/key-exposed");
      assert.equal(error.exitStatus, 77);
      assert.ok(error.message.endsWith(message), error.message);
      return true;
    },
  );
}

test("each key and the folder, by each bit of group and others", async (context) => {
  const folder = await made(context);
  const keys = readdirSync(folder).map((name) => [join(folder, name), 0o600, "600"] as const);
  assert.equal(keys.length, 6);
  for (const [path, mode, wanted] of [[folder, 0o700, "700"] as const, ...keys]) {
    for (const bit of [0o040, 0o020, 0o010, 0o004, 0o002, 0o001]) {
      chmodSync(path, mode | bit);
      await refused(folder, `chmod ${wanted} ${path}`);
    }
    chmodSync(path, mode);
    await openKeystore(disk, folder, primitives);
  }
  chmodSync(folder, 0o500);
  for (const [path] of keys) chmodSync(path, 0o400);
  await openKeystore(disk, folder, primitives);
});

test("keys of another user: root may use them, others not", async (context) => {
  if (process.getuid?.() !== 0) {
    skipLoudly(context, "files of two users: root");
    return;
  }
  const folder = await made(context);
  const names = readdirSync(folder);
  chmodSync(join(folder, ".."), 0o755);
  const open = (): void => {
    const script = `
      import { RealDisk } from ${at("base/disk/real-disk.ts")};
      import { loadPrimitives } from ${at("base/primitives.ts")};
      import { openKeystore } from ${at("stores/keys/keystore.ts")};
      process.setuid(${NOBODY});
      const opening = openKeystore(new RealDisk(), process.argv[1], await loadPrimitives());
      const told = opening.then(() => "opened", ({ code, message }) => code + message);
      process.stdout.write(await told);
    `;
    const args = ["--input-type=module", "--eval", script, folder];
    found = execFileSync(process.execPath, args, { encoding: "utf8" });
  };
  let found = "";
  for (const path of [folder, ...names.map((name) => join(folder, name))]) {
    chownSync(path, NOBODY, NOBODY);
  }
  await openKeystore(disk, folder, primitives);
  open();
  assert.equal(found, "opened");
  chownSync(join(folder, "seal.key"), 0, 0);
  open();
  assert.match(found, /^store\/key-exposed.*\/seal\.key belongs to another user/u);
  chownSync(join(folder, "seal.key"), NOBODY, NOBODY);
  chownSync(folder, 1, 1);
  open();
  assert.match(found, /^(?:store\/key-exposed|disk\/denied)/u);
});

test("keys that are there are kept, those that are missing are made", async (context) => {
  const folder = await made(context);
  const before = new Map(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString("hex")]),
  );
  rmSync(join(folder, "log.key"));
  await createKeystore(disk, folder, realRng);
  await openKeystore(disk, folder, primitives);
  for (const [name, bytes] of before) {
    const isSame = readFileSync(join(folder, name)).toString("hex") === bytes;
    assert.equal(isSame, name !== "log.key", name);
  }
});
