/**
 * Goal: a record that is no system call vanishes under no circumstances, and finds its process.
 *
 * Method: rows of records and the lines of their atoms.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuditEvent } from "../../src/flow/capture/audit-event.ts";
import { rawPrivacy } from "../../src/flow/capture/privacy.ts";
import { Projector } from "../../src/flow/capture/track/projector.ts";
import {
  type Atom,
  bytes,
  call,
  collector,
  event,
  fields,
  origins,
  path,
  shown,
  tell,
} from "./story.ts";

function check(events: readonly AuditEvent[], ...want: string[]): void {
  assert.deepEqual(tell(events).lines, want);
}

const other = (type: string, content: Record<string, string | number>) => ({
  others: [{ type, fields: fields(content) }],
});

test("a record is laid at the door of its pid", () => {
  const speaks = call(1, "listen", { pid: 9 });
  const avc = event(2, other("AVC", { pid: 9, comm: "sh", tclass: "file" }));
  check([speaks, avc], "listen 9/1 #0", "record 9/1 AVC pid=9 comm=sh tclass=file");
});

test("a pid that only ever logs in is a process of its own", () => {
  const login = other("USER_LOGIN", { pid: 80, uid: 0, ses: 4, exe: "/usr/sbin/sshd", acct: "a" });
  const told = tell([event(1, login), event(2, login)]);
  assert.deepEqual(origins(told), { "80/1": "inferred" });
  const { executable, credentials } = told.atoms[0]?.process ?? {};
  assert.equal(executable?.components.length, 3);
  assert.deepEqual(credentials?.ids.slice(0, 3), [null, 0, null]);
});

test("a record without a pid, or with one that is no number, is the node's", () =>
  check(
    [
      event(1, other("CONFIG_CHANGE", { op: "set" })),
      event(2, other("DAEMON_END", { pid: "?", res: "success" })),
    ],
    "record 0/0 CONFIG_CHANGE op=set",
    "record 0/0 DAEMON_END pid=? res=success",
  ));

test("records that belong to a SYSCALL, without it", () =>
  check(
    [
      event(1, { args: [bytes("ls"), bytes("-l")], proctitle: bytes("ls") }),
      event(2, { proctitle: bytes("sh\0-c\0\0cut") }),
      event(3, { cwd: bytes("/home/a"), paths: [path(0, "NORMAL", "x", 5)] }),
      event(4, { sockaddr: { family: "unix", path: bytes("/run/x"), abstract: false } }),
      event(5, { fdPair: [3, 4] }),
      event(6, { mmapFd: 3 }),
      event(7),
    ],
    "record 0/0 EXECVE (ls -l)",
    "record 0/0 PROCTITLE (sh -c  cut ...)",
    "path 0/0 /home/a",
    "path:1 0/0 /home/a/x #0",
    "record 0/0 SOCKADDR -> 1:/run/x:null",
    "record 0/0 FD_PAIR fd0=3 fd1=4",
    "record 0/0 MMAP fd=3",
    "record 0/0 EOE",
  ));

test("names and types longer than the format allows are cut, not refused", () => {
  const [atom] = tell([event(1, other("T".repeat(80), { ["\u00e9".repeat(300)]: 1 }))]).atoms;
  assert.ok(atom?.object?.kind === "fields");
  assert.equal(atom.object.type.length, 64);
  assert.equal(atom.object.fields[0]?.[0].length, 128);
});

test("a number that is not whole, or not exact, is kept as text", () => {
  const odd = event(1, other("X", { a: 2 ** 60, b: 0.5, c: -4 }));
  check([odd], "record 0/0 X a=1152921504606847000 b=0.5 c=-4");
});

test("a line kept uninterpreted is the node's", () => {
  const atoms: Atom[] = [];
  const privacy = rawPrivacy();
  const projector = new Projector({ node: bytes("host"), privacy, sink: collector(atoms) });
  projector.line(bytes("half a rec"), 5);
  assert.deepEqual(atoms.map(shown), ["line 0/0 line of 10"]);
  assert.equal(atoms[0]?.time, 5);
});
