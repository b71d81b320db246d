/**
 * Goal: under a Node.js that is too old, `ritma` is the same program: same output and exit status,
 * signals reach it, and it does not outlive a launcher that is killed.
 *
 * Method: real processes. The Node.js at hand is told to take itself for an old one, with and
 * without the call by which one process becomes another.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { appears, BIN, ended, madePlace, type Place, ritma } from "./processes.ts";

const OLD = `Object.defineProperty(process, "versions", {
  value: { ...process.versions, node: "20.1.0" },
});`;
const LAUNCHERS = {
  "one that starts it": `${OLD} process.execve = undefined;`,
  "one that becomes it": OLD,
} as const;

function prefix(script: string): string[] {
  return [process.execPath, "--import", `data:text/javascript,${encodeURIComponent(script)}`];
}

interface Waiting extends Disposable {
  readonly child: ChildProcess;
}

/** An ingest that waits for more of standard input, which does not end when the launcher does. */
async function waiting(made: Place, script: string): Promise<Waiting> {
  const source = spawn("sleep", ["100"], { stdio: ["ignore", "pipe", "ignore"] });
  const [, ...flags] = prefix(script);
  const args = [...flags, BIN, "ingest", "-", "--data", made.root];
  const child = spawn(process.execPath, args, { stdio: [source.stdout, "ignore", "pipe"] });
  await appears(join(made.root, "stdin.draft"));
  return { child, [Symbol.dispose]: () => void source.kill() };
}

/** Processes that have this data root in their arguments. */
function atWork({ root }: Place): number[] {
  return globSync("/proc/[0-9]*/cmdline")
    .filter((path) => existsSync(path) && readFileSync(path, "utf8").split("\0").includes(root))
    .map((path) => Number(path.split("/")[2]));
}

for (const [name, script] of Object.entries(LAUNCHERS)) {
  test(`${name}: output and exit status`, () => {
    using made = madePlace();
    const version = ritma(["--version"]);
    assert.deepEqual(ritma(["--version"], prefix(script)), version);
    assert.equal(ritma(["nonsense"], prefix(script)).status, 64);
    assert.equal(ritma(["init", "--data", made.root], prefix(script)).status, 73);
    assert.equal(ritma(["keys", "--data", made.root, "--json"], prefix(script)).status, 0);
  });

  test(`${name}: by a link elsewhere`, () => {
    using made = madePlace();
    const link = join(made.dir, "ritma");
    symlinkSync(BIN, link);
    const { PATH } = process.env;
    const [command = "", ...flags] = prefix(script);
    const shown = spawnSync(command, [...flags, link, "log", "--data", made.dir], {
      encoding: "utf8",
      cwd: made.dir,
      env: { PATH },
    });
    assert.equal(shown.status, 66, shown.stderr);
    assert.match(shown.stderr, /Run `ritma init`/u);
  });

  for (const [signal, how] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", "SIGHUP"],
  ] as const) {
    test(`${name}: ${signal}`, async () => {
      using made = madePlace();
      using work = await waiting(made, script);
      const { child } = work;
      const end = ended(child);
      child.kill(signal);
      assert.equal((await end).how, how);
      assert.deepEqual(atWork(made), []);
    });
  }

  test(`${name}: kill -9`, async () => {
    using made = madePlace();
    using work = await waiting(made, script);
    assert.equal(atWork(made).length, script === OLD ? 1 : 2);
    work.child.kill("SIGKILL");
    for (let left = 500; left > 0 && atWork(made).length > 0; left -= 1) await setTimeout(10);
    assert.deepEqual(atWork(made), []);
    const log = made.file("audit.log", "type=EOE msg=audit(1763629200.101:4711): \n");
    assert.notEqual(ritma(["ingest", log, "--data", made.root]).status, 75, "the lock is free");
  });
}
