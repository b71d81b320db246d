/**
 * Goal: `ritma prove` writes one small file for its owner, and `ritma verify` shows from it alone
 * what was sealed, what is withheld and whose it is; what is withheld is nowhere in the file; a
 * changed file shows nothing at all.
 *
 * Method: the small intrusion that the timeline is tested with; the file is checked where no store
 * is. The entry of the hour is checked as software that knows nothing of Ritma would do it.
 */
import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  ed25519Verifier,
  leafHash,
  openNote,
  parseCheckpoint,
  parseNote,
  verifyInclusion,
} from "@ritma/evidence";
import { loadPrimitives } from "../../src/base/primitives.ts";
import { prove } from "../../src/cli/commands/prove.ts";
import { verify } from "../../src/cli/commands/verify.ts";
import { opened } from "../recorder/audit-lines.ts";
import { ATTACK, call, EXECVE, hex } from "../timeline/attack-log.ts";
import { CONTROLS, OBEYED } from "../timeline/hostile-log.ts";
import { Bench, type Ran, runMain } from "./harness.ts";
import { Json } from "./json-document.ts";

const LOG = [
  ATTACK,
  opened("11:00:00", 31),
  opened("11:01:00", 33),
  opened("09:40:30", 32, { pid: 9 }),
  opened("11:02:00", 34),
].join("");
const SHADOW = "11@09:32:10.006";
const CURL = "6@09:32:09.530";

async function benchOf(content: string, privacy: "raw" | "hash-only" = "raw"): Promise<Bench> {
  const bench = new Bench();
  await bench.init("--privacy", privacy);
  const { status, err } = await bench.run(`ingest ${bench.file("audit.log", content)}`);
  assert.equal(status, 0, err);
  return bench;
}

const bench = await benchOf(LOG);
after(() => bench[Symbol.dispose]());
const fingerprint = (await bench.json("verify")).text("store.fingerprint");
let files = 0;

interface Proof {
  readonly path: string;
  readonly bytes: Buffer;
  readonly made: Json;
}

async function proved(what: readonly string[], ...flags: readonly string[]): Promise<Proof> {
  files += 1;
  const path = join(bench.dir, `${files}.ritma`);
  const made = await bench.json("prove", ...what, "--out", path, ...flags);
  assert.equal(made.status, 0, made.err);
  assert.deepEqual(made.names().toSorted(), Object.keys(prove.fields).toSorted());
  return { path, bytes: readFileSync(path), made };
}

/** Without `--data`: no store is in reach. */
async function verified(path: string, ...flags: readonly string[]): Promise<Ran> {
  return await runMain(["verify", path, "--trust", fingerprint, ...flags], {});
}

async function verifiedFacts(path: string): Promise<Json> {
  const { status, out, err } = await verified(path, "--json");
  const document = new Json(out, status, err);
  assert.deepEqual(document.names().toSorted(), Object.keys(verify.fields).toSorted());
  return document;
}

test("one event: small, for its owner alone, and VALID without the store", async () => {
  const { path, bytes, made } = await proved([SHADOW]);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.ok(bytes.length < 4_000, `${bytes.length} bytes`);
  assert.equal(made.number("bytes"), bytes.length);
  assert.equal(made.text("fingerprint"), fingerprint);
  const { status, out, err } = await verified(path);
  assert.equal(status, 0, err);
  assert.match(out, /^VALID {3}web-01 · ns:\/\/local\/default · 1 event\n/u);
  assert.match(out, /^event 11 at 2026-11-20 09:32:10\.006 UTC$/mu);
  assert.match(out, /^ {2}process +\.x\[502\], \/tmp\/\.x, uid 33 when it began/mu);
  assert.match(out, /^ +object +file, path \/etc\/shadow, inode 100/mu);
  assert.match(out, /^ +ret +13 \(EACCES\)$/mu);
  assert.match(out, /^ {2}withheld +nothing$/mu);
  assert.match(out, /^ {2}head +size \d+, root [0-9a-f]{64}$/mu);
});

test("the document says the same as that of the store", async () => {
  const { path } = await proved([SHADOW]);
  const document = await verifiedFacts(path);
  assert.equal(document.status, 0);
  assert.equal(document.text("store.fingerprint"), fingerprint);
  assert.equal(document.get("counts"), null);
  const shown = await bench.json("show", SHADOW);
  assert.equal(document.text("proof.windows.0.root"), shown.text("event.sealed.root"));
  assert.equal(document.number("proof.events.0.pid"), 502);
  assert.equal(document.text("proof.events.0.process"), ".x");
  for (const field of ["object", "object2", "num", "flags", "ret", "error"]) {
    assert.deepEqual(
      document.get(`proof.events.0.atoms.0.${field}`),
      shown.get(`event.leaves.0.fields.0.${field}`),
      field,
    );
  }
  assert.equal(document.get("proof.events.0.atoms.0.leaf"), shown.get("event.leaves.0.leaf"));
});

const WITHHELD: readonly (readonly [
  field: string,
  what: string,
  gone: readonly string[],
  kept: readonly string[],
])[] = [
  ["object", SHADOW, ["shadow"], [".x"]],
  ["args", CURL, ["8081", "-o"], ["curl"]],
  ["process", CURL, ["curl", "8081"], []],
  ["object, args", CURL, ["/usr/bin", "curl", "8081"], []],
];

for (const [field, what, gone, kept] of WITHHELD) {
  test(`withheld: ${field} of ${what}`, async () => {
    const { path, bytes, made } = await proved([what], "--withhold", field);
    for (const text of gone) assert.ok(!bytes.includes(text), text);
    for (const text of kept) assert.ok(bytes.includes(text), text);
    const { status, out } = await verified(path);
    assert.equal(status, 0);
    assert.match(out, /\(withheld\)/u);
    const document = await verifiedFacts(path);
    assert.deepEqual(document.get("proof.events.0.withheld"), made.get("withheld"));
    for (const each of field.split(", ")) assert.ok(made.list("withheld").includes(each));
    for (const text of gone) assert.ok(!out.includes(text), text);
  });
}

test("what would tell it is withheld too, and that is said", async () => {
  const { made } = await proved([CURL], "--withhold", "object");
  assert.deepEqual(made.get("alsoWithheld"), ["process", "args"]);
  const { out } = await bench.run(
    "prove",
    CURL,
    "--withhold",
    "object",
    "--out",
    join(bench.dir, "t"),
  );
  assert.match(out, /^ {2}withheld +process, object, args; process, args would have told it$/mu);
});

test("all that a process did, and all events of a span", async () => {
  const process = await proved([".x[502]"]);
  const shown = await bench.json("timeline --all --limit 0 --proc 502");
  assert.equal(process.made.number("events"), shown.list("events").length);
  const { out } = await verified(process.path);
  assert.match(out, /^2026-11-20 09:32:10\.006 {2}\.x\[502\] {2}open {2}\/etc\/shadow {2}denied/mu);
  const some = await proved([".x[502]"], "--since", "09:32:10.005", "--until", "09:32:10.007");
  assert.equal(some.made.number("events"), 1);
  const span = await proved([bench.root], "--since", "09:30", "--until", "11:10");
  assert.equal(span.made.number("events"), 23);
  const names = span.made
    .list("windows")
    .map((each) => /"name":"([^"]*)"/u.exec(JSON.stringify(each))?.[1]);
  assert.deepEqual(names, ["0.032", "1.000", "1.001", "1.002", "1.late"]);
  assert.equal((await verifiedFacts(span.path)).list("proof.events").length, 23);
});

test("under no identity or another it is UNTRUSTED, and says whose it says to be", async () => {
  const { path } = await proved([SHADOW]);
  const none = await runMain(["verify", path], {});
  assert.equal(none.status, 3);
  assert.match(none.out, /^UNTRUSTED {3}web-01/u);
  assert.ok(none.out.includes(fingerprint));
  assert.equal((await runMain(["verify", path, "--trust", "0".repeat(64)], {})).status, 3);
});

test("a changed proof is TAMPERED and shows no event", async () => {
  const { path, bytes } = await proved([SHADOW]);
  const at = bytes.indexOf("shadow");
  bytes[at] = "S".charCodeAt(0);
  writeFileSync(path, bytes);
  const { status, out } = await verified(path);
  assert.equal(status, 1);
  assert.match(out, /^TAMPERED {3}\d findings? in \S+\.ritma\n/u);
  assert.match(out, /proof\/opening/u);
  assert.doesNotMatch(out, /hadow|\.x\[/u);
  const document = await verifiedFacts(path);
  assert.deepEqual([document.get("proof.events"), document.get("proof.windows")], [[], []]);
  writeFileSync(path, "nonsense");
  assert.equal((await verified(path)).status, 1);
  writeFileSync(path, "");
  assert.equal((await verified(path)).status, 1);
});

test("the hour as tlog-proof, checked without anything of ours but hashes", async () => {
  const { path, made } = await proved([SHADOW], "--format", "tlog-proof");
  const text = readFileSync(path, "utf8");
  const [, extra = "", index = "", path64 = "", note = ""] =
    /^c2sp\.org\/tlog-proof@v1\nextra (\S+)\nindex (\d+)\n((?:\S+\n)*)\n(.*)$/su.exec(text) ?? [];
  const [, name = "", id = "", key = ""] =
    /^(.*)\+([0-9a-f]{8})\+(.*)$/u.exec(made.text("verifier")) ?? [];
  const primitives = await loadPrimitives();
  const verifier = ed25519Verifier(primitives, name, Buffer.from(key, "base64").subarray(1));
  assert.equal(Buffer.from(verifier.keyId).toString("hex"), id);
  const parsed = parseNote(Buffer.from(note));
  assert.equal(openNote(parsed, [verifier]).length, 1);
  const { size, root } = parseCheckpoint(parsed.text);
  const proof = {
    index: Number(index),
    size,
    leaf: leafHash(primitives.sha256, Buffer.from(extra, "base64")),
    path: path64
      .trimEnd()
      .split("\n")
      .map((line) => new Uint8Array(Buffer.from(line, "base64"))),
    root,
  };
  assert.ok(verifyInclusion(proof, primitives.sha256));
  assert.ok(!verifyInclusion({ ...proof, index: proof.index - 1 }, primitives.sha256));
});

test("a hash-only store: proved as it is kept, and the hashes are named", async () => {
  using hashed = await benchOf(LOG, "hash-only");
  const path = join(hashed.dir, "p.ritma");
  const { status, err } = await hashed.run("prove", ".x[502]", "--out", path);
  assert.equal(status, 0, err);
  const { out } = await runMain(["verify", path], {});
  assert.match(out, /a node whose name is hashed/u);
  assert.match(out, /•… is a keyed hash/u);
});

test("what cannot be is refused with its code, and no file is left", async () => {
  const there = bench.file("there.ritma", "x");
  const out = ["--out", join(bench.dir, "never.ritma")];
  const rows: readonly (readonly [readonly string[], number, string])[] = [
    [[SHADOW, "--out", there], 73, "disk/exists"],
    [[SHADOW, "--out", join(bench.out, "p.ritma")], 64, "usage/bad-argument"],
    [[SHADOW, "--out", join(bench.dir, "no", "p.ritma")], 66, "disk/missing"],
    [[SHADOW, "--withhold", "path", ...out], 64, "usage/bad-argument"],
    [[SHADOW, "--since", "09:00", ...out], 64, "usage/bad-argument"],
    [[SHADOW, "--format", "cose", ...out], 64, "usage/bad-flag"],
    [out, 64, "usage/bad-argument"],
    [["77@09:32", ...out], 66, "query/unknown"],
    [["0.032", ...out], 66, "query/unknown"],
    [["nobody", ...out], 66, "query/unknown"],
    [["sh", "--since", "12:00", ...out], 66, "query/unknown"],
    [[bench.root, "--since", "09:00", "--format", "tlog-proof", ...out], 64, "usage/bad-argument"],
  ];
  for (const [argv, status, code] of rows) {
    const ran = await bench.json("prove", ...argv);
    assert.equal(ran.text("error.code"), code, argv.join(" "));
    assert.equal(ran.status, status, argv.join(" "));
  }
  assert.equal(readFileSync(there, "utf8"), "x");
  assert.throws(() => statSync(join(bench.dir, "never.ritma")));
  const { path } = await proved([SHADOW]);
  for (const flags of [["--deep"], ["--head", there]]) {
    const { status, err } = await verified(path, ...flags);
    assert.equal(status, 64, err);
  }
});

test("a damaged store proves nothing", async () => {
  using other = await benchOf(LOG);
  const path = join(other.out, "windows/2026/11/20/09/blocks/inst_0000.cbor.zst");
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const out = join(other.dir, "p.ritma");
  assert.equal(
    (await other.json("prove", SHADOW, "--out", out)).text("error.code"),
    "store/damaged",
  );
});

test("no recorded name reaches the terminal as it is", async () => {
  const evil = hex(`/tmp/${CONTROLS}`);
  using hostile = await benchOf(
    call({
      clock: "08:00:00",
      serial: 1,
      number: EXECVE,
      comm: evil,
      exe: evil,
      paths: [evil],
      argv: [evil, evil],
    }),
  );
  const path = join(hostile.dir, "p.ritma");
  for (const argv of [
    ["prove", "1@08:00", "--out", path, "--data", hostile.root],
    ["verify", path],
    ["verify", path, "--json"],
  ]) {
    const { out, err } = await runMain(argv, { terminal: true, environment: { NO_COLOR: "1" } });
    assert.equal(err, "");
    assert.deepEqual(out.replaceAll("\n", "").match(OBEYED), null);
    if (argv[0] === "verify") assert.match(out, /\\e\[31m/u);
  }
});
