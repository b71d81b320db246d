/**
 * Goal: a line is a record exactly when it has the standard header, which says who and when.
 * Method: one row for each way a header was seen to differ in published logs; lines of our own.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { collect } from "./collect.ts";

const STAMP = "audit(1700000000.123:7)";

/** A line, and `node type?` of the one event it must make. */
const RECORDS: readonly (readonly [line: string, node: string])[] = [
  [`type=AVC msg=${STAMP}: avc:  denied`, ""],
  [`node=web-01 type=AVC msg=${STAMP}: x=1`, "web-01"],
  [`host=a.example type=AVC msg=${STAMP}: x=1`, "a.example"],
  [`node=\xc3\xa9 type=AVC msg=${STAMP}: x=1`, "é"],
  [`node=\xff type=AVC msg=${STAMP}: x=1`, "\xff"],
  [`msg=${STAMP}: no type at all`, ""],
  [`node=n msg=${STAMP}: no type, but a node`, "n"],
  [`type=DAEMON_CONFIG msg=${STAMP} config changed, auid=0`, ""],
  [`type=NOTHING msg=${STAMP}:`, ""],
  [`type=NOTHING msg=${STAMP}`, ""],
  [`type=UNKNOWN[1323] msg=${STAMP}: fd=6 flags=0x802`, ""],
  [`type=1400 msg=${STAMP}: x=1`, ""],
  [`type=AVC msg=${STAMP}: carriage=return\r`, ""],
  [`type=PATH msg=${STAMP}: item=0 name="/a" type=CWD msg=audit(1.000:1): cwd="/"`, ""],
];

for (const [line, node] of RECORDS) {
  test(`a record: ${line}`, () => {
    const { events, counts } = collect(`${line}\n`);
    assert.deepEqual(
      events.map((event) => [event.node, event.timeUs, event.serial, event.lines]),
      [[node, 1_700_000_000_123_000, 7, 1]],
    );
    assert.deepEqual([counts.lines, counts.records, counts.uninterpreted], [1, 1, 0]);
  });
}

const NO_RECORDS: readonly string[] = [
  "# a comment",
  "----",
  "time->Tue Nov 14 22:13:20 2023",
  `kernel: [   31.0] audit: type=1400 ${STAMP}: apparmor="ALLOWED"`,
  `type=1400 ${STAMP}: x=1`,
  ` type=AVC msg=${STAMP}: leading space`,
  "type=AVC msg=audit(11/14/2023 22:13:20.123:7) : interpreted",
  "type=AVC msg=audit(1700000000): no fraction",
  "type=AVC msg=audit(1700000000:7): no fraction",
  "type=AVC msg=audit(1700000000.0:0): short fraction",
  "type=AVC msg=audit(1700000000.1234:7): long fraction",
  "type=AVC msg=audit(17000000000.123:7): eleven digits",
  "type=AVC msg=audit(): empty",
  "type=AVC msg=audit(1700000000.123): no serial",
  "type=AVC msg=audit(1700000000.123:): empty serial",
  "type=AVC msg=audit(1700000000.123:4294967296): serial beyond 32 bits",
  "type=AVC msg=audit(1700000000.123:7: not closed",
  `type= msg=${STAMP}: empty type`,
  `type=${"T".repeat(65)} msg=${STAMP}: type too long`,
  `node= type=AVC msg=${STAMP}: empty node`,
  `node=${"n".repeat(256)} type=AVC msg=${STAMP}: node too long`,
  `node=a  type=AVC msg=${STAMP}: two spaces`,
  "type=UNKNOWN[1329] msg=?",
  "type=AVC",
  "t",
  '{"_raw":"type=AVC msg=audit(1700000000.123:7): x=1"}',
];

for (const line of NO_RECORDS) {
  test(`no record: ${line.slice(0, 70)}`, () => {
    const { events, uninterpreted, counts } = collect(`${line}\n`);
    assert.deepEqual(events, []);
    assert.deepEqual(uninterpreted, [{ line, reason: "no-header", timeUs: null }]);
    assert.deepEqual([counts.lines, counts.records, counts.uninterpreted], [1, 0, 1]);
  });
}

test("a line without a header takes the stamp of the record before it", () => {
  const { uninterpreted } = collect(`one\ntype=AVC msg=${STAMP}: x\ntwo\n`);
  assert.deepEqual(
    uninterpreted.map((each) => each.timeUs),
    [null, 1_700_000_000_123_000],
  );
});

test("blank lines are counted apart: spaces, returns, nothing", () => {
  const { counts } = collect("\n \t\n\r\n\nx\n");
  assert.deepEqual([counts.blank, counts.lines, counts.uninterpreted], [4, 1, 1]);
});

test("a stamp that is refused is not remembered for the next line", () => {
  const bad = `type=AVC msg=audit(${"\0".repeat(4)}000000.123:7): x`;
  const { counts } = collect(`${bad}\n${bad}\ntype=A msg=${STAMP}: x\n${bad}\n`);
  assert.deepEqual([counts.records, counts.uninterpreted], [1, 3]);
});

/** A record of `node` with the stamp `stamp`. */
function recordOf(node: string, stamp: string): string {
  return `node=${node} type=A msg=audit(${stamp}): x`;
}

test("neighbours with other nodes, times and serials are told apart", () => {
  const lines = [
    recordOf("a", "1700000000.123:7"),
    recordOf("b", "1700000000.123:7"),
    recordOf("a", "1700000000.124:7"),
    recordOf("a", "1700000000.124:8"),
    recordOf("ab", "1700000000.124:8"),
    recordOf("a", "170000000.124:8"),
  ];
  const { events } = collect(lines.join("\n"));
  assert.equal(new Set(events.map((event) => JSON.stringify(event))).size, lines.length);
});

test("the largest serial and the roll-over to zero are serials like others", () => {
  const { events } = collect(
    "type=A msg=audit(1700000000.123:4294967295): x\ntype=A msg=audit(1700000000.123:0): x\n",
  );
  assert.deepEqual(
    events.map((event) => event.serial),
    [4_294_967_295, 0],
  );
});
