/**
 * Goal: a process is asked for as people name it, every candidate that is offered leads to that
 * very process, and answers say how far they reach.
 *
 * Method: logs of several days through the commands.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Bench } from "../cli/harness.ts";
import { call, EXECVE, OPENAT } from "../timeline/attack-log.ts";

const DAY_SECONDS = 86_400;
const nginx = { pid: 911, ppid: 1, comm: '"nginx"', exe: '"/usr/sbin/nginx"' };
const run = { number: EXECVE, paths: ['"/usr/sbin/nginx"'] };

/** The same a day later. */
function nextDay(text: string): string {
  return text.replaceAll(
    /audit\((?<seconds>\d+)/gu,
    (_, seconds: string) => `audit(${Number(seconds) + DAY_SECONDS}`,
  );
}

async function benchOf(log: string): Promise<Bench> {
  const bench = new Bench();
  await bench.init("--privacy", "raw");
  assert.equal((await bench.run(`ingest ${bench.file("audit.log", log)}`)).status, 0);
  return bench;
}

test("each candidate leads to the process that it names", async () => {
  using bench = await benchOf(
    call({ ...nginx, ...run, clock: "11:00:00", serial: 1 }) +
      nextDay(
        call({ ...nginx, ...run, clock: "10:00:00.100", serial: 2 }) +
          call({ ...nginx, ...run, clock: "10:00:00.700", serial: 3 }),
      ),
  );
  const { status, err } = await bench.run("tree", "nginx[911]");
  assert.equal(status, 64);
  assert.match(err, /3 processes are "nginx\[911\]": nginx/u);
  const candidates = [...err.matchAll(/nginx\[911\]@[^ ,]+/gu)].map(([text]) => text);
  assert.equal(candidates.length, 3, err);
  const starts = new Set<number>();
  for (const candidate of candidates) {
    const tree = await bench.json("tree", candidate);
    starts.add(tree.number("processes.0.start"));
  }
  assert.equal(starts.size, 3);
  // As exact as it is written: of two in that second neither is meant more.
  assert.equal((await bench.run("tree", "nginx[911]@10:00:00")).status, 64);
  const later = await bench.json("tree", "nginx[911]@12:00");
  assert.equal(later.number("processes.0.start"), Math.max(...starts));
});

test("a tree of everything is of its span, and says what stands below", async () => {
  const sh = { pid: 500, ppid: 400, comm: '"sh"', exe: '"/usr/bin/dash"' };
  const cat = { pid: 501, ppid: 500, comm: '"cat"', exe: '"/usr/bin/cat"' };
  const wc = { pid: 502, ppid: 501, comm: '"wc"', exe: '"/usr/bin/wc"' };
  using bench = await benchOf(
    call({ ...nginx, ...run, clock: "08:00:00", serial: 1 }) +
      call({ ...sh, clock: "09:00:00", serial: 2, number: EXECVE, paths: ['"/usr/bin/dash"'] }) +
      call({ ...cat, clock: "09:00:01", serial: 3, number: EXECVE, paths: ['"/usr/bin/cat"'] }) +
      call({ ...wc, clock: "09:00:02", serial: 4, number: EXECVE, paths: ['"/usr/bin/wc"'] }),
  );
  const all = await bench.json("tree --depth 99");
  const late = await bench.json("tree --depth 99 --since 08:30");
  const names = (document: typeof all): string => JSON.stringify(document.list("processes"));
  assert.ok(names(all).includes("nginx[911]"));
  assert.ok(!names(late).includes("nginx[911]") && names(late).includes("wc[502]"));
  const cut = await bench.json("tree sh[500] --depth 1");
  assert.equal(cut.list("processes").length, 2);
  assert.equal(cut.number("below"), 1);
  assert.match((await bench.run("tree sh[500] --depth 1")).out, /1 below them/u);
});

test("what of the span was not recorded is told, and nothing else", async () => {
  const open = { number: OPENAT, exit: 3, args: ["ffffff9c", "0", "0"], paths: ['"/etc/shadow"'] };
  using bench = await benchOf(call({ ...nginx, ...open, clock: "08:10:00", serial: 1 }));
  const later = [
    call({ ...nginx, ...open, clock: "12:10:00", serial: 9 }),
    call({ ...nginx, ...open, clock: "15:10:00", serial: 10 }),
  ].join("");
  assert.equal((await bench.run(`ingest ${bench.file("later.log", later)}`)).status, 0);
  const gapsOf = async (...span: readonly string[]): Promise<number> =>
    (await bench.json("who /etc/shadow", ...span)).list("covered.gaps").length;
  assert.equal(await gapsOf(), 1);
  assert.equal(await gapsOf("--since", "08:12", "--until", "12:05"), 1);
  assert.equal(await gapsOf("--since", "08:05", "--until", "08:09"), 1);
  assert.equal(await gapsOf("--since", "08:05", "--until", "11:00"), 2);
  assert.equal(await gapsOf("--since", "07:00", "--until", "12:10"), 2);
  // That nothing happened between two events of a session is signed.
  assert.equal(await gapsOf("--since", "12:11", "--until", "15:00"), 0);
  const quiet = await bench.json("tree --since 13:11 --until 13:20");
  assert.deepEqual(quiet.list("covered.gaps"), []);
});
