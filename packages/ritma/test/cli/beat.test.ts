/**
 * Goal: each action of `ritma beat` does what it says, prints the fields that it promises, ends
 * with the status of what happened, and says what to type next.
 *
 * Method: `main` over a data root in a temporary directory; rows of what is refused.
 */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { beat } from "../../src/cli/commands/beat.ts";
import { cepCell, forgeCep, segment } from "../beat-frame/forge-cep.ts";
import { Bench } from "./harness.ts";
import type { Json } from "./json-document.ts";

async function made(): Promise<Bench> {
  const bench = new Bench();
  await bench.init();
  return bench;
}

/** Runs an action that must work. */
async function done(bench: Bench, line: string, ...rest: readonly string[]): Promise<Json> {
  const document = await bench.json(`beat ${line}`, ...rest);
  assert.equal(document.status, 0, document.err);
  assert.equal(document.err, "");
  assert.deepEqual(document.names().toSorted(), Object.keys(beat.fields).toSorted(), line);
  return document;
}

test("a cell is put, seen, read, replaced and removed", async () => {
  using bench = await made();
  assert.equal((await done(bench, "put notes/host --text web-01")).number("committed"), 1);
  const file = bench.file("payload", new Uint8Array(100_000).fill(200));
  await done(bench, "put notes/dir/big --from", file);
  assert.deepEqual((await done(bench, "ls notes")).get("entries"), [
    { name: "dir", hasChildren: true, length: null },
    { name: "host", hasChildren: false, length: 6 },
  ]);
  const read = await done(bench, "get notes/host");
  assert.equal(read.text("cell.text"), "web-01");
  assert.equal(read.text("cell.place"), "inline");
  const to = join(bench.dir, "copy");
  assert.equal((await done(bench, "get notes/dir/big --to", to)).text("cell.file"), to);
  assert.deepEqual(new Uint8Array(readFileSync(to)), new Uint8Array(100_000).fill(200));
  assert.equal((await bench.run(`beat get notes/dir/big --to ${to}`)).status, 73);
  await done(bench, "put notes/host --history 2 --text web-02");
  assert.equal((await done(bench, "get /notes/host/")).number("cell.history"), 1);
  await done(bench, "put notes/dir --remove");
  assert.equal((await bench.run("beat get notes/dir/big")).status, 66);
  assert.equal((await bench.run("beat put notes/dir --remove")).status, 66);
  const names = (await done(bench, "ls")).get("branches");
  assert.deepEqual(JSON.stringify(names).match(/"name":"\w+"/gu), [
    '"name":"data"',
    '"name":"notes"',
  ]);
});

test("what a person reads names the next line, with the flags that find this place", async () => {
  using bench = await made();
  const put = await bench.run("beat put", "a/it's", "--text", "\u001b[31mred");
  assert.equal(put.status, 0, put.err);
  assert.match(
    put.out,
    /^Put 8 B at \/a\/it's, in beat 1\n\n {2}Look at it {3}ritma beat get 'a\/it/u,
  );
  assert.ok(put.out.includes(`--data ${bench.root}`), put.out);
  const get = await bench.run("beat get", "a/it's");
  assert.ok(get.out.includes("\\e[31mred"), get.out);
  for (const line of [
    "ls",
    "ls a",
    "log",
    "log a",
    "stats",
    "checkpoint",
    "compact",
    "verify",
    "verify a",
  ]) {
    const { status, out, err } = await bench.run(`beat ${line}`);
    assert.equal(status, 0, err);
    assert.equal(err, "");
    assert.match(out, /\n$/u);
    assert.doesNotMatch(out, /undefined|NaN/u, line);
    assert.ok(!out.includes("\u001b"), line);
  }
});

test("maintenance is told in the document and under /rt/ops", async () => {
  using bench = await made();
  const file = bench.file("big", new Uint8Array(2_000_000).fill(1));
  await done(bench, "put x/blob --from", file);
  await done(bench, "put x/blob --text small");
  await done(bench, "checkpoint");
  assert.equal((await done(bench, "compact")).number("reclaimed.blobBytes"), 2_000_000);
  const operations = JSON.stringify((await done(bench, "log")).get("operations"));
  assert.match(operations, /"verb":"op\/checkpt","number":1,"state":"ist:done"/u);
  assert.match(operations, /"verb":"op\/compact","number":1,"state":"ist:done"/u);
  assert.match((await done(bench, "get rt/ops/compact/01")).text("cell.text"), /2000000 of blobs/u);
  const stats = await done(bench, "stats");
  assert.ok(stats.number("stats.records") > 10);
  assert.equal((await done(bench, "get data/persist/x/metrics/frames")).text("cell.text"), "2");
  assert.equal((await done(bench, "get data/persist/x/kv_eng")).text("cell.text"), "flat");
});

test("a branch is carried away and comes back", async () => {
  using bench = await made();
  await done(bench, "put x/a/b --text hello");
  await done(bench, "put x/blob --from", bench.file("big", new Uint8Array(1_500_000).fill(7)));
  const dir = join(bench.dir, "x.bundle");
  const exported = await done(bench, "export x --to", dir);
  assert.equal(exported.number("bundle.blobs"), 1);
  const verified = await done(bench, "verify", dir);
  assert.equal(verified.text("bundle.chain"), exported.text("bundle.chain"));
  assert.equal((await bench.run(`beat import ${dir}`)).status, 73);
  const imported = await done(bench, `import ${dir} --as y`);
  assert.equal(imported.number("committed"), exported.number("bundle.frames"));
  assert.equal((await done(bench, "get y/a/b")).text("cell.text"), "hello");
  assert.equal((await done(bench, `import ${dir} --as y`)).number("committed"), 0);
  await done(bench, "put y/a/b --text changed");
  assert.equal((await done(bench, `import ${dir} --as y --replace`)).number("committed"), 1);
  assert.equal((await done(bench, "get y/a/b")).text("cell.text"), "hello");

  const frame = join(dir, "frames", readdirSync(join(dir, "frames"))[0] ?? "");
  writeFileSync(frame, new Uint8Array(readFileSync(frame)).with(40, 0xee));
  const bad = await bench.json("beat verify", dir);
  assert.equal(bad.status, 65);
  assert.match(JSON.stringify(bad.get("faults")), /frames\/00000001\.frame/u);
  const refused = await bench.run(`beat import ${dir} --as z`);
  assert.equal(refused.status, 65);
  assert.match(refused.err, /\(beat\/bundle\)/u);
  assert.match(refused.err, /Nothing was imported\. Exit status 65\./u);
});

test("damage is found, with its place and status 65", async () => {
  using bench = await made();
  await done(bench, "put x/blob --from", bench.file("big", new Uint8Array(1_500_000).fill(7)));
  const cas = join(bench.root, "branches", "x", "cas");
  const folder = readdirSync(cas).find((name) => name.length === 2) ?? "";
  const path = join(cas, folder, readdirSync(join(cas, folder))[0] ?? "");
  writeFileSync(path, new Uint8Array(1_500_000).fill(8));
  const { status, out, err } = await bench.run("beat verify");
  assert.equal(status, 65);
  assert.match(out, /^DAMAGED .* 1 fault\n/u);
  assert.match(out, /\/x\/blob +blob [0-9a-f]{64} is damaged/u);
  assert.match(err, /persist\.recover x: blob/u);
});

test("frames of CEP come in with all in which they are not like ours", async () => {
  using bench = await made();
  const key = Uint8Array.of(1, ...segment("app", "one"));
  const records = [
    { type: 1, key, body: cepCell({ inline: Uint8Array.of(65) }) },
    { type: 9, key: Uint8Array.of(9), body: Uint8Array.of(1) },
  ];
  const folder = join(bench.dir, "cep");
  mkdirSync(folder);
  writeFileSync(join(folder, "1.frame"), forgeCep({ records, beat: 7 }));
  const imported = await done(bench, `import ${folder} --cep --as cep`);
  assert.equal(imported.number("committed"), 1);
  assert.match(JSON.stringify(imported.get("deviations")), /"code":"unknown-type"/u);
  const { out } = await bench.run("beat ls");
  assert.match(out, /\n {2}cep +beat/u);
  const cut = bench.file("cut.frame", forgeCep({ records, beat: 7 }).subarray(0, 50));
  assert.equal((await bench.run(`beat import ${cut} --cep --as cut`)).status, 65);
  assert.ok(!(await bench.run("beat ls")).out.includes("cut"));
});

test("other engines keep their own data", async () => {
  using bench = await made();
  for (const engine of ["flat", "lmdb", "leveldb"]) {
    await done(bench, `put x/a --text ${engine} --engine ${engine}`);
  }
  for (const engine of ["flat", "lmdb", "leveldb"]) {
    const read = await done(bench, `get x/a --engine ${engine}`);
    assert.equal(read.text("cell.text"), engine);
    assert.equal(read.text("engine"), engine);
  }
});

const REFUSED: readonly (readonly [line: string, status: number, says: RegExp])[] = [
  ["nonsense", 64, /"nonsense" is none of ls, get/u],
  ["constructor", 64, /is none of/u],
  ["get", 64, /get needs a TARGET/u],
  ["stats x", 64, /stats takes no TARGET/u],
  ["ls --to x", 64, /ls takes no --to/u],
  ["put x/a", 64, /one of --text, --from and --remove/u],
  ["put x --text a", 64, /the root of a branch is no cell/u],
  ["put UP/a --text a", 64, /must be a branch/u],
  ["put cas/a --text a", 64, /is no branch/u],
  ["put x/a --from /nonexistent", 66, /Nothing was put/u],
  ["put x/a --text a --history many", 64, /whole number/u],
  ["export x", 64, /needs --to/u],
  ["export x --to /tmp/none", 66, /there is no branch x/u],
  ["import /nonexistent", 65, /is no branch bundle/u],
  ["import /nonexistent --cep --as x", 66, /is no frame/u],
  ["import /nonexistent --cep", 64, /needs --as/u],
  ["get x/a --engine rocks", 64, /flat, lmdb, leveldb/u],
];

for (const [line, status, says] of REFUSED) {
  test(`ritma beat ${line} is refused`, async () => {
    using bench = await made();
    const ran = await bench.run(`beat ${line}`);
    assert.equal(ran.status, status, ran.err);
    assert.match(ran.err, says);
    assert.equal(ran.out, "");
  });
}

test("without a data root nothing is made", async () => {
  using bench = new Bench();
  assert.equal((await bench.run("beat ls")).status, 66);
});

test("bench says what it measured, and leaves nothing", async () => {
  using bench = await made();
  const { out, status } = await bench.run("beat bench");
  assert.equal(status, 0);
  assert.match(out, /append of 300 bytes and fdatasync/u);
  assert.match(out, /look-up of the oldest of 51,4\d\d records/u);
  assert.ok(!readdirSync(bench.root).some((name) => name.includes("bench")));
});
