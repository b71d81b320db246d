/**
 * Goal: `ritma verify` comes to the right result and exit status, finds the store that is meant,
 * names what is wrong, and prints nothing that a terminal would obey.
 *
 * Method: one small store, recorded once; each case has a copy that it spoils in its own way.
 * That every single byte is covered is for the tests of the verifier itself.
 */
import assert from "node:assert/strict";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { STORE_FORMAT } from "@ritma/evidence";
import { auditLog } from "./audit-log.ts";
import { Bench, runMain } from "./harness.ts";
import type { Json } from "./json-document.ts";

let model: Bench;
let fingerprint: string;

before(async () => {
  model = new Bench();
  fingerprint = await model.init("--privacy", "raw");
  const log = model.file("audit.log", auditLog({ events: 900 }));
  const { status, err } = await model.run("ingest", log);
  assert.equal(status, 0, err);
});
after(() => model[Symbol.dispose]());

/** A copy of the model. */
function copied(): Bench {
  const bench = new Bench();
  cpSync(model.root, bench.root, { recursive: true });
  return bench;
}

async function verified(bench: Bench, trust = fingerprint): Promise<Json> {
  return await bench.json("verify", bench.out, "--trust", trust);
}

/** The path of one file of the store, by the end of its name. */
function find(bench: Bench, end: string): string {
  const names = readdirSync(bench.out, { recursive: true, encoding: "utf8" }).toSorted();
  const name = names.find((each) => each.endsWith(end));
  assert.ok(name !== undefined, end);
  return join(bench.out, name);
}

function flip(path: string): void {
  const bytes = readFileSync(path);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

test("a whole store under the trusted key is VALID", async () => {
  const document = await verified(model);
  assert.equal(document.status, 0);
  assert.equal(document.text("result"), "VALID");
  assert.equal(document.text("trust"), fingerprint);
  assert.equal(document.number("counts.events"), 900);
  assert.equal(document.number("hoursGood"), 2);
  assert.equal(document.get("derived"), null);
  const shouted = ` ${fingerprint.toUpperCase()} `;
  const { out, err } = await model.run("verify", "--trust", shouted, "--deep");
  assert.match(out, /^VALID {3}web-01 · ns:\/\/local\/default · 2026-11-20 10:00 → /u);
  assert.match(out, /^ {2}deep +15 derived files built again and compared/mu);
  assert.equal(err, "");
});

test("without --trust it is UNTRUSTED, and with another one too", async () => {
  const none = await model.json("verify", model.out);
  assert.equal(none.status, 3);
  assert.equal(none.text("result"), "UNTRUSTED");
  const other = await verified(model, "0".repeat(64));
  assert.equal(other.status, 3);
  const { out } = await model.run("verify --trust", "0".repeat(64));
  assert.match(out, /another key than the one you trust/u);
});

test("a data root, a store and a link to either are all found", async () => {
  using bench = copied();
  const link = join(bench.dir, "link");
  symlinkSync(bench.root, link);
  for (const path of [bench.root, `${bench.root}/`, bench.out, link]) {
    const { status, out, err } = await runMain(["verify", path, "--trust", fingerprint], {});
    assert.equal(status, 0, err);
    const named = path === bench.out ? 0 : 1;
    assert.equal(out.split("named by").length - 1, named, "a redirection is always said");
  }
});

test("a config.yaml inside a store sends nobody elsewhere", async () => {
  using bench = copied();
  writeFileSync(join(bench.out, "config.yaml"), `out: ${model.out}\n`);
  const document = await verified(bench);
  assert.equal(document.text("result"), "TAMPERED");
  assert.equal(document.text("path"), bench.out);
});

const SPOILED: readonly (readonly [end: string, code: string])[] = [
  ["inst_0000.cbor.zst", "file/digest"],
  ["hour_header.cbor", "hour/header"],
  ["hour_root.sig", "hour/seal"],
  ["entities.cbor.zst", "dictionary/piece"],
  ["store.cbor", "key/record"],
];

for (const [end, code] of SPOILED) {
  test(`one flipped bit in ${end} is TAMPERED`, async () => {
    using bench = copied();
    flip(find(bench, end));
    const document = await verified(bench);
    assert.equal(document.status, 1);
    const findings = JSON.stringify(document.list("findings"));
    assert.ok(findings.includes(`"${code}"`), findings);
    const { status, out } = await bench.run("verify");
    assert.equal(status, 1);
    assert.match(out, /^TAMPERED {3}\d+ findings?, first in \S/u);
    assert.ok(out.includes(code), out);
  });
}

test("the first bad place is named by its hour, and the other hours are unaffected", async () => {
  using bench = copied();
  flip(find(bench, "inst_0000.cbor.zst"));
  const { out } = await bench.run("verify --trust", fingerprint);
  assert.match(out, /^TAMPERED {3}1 finding, first in 2026-11-20 10:00\n {2}web-01 · /u);
  assert.match(out, /^ {2}unaffected +1 of 2 hours$/mu);
  assert.match(out, /keep this copy/u);
});

test("a file that is missing, unknown or no file is TAMPERED", async () => {
  using bench = copied();
  rmSync(find(bench, "inst_0000.cbor.zst"));
  mkdirSync(join(bench.out, "windows", "x".repeat(40)));
  writeFileSync(join(bench.out, "windows", "evil\u001b[2J\u202e.txt"), "");
  symlinkSync("/dev/zero", join(bench.out, "zero"));
  const document = await verified(bench);
  assert.equal(document.text("result"), "TAMPERED");
  const codes = JSON.stringify(document.list("findings"));
  for (const code of ["file/missing", "file/unknown", "file/kind"]) assert.ok(codes.includes(code));
  for (const flags of [[], ["--json"]]) {
    const { out } = await bench.run("verify", ...flags);
    // oxlint-disable-next-line no-control-regex -- just these must not come out.
    assert.doesNotMatch(out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/u);
  }
});

test("folders without end are not followed", async () => {
  using bench = copied();
  mkdirSync(join(bench.out, ...Array.from({ length: 40 }, () => "d")), { recursive: true });
  assert.match(JSON.stringify((await verified(bench)).list("findings")), /file\/kind/u);
});

test("a tree that only lacks its end is INCOMPLETE or TAMPERED, never VALID", async () => {
  using bench = copied();
  writeFileSync(join(bench.out, "_meta", "intent.cbor"), "nonsense");
  const document = await verified(bench);
  assert.notEqual(document.text("result"), "VALID");
  assert.match(JSON.stringify(document.list("findings")), /store\/intent/u);
});

test("a store of another format version is INCOMPLETE, with its own advice", async () => {
  using bench = copied();
  claimFormat(bench, 9);
  const tampered = await verified(bench);
  assert.equal(tampered.status, 1, "the genesis knows that the number was changed");
  rmSync(join(bench.out, "_tlog"), { recursive: true });
  const { status, out } = await bench.run("verify --trust", fingerprint);
  assert.equal(status, 2);
  assert.match(out, /^INCOMPLETE\n\n {2}store\/version /u);
  assert.match(out, /Use the Ritma that wrote it, or a newer one/u);
  for (const line of ["keys", "stats", `ingest ${join(model.dir, "audit.log")}`]) {
    const refused = await bench.json(line);
    assert.equal(refused.status, 65);
    assert.equal(refused.text("error.code"), "store/version");
  }
});

/** Changes the format number in store.cbor: behind array(10), "ritma/store@1" and 16 bytes. */
function claimFormat(bench: Bench, format: number): void {
  const path = find(bench, "store.cbor");
  const bytes = readFileSync(path);
  const at = 1 + 1 + "ritma/store@1".length + 1 + 16;
  assert.equal(bytes[at], STORE_FORMAT, "the layout of store.cbor has changed");
  bytes[at] = format;
  writeFileSync(path, bytes);
}

test("what is no store is an operating error", async () => {
  using bench = new Bench();
  const file = bench.file("file", "x");
  const rows = [
    [join(bench.dir, "nowhere"), 66, "disk/missing"],
    [bench.dir, 66, "store/none"],
    [file, 64, "usage/bad-argument"],
  ] as const;
  for (const [path, status, code] of rows) {
    const document = await bench.json("verify", path);
    assert.equal(document.status, status, path);
    assert.equal(document.text("error.code"), code);
  }
  assert.equal((await bench.json("verify")).text("error.code"), "store/missing");
  const { err } = await runMain(["verify", bench.dir], {});
  assert.ok(err.startsWith(`ritma verify: ${bench.dir} is not an evidence store`), err);
  assert.doesNotMatch(err, /ritma init/u);
});
