/**
 * Goal: `ritma log` shows every sealed window once, newest first, with the hours and gaps between
 * them, counts what is sealed, and prints nothing that a terminal obeys.
 *
 * Method: one store of two hours with a gap and a late event, whose windows are known; then names
 * made of what is dangerous; then a changed micro header.
 */
import assert from "node:assert/strict";
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { log } from "../../src/cli/commands/log.ts";
import { Bench, runMain } from "../cli/harness.ts";
import { opened } from "../recorder/audit-lines.ts";
import { call, CONNECT, EXECVE, hex, inet, OPENAT } from "../timeline/attack-log.ts";
import { CONTROLS, OBEYED } from "../timeline/hostile-log.ts";

const EVIL = `${CONTROLS}'"\\;$(id)\u007f`;

const LOG = [
  opened("08:10:00", 1),
  call({ clock: "08:50:00", serial: 2, number: EXECVE, paths: ['"/bin/sh"'], argv: ['"sh"'] }),
  call({ clock: "08:50:01", serial: 3, number: CONNECT, saddr: inet("10.0.0.9", 443), exit: -111 }),
  call({ clock: "08:50:02", serial: 4, number: CONNECT, saddr: inet("10.0.0.9", 443) }),
  call({
    clock: "08:50:03",
    serial: 5,
    number: OPENAT,
    args: ["ffffff9c", "0", "241", "1b6"],
    paths: ['CREATE:"/tmp/.x"'],
    exit: 3,
  }),
  opened("10:40:00", 6, { pid: 7 }),
  opened("10:41:00", 7, { pid: 7 }),
  opened("08:21:00", 8, { pid: 8 }),
  opened("10:59:00", 9, { pid: 9 }),
].join("");

async function benchOf(content: string): Promise<Bench> {
  const bench = new Bench();
  await bench.init("--privacy", "raw", "--window-secs", "900");
  const { status, err } = await bench.run(`ingest ${bench.file("audit.log", content)}`);
  assert.equal(status, 0, err);
  return bench;
}

const bench = await benchOf(LOG);
after(() => bench[Symbol.dispose]());

/** Roots and counts of columns differ from store to store, and from this test's point of view. */
function shape(out: string): string[] {
  return out
    .trimEnd()
    .split("\n")
    .map((each) =>
      each
        .replaceAll(/\b[0-9a-f]{8}\b/gu, "ROOT")
        .replaceAll(/ +/gu, " ")
        .trim(),
    );
}

test("hours, windows and gaps, the newest first", async () => {
  const { status, out } = await bench.run("log");
  assert.equal(status, 0);
  const lines = shape(out).filter((each) => /^(?:hour|gap|\d+[. ].*(?:ROOT|event))/u.test(each));
  assert.deepEqual(lines, [
    "hour 1 2026-11-20 10:00:00 → 10:59:00 root ROOT session 0",
    "1.late ROOT late events of hour 1",
    "1 event, 1 atom, 1 instantiation",
    "1.003 ROOT 2026-11-20 10:45:00 → 10:59:00",
    "1 event, 1 atom, 1 instantiation",
    "1.002 ROOT 2026-11-20 10:30:00 → 10:45:00",
    "2 events, 2 atoms, 2 instantiations",
    "gap 2026-11-20 09:00:00 → 10:00:00 1 h without events, signed",
    "hour 0 2026-11-20 08:00:00 → 09:00:00 root ROOT session 0",
    "0.003 ROOT 2026-11-20 08:45:00 → 09:00:00",
    "4 events, 4 atoms, 4 instantiations",
    "0.000 ROOT 2026-11-20 08:00:00 → 08:15:00",
    "1 event, 1 atom, 1 instantiation",
  ]);
  assert.match(out, /1 late atom \(in after the minute was sealed/u);
});

test("a line for each window", async () => {
  const { out } = await bench.run("log --oneline");
  assert.deepEqual(shape(out), [
    "1.late ROOT late events of hour 1 1 event 1 atom",
    "1.003 ROOT 2026-11-20 10:45:00 → 10:59:00 1 event 1 atom",
    "1.002 ROOT 2026-11-20 10:30:00 → 10:45:00 2 events 2 atoms",
    "gap 2026-11-20 09:00:00 → 10:00:00 1 h without events, signed",
    "0.003 ROOT 2026-11-20 08:45:00 → 09:00:00 4 events 4 atoms",
    "0.000 ROOT 2026-11-20 08:00:00 → 08:15:00 1 event 1 atom",
  ]);
  for (const line of out.trimEnd().split("\n")) assert.ok(line.length <= 80, line);
});

test("what is in a window", async () => {
  const { out } = await bench.run("log --stat --since 08:50 --until 09:00");
  assert.match(out, /^ +ran +\/usr\/bin\/dash$/mu);
  assert.match(out, /^ +connected +10\.0\.0\.9:443 ×2 \(1 failed\)$/mu);
  assert.match(out, /^ +wrote +\/tmp\/\.x$/mu);
  assert.doesNotMatch(out, /passwd|^gap|0\.000|1\.00/mu);
});

test("a limit says how many windows are older, and cuts no hour silently", async () => {
  const { out } = await bench.run("log --limit 2");
  assert.match(out, /^… 3 older in this range · --limit 0$/mu);
  assert.doesNotMatch(out, /^gap|1\.002/mu);
  const document = await bench.json("log --limit 2");
  assert.equal(document.number("more"), 3);
  assert.deepEqual(document.list("gaps"), []);
  assert.equal((await bench.json("log --limit 0")).number("more"), 0);
});

test("hours that are not shown are counted from the node log, and not read", async () => {
  using cut = await benchOf(LOG);
  const [oldest = ""] = globSync(join(cut.out, "windows/**/08/**/hour_root.cbor"));
  rmSync(oldest);
  assert.equal((await cut.json("log --limit 3")).number("more"), 2);
  assert.equal((await cut.json("log --limit 2 --since 08:00 --until 12:00")).number("more"), 3);
  // At the end of the range the hour itself tells which of its windows are in it.
  for (const flags of ["--limit 4", "--limit 2 --since 08:30"]) {
    assert.equal((await cut.json(`log ${flags}`)).text("error.code"), "store/damaged", flags);
  }
  const partly = await bench.json("log --limit 2 --since 08:30");
  assert.equal(partly.number("more"), 2);
});

test("the document has what it promises", async () => {
  const document = await bench.json("log --stat");
  assert.deepEqual(document.names().toSorted(), Object.keys(log.fields).toSorted());
  const names = document.list("windows").map((each) => JSON.stringify(each));
  assert.equal(names.length, 5);
  assert.match(names[3] ?? "", /"name":"0\.003".*"events":4.*"late"|"late":false.*"events":4/u);
  assert.match(names[3] ?? "", /"name":"10\.0\.0\.9:443","times":2,"failed":1/u);
  assert.match(JSON.stringify(document.list("gaps")), /"before":1\}\]$/u);
  assert.equal(document.list("hours").length, 2);
});

test("nothing in a range, and nothing in a store, is said", async () => {
  const { status, out } = await bench.run("log --since 09:10 --until 09:20");
  assert.equal(status, 0);
  assert.match(out, /Nothing is sealed in this range\. The store's hours are from 2026-11-20 08/u);
  using empty = new Bench();
  await empty.init();
  assert.match((await empty.run("log")).out, /Nothing: the store is empty\./u);
});

const REFUSED: readonly (readonly [line: string, code: string])[] = [
  ["log --limit x", "usage/bad-argument"],
  ["log --since 10:00 --until 09:00", "time/bad"],
  ["log --oneline --stat", "usage/bad-flag"],
];

for (const [line, code] of REFUSED) {
  test(`${line} is refused`, async () => {
    const document = await bench.json(line);
    assert.equal(document.status, 64);
    assert.equal(document.text("error.code"), code);
  });
}

test("no name in a window reaches the terminal as it is", async () => {
  const path = hex(`/tmp/${EVIL}`);
  const facts = { comm: hex(EVIL).slice(0, 30), exe: path };
  using hostile = await benchOf(
    [
      call({ ...facts, clock: "08:00:00", serial: 1, number: EXECVE, paths: [path], argv: [path] }),
      call({ ...facts, clock: "08:00:01", serial: 2, number: CONNECT, saddr: `0100${path}00` }),
      call({
        ...facts,
        clock: "08:00:02",
        serial: 3,
        number: OPENAT,
        args: ["ffffff9c", "0", "241", "1b6"],
        paths: [`CREATE:${path}`],
      }),
    ].join(""),
  );
  for (const form of [[], ["--json"], ["--wide"]]) {
    for (const columns of [40, 80, 300]) {
      const argv = ["log", "--stat", ...form, "--data", hostile.root];
      const { status, out } = await runMain(argv, {
        terminal: true,
        environment: { NO_COLOR: "1" },
        columns,
      });
      assert.equal(status, 0);
      assert.match(out, /\\e\[31m/u);
      assert.deepEqual(out.replaceAll("\n", "").match(OBEYED), null);
    }
  }
});

test("a micro header that was changed is refused", async () => {
  using damaged = await benchOf(LOG);
  const [found = ""] = globSync(join(damaged.out, "windows/**/micro/w003.cbor"));
  const bytes = readFileSync(found);
  // The last byte of a count: 4 events become 5, and all else stays well-formed.
  const at = bytes.length - 80;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(found, bytes);
  const document = await damaged.json("log");
  assert.equal(document.status, 65);
  assert.equal(document.text("error.code"), "store/damaged");
  assert.match(document.text("error.message"), /micro\/w003\.cbor: its digest is not/u);
});
