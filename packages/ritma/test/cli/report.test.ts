/**
 * Goal: a report says what the other commands say, as text and as one HTML file; the same store
 * gives the same bytes; its file is its owner's, durable, and replaces nothing unasked.
 *
 * Method: a store of one small intrusion. The text is compared as a whole, the HTML by its parts
 * and its digest, figures with those of `timeline`, `tree` and `verify`.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { COMMANDS } from "../../src/cli/catalogue.ts";
import { columnsOf } from "../../src/cli/timeline/columns.ts";
import { ATTACK } from "../timeline/attack-log.ts";
import { Bench, runMain } from "./harness.ts";
import { Json } from "./json-document.ts";

const bench = new Bench();
after(() => bench[Symbol.dispose]());
const fingerprint = await bench.init("--privacy", "raw", "--namespace", "ns://acme/prod");
assert.equal((await bench.run(`ingest ${bench.file("audit.log", ATTACK)}`)).status, 0);

const TEXT = `\
What ran on web-01
2026-11-20 09:32:09 → 09:32:11 UTC · ns://acme/prod

Summary
───────
  node         web-01
  namespace    ns://acme/prod
  store        STORE-ID
  fingerprint  FINGERPRINT
  privacy      raw: names as they were
  range        2026-11-20 09:32:09 → 09:32:11 UTC
  sealed       1 hour, 1 window
  events       12
  lost         none counted in these hours
  gaps         none between these hours

Verification
────────────
  VALID
  The whole store is unaltered, and made under the key that was said to be
  trusted.

  trusted key   FINGERPRINT
  checked       THE WHOLE STORE
  not provable  a rollback to an older state, or a tail cut at an earlier close:
                compare with a head that was kept elsewhere
  not checked   what is derived from the sealed files: that is for ritma verify
                --deep

Who did most
────────────
  Programs run
    1×   /usr/bin/curl   2026-11-20 09:32:09.530
    1×   /tmp/.x         2026-11-20 09:32:10.002

  Users that ran something
    2×   uid 33 auid 1000   2026-11-20 09:32:09.530

  Connected to, or tried to
    1×   127.0.0.1:8081   2026-11-20 09:32:09.541

  Files refused (EACCES, EPERM)
    1×   /etc/shadow   2026-11-20 09:32:10.006

Processes
─────────
2026-11-20 UTC
nginx[400]       09:32:07.100               (uid 33)
└─ sh[500]       09:32:07.114               /bin/sh -c 'id; uname -a'
   ├─ curl[501]  09:32:09.530               /usr/bin/curl -o /tmp/.x http://127…
   └─ .x[502]    09:32:10.002               /tmp/.x

  4 processes

Timeline
────────
  What was run, connected, created, changed or refused, and logins; without what
  every program does all the time. The same again at once is counted (×3).

2026-11-20 UTC · web-01
09:32:09.530  sh[500] → curl[501]    exec      …/curl -o /tmp/.x http:/…  uid 33
09:32:09.541      curl[501]          connect   127.0.0.1:8081            pending
09:32:09.547      curl[501]          create    /tmp/.x
09:32:09.900  nginx[400] → sh[500]   mode      /tmp/.x 0755
09:32:10.002    └ sh[500] → .x[502]  exec      /tmp/.x (as '[kworker/0:1]')
09:32:10.006      .x[502]            open      /etc/shadow               denied
09:32:10.008      .x[502]            trace     ATTACH nginx[400]         denied
09:32:10.010      .x[502]            rename    /tmp/.x → /tmp/.y
09:32:10.012      .x[502]            unlink    /tmp/nothing              ENOENT
09:32:10.014      .x[502]            identity  euid suid fsuid 33 → 0
09:32:10.016      .x[502]            signal    SIGKILL nginx[400]        ×2

Check it yourself
─────────────────
  Nothing on this page has to be believed. Take the evidence store (here STORE)
  and Ritma, and learn the fingerprint (here KEY) from somebody else than
  whoever gave you this page: ritma init printed it on the recorded host.

  Is the store whole, and from whom?
    ritma verify STORE --trust KEY
  The same page again
    ritma report STORE \\
      --since 2026-11-20T09:32:09.000000Z \\
      --until 2026-11-20T09:32:11.000000Z \\
      --trust FINGERPRINT
  All of the timeline, and whole names
    ritma timeline STORE \\
      --since 2026-11-20T09:32:09.000000Z \\
      --until 2026-11-20T09:32:11.000000Z \\
      --limit 0 --wide
  Who touched a file, an address, a program?
    ritma who NAME STORE \\
      --since 2026-11-20T09:32:09.000000Z \\
      --until 2026-11-20T09:32:11.000000Z
  What led to it?
    ritma trace NAME STORE --back \\
      --since 2026-11-20T09:32:09.000000Z \\
      --until 2026-11-20T09:32:11.000000Z

Made by Ritma 0.1.0. Times are UTC.
`;

/** What differs from store to store, or with what is derived beside it. */
function steady(text: string): string {
  return text
    .replaceAll(fingerprint, "FINGERPRINT")
    .replace(/(?<=store {2,})[0-9a-f]{32}/u, "STORE-ID")
    .replace(/the whole store: \d+ files.*?re-hashed/su, "THE WHOLE STORE");
}

const RANGE = ["--since", "09:32:09", "--until", "09:32:11"];

async function htmlOf(...flags: readonly string[]): Promise<string> {
  const { status, out, err } = await bench.run("report --html -", ...flags);
  assert.equal(status, 0, err);
  return out;
}

test("as text", async () => {
  const argv = ["report", "--data", bench.root, ...RANGE, "--trust", fingerprint];
  const { status, out } = await runMain(argv, { columns: 80 });
  assert.equal(status, 0);
  assert.equal(steady(out), TEXT);
});

test("lines fit, whatever the width", async () => {
  for (const columns of [40, 60, 80, 120]) {
    const { out } = await runMain(["report", "--data", bench.root], { columns });
    const long = out.split("\n").filter((line) => columnsOf(line) > columns);
    assert.deepEqual(long, [], `${columns} columns`);
  }
});

test("colours only on a terminal", async () => {
  const argv = ["report", "--data", bench.root];
  const [plain, coloured] = [await runMain(argv, {}), await runMain(argv, { terminal: true })];
  assert.ok(!plain.out.includes("\u001b"));
  assert.ok(coloured.out.includes("\u001b[33mUNTRUSTED"));
});

test("as HTML: one file, headings in order, nothing that is loaded or run", async () => {
  const out = await htmlOf(...RANGE, "--trust", fingerprint);
  assert.ok(out.startsWith('<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'));
  assert.deepEqual(
    [...out.matchAll(/<h(\d)[^>]*>([^<]*)/gu)].map(([, level, title]) => `${level} ${title}`),
    [
      "1 What ran on web-01",
      "2 Summary",
      "2 Verification",
      "2 Who did most",
      "2 Processes",
      "2 Timeline",
      "2 Check it yourself",
    ],
  );
  assert.ok(
    !/<script|<link|<img|<iframe|<form|\sstyle=|\son\w+=|url\(|@import|https?:\/\/(?!127\.)/iu.test(
      out,
    ),
  );
  const tables = out.match(/<table>/gu)?.length ?? 0;
  assert.equal(tables, 5);
  assert.equal(out.match(/<caption>/gu)?.length, tables);
  assert.equal(out.match(/<thead><tr><th scope="col"/gu)?.length, tables);
  assert.match(out, /<p class="result good"><strong>VALID<\/strong>/u);
  assert.match(out, /<dt>fingerprint<\/dt><dd>[0-9a-f]{64}<\/dd>/u);
  assert.match(out, /<td class="name">\.x\[502\]<\/td><td class="word">open<\/td>/u);
  assert.match(out, /<tr class="refused"><td class="time">09:32:10\.006<\/td>/u);
  assert.match(
    out,
    /<span>   ├─ curl\[501\] .*-o \/tmp\/\.x http:\/\/127\.0\.0\.1:8081\/s\n<\/span>/u,
  );
});

test("the policy allows one style, by the digest of what stands in the page", async () => {
  const out = await htmlOf();
  const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/u.exec(out) ?? [];
  const [, style = ""] = /<style>(.*)<\/style>/su.exec(out) ?? [];
  const digest = createHash("sha256").update(style).digest("base64");
  assert.equal(
    policy.replaceAll("&#39;", "'"),
    `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`,
  );
});

test("the same store, range and flags give the same bytes, wherever they go", async () => {
  const path = join(bench.dir, "page.html");
  const { status, out, err } = await bench.run(`report --html ${path}`, ...RANGE);
  assert.equal(status, 0, err);
  const bytes = readFileSync(path);
  const digest = createHash("sha256").update(bytes).digest("hex");
  assert.equal(out.split("\n").at(1), `  SHA-256 ${digest}`);
  assert.equal(await htmlOf(...RANGE), bytes.toString());
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.ok(!readdirSync(bench.dir).some((name) => name.endsWith(".draft")));
  // What the page says one should run gives the page.
  const [, line = ""] = /<code>ritma (report[^<]*)<\/code>/u.exec(bytes.toString()) ?? [];
  const again = await runMain(line.replace("STORE", bench.out).split(" "), {});
  assert.equal(again.out, bytes.toString());
});

test("a stamp is there when it is asked for", async () => {
  const stamped = await htmlOf("--stamp");
  assert.match(stamped, /Made by Ritma [\d.]+ at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\. Times/u);
  assert.match(stamped, /byte for byte, but for when it was made/u);
  assert.doesNotMatch(await htmlOf(), /Made by Ritma [\d.]+ at/u);
});

test("a file that is there stays, unless it may be replaced", async () => {
  const path = bench.file("taken.html", "mine");
  const refused = await bench.run(`report --html ${path}`);
  assert.equal(refused.status, 73);
  assert.match(refused.err, /disk\/exists/u);
  assert.equal(readFileSync(path, "utf8"), "mine");
  assert.equal((await bench.run(`report --force --html ${path}`)).status, 0);
  assert.match(readFileSync(path, "utf8"), /^<!doctype html>/u);
});

test("what cannot be meant is refused", async () => {
  const inStore = join(bench.out, "page.html");
  for (const line of [
    `--html ${inStore}`,
    "--html - --json",
    "--force",
    "--trust abc",
    "--limit many",
  ]) {
    const { status, out } = await bench.run(`report ${line}`);
    assert.equal(status, 64, `${line}: ${out}`);
  }
  assert.equal((await bench.run(`report --html ${bench.dir}`)).status, 74);
  assert.equal((await bench.run("report --since 09:33 --until 09:32")).status, 64);
  assert.ok(!readdirSync(bench.out).includes("page.html"));
});

test("as a document: the fields that are promised, and the figures of other commands", async () => {
  const path = join(bench.dir, "facts.html");
  const document = await bench.json(`report --html ${path}`);
  const promised = COMMANDS.find(({ name }) => name === "report")?.fields ?? {};
  assert.deepEqual(document.names().toSorted(), Object.keys(promised).toSorted());
  const timeline = await bench.json("timeline");
  assert.deepEqual(document.list("timeline.events"), timeline.list("events"));
  assert.equal(document.number("timeline.hidden"), timeline.number("hidden"));
  assert.equal(document.number("events"), 19);
  const inRange = await bench.json("report", ...RANGE);
  const all = await bench.json("timeline --all --limit 0", ...RANGE);
  assert.equal(inRange.number("events"), all.list("events").length + all.number("hidden"));
  const tree = await bench.json("tree --depth 9");
  assert.deepEqual(document.list("processes"), tree.list("processes"));
  const { status, out } = await bench.run("verify --json");
  assert.equal(status, 3);
  assert.deepEqual(document.get("verification.counts"), new Json(out).get("counts"));
  assert.equal(document.text("verification.result"), "UNTRUSTED");
  const programs = JSON.stringify(document.list("actors.program"));
  assert.match(programs, /"name":"\/usr\/bin\/curl","count":1,"first":\{"time":\d+/u);
  const written = readFileSync(path);
  assert.equal(document.text("written.path"), path);
  assert.equal(document.number("written.bytes"), written.length);
  assert.equal(document.text("written.sha256"), createHash("sha256").update(written).digest("hex"));
});

test("the table has the rows of the lines, each with all that they say", async () => {
  const { out } = await bench.run("report --wide");
  const lines = out.split("\n").filter((line) => /^09:32:\d\d\.\d{3} /u.test(line));
  const rows = Array.from(
    (await htmlOf()).matchAll(/<tr class="\w+">(<td class="time">.*?)<\/tr>/gu),
  );
  const stories = rows.map(([, cells = ""]) =>
    cells
      .replaceAll(/<[^>]*>/gu, " ")
      .replaceAll("&#39;", "'")
      .split(/\s+/u)
      .join(" ")
      .trim(),
  );
  const told = lines.map((line) => line.replace("└", " ").split(/\s+/u).join(" "));
  assert.deepEqual(stories, told);
  assert.ok(told.some((line) => line.endsWith(" ×2")));
});

test("a bounded page says what it leaves out", async () => {
  const { out } = await bench.run("report --limit 3");
  assert.match(
    out,
    /^2026-11-20 UTC\npid 300.*\nnginx\[400\].*\n\n {2}5 processes · 3 .* left out$/mu,
  );
  assert.match(out, /… 13 later events of the story left out \(--limit\) · 3 quieter/u);
  assert.match(out, /ritma report STORE --limit 3\n/u);
  const asHtml = await htmlOf("--limit", "3");
  assert.match(asHtml, /… 13 later events of the story left out \(--limit\) · 3 quieter/u);
  assert.equal(asHtml.match(/<td class="word">/gu)?.length, 3);
  const all = await bench.run("report --limit 0");
  assert.doesNotMatch(all.out, /later events|processes ·/u);
});

test("an empty store, and a range without anything, have a page", async () => {
  using empty = new Bench();
  await empty.init();
  for (const flags of [[], ["--html", "-"]]) {
    const { status, out } = await empty.run("report", ...flags);
    assert.equal(status, 0);
    assert.match(out, /0 hours, 0 windows/u);
    assert.match(out, /Nothing happened in this range/u);
  }
  const { out } = await bench.run("report --since 10:00 --until 10:05");
  assert.match(out, /No process is known in this range/u);
});

test("a store that was changed has a page that says so", async () => {
  using hurt = new Bench();
  await hurt.init("--privacy", "raw");
  assert.equal((await hurt.run(`ingest ${hurt.file("audit.log", ATTACK)}`)).status, 0);
  const names = readdirSync(hurt.out, { recursive: true, encoding: "utf8" });
  const block = join(hurt.out, names.find((name) => name.includes("inst_0000")) ?? "none");
  const bytes = readFileSync(block);
  writeFileSync(block, bytes.with(20, (bytes[20] ?? 0) ^ 1));
  const { status, out } = await hurt.run("report");
  assert.equal(status, 1);
  assert.match(out, /^ {2}TAMPERED$/mu);
  assert.match(out, /file\/digest/u);
  assert.match(out, /Nothing is told of the records: .*\(store\/damaged\)/su);
  const document = new Json((await hurt.run("report --json")).out);
  assert.equal(document.text("unread.code"), "store/damaged");
  assert.equal(document.get("timeline"), null);
  const html = await hurt.run("report --html -");
  assert.equal(html.status, 1);
  assert.match(html.out, /<p class="result bad"><strong>TAMPERED/u);
  assert.ok(!html.out.includes(hurt.dir), "where the store lies is not on the page");
  // What cannot even be opened has a page as well.
  const meta = join(hurt.out, "_tlog", "checkpoint");
  writeFileSync(meta, readFileSync(meta).subarray(0, 100));
  const shut = await hurt.run("report --since 09:32");
  assert.equal(shut.status, 1, shut.err);
  assert.match(shut.out, /Nothing is told of the records: STORE\/_tlog\/checkpoint/u);
});
