/**
 * Goal: of ten thousand names that were chosen to harm, none reaches a terminal or a program as
 * more than text, whatever is asked.
 *
 * Method: a log that has them as programs, files and arguments; every command that looks, in every
 * form; and no character that a terminal obeys in what comes out.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Bench, runMain } from "../cli/harness.ts";
import { call, EXECVE, hex, OPENAT } from "../timeline/attack-log.ts";
import { OBEYED } from "../timeline/hostile-log.ts";
import { hostileNames } from "./hostile-names.ts";

const NAMES = hostileNames(10_000, 7);
const CLONE = 56;
/** So many names to a process: some as its program, the rest as its files. */
const PER_PROCESS = 20;

const TMP = hex("/tmp/");
const LOG = NAMES.map((name, at) => {
  const isFirst = at % PER_PROCESS === 0;
  const pid = 1_000 + Math.floor(at / PER_PROCESS);
  const program = NAMES[at - (at % PER_PROCESS)] ?? "";
  const who = { pid, ppid: pid - 1, comm: program.slice(0, 30), exe: TMP + program };
  const ms = 28_800_000 + at * 100;
  const clock = new Date(ms).toISOString().slice(11, 23);
  const place = { ...who, clock, serial: at + 1 };
  if (isFirst) return call({ ...place, number: EXECVE, paths: [TMP + name], argv: [name, name] });
  if (at % PER_PROCESS === PER_PROCESS - 1) return call({ ...place, number: CLONE, exit: pid + 1 });
  const args = ["ffffff9c", "0", at % 2 === 0 ? "1" : "0"];
  return call({ ...place, number: OPENAT, args, exit: 3, paths: [TMP + name] });
}).join("");

const bench = new Bench();
after(() => bench[Symbol.dispose]());
await bench.init("--privacy", "raw");
assert.equal((await bench.run(`ingest ${bench.file("audit.log", LOG)}`)).status, 0);

/** With words that hold no space. */
const QUESTIONS: readonly string[] = [
  "timeline --all --limit 0",
  "tree --all --limit 0 --depth 100 --wide",
  "tree 1000",
  "who /tmp/ --limit 0 --wide",
  "trace /tmp/ --forward --limit 5000 --fan 5000 --wide",
  "trace 1400 --back --all --limit 5000 --fan 5000 --wide",
  "log --stat",
  "show 0.000",
  "show 1000",
  "show 1@08:00:00",
  "diff 08:00..08:05 08:05..08:17 --all",
  "blame 1000",
  "bisect --type open",
  "cones list",
  "account",
];

for (const question of QUESTIONS) {
  test(question, async () => {
    for (const form of [[], ["--json"]]) {
      const argv = [...question.split(" "), ...form, "--data", bench.root];
      const environment = { NO_COLOR: "1" };
      const given = { terminal: true, environment, columns: 100 };
      const { status, out, err } = await runMain(argv, given);
      assert.equal(status, 0, err);
      assert.ok(out.length > 60, `something was shown: ${out}`);
      assert.deepEqual(out.replaceAll("\n", "").match(OBEYED), null);
    }
  });
}

test("a hostile name in a question is shown escaped, whatever the command", async () => {
  const name = "x\u001b[31m\n\u202e\u0007y";
  for (const command of ["who", "trace", "tree", "show", "blame", "bisect --path", "diff 0.000"]) {
    for (const asked of [name, `/tmp/${name}`, `${name}[7]@09:00`]) {
      const { status, out, err } = await bench.run(command, asked);
      assert.notEqual(status, 70, err);
      assert.deepEqual((out + err).replaceAll("\n", "").match(OBEYED), null, command);
    }
  }
});
