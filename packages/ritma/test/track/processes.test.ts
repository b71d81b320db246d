/**
 * Goal: every record is laid at the door of the right process, and every process of the right
 * parent.
 *
 * Method: short stories in the kernel's own order, and what should come of them. `check` compares
 * who was born of whom; where the atoms matter, their lines are compared too.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LIVE_PROCESSES_MAX, NODES_MAX } from "../../src/base/limits.ts";
import type { AuditEvent } from "../../src/flow/capture/audit-event.ts";
import { call, event, fields, origins, START_US, tell } from "./story.ts";

const SHELL = { pid: 10, ppid: 1 };
const CHILD = { pid: 20, ppid: 10 };

function check(
  events: readonly AuditEvent[],
  wantOrigins: Record<string, string>,
  wantLines?: readonly string[],
): void {
  const told = tell(events);
  assert.deepEqual(origins(told), wantOrigins);
  if (wantLines !== undefined) assert.deepEqual(told.lines, wantLines);
}

const forks = (serial: number, child: number, name = "clone", a0 = 0) =>
  call(serial, name, SHELL, { exit: child, a0 });
const speaks = (serial: number, who = CHILD) => call(serial, "listen", who, { a0: 3 });
const execs = (serial: number, who: { pid: number; ppid: number }, program: string) =>
  call(serial, "execve", { ...who, exe: program, comm: program.slice(5) });

test("a child that speaks was born by the fork that returned it", () =>
  check([forks(1, 20), speaks(2)], { "10/1": "inferred", "20/1": "fork of 10/1" }, [
    "fork:2 10/1 #20",
    "listen 20/1 #3",
  ]));

test("a thread is no process", () =>
  check([forks(1, 20, "clone", 0x1_0000), speaks(2)], {
    "10/1": "inferred",
    "20/2": "inferred of 10/1",
  }));

test("what clone3 returned is none either until it speaks", () =>
  check([forks(1, 20, "clone3"), speaks(2, SHELL)], { "10/1": "inferred" }));

test("a number from inside a pid namespace is not taken for a pid", () =>
  check([forks(1, 2), speaks(2, { pid: 2, ppid: 900 }), speaks(3, { pid: 55, ppid: 10 })], {
    "10/1": "inferred",
    "2/2": "inferred",
    "55/3": "inferred of 10/1",
  }));

test("an exec replaces the image, and the exec is the new one's", () =>
  check(
    [speaks(1, SHELL), execs(2, SHELL, "/bin/ls"), execs(3, SHELL, "/bin/id")],
    { "10/1": "inferred", "10/2": "exec of 10/1", "10/3": "exec of 10/2" },
    ["listen 10/1 #3", "exec 10/2", "exec 10/3"],
  ));

test("an image that never spoke is skipped: the forker is the parent of the exec", () =>
  check([forks(1, 20), execs(2, CHILD, "/bin/ls")], {
    "10/1": "inferred",
    "20/2": "exec of 10/1",
  }));

test("vfork returns after its child has run another program", () => {
  const vfork = { ...forks(3, 20, "vfork"), timeUs: START_US + 1_500 };
  check([speaks(1, SHELL), execs(2, CHILD, "/bin/ls"), vfork, speaksAs(4)], {
    "10/1": "inferred",
    "20/2": "exec of 10/1",
  });
});

function speaksAs(serial: number): AuditEvent {
  return call(serial, "listen", { ...CHILD, exe: "/bin/ls", comm: "ls" }, { a0: 3 });
}

test("a failed exec is the old image's", () =>
  check([speaks(1, SHELL), call(2, "execve", SHELL, { exit: -2 })], { "10/1": "inferred" }, [
    "listen 10/1 #3",
    "exec 10/1 !2",
  ]));

test("after exit_group the pid is another process", () =>
  check(
    [
      speaks(1, SHELL),
      call(2, "exit_group", SHELL, { success: null, a0: 0x103 }),
      speaks(3, SHELL),
      speaks(200, SHELL),
    ],
    { "10/1": "inferred", "10/200": "inferred" },
    ["listen 10/1 #3", "exit:1 10/1 #3", "listen 10/1 #3", "listen 10/200 #3"],
  ));

test("a pid returned again is another process, although nobody saw the end of the first", () =>
  check([forks(1, 20), speaks(2), forks(30, 20), speaks(31)], {
    "10/1": "inferred",
    "20/1": "fork of 10/1",
    "20/30": "fork of 10/1",
  }));

test("another executable without an exec is another image", () =>
  check([speaks(1, SHELL), call(2, "listen", { ...SHELL, exe: "/bin/cat" })], {
    "10/1": "inferred",
    "10/2": "inferred of 10/1",
  }));

test("another executable and another parent: the pid was reused", () =>
  check([speaks(1, SHELL), speaks(2), call(3, "listen", { pid: 20, ppid: 1, exe: "/bin/cat" })], {
    "10/1": "inferred",
    "20/2": "inferred of 10/1",
    "20/3": "inferred",
  }));

test("an executable that is deleted meanwhile stays the same image", () =>
  check([speaks(1, SHELL), call(2, "listen", { ...SHELL, exe: "/bin/sh (deleted)" })], {
    "10/1": "inferred",
  }));

test("an orphan stays who it was", () =>
  check([speaks(1, SHELL), speaks(2), speaks(3, { pid: 20, ppid: 1 })], {
    "10/1": "inferred",
    "20/2": "inferred of 10/1",
  }));

test("a child that its parent left before it spoke is still that parent's", () => {
  const daemon = { pid: 20, ppid: 1 };
  const ends = call(2, "exit_group", SHELL, { success: null });
  const want = { "10/1": "inferred", "20/1": "fork of 10/1" };
  check([forks(1, 20), ends, speaks(3, daemon)], want);
  const wantExec = { "10/1": "inferred", "20/3": "exec of 10/1" };
  check([forks(1, 20), ends, execs(3, daemon, "/bin/ls")], wantExec);
  const stranger = { "10/1": "inferred", "20/3": "inferred" };
  check([forks(1, 20), ends, call(3, "listen", { ...daemon, exe: "/bin/cat" })], stranger);
});

test("a parent nobody heard of is not invented", () => check([speaks(1)], { "20/1": "inferred" }));

test("a record that comes after the exec that replaced its process", () =>
  check([speaks(1, SHELL), execs(9, SHELL, "/bin/ls"), speaks(5, SHELL)], {
    "10/1": "inferred",
    "10/9": "exec of 10/1",
  }));

test("a record from before an exec whose image had said nothing", () =>
  check([speaks(1, SHELL), execs(9, CHILD, "/bin/ls"), speaks(5), speaks(6)], {
    "10/1": "inferred",
    "20/9": "exec of 10/1",
    "20/5": "inferred of 10/1",
  }));

test("an exec that comes after the first record of its image", () =>
  check([speaks(1, SHELL), speaksAsShell(9), execs(5, SHELL, "/bin/ls"), speaksAsShell(10)], {
    "10/1": "inferred",
    "10/9": "inferred of 10/1",
    "10/5": "exec of 10/1",
  }));

function speaksAsShell(serial: number): AuditEvent {
  return call(serial, "listen", { ...SHELL, exe: "/bin/ls" });
}

test("credentials and name are told before what was done with them", () => {
  const root = { ...SHELL, uid: 0, comm: "root" };
  check(
    [
      speaks(1, SHELL),
      call(2, "setuid", root, { a0: 0 }),
      call(3, "listen", { ...root, key: "k" }),
    ],
    { "10/1": "inferred" },
    [
      "listen 10/1 #3",
      "credentials 10/1 uid 0 euid 0",
      "name 10/1 root",
      "identity 10/1 uid 1000 euid 1000 #0",
      "listen 10/1 #0",
    ],
  );
});

test("a child begins with its parent's credentials, and says when they change", () =>
  check(
    [forks(1, 20), call(2, "listen", { ...CHILD, uid: 33, comm: "worker" })],
    { "10/1": "inferred", "20/1": "fork of 10/1" },
    ["fork:2 10/1 #20", "credentials 20/1 uid 33 euid 33", "name 20/1 worker", "listen 20/1 #0"],
  ));

test("a call without a pid is the node's", () =>
  check([speaks(1, { pid: -1, ppid: -1 })], { "0/0": "node" }, ["listen 0/0 #3"]));

test("a core dump ends a process", () =>
  check(
    [
      forks(1, 20),
      event(2, {
        others: [
          { type: "ANOM_ABEND", fields: fields({ auid: 1_000, ses: 1, pid: 20, exe: "/bin/sh" }) },
        ],
      }),
      speaks(500),
    ],
    { "10/1": "inferred", "20/1": "fork of 10/1", "20/500": "inferred of 10/1" },
  ));

test("nodes do not share pids", () => {
  const there = { node: "other" };
  check([speaks(1, SHELL), call(2, "listen", CHILD, {}, there)], {
    "10/1": "inferred",
    "20/2": "inferred",
  });
});

test("the process not heard of for longest is forgotten, and counted", () => {
  const events = [speaks(1, SHELL), speaks(2)];
  for (let at = 0; at < LIVE_PROCESSES_MAX - 2; at += 1) {
    events.push(speaks(3 + at, { pid: 1_000 + at, ppid: 1 }));
  }
  const last = LIVE_PROCESSES_MAX + 1;
  events.push(
    speaks(last, CHILD),
    speaks(last + 1, { pid: 999, ppid: 1 }),
    speaks(last + 2, SHELL),
  );
  const told = tell(events);
  assert.equal(told.counts.evictedProcesses, 2);
  assert.equal(told.counts.processes, LIVE_PROCESSES_MAX + 2);
  assert.equal(origins(told)["20/2"], "inferred of 10/1", "heard of in between");
  assert.equal(origins(told)[`10/${last + 2}`], "inferred", "forgotten");
});

test("nodes beyond the limit are forgotten with their processes", () => {
  const events = [call(1, "listen", SHELL, {}, { node: "first" })];
  for (let at = 0; at < NODES_MAX; at += 1) events.push(event(2, { node: `n${at}` }));
  assert.equal(tell(events).counts.evictedProcesses, 1);
});

test("every parent named has atoms of its own", () => {
  const events: AuditEvent[] = [];
  for (let serial = 1; serial < 2_000; serial += 1) {
    const pid = 2 + ((serial * 7_919) % 40);
    const who = { pid, ppid: 1 + ((serial * 104_729) % 41) };
    const kind = serial % 5;
    if (kind === 0) events.push(call(serial, "fork", who, { exit: 2 + ((serial * 31) % 40) }));
    else if (kind === 1) events.push(execs(serial, who, `/bin/p${serial % 3}`));
    else if (kind === 2) events.push(call(serial, "exit_group", who, { success: null }));
    else events.push(call(serial % 11 === 0 ? serial >> 1 : serial, "listen", who));
  }
  const { atoms } = tell(events);
  const heard = new Set(
    atoms.map(({ process }) => `${process.pid}/${process.start}/${process.serial}`),
  );
  for (const { process } of atoms) {
    const { parent } = process;
    if (parent === null) continue;
    assert.ok(heard.has(`${parent.pid}/${parent.start}/${parent.serial}`), JSON.stringify(parent));
    assert.ok(parent.start <= START_US + 2_000_000);
  }
});
