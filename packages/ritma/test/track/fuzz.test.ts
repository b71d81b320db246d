/**
 * Goal: whatever an event holds, it becomes at least one atom, and every entity can be read back.
 *
 * Method: random sequences of random events over few pids, names and descriptors, so that they
 * meet; the sink decodes each entity. Both privacy modes, and the same input twice.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { blake3 } from "@noble/hashes/blake3.js";
import { decodeEntity, encodeEntity, toHex } from "@ritma/evidence";
import {
  type Arbitrary,
  array,
  assert as forAll,
  boolean,
  constant,
  constantFrom,
  double,
  integer,
  nat,
  oneof,
  option,
  property,
  record,
  string,
  tuple,
  uint8Array,
} from "fast-check";
import {
  type AuditEvent,
  NAME_TYPES,
  type PathInfo,
  type SockAddr,
  type Subject,
  type SyscallRecord,
} from "../../src/flow/capture/audit-event.ts";
import { hashOnlyPrivacy, type Privacy, rawPrivacy } from "../../src/flow/capture/privacy.ts";
import { CALLS, SOCKET_CALLS } from "../../src/flow/capture/track/calls.ts";
import { Projector } from "../../src/flow/capture/track/projector.ts";
import { type Atom, bytes, collector, START_US, X86_64 } from "./story.ts";

const RUNS = 400;

const name: Arbitrary<Uint8Array> = oneof(
  constantFrom("/", "/etc/passwd", "a", "../b", "/tmp//x/.", "", "/memfd:x (deleted)").map(bytes),
  uint8Array({ maxLength: 12 }),
);
const id = constantFrom(-1, 0, 1_000, 4_294_967_295);
const small = constantFrom(-1, 0, 1, 2, 3, 5);
const register = oneof(
  small,
  constantFrom(0xffff_ff9c, 2 ** 64, 2 ** 53, 0x1_0241, 2 ** 40),
  double({ min: 0, max: 2 ** 64, noNaN: true, noDefaultInfinity: true }).map(Math.floor),
);

const subject: Arbitrary<Subject> = record({
  auid: id,
  uid: id,
  gid: id,
  euid: id,
  suid: id,
  fsuid: id,
  egid: id,
  sgid: id,
  fsgid: id,
  ses: id,
  tty: option(name),
  comm: option(name),
  exe: option(name),
  subj: option(name),
  key: option(name),
});

const callNames = [
  ...CALLS.flatMap(({ names }) => names.split(" ")),
  ...SOCKET_CALLS,
  "socketcall",
  "ipc",
  "nothing_known",
];

const syscall: Arbitrary<SyscallRecord> = record({
  arch: constantFrom(0, X86_64, 0x4000_0003, 0xc000_00b7, 0x16),
  number: constantFrom(-1, 0, 1, 59, 257, 100_000),
  name: option(constantFrom(...callNames)),
  success: option(boolean()),
  exit: oneof(small, constantFrom(-2, -115, -512, 2 ** 47, -(2 ** 53))),
  a0: register,
  a1: register,
  a2: register,
  a3: register,
  items: small,
  ppid: small,
  pid: small,
  subject,
});

const pathInfo: Arbitrary<PathInfo> = record({
  name: option(name),
  inode: oneof(small, constant(2 ** 60)),
  devMajor: small,
  devMinor: small,
  mode: small,
  ouid: id,
  ogid: id,
  nameType: constantFrom(...NAME_TYPES),
});

const sockaddr: Arbitrary<SockAddr> = oneof(
  record({ family: constant("inet" as const), address: name, port: nat(70_000) }),
  record({ family: constant("inet6" as const), address: name, port: small, scope: small }),
  record({ family: constant("unix" as const), path: name, abstract: boolean() }),
  record({ family: constant("netlink" as const), pid: small, groups: small }),
  record({ family: constant("vsock" as const), cid: small, port: small }),
  record({ family: constant("other" as const), number: small, bytes: name }),
);

const field = record({
  name: oneof(
    constantFrom("pid", "ppid", "opid", "exe", "comm", "acct", "addr", "name", "oflag", "a0"),
    string({ unit: "binary", maxLength: 300 }),
  ),
  value: oneof(
    record({ kind: constant("number" as const), value: oneof(small, double()) }),
    record({ kind: constant("bytes" as const), value: name }),
  ),
});

const event: Arbitrary<AuditEvent> = record({
  node: constantFrom("", "a", "\ud800"),
  timeUs: oneof(
    nat(5_000_000).map((us) => START_US + us),
    constantFrom(0, 2 ** 52),
  ),
  serial: oneof(nat(200), constantFrom(4_294_967_295, 4_294_967_290)),
  lines: constant(1),
  bytes: constant(100),
  completion: constantFrom("terminator" as const, "timeout" as const, "end" as const),
  continuation: boolean(),
  syscall: option(syscall, { freq: 6 }),
  cwd: option(name),
  paths: array(record({ item: small, info: pathInfo }), { maxLength: 5 }),
  args: option(array(name, { maxLength: 3 })),
  argsWhole: boolean(),
  sockaddr: option(sockaddr),
  proctitle: option(name),
  fdPair: option(tuple(small, small)),
  mmapFd: small,
  others: array(
    record({
      type: oneof(
        constantFrom("AVC", "DAEMON_START", "ANOM_ABEND", "SOCKETCALL", "OPENAT2", "OBJ_PID"),
        string({ maxLength: 80 }),
      ),
      fields: array(field, { maxLength: 4 }),
    }),
    { maxLength: 3 },
  ),
});

const hashOnly = (): Privacy =>
  hashOnlyPrivacy((key, input) => blake3(input, { key, dkLen: 16 }), new Uint8Array(32).fill(9));

function atomsOf(events: readonly AuditEvent[], privacy: Privacy): Atom[] {
  const atoms: Atom[] = [];
  const projector = new Projector({ node: bytes("n"), privacy, sink: collector(atoms) });
  for (const each of events) {
    const before = atoms.length;
    projector.project(each);
    assert.ok(atoms.length > before, "an event became no atom");
  }
  return atoms;
}

function bytesOf({ refs }: Atom): string {
  return refs.map((ref) => toHex(ref.bytes)).join();
}

function check(events: readonly AuditEvent[], privacy: () => Privacy): void {
  const atoms = atomsOf(events, privacy());
  for (const { flags, ret, num, refs } of atoms) {
    assert.ok(Number.isSafeInteger(flags) && flags >= 0, `flags ${flags}`);
    assert.ok(Number.isSafeInteger(ret) && ret >= 0, `ret ${ret}`);
    assert.ok(num === null || Number.isSafeInteger(num), `num ${num}`);
    for (const ref of refs) {
      assert.equal(toHex(encodeEntity(decodeEntity(ref.bytes))), toHex(ref.bytes));
    }
  }
  assert.deepEqual(atomsOf(events, privacy()).map(bytesOf), atoms.map(bytesOf), "the same again");
}

test("random events, raw", () =>
  forAll(
    property(array(event, { maxLength: 30 }), (events) => check(events, rawPrivacy)),
    { numRuns: RUNS },
  ));

test("random events, hash-only", () =>
  forAll(
    property(array(event, { maxLength: 20 }), (events) => check(events, hashOnly)),
    { numRuns: RUNS / 4 },
  ));

test("random lines", () =>
  forAll(
    property(uint8Array({ maxLength: 50 }), integer({ min: 0 }), (line, time) => {
      const atoms: Atom[] = [];
      const sink = collector(atoms);
      new Projector({ node: line, privacy: rawPrivacy(), sink }).line(line, time);
      assert.equal(atoms.length, 1);
    }),
  ));
