/**
 * Goal: whatever a recorded program calls itself, its files and its arguments, no output of
 * `timeline` holds a character that a terminal obeys or that turns the order of reading, and no
 * name can end its line or its string.
 *
 * Method: names made of what is dangerous, in every place where a log has one, through every output
 * form.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Bench, runMain } from "../cli/harness.ts";
import { line } from "../recorder/audit-lines.ts";
import { hex } from "./attack-log.ts";
import { CONTROLS, hostileCalls, OBEYED } from "./hostile-log.ts";

const EVIL = `${CONTROLS}'"\\;$(id)\u0000\u007f`;
const NOT_UTF8 = "FF1B5B326DC0AF";

const name = hex(EVIL.replaceAll("\u0000", ""));
const path = hex(`/tmp/${EVIL}`.replaceAll("\u0000", ""));
const LOG = [
  hostileCalls({ evil: EVIL, path, comm: name.slice(0, 30), argv: [name, NOT_UTF8] }),
  line(
    "USER_CMD",
    "08:00:04",
    5,
    `pid=9 uid=0 auid=0 ses=1 msg='cwd=${path} cmd=${name} res=success'`,
  ),
  "not an audit line \u001b[2J at all \u202e\n",
].join("");

const bench = new Bench();
after(() => bench[Symbol.dispose]());
await bench.init("--privacy", "raw");
assert.equal((await bench.run(`ingest ${bench.file("audit.log", LOG)}`)).status, 0);

const FORMS: readonly (readonly string[])[] = [
  [],
  ["--wide"],
  ["--all"],
  ["--type", "exec,open,connect,record,line,name,credentials"],
  ["--json", "--all", "--limit", "0"],
];

for (const form of FORMS) {
  for (const terminal of [false, true]) {
    test(`timeline ${form.join(" ")}${terminal ? " on a terminal" : ""}`, async () => {
      const argv = ["timeline", ...form, "--data", bench.root];
      for (const columns of [40, 60, 80, 200]) {
        const environment = { NO_COLOR: "1" };
        const { status, out } = await runMain(argv, { terminal, environment, columns });
        assert.equal(status, 0);
        assert.ok(out.length > 100, "something was shown");
        assert.deepEqual(out.replaceAll("\n", "").match(OBEYED), null);
      }
    });
  }
}

test("each event is one line, and a name that looks like a hash is quoted", async () => {
  const { out } = await bench.run("timeline --wide --type exec");
  assert.equal(out.split("\n").length, 3, out);
  assert.match(out, /'•deadbeef'/u);
  assert.match(out, /\\e\[31m\\nb\\r\\x07\\u\{202e\}/u);
});

test("a document is one that every reader of JSON takes", async () => {
  const document = await bench.json("timeline --type exec");
  const [event] = document.list("events");
  assert.ok(typeof event === "object" && event !== null && "args" in event && "hashed" in event);
  assert.ok(Array.isArray(event.args));
  assert.equal(event.args[1], "\\xff\\e[2m\\xc0\\xaf");
  assert.deepEqual(event.hashed, []);
});

test("a hostile question is shown escaped", async () => {
  for (const flag of ["--since", "--type", "--addr", "--limit"]) {
    const { status, err } = await bench.run(`timeline ${flag}`, EVIL.replaceAll("\u0000", ""));
    assert.equal(status, 64);
    assert.deepEqual(err.replaceAll("\n", "").match(OBEYED), null, flag);
  }
});
