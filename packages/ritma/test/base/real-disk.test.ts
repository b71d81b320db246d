/**
 * Goal: the disk port on the host's file system does what the port says, and neither the umask, nor
 * a link or a pipe put in a file's place, nor a failing device, has another outcome than a code.
 *
 * Method: the port's conformance suite in a temporary directory; then what only a real file system
 * has. A device that is full is a limit on the size of files, in a process of its own.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { writeDurably } from "../../src/base/disk/disk.ts";
import { refusal } from "../../src/base/disk/errno.ts";
import { Latch } from "../../src/base/disk/latch.ts";
import { RealDisk } from "../../src/base/disk/real-disk.ts";
import type { ErrorCode } from "../../src/base/error.ts";
import { bytesOf, refuses } from "./disk-helpers.ts";
import { diskSuite } from "./disk-suite.ts";

function place(context: TestContext): { disk: RealDisk; dir: string } {
  const dir = mkdtempSync(join(tmpdir(), "ritma-disk-"));
  context.after(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  return { disk: new RealDisk(), dir };
}

diskSuite("real", async (context) => place(context));

test("files are 0600 and directories 0700 under any umask", async (context) => {
  const { disk, dir } = place(context);
  for (const umask of [0o000, 0o022, 0o777]) {
    const before = process.umask(umask);
    try {
      await writeDurably(disk, `${dir}/${umask}/deep/file`, bytesOf("x"));
      await using file = await disk.append(`${dir}/${umask}/deep/log`);
      await file.sync();
    } finally {
      process.umask(before);
    }
    const modes = ["", "/deep", "/deep/file", "/deep/log"].map(
      (path) => statSync(`${dir}/${umask}${path}`).mode & 0o777,
    );
    assert.deepEqual(modes, [0o700, 0o700, 0o600, 0o600], `umask ${umask.toString(8)}`);
  }
});

test("a link in a file's place is neither read, written, nor counted", async (context) => {
  const { disk, dir } = place(context);
  writeFileSync(`${dir}/target`, "secret");
  symlinkSync(`${dir}/target`, `${dir}/link`);
  symlinkSync(`${dir}/nowhere`, `${dir}/dangling`);
  await refuses("disk/wrong-kind", async () => await disk.read(`${dir}/link`));
  await refuses("disk/wrong-kind", async () => await disk.readRange(`${dir}/link`, 0, 1));
  await refuses("disk/wrong-kind", async () => await disk.size(`${dir}/link`));
  await refuses("disk/wrong-kind", async () => await disk.append(`${dir}/link`));
  await refuses("disk/wrong-kind", async () => await disk.append(`${dir}/dangling`));
  await refuses("disk/exists", async () => await disk.create(`${dir}/dangling`));
  await refuses("disk/wrong-kind", async () => {
    await disk.truncate(`${dir}/link`, 0);
  });
  const kinds = (await disk.list(dir)).map(({ kind }) => kind);
  assert.deepEqual(kinds, ["other", "other", "file"]);
  assert.equal(statSync(`${dir}/target`).size, 6);
  await disk.remove(`${dir}/link`);
  assert.equal(statSync(`${dir}/target`).size, 6, "removing a link removes the link");
});

test("access is told as it is; a link stands for a directory only", async (context) => {
  const { disk, dir } = place(context);
  writeFileSync(`${dir}/a`, "x");
  chmodSync(`${dir}/a`, 0o4640);
  mkdirSync(`${dir}/d`);
  chmodSync(`${dir}/d`, 0o751);
  symlinkSync("d", `${dir}/to-d`);
  symlinkSync("a", `${dir}/to-a`);
  symlinkSync("no", `${dir}/dangling`);
  execFileSync("mkfifo", [`${dir}/pipe`]);
  assert.deepEqual(await disk.access(`${dir}/a`), { mode: 0o640, isOurs: true });
  assert.deepEqual(await disk.access(`${dir}/d`), { mode: 0o751, isOurs: true });
  assert.deepEqual(await disk.access(`${dir}/to-d`), { mode: 0o751, isOurs: true });
  await refuses("disk/wrong-kind", async () => await disk.access(`${dir}/to-a`));
  await refuses("disk/missing", async () => await disk.access(`${dir}/dangling`));
  await refuses("disk/wrong-kind", async () => await disk.access(`${dir}/pipe`));
});

test("a file of another user is not ours", (context) => {
  const { dir } = place(context);
  writeFileSync(`${dir}/own`, "x");
  chmodSync(dir, 0o777);
  const isRoot = process.getuid?.() === 0;
  elsewhere(
    dir,
    `assert.equal((await disk.access(dir + "/own")).isOurs, ${!isRoot});
     assert.equal((await disk.access("/")).isOurs, false);
     await using made = await disk.create(dir + "/made");
     assert.equal((await disk.access(dir + "/made")).isOurs, true);`,
  );
});

test("a link in a draft's place is replaced, not followed", async (context) => {
  const { disk, dir } = place(context);
  writeFileSync(`${dir}/target`, "secret");
  symlinkSync(`${dir}/target`, `${dir}/a.draft`);
  await writeDurably(disk, `${dir}/a`, bytesOf("mine"));
  assert.equal(statSync(`${dir}/target`).size, 6);
  assert.equal(statSync(`${dir}/a`).size, 4);
});

test(
  "a named pipe or a device does not hang and is not read",
  { timeout: 5_000 },
  async (context) => {
    const { disk, dir } = place(context);
    execFileSync("mkfifo", [`${dir}/pipe`]);
    await refuses("disk/wrong-kind", async () => await disk.read(`${dir}/pipe`));
    await refuses("disk/wrong-kind", async () => await disk.append(`${dir}/pipe`));
    await refuses("disk/wrong-kind", async () => await disk.size(`${dir}/pipe`));
    await refuses("disk/wrong-kind", async () => await disk.read("/dev/zero"));
    await refuses("disk/wrong-kind", async () => await disk.append("/dev/null"));
  },
);

test("names that are no text are listed, and cannot be opened", async (context) => {
  const { disk, dir } = place(context);
  writeFileSync(Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0xff, 0x41])]), "x");
  assert.deepEqual(await disk.list(dir), [{ name: "\ufffdA", kind: "file" }]);
  await refuses("disk/missing", async () => await disk.read(`${dir}/\ufffdA`));
});

function moduleAt(path: string): string {
  return JSON.stringify(join(import.meta.dirname, path));
}

/** Runs `body` in a process of its own, as nobody where we are root. `disk` and `dir` are there. */
function elsewhere(dir: string, body: string, limits = ""): void {
  const script = `
    import assert from "node:assert/strict";
    import { RealDisk } from ${moduleAt("../../src/base/disk/real-disk.ts")};
    import { bytesOf, refuses } from ${moduleAt("disk-helpers.ts")};
    if (process.getuid() === 0) process.setuid(65534);
    const [disk, dir] = [new RealDisk(), ${JSON.stringify(dir)}];
    ${body}
  `;
  const command = `${limits} exec "$0" --input-type=module --eval "$1"`;
  execFileSync("bash", ["-c", command, process.execPath, script], { stdio: "pipe" });
}

test("a denied file or directory says so", (context) => {
  const { dir } = place(context);
  writeFileSync(`${dir}/a`, "x", { mode: 0o000 });
  mkdirSync(`${dir}/d`, { mode: 0o000 });
  chmodSync(dir, 0o755);
  elsewhere(
    dir,
    `await refuses("disk/denied", () => disk.read(dir + "/a"));
     await refuses("disk/denied", () => disk.append(dir + "/a"));
     await refuses("disk/denied", () => disk.create(dir + "/d/a"));
     await refuses("disk/denied", () => disk.makeDir(dir + "/d/e"));`,
  );
  chmodSync(`${dir}/d`, 0o700);
});

test("makeDir works below a directory whose parent cannot be opened", (context) => {
  const { dir } = place(context);
  mkdirSync(`${dir}/closed/own`, { recursive: true });
  chmodSync(dir, 0o755);
  chmodSync(`${dir}/closed/own`, 0o777);
  chmodSync(`${dir}/closed`, 0o311);
  elsewhere(dir, `await disk.makeDir(dir + "/closed/own/data");`);
  chmodSync(`${dir}/closed`, 0o755);
  assert.ok(statSync(`${dir}/closed/own/data`).isDirectory());
});

test("after a write that did not fit, the handle refuses what would succeed", (context) => {
  const { dir } = place(context);
  chmodSync(dir, 0o777);
  elsewhere(
    dir,
    `process.on("SIGXFSZ", () => {});
     await using file = await disk.create(dir + "/a");
     await file.write(bytesOf("fits"));
     await refuses("disk/full", () => file.write(new Uint8Array(1_000_000)));
     await refuses("store/refused", () => file.sync());
     await refuses("store/refused", () => file.write(bytesOf("x")));
     await file.close();`,
    "ulimit -f 4;",
  );
});

/** How node:fs reports a failed call. */
function failed(code: string, message: string): Error {
  return Object.assign(new Error(message), { code, syscall: "write", errno: -1 });
}

const ERRNOS: readonly (readonly [string, ErrorCode])[] = [
  ["ENOENT", "disk/missing"],
  ["EEXIST", "disk/exists"],
  ["ENOSPC", "disk/full"],
  ["EDQUOT", "disk/full"],
  ["EACCES", "disk/denied"],
  ["EPERM", "disk/denied"],
  ["EROFS", "disk/read-only"],
  ["ELOOP", "disk/wrong-kind"],
  ["EISDIR", "disk/wrong-kind"],
  ["ENOTDIR", "disk/wrong-kind"],
  ["EIO", "disk/io"],
  ["EMFILE", "disk/io"],
];
for (const [errno, code] of ERRNOS) {
  test(`${errno} is ${code}, with the kernel's words`, () => {
    const error = refusal("/a/b", failed(errno, `${errno}: some words, write '/a/b'`));
    assert.equal(error.code, code);
    assert.equal(error.message, `/a/b: ${errno}: some words`);
  });
}

test("after one failure a latch refuses, and names the first failure", async () => {
  const latch = new Latch("/a");
  const first = refusal("/a", failed("EIO", "EIO: i/o error, fsync"));
  let calls = 0;
  await latch.guard(async () => {
    calls += 1;
  });
  await refuses("disk/io", async () => {
    await latch.guard(async () => {
      throw first;
    });
  });
  assert.ok(latch.failed);
  const again = latch.guard(async () => {
    calls += 1;
  });
  await assert.rejects(again, { code: "store/refused", cause: first });
  assert.equal(calls, 1);
});
