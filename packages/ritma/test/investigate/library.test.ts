/**
 * Goal: who embeds `ritma/investigate` gets from a folder alone what the command line tells.
 *
 * Method: a store in a real folder, made by the commands, asked through the package's export, with
 * its data root and without.
 */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
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

test("a timeline, windows, differences and origins, as the commands tell them", async () => {
  using bench = new Bench();
  await bench.run("init --namespace ns://test/here --node web-01 --privacy raw");
  await bench.run("ingest", bench.file("audit.log", ATTACK));
  await using store = await openInvestigator({ out: bench.out });
  const events = await Array.fromAsync(store.events({ about: "/tmp/.x" }));
  const timeline = await bench.json("timeline --all --path /tmp/.x");
  assert.equal(events.length, timeline.list("events").length);
  const by = await Array.fromAsync(store.events({ by: "curl" }));
  assert.ok(by.length > 0 && by.every(({ process }) => process.pid === by[0]?.process.pid));
  const windows = await Array.fromAsync(store.windows());
  const log = await bench.json("log --limit 0");
  const roots = windows.map(({ root }) => ({ root: root.toHex() })).toReversed();
  assert.ok(roots.length > 0);
  assert.partialDeepStrictEqual(log.list("windows"), roots);
  const [first] = events;
  assert.ok(first !== undefined);
  const found = await store.blame("/tmp/.x");
  assert.equal(found.first?.view.serial, first.serial);
  assert.equal((await store.bisect("/tmp/.x")).first?.view.serial, first.serial);
  const span = { since: first.time, until: first.time + 1 };
  const differences = await store.compare({ since: 0, until: first.time }, span);
  assert.ok(differences.some(({ appeared }) => appeared.length > 0));
  const [shell] = await store.find(`${first.process.pid}`);
  assert.ok(shell !== undefined);
  const { steps } = await store.trace([shell], { direction: "back", depth: 1 });
  const above = await store.ancestors(shell);
  assert.ok(steps.some(({ thing }) => thing.name === above[0]?.name));
});

test("hours that are open are asked where their data root is given", async () => {
  using bench = new Bench();
  await bench.run("init --namespace ns://test/here --node web-01 --privacy hash-only");
  await bench.run("ingest", bench.file("audit.log", ATTACK));
  const later = ATTACK.replaceAll(/(?<=audit\()\d+/gu, (seconds) =>
    String(Number(seconds) + 7_200),
  );
  await bench.run("ingest --no-seal", bench.file("later.log", later));
  const store = await openInvestigator({ out: bench.out, dataRoot: bench.root });
  const told = await bench.json("who /tmp/.x");
  assert.deepEqual(store.open, { hours: 1, sinceUs: told.number("open.sinceUs") });
  // The data root has the key to its hashes.
  const touchers = await store.who(await store.find("/tmp/.x"));
  assert.equal(touchers.length, told.list("touchers").length);
  const isOpen = touchers.flatMap(({ acts }) => acts.map(({ seat }) => store.isOpen(seat)));
  assert.deepEqual(new Set(isOpen), new Set([false, true]));
  const sealed = await openInvestigator({ out: bench.out });
  assert.equal(sealed.open, null);
  assert.equal((await sealed.coverage()).hours, 1);
  assert.equal((await store.coverage()).hours, 2);
});

test("a data root is refused that is none, or that of another store", async () => {
  using bench = new Bench();
  using other = new Bench();
  await bench.run("init --namespace ns://test/here --node web-01 --privacy raw");
  await other.run("init --namespace ns://test/here --node web-02 --privacy raw");
  const mixed = openInvestigator({ out: bench.out, dataRoot: other.root });
  await assert.rejects(mixed, ({ code }: RitmaError) => code === "usage/bad-argument");
  rmSync(join(bench.root, "config.yaml"));
  const none = openInvestigator({ out: bench.out, dataRoot: bench.root });
  await assert.rejects(none, ({ code }: RitmaError) => code === "store/missing");
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
