/**
 * Goal: a store that was changed is never shown as if it were not, and a program that reads the
 * document is told too.
 *
 * Method: two hours, of which the second one's block has a bit flipped; with each output form.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Bench } from "../cli/harness.ts";
import { opened } from "../recorder/audit-lines.ts";

async function damagedBench(): Promise<Bench> {
  const bench = new Bench();
  await bench.init("--privacy", "raw");
  const log = opened("08:10:00", 1, { path: "/tmp/a" }) + opened("09:10:00", 2, { path: "/tmp/b" });
  assert.equal((await bench.run(`ingest ${bench.file("audit.log", log)}`)).status, 0);
  const hours = join(bench.out, "windows/2026/11/20");
  const last = readdirSync(hours).toSorted().at(-1) ?? "";
  const block = join(hours, last, "blocks/inst_0000.cbor.zst");
  const bytes = readFileSync(block);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  writeFileSync(block, bytes);
  return bench;
}

test("the block is named, and what to do", async () => {
  using bench = await damagedBench();
  const { status, err } = await bench.run("timeline --all");
  assert.equal(status, 65);
  assert.match(err, /20\/09\/blocks\/inst_0000\.cbor\.zst: .*\(store\/damaged\)\n.*ritma verify/u);
});

test("what is whole can still be asked for", async () => {
  using bench = await damagedBench();
  const { status, out } = await bench.run("timeline --all --until 09:00");
  assert.equal(status, 0);
  assert.match(out, /\/tmp\/a/u);
});

test("a document that was begun is finished, and says that it is not whole", async () => {
  using bench = await damagedBench();
  const document = await bench.json("timeline --all");
  assert.equal(document.status, 65);
  assert.equal(document.list("events").length, 1);
  assert.equal(document.get("more"), null);
  assert.equal(document.text("error.code"), "store/damaged");
});
