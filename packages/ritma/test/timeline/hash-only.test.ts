/**
 * Goal: a hash-only store shows no private name, says so, and still answers a question by exact
 * name to whoever has its key, and to nobody else.
 *
 * Method: the same intrusion in a hash-only store, asked with keys/ beside it and without.
 */
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { Bench, runMain } from "../cli/harness.ts";
import { Json } from "../cli/json-document.ts";
import { ATTACK } from "./attack-log.ts";

const bench = new Bench();
after(() => bench[Symbol.dispose]());
await bench.init("--privacy", "hash-only");
assert.equal((await bench.run(`ingest ${bench.file("audit.log", ATTACK)}`)).status, 0);
const copied = join(bench.dir, "copied");
cpSync(bench.out, copied, { recursive: true });

async function ask(store: string, flags: string): Promise<Json> {
  const argv = ["timeline", store, ...flags.split(" "), "--json", "--data", "/nonexistent"];
  const { status, out, err } = await runMain(argv, {});
  return new Json(out, status, err);
}

function serials(document: Json): string {
  return document
    .list("events")
    .map((event) =>
      typeof event === "object" && event !== null && "serial" in event ? event.serial : "?",
    )
    .join(" ");
}

const ROWS: readonly (readonly [flags: string, serials: string])[] = [
  ["--path /etc/shadow", "11"],
  ["--path /tmp/.x", "8 9 10 13"],
  ["--path /tmp/", "8 9 10 13 14"],
  ["--addr 127.0.0.1:8081", "7"],
  ["--addr ::1", "18"],
  ["--proc curl", "6 7 8"],
];

for (const [flags, want] of ROWS) {
  test(`with the key: ${flags}`, async () => {
    assert.equal(serials(await ask(bench.out, flags)), want);
    assert.equal(serials(await ask(bench.root, flags)), want);
  });
}

test("without the key, what is not hashed can be asked for", async () => {
  assert.equal(serials(await ask(copied, "--path /etc/shadow")), "11");
  assert.equal(serials(await ask(copied, "--path /tmp/")), "8 9 10 13 14");
  assert.equal(serials(await ask(copied, "--proc curl")), "6 7 8");
});

for (const flags of ["--path /tmp/.x", "--path /home/alice/", "--addr 127.0.0.1"]) {
  test(`without the key: ${flags}`, async () => {
    const document = await ask(copied, flags);
    assert.equal(document.text("error.code"), "query/needs-key");
    assert.equal(document.status, 77);
  });
}

test("another data root's key is not tried", async () => {
  using other = new Bench();
  await other.init("--privacy", "hash-only");
  cpSync(bench.out, join(other.root, "guest"), { recursive: true });
  const document = await ask(join(other.root, "guest"), "--path /tmp/.x");
  assert.equal(document.text("error.code"), "query/needs-key");
});

test("hashes are marked, explained and named", async () => {
  const { out } = await bench.run("timeline");
  assert.doesNotMatch(out, /tmp\/\.|8081\/s|uname|198\.51/u);
  assert.match(out, /open +\/etc\/shadow +denied \(EACCES\)/u);
  assert.match(out, /create +\/tmp\/•[0-9a-f]{8}\n/u);
  assert.match(out, /exec +\/bin\/sh •[0-9a-f]{8} •[0-9a-f]{8}/u);
  assert.match(out, /^•… is a keyed hash: .*addresses, arguments/mu);
  const document = await bench.json("timeline --type exec --limit 1");
  const [event] = document.list("events");
  assert.ok(typeof event === "object" && event !== null && "hashed" in event && "args" in event);
  assert.deepEqual(event.hashed, ["node", "args"]);
  assert.match(
    JSON.stringify(event.args),
    /^\["•[0-9a-f]{32}","•[0-9a-f]{32}","•[0-9a-f]{32}"\]$/u,
  );
});
