/**
 * Goal: as a process among others `ritma` behaves: one document with `--json`, colour only for a
 * terminal, a closed pipe is no error, and it starts from any Node.js that is installed.
 *
 * Method: real processes; a pseudo-terminal where one is needed.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { auditLog } from "../../packages/ritma/test/cli/audit-log.ts";
import { skipLoudly } from "../../tools/skip.ts";
import { BIN, ended, has, madePlace, ritma, startRitma } from "./processes.ts";

const OLD_MAJOR = 26;

test("a wrong flag and an unknown command end with 64", () => {
  for (const args of [["verify", "--nope"], ["nope"], ["--nope"]]) {
    const { status, out, err } = ritma(args);
    assert.equal(status, 64);
    assert.equal(out, "");
    assert.match(err, /^ritma.*\(usage\/bad-(?:flag|argument)\)\n {2}.*\n {2}Exit status 64\.\n$/u);
  }
});

test("with --json stdout is one document, good or bad", () => {
  using made = madePlace();
  const path = made.file("audit.log", auditLog({ events: 5 }));
  const lines = [
    `ingest ${path}`,
    `ingest ${path}`,
    "ingest /nonexistent",
    "verify",
    "stats",
    "keys",
    "init",
    "explain",
    "explain nothing/like-it",
    "verify --nope",
    "verify --help",
    "nope",
  ];
  for (const line of lines) {
    const { out, err } = ritma([...line.split(" "), "--data", made.root, "--json"]);
    assert.doesNotThrow(() => void JSON.parse(out), `${line}: ${out}`);
    assert.equal(out.split("\n").length, 2, "one line");
    assert.doesNotMatch(err, /^\s+at /mu, line);
  }
});

test("names from a log are shown, and not obeyed", () => {
  using made = madePlace("--privacy", "raw");
  const exe = Buffer.from("/tmp/\u001b[31m\u0007x\u202e").toString("hex").toUpperCase();
  const path = made.file("audit.log", auditLog({ events: 3, exe }));
  for (const line of [`ingest ${path}`, "stats", "verify", "stats --json", "verify --json"]) {
    const { out, err } = ritma([...line.split(" "), "--data", made.root]);
    // oxlint-disable-next-line no-control-regex -- just these must not come out.
    assert.doesNotMatch(out + err, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/u, line);
  }
});

test("colour is for a terminal, and never with NO_COLOR", (context) => {
  using made = madePlace();
  const args = ["keys", "--data", made.root];
  const escape = "\u001b[";
  assert.ok(!ritma(args, undefined, { FORCE_COLOR: "1" }).out.includes(escape), "no terminal");
  if (!has("script")) {
    skipLoudly(context, "script, for a pseudo-terminal (apt install bsdutils)");
    return;
  }
  const command = [process.execPath, BIN, ...args].join(" ");
  const onTerminal = (environment: Record<string, string>): string => {
    const env = { PATH: process.env["PATH"], TERM: "xterm", ...environment };
    return spawnSync("script", ["-qec", command, "/dev/null"], { encoding: "utf8", env }).stdout;
  };
  assert.ok(onTerminal({}).includes(escape));
  const plain = onTerminal({ NO_COLOR: "1" });
  assert.ok(plain.includes("fingerprint") && !plain.includes(escape));
});

test("long answers go through a pager, on a terminal alone", (context) => {
  if (!has("script")) {
    skipLoudly(context, "script, for a pseudo-terminal (apt install bsdutils)");
    return;
  }
  using made = madePlace("--privacy", "raw");
  const log = made.file("audit.log", auditLog({ events: 60 }));
  ritma(["ingest", log, "--data", made.root]);
  const shown = (pager: string, ...args: readonly string[]): string => {
    const command = [process.execPath, BIN, ...args, "--data", made.root].join(" ");
    const env = { PATH: process.env["PATH"], TERM: "xterm", PAGER: pager, NO_COLOR: "1" };
    return spawnSync("script", ["-qec", command, "/dev/null"], { encoding: "utf8", env }).stdout;
  };
  const paged = shown("sed s/^/paged:/", "timeline");
  assert.equal(paged.split("\n").filter((line) => line.startsWith("paged:")).length > 60, true);
  // What fits is printed, and so is what has no pager, one that is not there, or nobody to read it.
  for (const [pager, ...args] of [
    ["sed s/^/paged:/", "timeline", "--limit", "5"],
    ["cat", "timeline"],
    ["", "timeline"],
    ["/nonexistent/pager", "timeline"],
    ["sed s/^/paged:/", "timeline", "--json"],
    ["sed s/^/paged:/", "verify"],
  ] as const) {
    const out = shown(pager, ...args);
    assert.equal(out.includes("paged:"), false, out);
    assert.ok(out.length > 100, out);
  }
  assert.equal(shown("head -1", "timeline").includes("UTC"), true);
  assert.equal(ritma(["timeline", "--data", made.root]).out.includes("paged:"), false);
});

test("a pipe that nobody reads is no error, and does not change the result", async () => {
  using made = madePlace();
  for (const [args, status] of [
    [["explain"], 0],
    [["verify"], 3],
  ] as const) {
    const child = startRitma([...args, "--data", made.root], ["ignore", "pipe", "pipe"]);
    child.stdout?.destroy();
    assert.deepEqual(await ended(child), { how: status, err: "" });
  }
});

test("an older Node.js that is installed goes on under the one that Ritma brings", (context) => {
  const node = olderNode();
  if (node === null) {
    skipLoudly(context, `a Node.js before ${OLD_MAJOR} on the PATH (apt install nodejs)`);
    return;
  }
  const version = ritma(["--version"], [node]);
  assert.equal(version.status, 0, version.err);
  assert.match(version.out, /^\d+\.\d+\.\d+\n$/u);
  assert.equal(ritma(["nope"], [node]).status, 64);
});

function olderNode(): string | null {
  for (const dir of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(dir, "node");
    const { status, stdout } = spawnSync(path, ["-p", "process.versions.node"], {
      encoding: "utf8",
    });
    if (status !== 0) continue;
    if (Number.parseInt(stdout, 10) < OLD_MAJOR) return realpathSync(path);
  }
  return null;
}
