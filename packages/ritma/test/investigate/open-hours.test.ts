/**
 * Goal: a question about what is open is answered as if it were sealed, but that nothing proves the
 * answer, which says so; and without what it takes the sealed hours are asked alone.
 *
 * Method: the recorded attack in a journal and, beside it, sealed; the commands asked of both.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Bench } from "../cli/harness.ts";
import { ATTACK, call, EXECVE } from "../timeline/attack-log.ts";

const QUESTIONS = [
  "timeline --all --limit 0",
  "who /etc/shadow",
  "trace nginx[400] --forward",
  "tree nginx[400]",
  "show nginx[400]",
  "show 0.032",
  "log",
  "diff 09:32:00..09:32:08 09:32:08..09:33",
  "blame /etc/shadow",
  "bisect --path /etc/shadow",
];
/** Of these, what needs the key, and what shows hashes. */
const HASHED = ["who /etc/shadow", "trace nginx[400] --forward", "blame /etc/shadow"];
/** Of these, what a person reads: trace and tree end like who, the others are told below. */
const TOLD = ["timeline", "who", "show", "log"];
const IS_TOLD = /on nothing is sealed yet \(1 open hour\)/u;
/** Not of the answer: what proves it, and how far it is sealed. */
const ASIDE: ReadonlySet<string> = new Set(["open", "leaf", "root", "entry", "key"]);
const LATER = call({
  pid: 900,
  ppid: 1,
  comm: '"late"',
  exe: '"/usr/bin/late"',
  number: EXECVE,
  paths: ['"/usr/bin/late"'],
  clock: "18:00:00",
  serial: 99_999,
});

async function benchOf(privacy: string): Promise<Bench> {
  const bench = new Bench();
  await bench.init("--privacy", privacy);
  return bench;
}

/** Every file below, with its bytes and when it was changed. */
function everything(dir: string): string {
  const names = readdirSync(dir, { recursive: true, encoding: "utf8" }).toSorted();
  const told = names.map((name) => {
    const stats = statSync(join(dir, name));
    const bytes = stats.isFile() ? readFileSync(join(dir, name), "base64") : "";
    return `${name} ${stats.mtimeMs} ${bytes}`;
  });
  return told.join("\n");
}

function withoutProof(text: string): unknown {
  return JSON.parse(text, (name, value: unknown) => (ASIDE.has(name) ? undefined : value));
}

for (const [privacy, questions] of [
  ["raw", QUESTIONS],
  ["hash-only", HASHED],
] as const) {
  test(`what is open answers like what is sealed, and nothing changes: ${privacy}`, async () => {
    using open = await benchOf(privacy);
    using sealed = await benchOf(privacy);
    // One key for both: else no two hashes would be the same.
    const key = readFileSync(join(sealed.root, "keys", "privacy.key"));
    writeFileSync(join(open.root, "keys", "privacy.key"), key);
    await open.run("ingest --no-seal", open.file("audit.log", ATTACK));
    await sealed.run("ingest", sealed.file("audit.log", ATTACK));
    const before = everything(open.root);
    for (const question of questions) {
      const [name = "", ...rest] = question.split(" ");
      const found = await open.run([name, ...rest, "--json"].join(" "));
      const whole = await sealed.run([name, ...rest, "--json"].join(" "));
      assert.equal(found.status, 0, `${question}: ${found.err}`);
      assert.deepEqual(withoutProof(found.out), withoutProof(whole.out), question);
      assert.ok(!whole.out.includes('"open":true') && whole.out.includes('"open":null'), question);
      assert.match(found.out, /"open":\{"hours":1,"sinceUs":\d+,"error":null\}/u, question);
      if (found.out.includes('"sequence"')) assert.match(found.out, /"open":true/u, question);
      assert.doesNotMatch(found.out, /"(?:leaf|root|entry|key|hash)":["\d]/u, question);
    }
    for (const name of privacy === "raw" ? TOLD : []) {
      const question = QUESTIONS.find((each) => each.startsWith(name)) ?? name;
      const { out } = await open.run(question);
      assert.match(out, IS_TOLD, question);
    }
    assert.equal(everything(open.root), before);
  });
}

test("what is sealed keeps its proof beside what is open, and can be asked alone", async () => {
  using bench = await benchOf("raw");
  await bench.run("ingest", bench.file("audit.log", ATTACK));
  await bench.run("ingest --no-seal", bench.file("later.log", LATER));
  const all = await bench.json("timeline --all --limit 0");
  const alone = await bench.json("timeline --all --limit 0 --sealed");
  const opens = all.list("events").map((event) => Reflect.get(Object(event), "open"));
  assert.deepEqual(new Set(opens), new Set([undefined, true]));
  assert.equal(opens.at(-1), true);
  assert.ok(alone.list("events").length < opens.length);
  assert.equal(alone.get("open"), null);
  for (const question of ["blame /usr/bin/late", "bisect --proc late"]) {
    const found = await bench.json(question);
    const where = question.startsWith("blame") ? "first" : "found";
    const [open, root] = [found.get(`${where}.open`), found.get(`${where}.root`)];
    assert.deepEqual([open, root, found.get(`${where}.leaf`)], [true, null, null], question);
    assert.equal((await bench.json(`${question} --sealed`)).get(where), null, question);
    const { out } = await bench.run(question);
    assert.match(out, /window +1\.000 · .*, not sealed yet\n/u, question);
    assert.doesNotMatch(out, / (?:root|leaf) /u, question);
    assert.match(out, IS_TOLD, question);
  }
  const blamed = await bench.json("blame /etc/shadow");
  assert.equal(typeof blamed.get("first.leaf"), "number");
  assert.equal(typeof blamed.get("windows.0.first.leaf"), "number");
  const differs = await bench.json("diff 0 1");
  assert.equal(differs.get("appeared.0.first.leaf"), null);
  assert.equal(typeof differs.get("vanished.0.first.leaf"), "number");
  assert.match((await bench.run("diff 0 1 --sealed")).err, /the store has no hour 1/u);
  const apart = await bench.run("diff 0 12:00..12:01");
  assert.match(apart.out, /B is in no hour: nothing of it was recorded/u);
  assert.match(apart.out, IS_TOLD);
  // However the store is named.
  for (const path of [bench.root, bench.out]) {
    const named = await bench.json("timeline --limit 1", path);
    assert.equal(named.number("open.hours"), 1, path);
  }
  // A report says what was verified.
  assert.doesNotMatch((await bench.run("report")).out, /late\[900\]/u);
});

test("without keys, or with a damaged journal, the sealed hours are asked alone", async () => {
  using bench = await benchOf("raw");
  await bench.run("ingest", bench.file("audit.log", ATTACK));
  await bench.run("ingest --no-seal", bench.file("later.log", LATER));
  const check = async (code: string): Promise<void> => {
    const found = await bench.json("who /etc/shadow");
    assert.equal(found.status, 0, found.err);
    assert.ok(found.list("touchers").length > 0);
    assert.equal(found.text("open.error.code"), code);
    const { out } = await bench.run("who /etc/shadow");
    assert.ok(out.replaceAll(/\s+/gu, " ").includes(`(${code})`), out);
    const unknown = await bench.run("who /usr/bin/late");
    assert.match(unknown.err, /Hours that are open were not asked/u);
  };
  renameSync(join(bench.root, "keys", "salt.key"), join(bench.dir, "salt.key"));
  await check("store/key-missing");
  renameSync(join(bench.dir, "salt.key"), join(bench.root, "keys", "salt.key"));
  const log = join(bench.root, "branches", "_log");
  for (const name of readdirSync(log)) {
    const bytes = readFileSync(join(log, name));
    const at = Math.floor(bytes.length / 3);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(join(log, name), bytes);
  }
  await check("beat/damaged");
});
