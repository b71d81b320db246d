/**
 * Goal: a name that was given to a window finds that window until it is deleted, stays outside of
 * the evidence, and can be taken for nothing else; a file of tags that is none is refused.
 *
 * Method: a store of two windows on the real disk, and each wrong name, list and window once.
 */
import assert from "node:assert/strict";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { tag } from "../../src/cli/commands/tag.ts";
import { auditLog } from "../cli/audit-log.ts";
import { Bench, runMain } from "../cli/harness.ts";

const bench = new Bench();
after(() => bench[Symbol.dispose]());
await bench.init("--privacy", "raw");
const log = bench.file("audit.log", auditLog({ events: 12 }));
assert.equal((await bench.run(`ingest ${log}`)).status, 0);
const before = readdirSync(bench.out, { recursive: true });

test("a window has its name until it is deleted", async () => {
  const made = await bench.json("tag first-hint 0.001");
  assert.equal(made.status, 0, made.err);
  assert.deepEqual(made.names().toSorted(), Object.keys(tag.fields).toSorted());
  const shown = await bench.json("show first-hint");
  assert.equal(shown.text("window.name"), "0.001");
  const root = shown.text("window.root");
  assert.deepEqual(made.list("tags"), [{ name: "first-hint", root, window: "0.001" }]);
  assert.match((await bench.run("tag")).out, /^ {2}first-hint {3}[0-9a-f]{8} {3}0\.001$/mu);
  assert.equal((await runMain(["show", "first-hint", bench.root], {})).status, 0);
  assert.equal((await bench.run("tag --delete first-hint")).status, 0);
  assert.match((await bench.run("tag")).out, /^No window has a name\.$/mu);
  assert.equal((await bench.json("show first-hint")).text("error.code"), "query/unknown");
});

test("nothing of it is in the evidence store, and nobody else may read it", async () => {
  assert.equal((await bench.run("tag kept 10:00")).status, 0);
  assert.deepEqual(readdirSync(bench.out, { recursive: true }), before);
  assert.equal(statSync(join(bench.root, "tags/tags.json")).mode & 0o777, 0o600);
});

const REFUSED: readonly (readonly [argv: readonly string[], code: string])[] = [
  [["deadbeef", "0.001"], "usage/bad-argument"],
  [["0.001", "0.001"], "usage/bad-argument"],
  [["a b", "0.001"], "usage/bad-argument"],
  [["a\u001b[2J", "0.001"], "usage/bad-argument"],
  [["x".repeat(65), "0.001"], "usage/bad-argument"],
  [["alone"], "usage/bad-argument"],
  [["kept", "0.001"], "usage/bad-argument"],
  [["fine", "7.001"], "query/unknown"],
  [["--delete", "nobody"], "query/unknown"],
];

for (const [argv, code] of REFUSED) {
  test(`${JSON.stringify(argv.join(" ").slice(0, 30))} changes nothing`, async () => {
    await bench.run("tag kept 0.000");
    const refused = await bench.json("tag", ...argv);
    assert.equal(refused.text("error.code"), code);
    assert.doesNotMatch(refused.err.replaceAll("\n", ""), /\p{Cc}/u);
    assert.equal((await bench.json("tag")).list("tags").length, 1);
  });
}

const file = join(bench.root, "tags/tags.json");

test("more names than are kept are refused", async () => {
  const root = (await bench.json("show 0.000")).text("window.root");
  const tags = Array.from({ length: 1000 }, (_, at) => ({ name: `t${at}`, root }));
  writeFileSync(file, JSON.stringify({ version: 1, tags }));
  const refused = await bench.json("tag another 0.000");
  assert.equal(refused.text("error.code"), "usage/bad-argument");
  assert.equal((await bench.run("tag --delete t1")).status, 0);
  assert.equal((await bench.run("tag another 0.000")).status, 0);
});

for (const [what, content] of [
  ["cut", '{"version":1,"tags":['],
  ["no list", '{"version":1}'],
  ["of other names", '{"tags":[{"name":"\\u001b[2J","root":"00"}]}'],
  ["not text", "\xff\xfe"],
] as const) {
  test(`a file of tags that is ${what} is refused`, async () => {
    writeFileSync(file, content, "latin1");
    for (const line of ["tag", "tag b 0.000", "show a"]) {
      const { status, err } = await bench.run(line);
      assert.equal(status, 65, line);
      assert.match(err, /tags\/tags\.json: is no list of tags/u);
    }
  });
}

test("a tag of a window that is not here is listed as that, and finds nothing", async () => {
  writeFileSync(file, JSON.stringify({ version: 1, tags: [{ name: "a", root: "0".repeat(64) }] }));
  assert.match((await bench.run("tag")).out, /a {3}00000000 {3}not in this store/u);
  assert.equal((await bench.json("show a")).text("error.code"), "query/unknown");
});
