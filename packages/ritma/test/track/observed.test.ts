/**
 * Goal: a process whose birth the log does not show is what was observed in /proc, with those above
 * it; and what was observed of another process under the same pid is not believed.
 *
 * Method: the stories of `processes.test.ts`, with a list of who lived in /proc beside them.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ObservedProcess } from "../../src/base/disk/process-table.ts";
import { ANCESTORS_MAX } from "../../src/base/limits.ts";
import type { AuditEvent } from "../../src/flow/capture/audit-event.ts";
import { rawPrivacy } from "../../src/flow/capture/privacy.ts";
import { ObservedProcesses } from "../../src/flow/capture/track/observed-processes.ts";
import { bytes, call, origin, origins, START_US, tell, type Told } from "./story.ts";

const HOUR_US = 3_600_000_000;

/** @param startMs after the begin of the story, as serials are; below 0 before it */
function lived(
  pid: number,
  ppid: number,
  startMs: number,
  executable: string | null = "/bin/sh",
  name = "sh",
): ObservedProcess {
  const startUs = START_US + startMs * 1_000;
  const bytesOfExecutable = executable === null ? null : bytes(executable);
  return { pid, ppid, startUs, name: bytes(name), executable: bytesOfExecutable };
}

function told(seen: readonly ObservedProcess[], events: readonly AuditEvent[]): Told {
  const observed = new ObservedProcesses();
  for (const each of seen) observed.see(each);
  return tell(events, rawPrivacy(), observed);
}

const speaks = (serial: number, pid: number, ppid: number, exe = "/bin/sh") =>
  call(serial, "listen", { pid, ppid, exe }, { a0: 3 });

const ends = (serial: number, pid: number, ppid: number) =>
  call(serial, "exit_group", { pid, ppid }, { success: null });

const BEFORE = -3_600_000;
const SYSTEMD = lived(1, 0, BEFORE, null, "systemd");
const SSHD = lived(7, 1, BEFORE + 10, "/usr/sbin/sshd", "sshd");
const SHELL = lived(20, 7, BEFORE + 20);

test("who lived before the log began has its ancestors, and they have atoms", () => {
  const story = told([SYSTEMD, SSHD, SHELL], [speaks(5, 20, 7)]);
  assert.deepEqual(origins(story), {
    "1/0": "inferred",
    "7/0": "inferred of 1/0",
    "20/0": "inferred of 7/0",
  });
  assert.deepEqual(story.lines, ["name 1/0 systemd", "name 7/0 sshd", "listen 20/0 #3"]);
  const [top, , last] = story.atoms;
  assert.equal(last?.process.start, START_US - HOUR_US + 20_000);
  assert.deepEqual([top?.serial, top?.time], [0, START_US + 5_000]);
  assert.deepEqual([top?.process.executable, top?.process.parent], [null, null]);
  assert.deepEqual(last?.process.credentials?.ids[1], 1_000, "ids are those of the record");
});

test("an ancestor is made once, and speaks as itself later", () => {
  const story = told(
    [SYSTEMD, SSHD, SHELL],
    [speaks(5, 20, 7), speaks(6, 7, 1, "/usr/sbin/sshd"), speaks(7, 20, 7)],
  );
  assert.deepEqual(story.lines.slice(2), [
    "listen 20/0 #3",
    "credentials 7/0 uid 1000 euid 1000",
    "name 7/0 sh",
    "listen 7/0 #3",
    "listen 20/0 #3",
  ]);
});

test("an exec of which nothing was known hangs below what was observed", () => {
  const exec = call(5, "execve", { pid: 30, ppid: 7, exe: "/bin/ls", comm: "ls" });
  assert.deepEqual(origins(told([SSHD], [exec])), { "7/0": "inferred", "30/5": "exec of 7/0" });
});

test("an orphan has the parent that was seen before it was left", () => {
  const spoken = told([SSHD, SHELL], [speaks(5, 20, 1)]);
  assert.equal(origins(spoken)["20/0"], "inferred of 7/0");
  const exec = call(5, "execve", { pid: 20, ppid: 1, exe: "/bin/ls", comm: "ls" });
  assert.equal(origins(told([SSHD, SHELL], [exec]))["20/5"], "exec of 7/0");
});

test("what the log shows is believed before what was observed", () => {
  const forks = call(1, "clone", { pid: 7, ppid: 1, exe: "/bin/sh" }, { exit: 20 });
  const story = told([lived(20, 7, 0)], [forks, speaks(2, 20, 7)]);
  assert.deepEqual(origins(story), { "7/1": "inferred", "20/1": "fork of 7/1" });
});

test("another process had the pid: its start, program or parent say so", () => {
  const want = { "20/5": "inferred" };
  const heard = [speaks(5, 20, 9)];
  assert.deepEqual(origins(told([lived(20, 9, 6)], heard)), want, "began after the record");
  assert.deepEqual(origins(told([lived(20, 9, 1, "/bin/cat")], heard)), want, "other program");
  assert.deepEqual(origins(told([lived(20, 8, 1)], heard)), want, "other parent");
  assert.deepEqual(origins(told([lived(20, 9, 1)], heard)), { "20/0": "inferred" }, "this one");
});

test("after its end, only one that began later is believed", () => {
  const again = [speaks(1, 20, 7), ends(2, 20, 7), speaks(500, 20, 7)];
  const stale = told([lived(20, 7, 0)], again);
  assert.deepEqual(Object.keys(origins(stale)), ["20/0", "20/500"], "used once");
  const fresh = told([lived(20, 7, 400)], again);
  assert.deepEqual(origins(fresh), { "20/1": "inferred", "20/0": "inferred" });
  assert.equal(fresh.atoms.at(-1)?.process.start, START_US + 400_000);
});

test("who has the pid by now is not who was observed before the one that had it", () => {
  const forks = call(1, "clone", { pid: 7, ppid: 1 }, { exit: 20 });
  const events = [forks, speaks(2, 20, 7), speaks(3, 20, 8, "/bin/cat")];
  const [older, newer] = [lived(20, 8, 0, "/bin/cat"), lived(20, 8, 2, "/bin/cat")];
  assert.equal(origins(told([older], events))["20/3"], "inferred");
  assert.equal(origins(told([newer], events))["20/0"], "inferred");
});

test("what was observed of one that ended is nobody else's, though it was never used", () => {
  const forks = call(1, "clone", { pid: 7, ppid: 1 }, { exit: 20 });
  const story = told(
    [lived(20, 7, 0)],
    [forks, speaks(2, 20, 7), ends(3, 20, 7), ends(20_000, 30, 1), speaks(40_000, 20, 7)],
  );
  assert.equal(origins(story)["20/40000"], "inferred of 7/1");
});

test("a parent that replaced its image after the child began is not the child's parent", () => {
  const events = [
    speaks(1, 7, 1),
    call(5_000, "execve", { pid: 7, ppid: 1, exe: "/bin/ls", comm: "ls" }),
    speaks(6_000, 20, 7),
  ];
  const [early, late] = [lived(20, 7, 2_000), lived(20, 7, 4_500)];
  assert.equal(origins(told([early], events))["20/0"], "inferred of 7/1");
  assert.equal(origins(told([late], events))["20/0"], "inferred of 7/5000", "within the error");
});

test("who is said to descend from itself has no end of ancestors, and gets a few", () => {
  const circle = [lived(20, 21, BEFORE), lived(21, 22, BEFORE), lived(22, 20, BEFORE)];
  assert.deepEqual(origins(told(circle, [speaks(5, 20, 21)])), {
    "22/0": "inferred",
    "21/0": "inferred of 22/0",
    "20/0": "inferred of 21/0",
  });
  const chain = Array.from({ length: 200 }, (_, at) => lived(at + 2, at + 3, BEFORE));
  const story = told(chain, [speaks(5, 2, 3)]);
  assert.equal(Object.keys(origins(story)).length, ANCESTORS_MAX + 1);
});

test("another boot makes nothing of who lived in the one before", () => {
  const booted = { ...speaks(1, 20, 7), timeUs: START_US + 2 * HOUR_US };
  const story = told([SSHD, SHELL], [speaks(50_000, 99, 98), booted]);
  assert.deepEqual(
    story.atoms.map(({ process }) => `${process.boot} ${origin(process)}`),
    ["0 inferred", "1 inferred"],
  );
});
