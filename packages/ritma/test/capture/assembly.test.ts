/**
 * Goal: records become events, each delivered once and whole, however they come.
 * Method: small logs of our own with one disorder each, and what is delivered, in which order.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { collect, collector, type Plain, record } from "./collect.ts";

const CALL = "SYSCALL arch=c000003e syscall=59 success=yes exit=0 pid=2";
const CWD = 'CWD cwd="/"';
const TITLE = 'PROCTITLE proctitle="x"';

/** A log: each line a body, a stamp as `seconds:serial`, and a node. */
function log(...lines: readonly (readonly [body: string, stamp: string, node?: string])[]): string {
  return lines
    .map(([body, stamp, node]) => {
      const [seconds, serial] = stamp.split(":");
      return `${record(body, `${1_700_000_000 + Number(seconds)}.000:${serial}`, node)}\n`;
    })
    .join("");
}

/** `serial lines completion`, with a + before a continuation. */
function summary(events: readonly Plain[]): string[] {
  return events.map(
    ({ serial, lines, completion, continuation }) =>
      `${continuation ? "+" : ""}${serial} ${lines} ${completion}`,
  );
}

test("interleaved events complete on PROCTITLE, in that order", () => {
  const { events } = collect(
    log([CALL, "0:1"], [CALL, "0:2"], [CWD, "0:1"], [TITLE, "0:2"], [TITLE, "0:1"]),
  );
  assert.deepEqual(summary(events), ["2 2 terminator", "1 3 terminator"]);
});

test("EOE ends an event, after PROCTITLE it is counted and delivers nothing", () => {
  const { events, counts } = collect(
    log(
      [CALL, "0:1"],
      ["EOE", "0:1"],
      [CALL, "0:2"],
      [TITLE, "0:2"],
      ["EOE", "0:2"],
      ["EOE", "0:3"],
    ),
  );
  assert.deepEqual(summary(events), ["1 2 terminator", "2 2 terminator", "3 1 terminator"]);
  assert.deepEqual([counts.records, counts.trailing, counts.events], [6, 1, 3]);
});

test("PROCTITLE before its SYSCALL does not end the event", () => {
  const { events } = collect(log([TITLE, "0:1"], [CWD, "0:1"], [CALL, "0:1"], ["EOE", "0:1"]));
  assert.deepEqual(summary(events), ["1 4 terminator"]);
});

test("a USER or SERVICE record waits for the system call that may belong to it", () => {
  const { events } = collect(
    log(["SERVICE_START pid=1 msg='unit=a'", "0:1"], [CALL, "0:1"], [TITLE, "0:1"]),
  );
  assert.deepEqual(summary(events), ["1 3 terminator"]);
});

test("DAEMON records are alone", () => {
  const { events } = collect(log(["DAEMON_START op=start", "0:1"], ["DAEMON_END op=x", "0:2"]));
  assert.deepEqual(summary(events), ["1 1 terminator", "2 1 terminator"]);
});

test("the identity is node, time and serial", () => {
  const { events } = collect(
    log([CALL, "0:1", "a"], [CALL, "0:1", "b"], [CALL, "1:1", "a"], [CALL, "0:1"]),
  );
  assert.deepEqual(
    events.map(({ node, timeUs }) => [node, timeUs - 1_700_000_000_000_000]),
    [
      ["a", 0],
      ["b", 0],
      ["a", 1_000_000],
      ["", 0],
    ],
  );
});

test("time-out: when the log has moved on by more than two seconds, not at two", () => {
  const lines = log([CALL, "0:1"], [CALL, "2:2"], [CALL, "3:3"]);
  const { events, counts } = collect(lines);
  assert.deepEqual(summary(events), ["1 1 timeout", "2 1 end", "3 1 end"]);
  assert.equal(counts.timedOut, 1);
});

test("an old stamp is no time-out: the call blocked, its records come now", () => {
  const { events } = collect(
    log([CALL, "100:2"], [CALL, "5:1"], [CALL, "101:3"], [CWD, "5:1"], [TITLE, "5:1"]),
  );
  assert.deepEqual(summary(events), ["1 3 terminator", "2 1 end", "3 1 end"]);
});

test("time-outs go by the clock of the event's own node", () => {
  const { events } = collect(log([CALL, "0:1", "a"], [CALL, "500:2", "b"], [CALL, "501:3", "b"]));
  assert.deepEqual(summary(events), ["1 1 end", "2 1 end", "3 1 end"]);
});

test("a clock set back is taken for the new one after a while", () => {
  const before = log([CALL, "90000:1"]);
  const after = Array.from({ length: 1_100 }, (_, at) => log([CALL, `${at}:${at + 2}`])).join("");
  const { counts, events } = collect(before + after);
  assert.equal(counts.events, 1_101);
  assert.equal(events.find(({ serial }) => serial === 1)?.completion, "timeout");
});

test("a record after its event was delivered is a continuation, not another event", () => {
  const { events, counts } = collect(
    log([CALL, "0:1"], [TITLE, "0:1"], [CWD, "0:1"], [CALL, "9:2"]),
  );
  assert.deepEqual(summary(events), ["1 2 terminator", "+1 1 timeout", "2 1 end"]);
  assert.deepEqual([counts.events, counts.continuations], [2, 1]);
});

test("a full table gives up the oldest event", () => {
  const { events, counts } = collect(log([CALL, "0:1"], [CALL, "0:2"], [CALL, "0:3"]), 0, {
    inFlightEventsMax: 2,
  });
  assert.deepEqual(summary(events), ["1 1 evicted", "2 1 end", "3 1 end"]);
  assert.equal(counts.evicted, 1);
});

test("an event of too many records is given up, its rest goes on", () => {
  const { events } = collect(log([CALL, "0:1"], [CWD, "0:1"], [CWD, "0:1"], [TITLE, "0:1"]), 0, {
    eventRecordsMax: 3,
  });
  assert.deepEqual(summary(events), ["1 3 evicted", "+1 1 end"]);
});

test("the memory for late records is bounded", () => {
  const { events } = collect(
    log([CALL, "0:1"], [TITLE, "0:1"], [CALL, "0:2"], [TITLE, "0:2"], [CWD, "0:1"], [CWD, "0:2"]),
    0,
    { recentEventsMax: 1, inFlightEventsMax: 4 },
  );
  assert.deepEqual(summary(events), ["1 2 terminator", "2 2 terminator", "1 1 end", "2 1 end"]);
});

test("a reused event carries nothing over", () => {
  const full = [
    [CALL, "0:1"],
    ['EXECVE argc=1 a0="x"', "0:1"],
    [CWD, "0:1"],
    ['PATH item=0 name="/a"', "0:1"],
    ["SOCKADDR saddr=0200000000000000", "0:1"],
    ["MMAP fd=1 flags=0", "0:1"],
    ["FD_PAIR fd0=1 fd1=2", "0:1"],
    ["AVC x=1", "0:1"],
    [TITLE, "0:1"],
  ] as const;
  const bare = ["DAEMON_END", "1:2"] as const;
  const { events } = collect(log(...full, bare));
  const [alone] = collect(log(bare)).events;
  assert.deepEqual(events[1], alone);
});

test("expire delivers what has waited by the wall clock", () => {
  const { parser, collected } = collector();
  parser.feed(Buffer.from(log([CALL, "0:1"], [CALL, "1:2"])));
  parser.expire(1_700_000_001_500_000);
  assert.deepEqual(summary(collected.events), []);
  parser.expire(1_700_000_003_500_000);
  assert.deepEqual(summary(collected.events), ["1 1 timeout", "2 1 timeout"]);
});

test("a file that has grown: the rest of the cut line is handed on, not guessed at", () => {
  const { parser, collected } = collector();
  const whole = log([CALL, "0:1"], [TITLE, "0:1"]);
  const cut = whole.indexOf("success");
  parser.feed(Buffer.from(whole.slice(0, cut)));
  parser.end();
  parser.feed(Buffer.from(whole.slice(cut)));
  parser.end();
  assert.deepEqual(summary(collected.events), ["1 1 end", "+1 1 end"]);
  assert.deepEqual(collected.uninterpreted, [
    {
      line: "success=yes exit=0 pid=2",
      reason: "unterminated-rest",
      timeUs: 1_700_000_000_000_000,
    },
  ]);
  const { lines, records, uninterpreted } = collected.counts;
  assert.deepEqual([lines, records, uninterpreted], [3, 2, 1]);
});

test("a file that has grown: a newline ends the line, and is no blank one", () => {
  const { parser, collected } = collector();
  parser.feed(Buffer.from(log([CALL, "0:1"]).trimEnd()));
  parser.end();
  parser.feed(Buffer.from(`\n${log([TITLE, "0:1"])}`));
  parser.end();
  assert.deepEqual(summary(collected.events), ["1 1 end", "+1 1 end"]);
  assert.deepEqual([collected.counts.lines, collected.counts.blank], [2, 0]);
  assert.deepEqual(collected.uninterpreted, []);
});

test("end twice, and nothing between, is end once", () => {
  const { parser, collected } = collector();
  parser.feed(Buffer.from("no newline"));
  parser.end();
  parser.end();
  parser.feed(Buffer.from(" here\nnext\n"));
  parser.end();
  assert.deepEqual(
    collected.uninterpreted.map(({ line, reason }) => [line, reason]),
    [
      ["no newline", "no-header"],
      [" here", "unterminated-rest"],
      ["next", "no-header"],
    ],
  );
});

test("a set of rotated files: endOfFile ends the line, the event goes on", () => {
  const { parser, collected } = collector();
  parser.feed(Buffer.from(log([CALL, "0:1"]).trimEnd()));
  parser.endOfFile();
  parser.feed(Buffer.from(log([CWD, "0:1"], [TITLE, "0:1"])));
  parser.endOfFile();
  parser.end();
  assert.deepEqual(summary(collected.events), ["1 3 terminator"]);
  assert.deepEqual(collected.uninterpreted, []);
});

test("position is the end of the line at hand", () => {
  const lines = [`${record(CALL)}\n`, "\n", "junk\n", `${record(TITLE)}\n`, "tail"];
  const positions: number[] = [];
  const { parser } = collector();
  const bytes = Buffer.from(lines.join(""));
  for (const byte of bytes) {
    parser.feed(Uint8Array.of(byte));
    if (positions.at(-1) !== parser.position) positions.push(parser.position);
  }
  parser.end();
  positions.push(parser.position);
  let sum = 0;
  assert.deepEqual(positions, [0, ...lines.map((line) => (sum += line.length))]);
});

test("a line beyond the limit is refused, whatever the chunks, and its head is kept", () => {
  const long = `type=AVC msg=audit(1700000000.123:7): ${"x".repeat(1_000)}`;
  const input = `before\n${long}\nafter\n${long}`;
  for (const chunkBytes of [0, 1, 7, 100, 300, 1_045, 1_046]) {
    const { refused, uninterpreted, counts } = collect(input, chunkBytes, { lineBytesMax: 512 });
    assert.deepEqual(refused, [
      { head: long.slice(0, 256), bytes: long.length },
      { head: long.slice(0, 256), bytes: long.length },
    ]);
    assert.deepEqual(
      uninterpreted.map(({ line }) => line),
      ["before", "after"],
    );
    assert.equal(counts.refused + counts.uninterpreted + counts.records, counts.lines);
  }
});

test("a line of exactly the limit is taken", () => {
  const line = "x".repeat(512);
  for (const chunkBytes of [0, 1, 512, 513]) {
    const { refused, uninterpreted } = collect(`${line}\n${line}y`, chunkBytes, {
      lineBytesMax: 512,
    });
    assert.deepEqual([refused.length, uninterpreted.length], [1, 1]);
  }
});
