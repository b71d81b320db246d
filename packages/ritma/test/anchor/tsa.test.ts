/**
 * Goal: a time stamp is accepted when it is one of this head by somebody whom the reader trusts,
 * and for no other; and `openssl ts` is of the same opinion.
 *
 * Method: authorities made with openssl. One anchors a real store, through a server on this host
 * and by hand. Then rows of replies that are wrong in one way each, signed as carefully as the good
 * ones; what we say is compared with what is expected, and with `openssl ts -verify`.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import { skipLoudly } from "../../../../tools/skip.ts";
import { readAuthorities, whyUntrusted } from "../../src/services/anchor/timestamp-chain.ts";
import { readTimeStamp } from "../../src/services/anchor/timestamp-token.ts";
import { timeStampNonce, timeStampRequest } from "../../src/services/anchor/timestamp-request.ts";
import { auditLog } from "../cli/audit-log.ts";
import { Bench } from "../cli/harness.ts";
import { tstInfo } from "./der.ts";
import {
  AUTHORITY,
  opensslMissing,
  type Signed,
  STAMPING,
  serving,
  stamping,
  TimeAuthority,
} from "./time-authority.ts";

const missing = opensslMissing();
const HEAD = new TextEncoder().encode("a head\n");
const DIGEST = createHash("sha256").update(HEAD).digest();
const TIME = "20200601000000Z";
const SECONDS = 1_590_969_600;
const INFO = tstInfo({ digest: DIGEST, time: TIME });

let authority: TimeAuthority;
before(() => {
  if (missing === null) authority = new TimeAuthority();
});
after(() => authority?.[Symbol.dispose]());

/** A test that needs openssl. */
function withOpenssl(name: string, run: (context: TestContext) => Promise<void>): void {
  test(name, async (context) => {
    if (missing === null) await run(context);
    else skipLoudly(context, missing);
  });
}

/** @returns "good", "untrusted: …" or "bad: …". */
async function opinion(reply: Uint8Array, root = "root", stamped = HEAD): Promise<string> {
  const authorities = readAuthorities(readFileSync(authority.path(`${root}.pem`)), "root");
  try {
    const why = await whyUntrusted(await readTimeStamp(reply, stamped), authorities);
    return why === null ? "good" : `untrusted: ${why}`;
  } catch (error) {
    assert.ok(error instanceof Error);
    return `bad: ${error.message}`;
  }
}

async function stored(): Promise<Bench> {
  const bench = new Bench();
  await bench.init("--privacy", "raw");
  const log = bench.file("audit.log", auditLog({ events: 5 }));
  assert.equal((await bench.run("ingest", log)).status, 0);
  return bench;
}

function kept(bench: Bench, end: string): string {
  const folder = join(bench.root, "anchors");
  const name = readdirSync(folder).find((each) => each.endsWith(end));
  assert.ok(name !== undefined, end);
  return join(folder, name);
}

withOpenssl("a request is byte for byte that of openssl", async () => {
  writeFileSync(authority.path("data"), HEAD);
  authority.openssl("ts -query -data data -sha256 -cert -no_nonce -out q.tsq".split(" "));
  const asked = timeStampRequest(DIGEST, null);
  assert.deepEqual(Buffer.from(asked), readFileSync(authority.path("q.tsq")));
  // Ours with a number is one that openssl reads, and answers with the same number.
  for (const byte of [0x00, 0x7f, 0x80, 0xff]) {
    const nonce = timeStampNonce(new Uint8Array(8).fill(byte));
    const reply = authority.reply(timeStampRequest(DIGEST, nonce));
    assert.deepEqual((await readTimeStamp(reply, HEAD)).nonce, nonce);
  }
});

withOpenssl("an authority anchors a store, and openssl agrees", async () => {
  using bench = await stored();
  await using server = await serving(stamping((query) => authority.reply(query)));
  const added = await bench.json("anchor add tsa", server.url);
  assert.equal(added.status, 0, added.err);
  const [tsr, head] = [readFileSync(kept(bench, ".tsa-1.tsr")), readFileSync(kept(bench, ".head"))];
  assert.equal(authority.verifies(tsr, head), true);
  const checked = await bench.json("anchor verify --ca", authority.path("root.pem"));
  assert.equal(checked.text("result"), "VALID");
  assert.equal(checked.status, 0);
  // Nobody said whom to trust, or somebody else was named.
  assert.equal((await bench.json("anchor verify")).status, 3);
  authority.issue({ name: "elsewhere", by: null, extensions: AUTHORITY });
  const other = await bench.json("anchor verify --ca", authority.path("elsewhere.pem"));
  assert.equal(other.status, 3);
  assert.ok(JSON.stringify(other.list("findings")).includes('"anchor/signer"'));
  // One byte more: neither accepts it.
  writeFileSync(kept(bench, ".head"), Buffer.concat([head, Buffer.from("\n")]));
  assert.equal(authority.verifies(tsr, readFileSync(kept(bench, ".head"))), false);
  const damaged = await bench.json("anchor verify --ca", authority.path("root.pem"));
  assert.equal(damaged.text("result"), "TAMPERED");
  assert.match(JSON.stringify(damaged.list("findings")), /"anchor\/receipt"/u);
});

withOpenssl("the same without a network, by hand", async () => {
  using bench = await stored();
  const [query, reply] = [join(bench.dir, "q.tsq"), join(bench.dir, "r.tsr")];
  assert.equal((await bench.run("anchor add tsa --request", query)).status, 0);
  writeFileSync(reply, authority.reply(readFileSync(query)));
  // The recorder goes on meanwhile.
  const log = bench.file("more.log", auditLog({ events: 9, from: 20_000 }));
  assert.equal((await bench.run("ingest", log)).status, 0);
  assert.equal((await bench.run("anchor add tsa --reply", reply)).status, 0);
  const checked = await bench.json("anchor verify --ca", authority.path("root.pem"));
  assert.equal(checked.text("result"), "VALID");
  assert.equal(checked.list("checked").length, 1);
  // A time stamp of something else is none of ours.
  writeFileSync(reply, authority.reply(timeStampRequest(DIGEST, null)));
  const strange = await bench.json("anchor add tsa --reply", reply);
  assert.equal(strange.text("error.code"), "anchor/reply");
});

/** Each is signed with a good key, unless it says otherwise. */
const ROWS: readonly (readonly [
  name: string,
  opinion: RegExp,
  make: () => Uint8Array,
  /** What openssl says where it is not of our opinion. */
  openssl?: boolean,
])[] = [
  ["a good one", /^good$/u, () => authority.sign(INFO)],
  [
    "of another digest",
    /^bad: .*something else/u,
    () => authority.sign(tstInfo({ digest: DIGEST.map((byte) => byte ^ 1), time: TIME })),
  ],
  [
    "of a digest by another name",
    /^bad: .*something else/u,
    () => {
      const algorithm = Uint8Array.fromHex("0609608648016503040208");
      return authority.sign(tstInfo({ digest: DIGEST, time: TIME, algorithm }));
    },
  ],
  [
    "of version 2",
    /^bad: .*version 2/u,
    () => {
      return authority.sign(tstInfo({ digest: DIGEST, time: TIME, version: 2 }));
    },
  ],
  ["without saying who signed", /^bad: .*who signed/u, () => authority.sign(INFO, { ess: false })],
  [
    "by two signers",
    /^bad: .*exactly one signer/u,
    () => authority.sign(INFO, { signers: ["stamper", "stamper2"] }),
  ],
  ["over a weak digest", /^bad: .*weak/u, () => authority.sign(INFO, { digest: "sha1" }), true],
  [
    "that is signed data of another kind",
    /^bad: .*another kind/u,
    () => authority.sign(INFO, { contentType: "1.2.840.113549.1.7.1" }),
  ],
  ["by a web server", /^bad: .*not for time stamps/u, () => by("web")],
  ["by a web server that may stamp too", /^bad: .*not for time stamps/u, () => by("both")],
  ["by a stamper that may serve too", /^bad: .*not for time stamps/u, () => by("also")],
  ["by one who need not be for it", /^bad: .*not for time stamps/u, () => by("uncritical")],
  ["by one who may do all", /^bad: .*not for time stamps/u, () => by("all")],
  ["by one that ended before", /^untrusted: .*expired/u, () => by("ended")],
  ["by one that began after", /^untrusted: .*not yet valid/u, () => by("later")],
  ["by a root of its own", /^untrusted: /u, () => by("self")],
  ["through one that is no authority", /^untrusted: /u, () => by("below", ["web"])],
  ["with an RSA key", /^good$/u, () => by("rsa")],
  ["through an authority", /^good$/u, () => by("deeper", ["middle"])],
  ["below where authorities may end", /^untrusted: .*allowed/u, () => by("third", ["second"])],
  ["through authorities of each other", /^untrusted: /u, () => by("circle", ["ring1", "ring2"])],
];

function by(name: string, certificates: Signed["certificates"] = []): Uint8Array {
  return authority.sign(INFO, { signers: [name], certificates });
}

function issueAll(): void {
  const { issue } = { issue: authority.issue.bind(authority) };
  const web = "extendedKeyUsage=critical,serverAuth";
  issue({ name: "stamper2", by: "root", extensions: STAMPING });
  authority.openssl("genpkey -algorithm RSA -out rsa.key".split(" "));
  issue({ name: "rsa", by: "root", extensions: STAMPING, hasKey: true });
  issue({ name: "web", by: "root", extensions: [web] });
  issue({ name: "both", by: "root", extensions: [`${web},timeStamping`] });
  const reversed = "extendedKeyUsage=critical,timeStamping,serverAuth";
  issue({ name: "also", by: "root", extensions: [reversed] });
  issue({ name: "uncritical", by: "root", extensions: ["extendedKeyUsage=timeStamping"] });
  issue({ name: "all", by: "root", extensions: ["keyUsage=digitalSignature"] });
  issue({ name: "ended", by: "root", extensions: STAMPING, until: "20200301000000Z" });
  issue({ name: "later", by: "root", extensions: STAMPING, from: "20200901000000Z" });
  issue({ name: "self", by: null, extensions: STAMPING });
  issue({ name: "below", by: "web", extensions: STAMPING });
  issue({ name: "middle", by: "root", extensions: AUTHORITY });
  issue({ name: "deeper", by: "middle", extensions: STAMPING });
  const last = ["basicConstraints=critical,CA:TRUE,pathlen:0", ...AUTHORITY.slice(1)];
  issue({ name: "first", by: null, extensions: last });
  issue({ name: "second", by: "first", extensions: AUTHORITY });
  issue({ name: "third", by: "second", extensions: STAMPING });
  issue({ name: "ring0", commonName: "A", by: null, extensions: AUTHORITY });
  issue({ name: "ring1", commonName: "B", by: "ring0", extensions: AUTHORITY });
  issue({ name: "ring2", commonName: "A", key: "ring0", by: "ring1", extensions: AUTHORITY });
  issue({ name: "circle", by: "ring1", extensions: STAMPING });
}

withOpenssl("each thing that can be wrong with a time stamp is refused", async (context) => {
  issueAll();
  for (const [name, expected, make, openssl] of ROWS) {
    await context.test(name, async () => {
      const reply = make();
      const root = name === "below where authorities may end" ? "first" : "root";
      const said = await opinion(reply, root);
      assert.match(said, expected);
      const theirs = authority.verifies(reply, HEAD, root, SECONDS);
      assert.equal(theirs, openssl ?? said === "good", "what openssl says");
    });
  }
});

withOpenssl("a changed or cut reply is no time stamp", async () => {
  const good = authority.sign(INFO);
  assert.equal(await opinion(good), "good");
  for (let length = 0; length < good.length; length += 37) {
    assert.match(await opinion(good.subarray(0, length)), /^bad: /u, `${length} bytes`);
  }
  assert.match(await opinion(Buffer.concat([good, Buffer.of(0)])), /^bad: /u);
  // The signature stands at the end: an octet string with a sequence in it.
  const length = [72, 71, 70, 69, 68].find((each) => good[good.length - each - 1] === each) ?? 0;
  const respelled = Buffer.from(good);
  assert.equal(respelled[good.length - length], 0x30);
  respelled[good.length - length] = 0x10;
  assert.match(await opinion(respelled), /^bad: .*another encoding/u);
  let unsigned = 0;
  for (let at = 0; at < good.length; at += 3) {
    const changed = Buffer.from(good);
    changed[at] = (changed[at] ?? 0) ^ 0x01;
    if ((await opinion(changed)) !== "good") continue;
    unsigned += 1;
    assert.equal(authority.verifies(changed, HEAD, "root", SECONDS), true, `byte ${at}`);
  }
  // Numbers of versions that nothing signs: they say neither when, nor what, nor who.
  assert.ok(unsigned < 5, String(unsigned));
  assert.match(await opinion(Buffer.alloc(70_000, 0x30)), /^bad: .*70000 bytes/u);
  assert.match(await opinion(Buffer.alloc(60_000, 0x30)), /^bad: /u, "deep");
  assert.match(await opinion(Buffer.alloc(60_000, 0x80)), /^bad: /u);
});
