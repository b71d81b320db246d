/**
 * Goal: a head that was given to an anchor is found there again; what is there is never
 * overwritten; and a store that was put back, cut or rewritten is told by it, also when this host
 * remembers nothing.
 *
 * Method: real folders, repositories and programs below a temporary directory, a store that went
 * two ways, and every kind of damage to what anchors keep.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import { installPackages } from "../../../../tools/install.ts";
import { skipLoudly } from "../../../../tools/skip.ts";
import { scheduleOf } from "../../src/cli/anchor/schedule.ts";
import { Bench, runMain } from "../cli/harness.ts";
import { Json } from "../cli/json-document.ts";
import { copied, type Histories, histories, putStore } from "./two-histories.ts";

let all: Histories;
before(async () => {
  all = await histories();
});
after(() => all[Symbol.dispose]());

/** A folder that is elsewhere. */
function folder(bench: Bench, name = "elsewhere"): string {
  const path = join(bench.dir, name);
  mkdirSync(path);
  return path;
}

/** What stands behind -- is the program's own. */
async function execAdded(bench: Bench, argv: readonly string[]): Promise<Json> {
  const line = ["anchor", "add", "exec", "--json", "--data", bench.root, "--", ...argv];
  const { status, out, err } = await runMain(line, {});
  return new Json(out, status, err);
}

/** The file of a head in such a folder. */
function fileOf(bench: Bench, kept: string): string {
  const [origin = "", size = ""] = checkpointOf(bench).split("\n");
  return join(kept, origin, size);
}

function checkpointOf(bench: Bench): string {
  return readFileSync(join(bench.out, "_tlog/checkpoint"), "utf8");
}

async function checked(bench: Bench, result: string, code: string | null = null): Promise<void> {
  const report = await bench.json("anchor verify");
  const findings = JSON.stringify(report.list("findings"));
  assert.equal(report.text("result"), result, findings);
  if (code === null) assert.equal(findings, "[]");
  else assert.ok(findings.includes(`"${code}"`), `${code} in ${findings}`);
  const { out, status } = await bench.run("anchor verify");
  assert.ok(out.startsWith(result), out);
  assert.equal(status, report.status);
}

function noGit(context: TestContext): boolean {
  if (!hasGit()) installPackages(["git"]);
  if (hasGit()) return false;
  skipLoudly(context, "git (apt install git)");
  return true;
}

function hasGit(): boolean {
  return spawnSync("git", ["--version"]).status === 0;
}

test("a folder keeps every head, and is its own receipt", async () => {
  using bench = copied(all.first);
  const kept = folder(bench);
  const added = await bench.json("anchor add file", kept);
  assert.equal(added.status, 0, added.err);
  assert.equal(readFileSync(fileOf(bench, kept), "utf8"), checkpointOf(bench));
  assert.equal((await bench.json("anchor run")).get("anchors.0.isNew"), false);
  putStore(all.second, bench);
  assert.equal((await bench.json("anchor run")).get("anchors.0.isNew"), true);
  await checked(bench, "VALID");
  assert.equal((await bench.json("anchor verify")).list("checked").length, 2);
  // An older state was put back, and all that this host remembers was forgotten with it.
  putStore(all.first, bench);
  await checked(bench, "TAMPERED", "head/rollback");
  rmSync(join(bench.root, "anchors"), { recursive: true });
  assert.equal((await bench.json("anchor verify")).text("error.code"), "anchor/none");
  assert.equal((await bench.json("anchor add file", kept)).get("anchors.0.isNew"), false);
  await checked(bench, "TAMPERED", "head/rollback");
});

test("a second history is told, and overwrites nothing", async () => {
  using bench = copied(all.first);
  const kept = folder(bench);
  await bench.run("anchor add file", kept);
  putStore(all.forged, bench);
  const again = await bench.json("anchor run");
  assert.equal(again.status, 65);
  assert.equal(again.text("anchors.0.error.code"), "anchor/fork");
  assert.equal(readFileSync(fileOf(bench, kept), "utf8"), checkpointOf(all.first));
  await checked(bench, "TAMPERED", "head/fork");
  putStore(all.forgedLonger, bench);
  assert.equal((await bench.json("anchor run")).status, 0);
  await checked(bench, "TAMPERED", "head/fork");
});

test("damage to what a folder keeps is told", async () => {
  using bench = copied(all.first);
  const kept = folder(bench);
  await bench.run("anchor add file", kept);
  const path = fileOf(bench, kept);
  const whole = readFileSync(path);
  const damages: readonly (readonly [string, () => void])[] = [
    ["anchor/receipt", () => writeFileSync(path, whole.subarray(0, -9))],
    ["anchor/receipt", () => writeFileSync(path, "")],
    ["anchor/receipt", () => writeFileSync(path, Buffer.alloc(40_000, 0x61))],
    ["anchor/receipt", () => writeFileSync(path, checkpointOf(all.strange))],
    ["anchor/receipt", () => writeFileSync(path, checkpointOf(all.begun))],
    ["anchor/receipt", () => (rmSync(path), mkdirSync(path))],
  ];
  for (const [code, damage] of damages) {
    damage();
    await checked(bench, "TAMPERED", code);
    const again = await bench.json("anchor run");
    assert.notEqual(again.status, 0, "nothing is overwritten");
  }
  rmSync(kept, { recursive: true });
  await checked(bench, "INCOMPLETE", "anchor/missing");
  const unmounted = await bench.json("anchor run");
  assert.equal(unmounted.text("anchors.0.error.code"), "anchor/refused");
  assert.equal(unmounted.status, 69);
  mkdirSync(kept);
  await checked(bench, "INCOMPLETE", "anchor/missing");
});

test("git keeps a commit of each head, whoever works in the repository", async (context) => {
  if (noGit(context)) return;
  using bench = copied(all.first);
  const git = (...args: readonly string[]): string =>
    spawnSync("git", ["-C", repository, ...args], { encoding: "utf8" }).stdout;
  const repository = folder(bench, "repository");
  git("init", "--quiet", "--initial-branch=work");
  writeFileSync(join(repository, "note"), "unsaved");
  // What somebody put there to be run by git is not run.
  writeFileSync(join(repository, ".git/hooks/reference-transaction"), "#!/bin/sh\nexit 1\n", {
    mode: 0o755,
  });
  const added = await bench.json("anchor add git", repository);
  assert.equal(added.status, 0, added.err);
  putStore(all.second, bench);
  assert.equal((await bench.json("anchor run")).get("anchors.0.isNew"), true);
  assert.equal((await bench.json("anchor run")).get("anchors.0.isNew"), false);
  await checked(bench, "VALID");
  assert.equal(git("rev-list", "--count", "ritma-anchors"), "2\n");
  assert.equal(git("status", "--porcelain"), "?? note\n");
  git("fsck", "--strict");
  const [origin = "", size = ""] = checkpointOf(bench).split("\n");
  assert.equal(git("show", `ritma-anchors:${origin}/${size}`), checkpointOf(bench));
  putStore(all.first, bench);
  await checked(bench, "TAMPERED", "head/rollback");
  putStore(all.forged, bench);
  const fork = await bench.json("anchor run");
  assert.equal(fork.text("anchors.0.error.code"), "anchor/fork");
  await checked(bench, "TAMPERED", "head/fork");
  rmSync(join(repository, ".git"), { recursive: true });
  await checked(bench, "INCOMPLETE", "anchor/missing");
});

test("a program gets the head, and what it prints is kept", async () => {
  using bench = copied(all.first);
  const script = bench.file("anchor.sh", 'cat > "$1"; printf "receipt 1"');
  const got = join(bench.dir, "a got; $(touch no) file");
  const added = await execAdded(bench, ["sh", script, got]);
  assert.equal(added.status, 0, added.err);
  assert.equal(readFileSync(got, "utf8"), checkpointOf(bench));
  const receipt = added.text("anchors.0.where");
  assert.equal(readFileSync(receipt, "utf8"), "receipt 1");
  assert.equal((await bench.json("anchor run")).get("anchors.0.isNew"), false);
  await checked(bench, "VALID");
  putStore(all.begun, bench);
  await checked(bench, "TAMPERED", "head/rollback");
  putStore(all.first, bench);
  const names = readdirSync(join(bench.root, "anchors"));
  const head = names.find((each) => each.endsWith(".head")) ?? "";
  writeFileSync(join(bench.root, "anchors", head), checkpointOf(all.strange));
  await checked(bench, "TAMPERED", "anchor/receipt");
  rmSync(join(bench.root, "anchors", head));
  await checked(bench, "TAMPERED", "anchor/receipt");
  rmSync(receipt);
  await checked(bench, "INCOMPLETE", "anchor/missing");
});

const PROGRAMS: readonly (readonly [message: RegExp, ...argv: readonly string[]])[] = [
  [/ended with status 3: sorry \\e\[2J/u, "sh", "-c", "printf 'sorry \\033[2J' >&2; exit 3"],
  [/cannot be started/u, "/nonexistent/program"],
  [/printed more than 65536 bytes/u, "sh", "-c", "head -c 70000 /dev/zero"],
  [/printed more than 65536 bytes/u, "sh", "-c", "yes"],
  [/was ended by SIGTERM/u, "sh", "-c", "kill -TERM $$"],
];

test("a program that fails is not remembered, and what it said is shown", async () => {
  using bench = copied(all.first);
  for (const [message, ...argv] of PROGRAMS) {
    const added = await execAdded(bench, argv);
    assert.equal(added.text("error.code"), "anchor/refused");
    assert.match(added.text("error.message"), message);
  }
  assert.equal((await bench.json("anchor list")).list("anchors").length, 0);
  // One that does not look at its input may still say yes.
  assert.equal((await bench.json("anchor add exec true")).status, 0);
});

test("one anchor that fails does not keep the others from it", async () => {
  using bench = copied(all.first);
  const [one, two] = [folder(bench, "one"), folder(bench, "two")];
  await bench.run("anchor add file", one);
  await bench.run("anchor add file", two);
  rmSync(one, { recursive: true });
  putStore(all.second, bench);
  const { status, out } = await bench.run("anchor run");
  assert.equal(status, 69);
  assert.match(out, /is not with 1 of 2/u);
  assert.match(out, /file-1 +failed/u);
  assert.equal(readFileSync(fileOf(bench, two), "utf8"), checkpointOf(bench));
  await bench.run("anchor remove file-1");
  await checked(bench, "VALID");
});

test("what cannot be an anchor is refused", async () => {
  using bench = copied(all.first);
  const kept = folder(bench);
  await bench.run("anchor add file", kept);
  const rows: readonly (readonly string[])[] = [
    ["anchor nothing"],
    ["anchor add"],
    ["anchor add paper", "x"],
    ["anchor add file"],
    ["anchor add file", kept],
    ["anchor add file", bench.out],
    ["anchor add file", join(bench.root, "x")],
    ["anchor add exec"],
    ["anchor add tsa", "ftp://x/"],
    ["anchor add tsa", "file:///etc/passwd"],
    ["anchor add tsa", "https://user:secret@example.org/"],
    ["anchor add tsa", "no address"],
    ["anchor add file --request", "x"],
    ["anchor run", "x"],
    ["anchor run --ca", "x"],
    ["anchor schedule", "sometimes"],
    ["anchor remove", "tsa-9"],
  ];
  for (const [line = "", ...rest] of rows) {
    const said = await bench.json(line, ...rest);
    assert.equal(said.text("error.code"), "usage/bad-argument", `${line} ${rest.join(" ")}`);
  }
  const path = join(bench.root, "anchors/targets.json");
  const bad = ["", "{}", '{"format":"ritma/anchors@1","added":0,"anchors":[{"name":"exec-1"}]}'];
  for (const text of bad) {
    writeFileSync(path, text);
    assert.equal((await bench.json("anchor run")).text("error.code"), "config/bad", text);
  }
});

test("what is scheduled is a command that works, whatever the paths", async () => {
  using bench = copied(all.first);
  await bench.run("anchor add file", folder(bench));
  const scheduled: Json = await bench.json("anchor schedule daily");
  const command = scheduled.text("schedule.cron").replace("17 3 * * * ", "");
  const { status, stdout, stderr } = spawnSync("sh", ["-c", command], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /is with all 1/u);
  const units = folder(bench, "units");
  assert.equal((await bench.run("anchor schedule hourly --units", units)).status, 0);
  assert.match(readFileSync(join(units, "ritma-anchor.timer"), "utf8"), /OnCalendar=hourly/u);
  assert.equal((await bench.run("anchor schedule hourly --units", units)).status, 0);
  const other = await bench.json("anchor schedule daily --units", units);
  assert.equal(other.text("error.code"), "disk/exists");
  const { cron, service } = scheduleOf("daily", ["/a b/node", "50%", "$HOME", "it's", 'a"b\\c']);
  assert.equal(cron, String.raw`17 3 * * * '/a b/node' 50\% '$HOME' 'it'\''s' 'a"b\c'`);
  assert.match(service, /^ExecStart="\/a b\/node" 50%% \$\$HOME "it's" "a\\"b\\\\c"$/mu);
});
