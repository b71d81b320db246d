/**
 * Goal: a line says what the log shows and no more: ids after a call are not those before, a
 * directory is not the file that was meant in it, a name without its directory looks like one, and
 * a program that runs in place of another is not its own child.
 *
 * Method: one call for each, with its line.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Bench } from "../cli/harness.ts";
import { line } from "../recorder/audit-lines.ts";
import { call, EXECVE, OPENAT } from "./attack-log.ts";

const SETUID = 105;
const UNLINK = 87;
const RENAME = 82;
const MKDIR = 83;
const CLONE = 56;

async function shown(...events: readonly string[]): Promise<string> {
  using bench = new Bench();
  await bench.init("--privacy", "raw");
  const ingested = await bench.run(`ingest ${bench.file("audit.log", events.join(""))}`);
  assert.equal(ingested.status, 0, ingested.err);
  const { status, out } = await bench.run("timeline --wide");
  assert.equal(status, 0);
  return out;
}

/** The same with PATH records of the directory alone, as of a call that found nothing in it. */
function inDirectory(event: string): string {
  return event.replaceAll("nametype=NORMAL", "nametype=PARENT").replaceAll("0100644", "040755");
}

async function check(want: RegExp, ...events: readonly string[]): Promise<void> {
  assert.match(await shown(...events), want);
}

const tool = { clock: "09:00:00", serial: 1, comm: '"tool"', exe: '"/usr/bin/tool"' };

test("the first that is heard of a process is no change", async () => {
  const out = await shown(call({ ...tool, number: SETUID, args: ["7d9"], uid: 2009 }));
  assert.match(out, / identity +to id 2009, now uid 2009\n/u);
  assert.doesNotMatch(out, /was/u);
});

test("a change is told from what was seen before it", async () => {
  await check(
    / identity +all uids 0 → 33, all gids 0 → 33\n/u,
    call({ ...tool, number: EXECVE, uid: 0, paths: ['"/usr/bin/tool"'] }),
    call({ ...tool, serial: 2, number: SETUID, args: ["21"], uid: 33 }),
  );
});

test("a refused change leaves who it was", async () => {
  const refused = call({ ...tool, number: SETUID, args: ["0"], uid: 33, exit: -1 });
  await check(/ identity +to id 0, still uid 33 +denied \(EPERM\)/u, refused);
});

const FAILED: readonly (readonly [what: string, number: number, args: string[], exit: number])[] = [
  ["open", OPENAT, ["ffffff9c", "0", "241", "1b6"], -13],
  ["unlink", UNLINK, [], -2],
  ["mkdir", MKDIR, ["0", "1ed"], -17],
];

for (const [what, number, args, exit] of FAILED) {
  test(`a failed ${what} of which only the directory is known`, async () => {
    const event = call({ ...tool, number, args, exit, paths: ['"/etc/"'] });
    await check(/ something in \/etc\/ /u, inDirectory(event));
  });
}

function renamed(...paths: readonly string[]): string {
  return inDirectory(call({ ...tool, number: RENAME, exit: -2, paths }));
}

test("a failed rename of which only directories are known", async () => {
  await check(/ rename +something in \/a\/ +ENOENT/u, renamed('"/a"', '"/a"'));
  await check(/ rename +something in \/a\/ and \/b\/ +ENOENT/u, renamed('"/a"', '"/b"'));
  await check(
    / rename +\(not named in the log\) +EFAULT/u,
    renamed().replaceAll("exit=-2", "exit=-14"),
  );
});

test("a directory that is the target is named as one", async () => {
  const opened = call({
    ...tool,
    number: OPENAT,
    args: ["ffffff9c", "0", "10000"],
    exit: -13,
    paths: ['"/root"'],
  });
  const out = await shown(inDirectory(opened));
  assert.match(out, / open +\/root +denied \(EACCES\)/u);
});

test("a name whose directory is not known is shown as one", async () => {
  const out = await shown(
    call({ ...tool, number: OPENAT, args: ["5", "0", "241"], exit: 4, paths: ['CREATE:"p.so"'] }),
  );
  assert.match(out, / create +…\/p\.so +uid 33\n/u);
});

test("a program that is run in place of another goes on in its process", async () => {
  const sh = { comm: '"sh"', exe: '"/usr/bin/dash"' };
  const out = await shown(
    call({
      clock: "09:00:00",
      serial: 1,
      number: CLONE,
      pid: 400,
      ppid: 1,
      comm: '"cron"',
      exe: '"/usr/sbin/cron"',
      exit: 500,
    }),
    call({ ...sh, clock: "09:00:01", serial: 2, number: EXECVE, paths: ['"/bin/sh"'] }),
    call({ ...tool, clock: "09:00:02", serial: 3, number: EXECVE, paths: ['"/usr/bin/tool"'] }),
  );
  assert.match(out, / cron\[400\] → sh\[500\] /u);
  assert.match(out, /^09:00:02\.000 {6}tool\[500\] +exec +\/usr\/bin\/tool +replaces sh$/mu);
  assert.doesNotMatch(out, /\[500\] → tool\[500\]/u);
});

test("what is not known by name is known by its number", async () => {
  const log = line(
    "USER_MGMT",
    "09:00:00",
    1,
    "pid=7741 uid=0 msg='op=add-group id=1000 res=failed'",
  );
  const out = await shown(log);
  assert.match(out, / pid 7741 +user +USER_MGMT id=1000 op=add-group +failed +uid 0\n/u);
  assert.doesNotMatch(out, /\?/u);
});
