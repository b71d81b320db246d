/**
 * Goal: `ritma cones` shows what happens again and again so that a person can read it, in any
 * width, and a script finds the same in its document; what is not there is said with a code; and a
 * hostile name is shown, not obeyed.
 *
 * Method: logs made by hand and the recording that comes with the demo; every line is measured.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMANDS } from "../../src/cli/catalogue.ts";
import { DEMO_LOG } from "../../src/cli/demo/steps.ts";
import { columnsOf } from "../../src/cli/timeline/columns.ts";
import { opened } from "../recorder/audit-lines.ts";
import { call, EXECVE, hex } from "../timeline/attack-log.ts";
import { Bench, type Ran, runMain } from "./harness.ts";

async function recordedIn(
  bench: Bench,
  privacy: string,
  ...events: readonly string[]
): Promise<void> {
  await bench.init("--privacy", privacy);
  const log = events.length === 0 ? DEMO_LOG : bench.file("audit.log", events.join(""));
  const { status, err } = await bench.run(`ingest ${log}`);
  assert.equal(status, 0, err);
}

/** Two processes that open two files each, of which the first is the same. */
const TWICE = [10, 11, 12].flatMap((pid, at) => [
  opened(`09:00:0${at}.000`, 2 * at + 1, { pid, path: "/etc/hosts" }),
  opened(`09:00:0${at}.100`, 2 * at + 2, { pid, path: `/srv/file-${at}` }),
]);

test("a cone drawn: what is the same, what varies, how often and by whom", async () => {
  using bench = new Bench();
  await recordedIn(bench, "raw", ...TWICE);
  const { status, out, err } = await bench.run("cones show 1");
  assert.equal(status, 0, err);
  assert.match(out, /^Cone 1 · generation 1 · hot · [0-9a-f]{16}…\n/u);
  assert.match(out, /^ {2}used +2 times, which tells \d+ atoms, \d+\.\d% of the generation$/mu);
  assert.match(out, /^ {2}first +2026-11-20 09:00:01\.000 UTC$/mu);
  assert.match(out, /^ {2}last +2026-11-20 09:00:02\.000 UTC$/mu);
  assert.match(out, /^ {2}by +\/usr\/bin\/cat$/mu);
  assert.match(out, /^ {2}a process of \/usr\/bin\/cat$/mu);
  assert.match(out, /─ open +[A-Z] \/etc\/hosts · fd 3$/mu);
  assert.match(out, /─ open +([A-Z]) \(file, 2 different\) · fd 3$/mu);
  assert.match(
    out,
    / {4}[A-Z] {2}file, 2 different\n +1× {2}\/srv\/file-1\n +1× {2}\/srv\/file-2\n/u,
  );
  const next = / ritma (timeline .* --proc 11) --data /u.exec(out)?.[1];
  assert.ok(next !== undefined, out);
  const shown = await bench.run(next);
  assert.match(shown.out, /cat\[11\] +open +\/etc\/hosts/u);
});

test("the document of a drawing says the same", async () => {
  using bench = new Bench();
  await recordedIn(bench, "raw", ...TWICE);
  const document = await bench.json("cones show 1");
  assert.equal(document.number("cone.uses"), 2);
  const fields = document.list("cone.fields").map((field) => JSON.stringify(field));
  assert.ok(fields.some((field) => field.includes('"constant":true,"different":1,"more":false')));
  assert.ok(fields.some((field) => field.includes('{"value":"/srv/file-2","uses":1}')));
  assert.equal(document.list("cone.rows").length, document.number("cone.atoms"));
  assert.equal(document.get("cones"), null);
  assert.equal(document.number("cone.example.pid"), 11);
});

test("every action has the fields that the command promises", async () => {
  using bench = new Bench();
  const promised = Object.keys(COMMANDS.find(({ name }) => name === "cones")?.fields ?? {});
  const check = async (...lines: readonly string[]): Promise<void> => {
    for (const line of lines) {
      const names = (await bench.json(line)).names();
      assert.deepEqual(names.toSorted(), promised.toSorted(), line);
    }
  };
  await bench.init("--privacy", "raw");
  await check("cones list", "cones top");
  await bench.run("ingest", bench.file("audit.log", TWICE.join("")));
  await check("cones list", "cones top", "cones show 1");
});

/** Of the lines of a table. */
function idsOf(text: string): number[] {
  return [...text.matchAll(/^ +(\d+) +[\d,]+ +[\d,]+ /gmu)].map(([, id]) => Number(id));
}

test("list is by number, top by what a cone tells, and both say how many are left", async () => {
  using bench = new Bench();
  await recordedIn(bench, "raw");
  const list = await bench.run("cones list --limit 5");
  assert.deepEqual(idsOf(list.out), [1, 2, 3, 4, 5]);
  assert.match(list.out, /^… \d+ more · --limit 0$/mu);
  const top = await bench.json("cones top --limit 7");
  const told = top
    .list("cones")
    .map((cone) => Number(/"told":(\d+)/u.exec(JSON.stringify(cone))?.[1]));
  assert.equal(told.length, 7);
  assert.deepEqual(
    told,
    told.toSorted((a, b) => b - a),
  );
  const all = await bench.json("cones list --limit 0");
  assert.equal(all.number("more"), 0);
  assert.equal(all.list("cones").length, top.number("more") + 7);
});

for (const privacy of ["raw", "hash-only"]) {
  test(`no line is longer than the terminal: ${privacy}`, async () => {
    using bench = new Bench();
    await recordedIn(bench, privacy);
    const ids = (await bench.json("cones list --limit 0")).list("cones").length;
    const lines = ["list --limit 0", "top", ...[4, ids - 1].map((id) => `show ${id}`)];
    for (const columns of [60, 80, 100]) {
      for (const line of lines) {
        const argv = ["cones", ...line.split(" "), "--data", bench.root];
        const { status, out, err } = await runMain(argv, { columns });
        assert.equal(status, 0, err);
        for (const each of out.split("\n")) {
          if (/^ {2}(?:ritma|One of them)/u.test(each)) continue;
          assert.ok(columnsOf(each) <= columns, `${line} at ${columns}: ${each}`);
        }
      }
    }
  });
}

test("what is not there is said with its code", async () => {
  using bench = new Bench();
  await bench.init("--privacy", "raw");
  const refused = async (line: string, exit: number, want: RegExp): Promise<void> => {
    const { status, err }: Ran = await bench.run(line);
    assert.equal(status, exit, line);
    assert.match(err, want);
  };
  await refused("cones show 1", 66, /is empty: there is no cone 1 \(query\/unknown\)/u);
  const empty = await bench.run("cones top");
  assert.deepEqual([empty.status, empty.out], [0, "Nothing: the store is empty.\n"]);
  await bench.run("ingest", bench.file("once.log", opened("08:00:00", 1)));
  await refused("cones show 1", 66, /has no cones at all \(query\/unknown\)/u);
  assert.match((await bench.run("cones list")).out, /0 cones\nNothing happened twice/u);
  await bench.run("ingest", bench.file("audit.log", TWICE.join("")));
  await refused(
    "cones show 99",
    66,
    /no cone 99: generation 1 has cones 1 to \d+ \(query\/unknown\)/u,
  );
  await refused("cones list --generation 3", 66, /no generation 3 \(query\/unknown\)/u);
  await refused("cones show", 64, /needs the number of a cone.*\(usage\/bad-argument\)/u);
  await refused("cones show 0", 64, /whole number from 1 on \(usage\/bad-argument\)/u);
  await refused("cones top 3", 64, /takes no number of a cone.*\(usage\/bad-argument\)/u);
  await refused("cones draw", 64, /"draw" is none of list, show, top \(usage\/bad-argument\)/u);
  await refused("cones list --limit many", 64, /--limit is "many".*\(usage\/bad-argument\)/u);
});

test("a hostile name is shown and not obeyed", async () => {
  using bench = new Bench();
  const exe = hex("/tmp/\u001b[31m\u202e");
  const events = [1, 2, 3].map((serial) =>
    call({
      clock: `09:00:0${serial}`,
      serial,
      pid: 600 + serial,
      number: EXECVE,
      exe,
      comm: exe,
      paths: [exe],
      argv: [hex(`a\u0007${serial}`)],
    }),
  );
  await recordedIn(bench, "raw", ...events);
  for (const line of ["cones list", "cones top", "cones show 1", "cones show 1 --json"]) {
    const { status, out, err } = await bench.run(line);
    assert.equal(status, 0, err);
    assert.doesNotMatch(out.replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u, line);
    if (!line.endsWith("json")) assert.match(out, /\\e\[31m\\u\{202e\}/u, line);
  }
});
