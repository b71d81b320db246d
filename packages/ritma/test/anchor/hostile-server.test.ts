/**
 * Goal: whatever answers in the place of a time-stamping authority, `ritma anchor add tsa` ends
 * soon, keeps nothing that is no time stamp, and says why.
 *
 * Method: rows of servers on this host; each is asked by the command, or where time matters by the
 * function with less of it.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { skipLoudly } from "../../../../tools/skip.ts";
import { RitmaError } from "../../src/base/error.ts";
import { postForTimeStamp } from "../../src/services/anchor/timestamp-post.ts";
import { auditLog } from "../cli/audit-log.ts";
import { Bench } from "../cli/harness.ts";
import { timeStampReply } from "./der.ts";
import { opensslMissing, serving, stamping, TimeAuthority } from "./time-authority.ts";

const MEGABYTES_10 = new Uint8Array(10_000_000);
const TYPE = { "content-type": "application/timestamp-reply" };

let bench: Bench;
before(async () => {
  bench = new Bench();
  await bench.init("--privacy", "raw");
  const log = bench.file("audit.log", auditLog({ events: 3 }));
  assert.equal((await bench.run("ingest", log)).status, 0);
});
after(() => bench[Symbol.dispose]());

/** Every one answers once it is asked; none reads what. */
const SERVERS: readonly (readonly [
  name: string,
  code: string,
  message: RegExp,
  answer: RequestListener,
])[] = [
  [
    "10 MB",
    "anchor/refused",
    /more than 65536 bytes/u,
    (_, out) => {
      out.writeHead(200, TYPE).end(MEGABYTES_10);
    },
  ],
  ["nothing", "anchor/reply", /is cut/u, (_, out) => void out.writeHead(200, TYPE).end()],
  ["no", "anchor/refused", /status 503/u, (_, out) => void out.writeHead(503, TYPE).end("no")],
  [
    "a redirect",
    "anchor/refused",
    /sends elsewhere/u,
    (_, out) => {
      out.writeHead(307, { location: "http://127.0.0.1:1/" }).end();
    },
  ],
  [
    "a page",
    "anchor/refused",
    /text\/html/u,
    (_, out) => {
      out.writeHead(200, { "content-type": "text/html" }).end("<html>");
    },
  ],
  [
    "escapes",
    "anchor/refused",
    /\\u\{9b\}/u,
    (_, out) => {
      out.writeHead(200, { "content-type": "a\u009b2J" }).end();
    },
  ],
  [
    "a refusal",
    "anchor/reply",
    /refuses, with status 2/u,
    (_, out) => {
      out.writeHead(200, TYPE).end(timeStampReply(new Uint8Array(0), 2));
    },
  ],
  [
    "half a reply",
    "anchor/refused",
    /aborted/u,
    (_, out) => {
      out.writeHead(200, { ...TYPE, "content-length": 100 }).write("half");
      setTimeout(() => void out.destroy(), 10);
    },
  ],
];

for (const [name, code, message, answer] of SERVERS) {
  test(`a server that answers with ${name}`, async () => {
    await using server = await serving(answer);
    const added = await bench.json("anchor add tsa", server.url);
    assert.equal(added.text("error.code"), code, added.err);
    assert.match(added.text("error.message"), message);
    // oxlint-disable-next-line no-control-regex -- just these must not come out.
    assert.doesNotMatch(added.err, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u);
    const files = readdirSync(join(bench.root, "anchors"));
    assert.deepEqual(
      files.filter((file) => file.endsWith(".tsr")),
      [],
    );
    assert.equal((await bench.json("anchor list")).list("anchors").length, 0, "not remembered");
  });
}

test("a server that takes its time is given up", async () => {
  const slow: readonly RequestListener[] = [
    () => {},
    (_, out) => out.writeHead(200, TYPE).flushHeaders(),
    (_, out) => {
      out.writeHead(200, TYPE);
      const drip = setInterval(() => void out.write("x"), 20);
      out.once("close", () => clearInterval(drip));
    },
  ];
  for (const answer of slow) {
    await using server = await serving(answer);
    const asking = postForTimeStamp(new URL(server.url), new Uint8Array(59), 200);
    await assert.rejects(asking, (error) => {
      assert.ok(error instanceof RitmaError);
      assert.equal(error.code, "anchor/refused");
      assert.match(error.message, /no whole reply within/u);
      return true;
    });
  }
});

test("an old reply to another request is refused, though it is a good one", async (context) => {
  const missing = opensslMissing();
  if (missing !== null) return skipLoudly(context, missing);
  using authority = new TimeAuthority();
  let first: Uint8Array | null = null;
  await using server = await serving(stamping((query) => (first ??= authority.reply(query))));
  const added = await bench.json("anchor add tsa", server.url);
  assert.equal(added.status, 0, added.err);
  await bench.run("anchor remove tsa-1");
  const again = await bench.json("anchor add tsa", server.url);
  assert.equal(again.text("error.code"), "anchor/reply");
  assert.match(again.text("error.message"), /its nonce differs/u);
  assert.ok(existsSync(join(bench.root, "anchors")));
});
