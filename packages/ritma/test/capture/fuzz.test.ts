/**
 * Goal: no bytes make the parser throw or lose a line, and the cut into chunks changes nothing.
 * Method: fast-check with lines in the shape of real ones, mutated, and with plain noise; counts
 * are checked against a count made with `split`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { collect, type Collected } from "./collect.ts";

const PIECES: readonly string[] = [
  "type=SYSCALL msg=audit(1700000000.123:7): arch=c000003e syscall=59 success=yes exit=0 a0=1 " +
    "a1=2 a2=3 a3=4 items=2 ppid=1 pid=2 auid=0 uid=0 gid=0 tty=(none) ses=1 comm=6C73 " +
    'exe="/bin/ls" key=(null)',
  'node=n type=PATH msg=audit(1700000000.123:8): item=0 name="/x" inode=1 dev=fe:01 mode=0100644',
  'type=PATH msg=audit(1700000003.500:9): item=1 name=(null) nametype=DELETE\x1dOUID="root"',
  'type=EXECVE msg=audit(1700000000.123:7): argc=3 a0="sh" a1_len=6 a1[0]=616263 a2="',
  "type=SOCKADDR msg=audit(1700000000.123:7): saddr=02001F90C6336407",
  'type=USER_LOGIN msg=audit(1700000001.000:10): pid=1 msg=\'op=x acct="a" text=b exe="/c" res=1\'',
  'type=AVC msg=audit(1700000009.000:11): avc:  denied  { read } for pid=1 ouid=0FSUID="u"',
  'type=CWD msg=audit(1700000000.123:7): cwd="/"',
  "type=PROCTITLE msg=audit(1700000000.123:7): proctitle=6C7300",
  "type=EOE msg=audit(1700000000.123:7): ",
  "type=DAEMON_END msg=audit(1700000000.124:1): op=end",
  "type=MMAP msg=audit(1700000000.123:8): fd=3 flags=0x2",
  "junk",
  " \r",
  "",
];

const runs = { numRuns: 300 };
const piece = fc.constantFrom(...PIECES).map((text) => Buffer.from(text, "latin1"));
const NEWLINE = Buffer.from("\n");

/** A piece with one stretch cut out, doubled or replaced by noise. */
const mutated = fc
  .tuple(piece, fc.nat(200), fc.nat(30), fc.uint8Array({ maxLength: 8 }), fc.boolean())
  .map(([bytes, at, length, noise, keep]) => {
    const from = Math.min(at, bytes.length);
    const to = Math.min(from + length, bytes.length);
    return Buffer.concat([bytes.subarray(0, keep ? to : from), noise, bytes.subarray(to)]);
  });

const input = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: piece },
      { weight: 3, arbitrary: mutated },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
    ),
    {
      maxLength: 25,
    },
  )
  .map((lines) => Buffer.concat(lines.flatMap((line) => [line, NEWLINE])));

function checkCounts(
  bytes: Uint8Array,
  { events, counts, uninterpreted, refused }: Collected,
): void {
  const lines = Buffer.from(bytes).toString("latin1").split("\n");
  const full = lines.filter((line) => /[^\0-\x20]/u.test(line)).length;
  assert.equal(counts.lines, full);
  assert.equal(counts.records + counts.uninterpreted + counts.refused, counts.lines);
  const delivered = events.reduce((sum, event) => sum + event.lines, 0);
  assert.equal(delivered + counts.trailing, counts.records);
  assert.equal(counts.events + counts.continuations, events.length);
  assert.deepEqual([counts.uninterpreted, counts.refused], [uninterpreted.length, refused.length]);
  assert.equal(counts.bytes, bytes.length);
  const identities = new Set(
    events.map((event) => `${event.node} ${event.timeUs} ${event.serial}`),
  );
  assert.equal(identities.size, counts.events);
}

test("noise: nothing is thrown, nothing is lost", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => checkCounts(bytes, collect(bytes))),
    runs,
  );
});

test("mutated logs: nothing is thrown, nothing is lost", () => {
  fc.assert(
    fc.property(input, (bytes) => checkCounts(bytes, collect(bytes))),
    { numRuns: 1_500 },
  );
});

test("the cut into chunks changes nothing", () => {
  fc.assert(
    fc.property(input, fc.integer({ min: 1, max: 300 }), (bytes, chunkBytes) => {
      assert.deepEqual(collect(bytes, chunkBytes), collect(bytes));
    }),
    runs,
  );
});

test("small bounds: events are given up early, and nothing is lost", () => {
  const options = {
    inFlightEventsMax: 2,
    recentEventsMax: 1_000,
    eventRecordsMax: 3,
    internEntriesMax: 2,
  };
  fc.assert(
    fc.property(input, (bytes) => checkCounts(bytes, collect(bytes, 0, options))),
    runs,
  );
});

test("interned or not, the result is the same", () => {
  fc.assert(
    fc.property(input, (bytes) => {
      assert.deepEqual(collect(bytes, 0, { internEntriesMax: 1 }), collect(bytes));
    }),
    runs,
  );
});

test("a record read by the kernel's order says what it says read key by key", () => {
  const number = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => value.toString(16));
  const small = fc.nat(4_194_304);
  fc.assert(
    fc.property(number, number, small, small, fc.integer(), (a0, a1, pid, call, exit) => {
      const fields = [
        "arch=c000003e",
        `syscall=${call}`,
        `success=${exit < 0 ? "no" : "yes"}`,
        `exit=${exit}`,
        `a0=${a0}`,
        `a1=${a1}`,
        "a2=0",
        "a3=0",
        "items=1",
        "ppid=1",
        `pid=${pid}`,
        "auid=0",
      ];
      const head = "type=SYSCALL msg=audit(1700000000.123:7): ";
      const usual = collect(`${head}${fields.join(" ")}`);
      // A word in front, and the fixed order is not taken.
      const other = collect(`${head}x=1 ${fields.join(" ")}`);
      assert.deepEqual(other.events[0]?.syscall, usual.events[0]?.syscall);
    }),
    runs,
  );
});
