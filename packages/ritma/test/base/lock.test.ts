/**
 * Goal: one process at a time writes to a data root, whoever holds the lock is named, and death of
 * any kind frees it.
 *
 * Method: the other holder is a real process, ended by SIGKILL; what a power cut may leave of the
 * lock file is written by hand.
 */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { RealDisk } from "../../src/base/disk/real-disk.ts";
import { RitmaError } from "../../src/base/error.ts";
import { lockDataRoot } from "../../src/base/lock.ts";
import { refuses } from "./disk-helpers.ts";

const disk = new RealDisk();

function place(context: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "ritma-lock-"));
  context.after(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  return dir;
}

function source(path: string): string {
  return JSON.stringify(join(import.meta.dirname, "../../src/base", path));
}

/** Starts a process that holds the lock until it is killed. */
async function holder(dir: string): Promise<ChildProcess> {
  const script = `
    import { RealDisk } from ${source("disk/real-disk.ts")};
    import { lockDataRoot } from ${source("lock.ts")};
    const lock = await lockDataRoot(new RealDisk(), ${JSON.stringify(dir)});
    process.stdout.write("held\\n");
    setInterval(() => lock, 1_000);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

test("another process is refused and told the pid; SIGKILL frees", async (context) => {
  const dir = place(context);
  const child = await holder(dir);
  context.after(() => child.kill("SIGKILL"));
  for (let tries = 0; tries < 3; tries += 1) {
    await assert.rejects(
      async () => await lockDataRoot(disk, dir),
      (error) => {
        assert.ok(error instanceof RitmaError);
        assert.equal(error.code, "store/busy");
        assert.equal(error.exitStatus, 75);
        assert.match(error.message, new RegExp(`by process ${child.pid}$`, "u"));
        return true;
      },
    );
  }
  child.kill("SIGKILL");
  await once(child, "close");
  using lock = await lockDataRoot(disk, dir);
  assert.ok(lock);
});

test("the same process is refused, and that costs the first nothing", async (context) => {
  const dir = place(context);
  using _ = await lockDataRoot(disk, dir);
  for (let tries = 0; tries < 2; tries += 1) {
    await refuses("store/busy", async () => await lockDataRoot(disk, `${dir}/.`));
  }
  const child = spawn(process.execPath, [
    "--input-type=module",
    "--eval",
    `import { DatabaseSync } from "node:sqlite";
     try {
       new DatabaseSync(${JSON.stringify(`${dir}/node.lock`)}).exec("BEGIN EXCLUSIVE");
     } catch {
       process.exit(5);
     }`,
  ]);
  const [status] = await once(child, "close");
  assert.equal(status, 5, "the first still holds it, seen from outside");
});

test("released, it is free; releasing twice is one release", async (context) => {
  const dir = place(context);
  const lock = await lockDataRoot(disk, dir);
  lock.release();
  lock.release();
  using again = await lockDataRoot(disk, dir);
  lock.release();
  assert.ok(again);
  await refuses("store/busy", async () => await lockDataRoot(disk, dir));
});

test("two data roots are two locks", async (context) => {
  using a = await lockDataRoot(disk, place(context));
  using b = await lockDataRoot(disk, place(context));
  assert.notEqual(a, b);
});

test("leaves one file, of mode 0600", async (context) => {
  const dir = place(context);
  const before = process.umask(0);
  try {
    using _ = await lockDataRoot(disk, dir);
    assert.deepEqual(readdirSync(dir), ["node.lock"]);
    assert.equal(statSync(`${dir}/node.lock`).mode & 0o777, 0o600);
  } finally {
    process.umask(before);
  }
  assert.deepEqual(readdirSync(dir), ["node.lock"]);
});

for (const left of [new Uint8Array(4_096), new Uint8Array(100).fill(0x41), new Uint8Array(0)]) {
  test(`takes a lock file of ${left.length} bytes that a power cut left`, async (context) => {
    const dir = place(context);
    writeFileSync(`${dir}/node.lock`, left, { mode: 0o600 });
    using _ = await lockDataRoot(disk, dir);
    await refuses("store/busy", async () => await lockDataRoot(disk, dir));
  });
}

test("a full disk is told as one, and a place that cannot be written as that", (context) => {
  const dir = place(context);
  chmodSync(dir, 0o777);
  const script = `
    import assert from "node:assert/strict";
    import { RealDisk } from ${source("disk/real-disk.ts")};
    import { lockDataRoot } from ${source("lock.ts")};
    process.on("SIGXFSZ", () => {});
    const code = process.argv[1];
    if (code === "disk/denied" && process.getuid() === 0) process.setuid(65534);
    await assert.rejects(() => lockDataRoot(new RealDisk(), ${JSON.stringify(dir)}), { code });
  `;
  const command = 'ulimit -f "$2"; exec "$0" --input-type=module --eval "$1" "$3"';
  const attempt = (blocks: string, code: string): void => {
    const args = ["-c", command, process.execPath, script, blocks, code];
    execFileSync("bash", args, { stdio: "pipe" });
  };
  attempt("0", "disk/full");
  assert.deepEqual(readdirSync(dir), ["node.lock"], "the trial is gone");
  chmodSync(`${dir}/node.lock`, 0o400);
  attempt("unlimited", "disk/denied");
});

test("says when there is no data root", async (context) => {
  const dir = place(context);
  await refuses("store/missing", async () => await lockDataRoot(disk, `${dir}/no`));
});
