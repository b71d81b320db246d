/**
 * Goal: a boot is counted when a node's serials begin again, and never for any other reason.
 *
 * Method: rows of (serial, time in ms) as they come in, and the boot that each event must be in.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuditEvent } from "../../src/flow/capture/audit-event.ts";
import { call, event, fields, START_US, tell } from "./story.ts";

type Row = readonly [serial: number, ms: number, boot: number];

function check(rows: readonly Row[], extra: readonly AuditEvent[] = []): void {
  const events = rows.map(([serial, ms]) => at(serial, ms));
  const { atoms, counts } = tell([...extra, ...events]);
  const boots = atoms.filter(({ type }) => type === "listen").map(({ process }) => process.boot);
  assert.deepEqual(
    boots,
    rows.map(([, , boot]) => boot),
  );
  assert.equal(counts.bootResets, rows.at(-1)?.[2] ?? 0);
}

function at(serial: number, ms: number): AuditEvent {
  return { ...call(serial, "listen", { pid: 7 }), timeUs: START_US + ms * 1_000 };
}

function daemon(type: string, serial: number, ms: number): AuditEvent {
  return { ...event(serial, { others: [{ type, fields: fields({}) }] }), timeUs: START_US + ms };
}

test("serials that begin again", () =>
  check([
    [900, 0, 0],
    [901, 4, 0],
    [3, 30_000, 1],
    [4, 30_004, 1],
    [2, 90_000, 2],
  ]));

test("serials out of order", () =>
  check([
    [900, 0, 0],
    [880, 0, 0],
    [905, 900, 0],
    [890, 900, 0],
    [870, 1_899, 0],
  ]));

test("the counter passes 2^32", () =>
  check([
    [4_294_967_294, 0, 0],
    [4_294_967_295, 2_000, 0],
    [0, 4_000, 0],
    [1, 6_000, 0],
  ]));

test("a late event decides nothing", () =>
  check([
    [900, 60_000, 0],
    [5, 2_000, 0],
    [901, 60_004, 0],
  ]));

test("a call that waited a minute has a high serial and an old time", () =>
  check([
    [900, 0, 0],
    [901, 60_000, 0],
    [950, 10_000, 0],
    [902, 62_000, 0],
  ]));

test("a call that waited, delivered before those that passed it", () =>
  check([
    [900, 0, 0],
    [950, 10_000, 0],
    [901, 62_000, 0],
    [902, 62_004, 0],
  ]));

test("a boot that was too short ends where auditd starts again", () => {
  const events = [at(1, 0), at(4, 4), daemon("DAEMON_START", 7_000, 9_000), at(3, 20_000)];
  assert.equal(tell(events).counts.bootResets, 1);
});

test("auditd's own serials are not the kernel's", () =>
  check(
    [
      [900, 0, 0],
      [901, 5_000, 0],
    ],
    [daemon("DAEMON_CONFIG", 4_000_000, 0)],
  ));

test("a time that no clock shows moves nothing", () => {
  const strange = { ...at(5_000, 0), timeUs: 2 ** 52 };
  const { counts } = tell([at(900, 0), strange, at(901, 4_000), at(902, 8_000)]);
  assert.equal(counts.bootResets, 0);
});

test("processes do not outlive a boot", () => {
  const { atoms } = tell([at(900, 0), at(3, 30_000)]);
  assert.deepEqual(
    atoms.map(({ process }) => [process.boot, process.serial]),
    [
      [0, 900],
      [1, 3],
    ],
  );
});
