/**
 * Goal: whatever a recorded program calls itself, its files and its arguments, a report holds no
 * character that a terminal obeys or that turns the order of reading, and as HTML no element or
 * attribute that is not the page's own.
 *
 * Method: names made of what is dangerous, in every place where a log has one, through every form.
 * The HTML is taken apart by a list of its own elements.
 *
 * Not here: a real browser (test/e2e/report-page.test.ts).
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { columnsOf } from "../../src/cli/timeline/columns.ts";
import { line } from "../recorder/audit-lines.ts";
import { hex } from "../timeline/attack-log.ts";
import { CONTROLS, deniedOpen, hostileCalls, OBEYED } from "../timeline/hostile-log.ts";
import { Bench, runMain } from "./harness.ts";

const MARKUP = `"'><script>alert(1)</script><img src=x onerror=alert(1)></style></title><!--&lt;`;
const EVIL = CONTROLS + MARKUP;
const NOT_UTF8 = "FF1B5B326DC0AFEDA0803C623E22";

const name = hex(EVIL);
const names = {
  evil: EVIL,
  // A slash in it would be one between directories.
  path: hex(`/tmp/${EVIL.replaceAll("/", "∕")}`),
  comm: hex("<i>\u202e\"'&\n"),
  argv: [name, NOT_UTF8],
};
const LOG = [
  hostileCalls(names),
  deniedOpen(names, 5, hex(`/tmp/${"<b>\u202e".repeat(500)}`)),
  `node=<img/src='x'/onerror="alert(1)">&\u202e `,
  line("USER_LOGIN", "08:00:05", 6, `pid=9 uid=0 auid=0 ses=1 msg='op=login acct=${name} res=no'`),
  "not an audit line \u001b[2J at all \u202e <script>\n",
].join("");

const bench = new Bench();
after(() => bench[Symbol.dispose]());
await bench.init("--privacy", "raw");
assert.equal((await bench.run(`ingest ${bench.file("audit.log", LOG)}`)).status, 0);

for (const form of [[], ["--wide"], ["--json"]]) {
  for (const terminal of [false, true]) {
    test(`report ${form.join(" ")}${terminal ? " on a terminal" : ""}`, async () => {
      const argv = ["report", ...form, "--data", bench.root];
      for (const columns of [40, 60, 80, 200]) {
        const environment = { NO_COLOR: "1" };
        const { status, out } = await runMain(argv, { terminal, environment, columns });
        assert.equal(status, 0);
        assert.deepEqual(out.replaceAll("\n", "").match(OBEYED), null);
        if (form.length > 0 || columns < 60) continue;
        const tooLong = out.split("\n").filter((each) => columnsOf(each) > columns);
        assert.deepEqual(tooLong, []);
      }
    });
  }
}

const ELEMENTS =
  "html|head|meta|title|style|body|header|h1|h2|p|nav|ul|li|a|main|section|dl|dt|dd|table|" +
  "caption|thead|tbody|tr|th|td|pre|span|code|strong|footer";
const ATTRIBUTES =
  "lang|charset|http-equiv|content|name|aria-label|aria-labelledby|href|id|class|scope|colspan";
const ATTRIBUTE = `(?: (?:${ATTRIBUTES})="[^"<>]*")`;
const OWN = new RegExp(`^<(?:!doctype html|/?(?:${ELEMENTS})${ATTRIBUTE}*)>$`, "u");

test("as HTML it has no element or attribute but its own", async () => {
  const { status, out } = await bench.run("report --html -");
  assert.equal(status, 0);
  assert.deepEqual(out.replaceAll("\n", "").match(OBEYED), null);
  const tags = out.match(/<[^>]*>/gu) ?? [];
  assert.ok(tags.length > 100);
  assert.deepEqual(
    tags.filter((tag) => !OWN.test(tag)),
    [],
  );
  const between = out.replace(/<style>.*?<\/style>/su, "").replaceAll(/<[^>]*>/gu, "");
  assert.doesNotMatch(between, /[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/u);
  const links = [...out.matchAll(/ href="([^"]*)"/gu)].map(([, href]) => href);
  assert.ok(links.every((href) => /^#[a-z]+$/u.test(href ?? "")));
});

test("names are there, each to be read", async () => {
  const { out } = await bench.run("report --html -");
  assert.match(out, /\\e\[31m\\nb\\r\\x07\\u\{202e\}c/u);
  assert.match(out, /&lt;script&gt;alert\(1\)/u);
  assert.match(out, /rowgroup" colspan="5">2026-11-20 UTC · &lt;img\/src=&#39;x&#39;\/onerror=/u);
  assert.match(out, /\\xff\\e\[2m\\xc0\\xaf\\xed\\xa0\\x80&lt;b&gt;/u);
  assert.equal(out.match(/(?:&lt;b&gt;\\u\{202e\}){500}/gu)?.length, 2, "timeline and actors");
});

test("a hostile question is shown escaped", async () => {
  for (const flag of ["--since", "--until", "--trust", "--limit"]) {
    const { status, err } = await bench.run(`report ${flag}`, EVIL);
    assert.equal(status, 64, flag);
    assert.deepEqual(err.replaceAll("\n", "").match(OBEYED), null, flag);
  }
  const { status, err } = await bench.run("report --html", `${bench.dir}/\u202e\u001b[2J/../x`);
  assert.equal(status, 0, err);
});
