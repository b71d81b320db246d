/**
 * Goal: `ritma head` gives the signed head as it is, and `ritma verify --head` says of a store
 * whether it still holds it: a rollback, a cut tail and a second history are TAMPERED, though every
 * file of theirs is as it was signed.
 *
 * Method: one data root that went two ways. Every store is verified with every head of the others,
 * and what comes out is compared with a table.
 */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { decodeQR } from "qr/decode.js";
import { type Histories, histories } from "../anchor/two-histories.ts";
import { Bench } from "./harness.ts";
import type { Json } from "./json-document.ts";

let all: Histories;
before(async () => {
  all = await histories();
});
after(() => all[Symbol.dispose]());

const checkpointOf = (bench: Bench): string =>
  readFileSync(join(bench.out, "_tlog/checkpoint"), "utf8");

/** The head of one store, in a file of another place. */
function headOf(bench: Bench, name = "kept.head"): string {
  return all.begun.file(name, checkpointOf(bench));
}

async function verified(bench: Bench, head: string): Promise<Json> {
  return await bench.json("verify", bench.out, "--trust", all.fingerprint, "--head", head);
}

const codesOf = (report: Json): string => JSON.stringify(report.list("findings"));

test("it prints the head as it was signed, and what is about it elsewhere", async () => {
  const { status, out, err } = await all.second.run("head");
  assert.equal(status, 0);
  assert.equal(out, checkpointOf(all.second));
  assert.ok(err.includes(`verify PATH --trust ${all.fingerprint} --head FILE`), err);
  const document = await all.second.json("head", all.second.out);
  assert.equal(document.text("checkpoint"), checkpointOf(all.second));
  assert.equal(document.text("fingerprint"), all.fingerprint);
  assert.equal(document.get("file"), null);
  const [origin = "", size] = out.split("\n");
  assert.equal(document.text("origin"), origin);
  assert.equal(String(document.number("size")), size);
  assert.match(document.text("verifier"), new RegExp(`^${origin}\\+[0-9a-f]{8}\\+`, "u"));
});

test("--out writes it, beside the store and over nothing", async () => {
  const path = join(all.first.dir, "x.head");
  assert.equal((await all.first.run("head --out", path)).status, 0);
  assert.equal(readFileSync(path, "utf8"), checkpointOf(all.first));
  const again = await all.first.json("head --out", path);
  assert.equal(again.text("error.code"), "disk/exists");
  const inside = await all.first.json("head --out", join(all.first.out, "x.head"));
  assert.equal(inside.text("error.code"), "usage/bad-argument");
});

test("--qr is the same, for a camera", async () => {
  const { out } = await all.second.run("head --qr");
  const lines = out.trimEnd().split("\n");
  const width = lines[0]?.length ?? 0;
  // A line of text is two of the picture: █ ▀ ▄ and a space.
  const rows = lines.flatMap((line) =>
    ["█▀", "█▄"].map((lit) => line.split("").map((each) => lit.includes(each))),
  );
  const scale = 4;
  const pixels = rows.flatMap((row) =>
    Array.from({ length: scale }, () =>
      row.flatMap((lit) => Array.from({ length: scale }, () => (lit ? 255 : 0))),
    ).flat(),
  );
  const data = Uint8Array.from(pixels.flatMap((light) => [light, light, light, 255]));
  const image = { width: width * scale, height: rows.length * scale, data };
  assert.equal(decodeQR(image), checkpointOf(all.second));
  assert.equal((await all.second.json("head --qr")).text("error.code"), "usage/bad-argument");
});

test("a store that is damaged gives no head", async () => {
  using bench = new Bench();
  await bench.init();
  writeFileSync(join(bench.out, "_tlog/tile/entries/000.p/4"), "x");
  assert.equal((await bench.json("head")).text("error.code"), "store/damaged");
  // Without the words of a witness: nobody signed that they belong there.
  using witnessed = new Bench();
  await witnessed.init();
  const checkpoint = checkpointOf(witnessed);
  const path = join(witnessed.out, "_tlog/checkpoint");
  writeFileSync(path, `${checkpoint}— somebody ${Buffer.alloc(76).toString("base64")}\n`);
  assert.equal((await witnessed.json("head")).text("error.code"), "store/damaged");
});

test("every store with every head", async () => {
  const { begun, first, second, forged, forgedLonger, strange } = all;
  const rows: readonly (readonly [Bench, Bench, standing: string])[] = [
    [begun, begun, "held"],
    [first, begun, "held"],
    [second, begun, "held"],
    [second, first, "held"],
    [forgedLonger, forged, "held"],
    [begun, first, "rollback"],
    [first, second, "rollback"],
    [first, forgedLonger, "rollback"],
    [first, forged, "fork"],
    [forged, first, "fork"],
    [second, forged, "fork"],
    [second, forgedLonger, "fork"],
    [forgedLonger, first, "fork"],
    [second, strange, "other"],
  ];
  const exits: Readonly<Record<string, number>> = { held: 0, rollback: 1, fork: 1, other: 3 };
  const codes = ["head/rollback", "head/fork", "head/other"];
  for (const [store, head, standing] of rows) {
    const report = await verified(store, headOf(head));
    assert.equal(report.status, exits[standing], `${standing}: ${codesOf(report)}`);
    assert.equal(report.text("heads.0.standing"), standing);
    const found = codes.filter((code) => codesOf(report).includes(`"${code}"`));
    assert.deepEqual(found, standing === "held" ? [] : [`head/${standing}`]);
    const isGiven = /newest head that was given/u.test(String(report.list("notProvable")));
    assert.equal(isGiven, standing === "held");
  }
});

test("what a person reads", async () => {
  const held = await all.second.run("verify --trust", all.fingerprint, "--head", headOf(all.first));
  assert.match(held.out, /^VALID /u);
  assert.match(held.out, /^ {2}kept heads +1 held, the newest of \d+ entries$/mu);
  const back = await all.first.run("verify --trust", all.fingerprint, "--head", headOf(all.second));
  assert.match(back.out, /^TAMPERED {3}1 finding/u);
  assert.match(back.out, /head\/rollback/u);
  assert.match(back.out, /an older copy was put back/u);
  const flags = [all.fingerprint, "--head", headOf(all.strange)];
  const other = await all.first.run("verify --trust", ...flags);
  assert.match(other.out, /^UNTRUSTED /u);
  assert.match(other.out, /head\/other/u);
});

test("a folder of heads is all of them", async () => {
  const folder = join(all.begun.dir, "heads");
  mkdirSync(folder);
  for (const [name, bench] of Object.entries({ a: all.begun, b: all.first, c: all.second })) {
    writeFileSync(join(folder, name), checkpointOf(bench));
  }
  writeFileSync(join(folder, "half.draft"), "half");
  const report = await verified(all.second, folder);
  assert.equal(report.text("result"), "VALID");
  assert.equal(report.list("heads").length, 3);
  assert.equal((await verified(all.first, folder)).text("result"), "TAMPERED");
});

test("a head that was mailed is still one, and what is none is refused first", async () => {
  const whole = checkpointOf(all.first);
  for (const text of [whole.trimEnd(), whole.replaceAll("\n", "\r\n")]) {
    const path = all.begun.file("mailed.head", text);
    assert.equal((await verified(all.second, path)).text("heads.0.standing"), "held");
  }
  const bad: readonly (readonly [string | Uint8Array, string])[] = [
    ["", "input/empty"],
    ["hello\n", "head/bad"],
    [whole.replace("\n\n", "\n"), "head/bad"],
    [`${whole}more\n`, "head/bad"],
    [Buffer.from([0xff, 0xfe]), "head/bad"],
    ["x".repeat(40_000), "head/bad"],
  ];
  for (const [content, code] of bad) {
    const report = await verified(all.second, all.begun.file("bad\u001b[2J.head", content));
    assert.equal(report.text("error.code"), code, report.err);
    // oxlint-disable-next-line no-control-regex -- just these must not come out.
    assert.doesNotMatch(report.err, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u);
  }
  const gone = await verified(all.second, join(all.begun.dir, "nowhere"));
  assert.equal(gone.text("error.code"), "input/missing");
});

test("a head that was changed says nothing of the store", async () => {
  const whole = checkpointOf(all.first);
  const size = Number(whole.split("\n")[1]);
  const path = all.begun.file("changed.head", whole.replace(`\n${size}\n`, `\n${size - 1}\n`));
  const report = await verified(all.second, path);
  assert.equal(report.text("heads.0.standing"), "other");
  assert.equal(report.status, 3);
});
