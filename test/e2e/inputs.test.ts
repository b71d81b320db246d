/**
 * Goal: whatever is given to `ritma ingest`, it ends with the exit status that scripts rely on,
 * says what is wrong with which file, and keeps what it recorded valid.
 *
 * Method: real processes over files of every bad kind; after those that record, `ritma verify`.
 */
import assert from "node:assert/strict";
import { chmodSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { auditLog } from "../../packages/ritma/test/cli/audit-log.ts";
import { Json } from "../../packages/ritma/test/cli/json-document.ts";
import { skipLoudly } from "../../tools/skip.ts";
import { has, madePlace, noise, type Place, ritma } from "./processes.ts";

const NOTHING = /\n {2}Nothing was recorded\. Exit status (\d+)\.\n$/u;

function refused(place: Place, path: string, status: number, code: string): void {
  const ended = ritma(["ingest", path, "--data", place.root]);
  assert.equal(ended.status, status, ended.err);
  assert.equal(ended.out, "");
  assert.ok(ended.err.startsWith(`ritma ingest: ${path} `), ended.err);
  assert.ok(ended.err.split("\n")[0]?.endsWith(`(${code})`), ended.err);
  assert.equal(NOTHING.exec(ended.err)?.[1], String(status), ended.err);
  const document = ritma(["ingest", path, "--data", place.root, "--json"]);
  assert.equal(document.status, status);
  assert.ok(document.out.includes(`{"error":{"code":"${code}",`), document.out);
  assert.doesNotThrow(() => void JSON.parse(document.out));
}

function validAfter(place: Place): void {
  const keys = new Json(ritma(["keys", "--data", place.root, "--json"]).out);
  const trust = keys.text("identity.fingerprint");
  const { status, out } = ritma(["verify", place.out, "--trust", trust]);
  assert.equal(status, 0, out);
}

test("not a log", () => {
  using place = madePlace();
  const path = place.file("notes.txt", "Dear diary,\ntoday nothing happened.\n");
  refused(place, path, 65, "input/not-audit");
  assert.match(ritma(["ingest", path, "--data", place.root]).err, /line 1 is "Dear diary,"/u);
  validAfter(place);
});

test("a log whose first line would colour the terminal", () => {
  using place = madePlace();
  const path = place.file("hostile", "\u001b[31mred \u009b2J\n");
  const { err } = ritma(["ingest", path, "--data", place.root]);
  assert.ok(err.includes("\\e[31mred "), err);
  // oxlint-disable-next-line no-control-regex -- just these must not come out.
  assert.doesNotMatch(err, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u);
});

test("an empty file", () => {
  using place = madePlace();
  refused(place, place.file("empty", ""), 65, "input/empty");
});

test("a directory", () => {
  using place = madePlace();
  refused(place, place.dir, 66, "input/directory");
});

test("a file that is not there", () => {
  using place = madePlace();
  refused(place, join(place.dir, "nowhere"), 66, "input/missing");
});

test("a device", () => {
  using place = madePlace();
  refused(place, "/dev/null", 65, "input/unsupported");
});

test("a file that this user may not read", (context) => {
  const isRoot = process.getuid?.() === 0;
  if (isRoot && !has("setpriv")) {
    skipLoudly(context, "setpriv, to give up root's rights (apt install util-linux)");
    return;
  }
  using place = madePlace();
  const path = place.file("secret", auditLog({ events: 1 }));
  chmodSync(path, 0);
  const prefix = isRoot ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : [];
  const ended = ritma(["ingest", path, "--data", place.root], [...prefix, process.execPath]);
  assert.equal(ended.status, 77, ended.err);
  assert.match(ended.err, /may not be read by this user \(input\/denied\)/u);
});

test("20 MB of noise", () => {
  using place = madePlace();
  const path = place.file("noise", noise(20_000_000));
  refused(place, path, 65, "input/not-audit");
});

test("a line of 10 MB between good ones is refused, counted and sealed as such", () => {
  using place = madePlace();
  const log = auditLog({ events: 5 });
  const long = `type=SYSCALL msg=audit(1795168800.100:1): ${"x".repeat(10_000_000)}\n`;
  const path = place.file("audit.log", log + long + auditLog({ events: 5, from: 3_600 }));
  const { status, out, err } = ritma(["ingest", path, "--data", place.root, "--json"]);
  assert.equal(status, 0, err);
  const report = new Json(out);
  assert.equal(report.number("refused"), 1);
  assert.equal(report.number("recorded.refused"), 1);
  assert.equal(report.number("recorded.events"), 10);
  assert.match(ritma(["stats", "--data", place.root]).out, /^ {2}refused +1 {3}too long, /mu);
  validAfter(place);
});

test("noise behind a good beginning is recorded as lines that could not be read", () => {
  using place = madePlace();
  const good = Buffer.from(auditLog({ events: 5 }));
  const path = place.file("audit.log", Buffer.concat([good, noise(1_000_000)]));
  const { status, out, err } = ritma(["ingest", path, "--data", place.root, "--json"]);
  assert.equal(status, 0, err);
  assert.ok(new Json(out).number("recorded.uninterpreted") > 0, out);
  validAfter(place);
});

test("what is made belongs to its owner alone, whatever the umask", () => {
  using place = madePlace();
  const path = place.file("audit.log", auditLog({ events: 5 }));
  assert.equal(ritma(["ingest", path, "--data", place.root]).status, 0);
  for (const name of readdirSync(place.root, { recursive: true, encoding: "utf8" })) {
    assert.equal(statSync(join(place.root, name)).mode & 0o077, 0, name);
  }
});
