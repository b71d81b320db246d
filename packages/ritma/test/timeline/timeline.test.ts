/**
 * Goal: `ritma timeline` tells an intrusion so that a person can follow it, and answers each
 * narrower question with just the events that fit.
 *
 * Method: a hand-made log of 19 events is recorded once; what is printed is compared whole, and
 * each flag is a row with the serials that it must give.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { columnsOf } from "../../src/cli/timeline/columns.ts";
import { Bench, runMain } from "../cli/harness.ts";
import { ATTACK } from "./attack-log.ts";

const bench = new Bench();
after(() => bench[Symbol.dispose]());
await bench.init("--privacy", "raw");
assert.equal((await bench.run(`ingest ${bench.file("audit.log", ATTACK)}`)).status, 0);

const STORY = readFileSync(join(import.meta.dirname, "story.txt"), "utf8");

test("the story of an intrusion, line by line", async () => {
  const { status, out, err } = await bench.run("timeline --wide");
  assert.equal(out, STORY);
  assert.equal(err, "");
  assert.equal(status, 0);
});

for (const columns of [60, 80, 100]) {
  test(`lines fit into ${columns} columns, and keep how things ended`, async () => {
    const argv = ["timeline", "--data", bench.root];
    for (const more of [[], ["--all"], ["--type", "exec,open,record"]]) {
      const { out } = await runMain([...argv, ...more], { columns });
      for (const line of out.split("\n")) assert.ok(columnsOf(line) <= columns, line);
      assert.match(out, /\[502\] +open +(?:\/etc\/shadow|…\/shadow)\s+denied/u);
    }
    const { out } = await runMain(argv, { columns });
    const isWhole = !out.replaceAll(/^… .*/gmu, "").includes("…");
    assert.equal(/^… .*some names made shorter · --wide$/mu.test(out), !isWhole);
  });
}

async function check(want: string, flags: string): Promise<void> {
  const document = await bench.json(`timeline ${flags}`);
  assert.equal(document.status, 0, document.err);
  const serials = document.list("events").map((event) => serialOf(event));
  assert.equal(serials.join(" "), want, flags);
}

function serialOf(event: unknown): number {
  assert.ok(typeof event === "object" && event !== null && "serial" in event);
  assert.ok(typeof event.serial === "number");
  return event.serial;
}

const ROWS: readonly (readonly [flags: string, serials: string])[] = [
  ["--all", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19"],
  ["--type exec", "4 6 10"],
  ["--type exec,connect", "4 6 7 10 18"],
  ["--type USER_LOGIN", "1"],
  ["--type USER_CMD", ""],
  ["--type open", "5 8 11"],
  ["--proc curl", "6 7 8"],
  ["--proc curl[501]", "6 7 8"],
  ["--proc curl[502]", ""],
  ["--proc 500 --all", "4 5 9"],
  ["--proc dash", "4 9"],
  ["--proc .x --type exec", "10"],
  ["--path /etc/shadow", "11"],
  ["--path /etc/../etc//shadow", "11"],
  ["--path /tmp/.x", "8 9 10 13"],
  ["--path /tmp/", "8 9 10 13 14"],
  ["--path /tmp/*", "8 9 10 13 14"],
  ["--path /tm", ""],
  ["--path /tmp/.y", "13"],
  ["--path / --type open", "5 8 11"],
  ["--addr 127.0.0.1", "7"],
  ["--addr 127.0.0.1:8081", "7"],
  ["--addr 127.0.0.1:8082", ""],
  ["--addr ::1", "18"],
  ["--addr [::1]:8080", "18"],
  ["--addr [0:0::1]", "18"],
  ["--addr 198.51.100.7", "2"],
  ["--path /tmp/.x --proc curl", "8"],
  ["--since 09:32:10 --until 09:32:10.010 --type open,trace", "11 12"],
  ["--since 2026-11-20T09:32:12Z", "18"],
  ["--since 2026-11-20T10:32:12+01:00", "18"],
  ["--since=-3s", "18"],
  ["--since=-3s --all", "18 19"],
  ["--until 09:32:07", "1"],
  ["--since 2026-11-21", ""],
];

for (const [flags, want] of ROWS) {
  test(`timeline ${flags}`, async () => {
    await check(want, flags);
  });
}

test("what --limit leaves out is counted", async () => {
  const document = await bench.json("timeline --type exec --limit 2");
  assert.equal(document.list("events").length, 2);
  assert.equal(document.number("more"), 1);
  const { out } = await bench.run("timeline --all --limit 4");
  assert.match(out, /^… 15 more in this range · --limit 0$/mu);
});

test("an event as a document", async () => {
  const document = await bench.json("timeline --type exec --limit 1");
  const [event] = document.list("events");
  assert.deepEqual(event, {
    time: "2026-11-20T09:32:07.114000Z",
    timeUs: 1_795_167_127_114_000,
    serial: 4,
    type: "exec",
    node: "web-01",
    pid: 500,
    process: "sh",
    executable: "/usr/bin/dash",
    start: 1_795_167_127_114_000,
    birth: "exec",
    parent: {
      pid: 400,
      process: "nginx",
      executable: "/usr/sbin/nginx",
      start: 1_795_167_127_100_000,
      birth: "inferred",
    },
    user: {
      auid: 1000,
      uid: 33,
      gid: 33,
      euid: 33,
      suid: 33,
      fsuid: 33,
      egid: 33,
      sgid: 33,
      fsgid: 33,
      ses: 3,
      terminal: null,
      label: null,
    },
    object: {
      kind: "file",
      path: "/bin/sh",
      inode: 100,
      device: [254, 1],
      mode: 33_188,
      uid: 0,
      gid: 0,
    },
    object2: null,
    args: ["sh", "-c", "id; uname -a"],
    argsWhole: true,
    num: null,
    flags: 0,
    ret: 0,
    error: null,
    also: [],
    late: false,
    sequence: 0,
    window: 32,
    hashed: [],
  });
});

test("--limit says what it takes", async () => {
  const { err } = await bench.run("timeline --limit -1");
  assert.match(err, /--limit is "-1", and must be a whole number, or 0 for all/u);
});

test("a refused open says why", async () => {
  const document = await bench.json("timeline --path /etc/shadow");
  const [event] = document.list("events");
  assert.ok(typeof event === "object" && event !== null && "ret" in event && "error" in event);
  assert.deepEqual([event.ret, event.error], [13, "EACCES"]);
});

test("nothing is said together with what there is", async () => {
  const { status, out } = await bench.run("timeline --since 10:00");
  assert.equal(status, 0);
  assert.match(out, /^Nothing that fits in this range\. The store holds events from /u);
  assert.match(out, /from 2026-11-20 09:32:00\.000 to 2026-11-20\s09:32:15\.000 UTC\.\n$/u);
});

const REFUSED: readonly (readonly [flags: string, code: string, status: number])[] = [
  ["--since 25:00", "time/bad", 64],
  ["--since 2026-02-30", "time/bad", 64],
  ["--since 1999-01-01", "time/bad", 64],
  ["--since yesterday", "time/bad", 64],
  ["--since 10:00 --until 09:00", "time/bad", 64],
  ["--type execs", "usage/bad-argument", 64],
  ["--addr example.org", "usage/bad-argument", 64],
  ["--addr 127.0.0.1:99999", "usage/bad-argument", 64],
  ["--addr [127.0.0.1]:80", "usage/bad-argument", 64],
  ["--limit -1", "usage/bad-argument", 64],
  ["--limit ten", "usage/bad-argument", 64],
  ["--out /nowhere", "store/missing", 66],
  ["/nowhere", "disk/missing", 66],
];

for (const [flags, code, status] of REFUSED) {
  test(`timeline ${flags} is ${code}`, async () => {
    const document = await bench.json(`timeline ${flags}`);
    assert.equal(document.text("error.code"), code);
    assert.equal(document.status, status);
  });
}
