/**
 * Goal: who embeds `ritma/investigate` gets from a folder alone what the command line tells.
 *
 * Method: a store in a real folder, made by the commands, asked through the package's export.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openInvestigator, type RitmaError } from "ritma/investigate";
import { Bench } from "../cli/harness.ts";
import { ATTACK } from "../timeline/attack-log.ts";

test("a folder, opened and asked", async () => {
  using bench = new Bench();
  await bench.run("init --namespace ns://test/here --node web-01 --privacy raw");
  await bench.run("ingest", bench.file("audit.log", ATTACK));
  const store = await openInvestigator({ out: bench.out });
  const shadow = await store.find("/etc/shadow");
  const touchers = await store.who(shadow);
  const told = await bench.json("who /etc/shadow");
  assert.equal(touchers.length, told.list("touchers").length);
  const { steps } = await store.trace(shadow, { direction: "back" });
  const traced = await bench.json("trace /etc/shadow");
  assert.equal(steps.length, traced.list("steps").length);
  assert.ok(steps.length > 2);
  const lives = await store.lives(await store.find("nginx[400]"));
  const tree = await bench.json("tree nginx[400]");
  assert.equal(lives.size, tree.list("processes").length);
  assert.deepEqual(await store.coverage(), { hours: 1, gaps: [], lost: 0, incomplete: 0 });
});

test("questions may be asked at once", async () => {
  using bench = new Bench();
  await bench.run("init --namespace ns://test/here --node web-01 --privacy raw");
  await bench.run("ingest", bench.file("audit.log", ATTACK));
  const store = await openInvestigator({ out: bench.out });
  const names = ["/etc/shadow", "nginx[400]", "/tmp/.x", "curl[501]"];
  const counts = await Promise.all(names.map(async (name) => (await store.find(name)).length));
  assert.deepEqual(counts, [1, 1, 1, 1]);
});

test("a folder that is no store is refused, and a hashed name needs the key", async () => {
  using bench = new Bench();
  const none = openInvestigator({ out: bench.dir });
  await assert.rejects(none, ({ code }: RitmaError) => code === "store/missing");
  await bench.run("init --namespace ns://test/here --node web-01 --privacy hash-only");
  await bench.run("ingest", bench.file("audit.log", ATTACK));
  const store = await openInvestigator({ out: bench.out });
  const asked = store.find("/tmp/.x");
  const timed = store.find("nginx[400]@09:00");
  await assert.rejects(timed, ({ code }: RitmaError) => code === "usage/bad-argument");
  await assert.rejects(asked, ({ code }: RitmaError) => code === "query/needs-key");
});
