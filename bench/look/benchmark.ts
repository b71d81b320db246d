/**
 * Questions about an hour of a million events, and about thirty days of hours; see README.md.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Investigation,
  type Thing,
} from "../../packages/ritma/src/flow/investigate/investigation.ts";
import { ancestorsOf, livesOf } from "../../packages/ritma/src/flow/investigate/lives.ts";
import { who } from "../../packages/ritma/src/flow/investigate/who.ts";
import { repeated } from "../ingest/repeat.ts";
import { captureLog, eventsOf, ingestInto, ritma, run, say, unpack } from "../shared/measure.ts";
import { ask, EVERYTHING, openStore } from "./ask.ts";
import { measureMonth } from "./month.ts";
import { measurePages } from "./page.ts";

const COPIES = 4;

const work = await mkdtemp(join(tmpdir(), "ritma-bench-"));
try {
  await measure();
} finally {
  await rm(work, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const [one, log, data] = ["one.log", "audit.log", "data"].map((name) => join(work, name));
  if (one === undefined || log === undefined || data === undefined) return;
  await unpack(captureLog("web-steady"), one);
  await repeated(one, log, COPIES);
  const ingested = await ingestInto(data, log);
  say(`store          ${eventsOf(ingested)} events`);
  say("");
  say("read from blocks");
  const others = await questions(data);
  await ritma("reindex", "--data", data);
  say("");
  say("with the indexes that reindex makes");
  await questions(data);
  say("");
  await besides(others, log);
  say("");
  await rm(log);
  await measureMonth(one, join(work, "month"));
}

/** @returns the files and flows. */
async function questions(data: string): Promise<readonly Thing[]> {
  const reader = await openStore(data);
  await using investigation = new Investigation(reader, Number.POSITIVE_INFINITY);
  const begun = performance.now();
  const things = await investigation.find(EVERYTHING, () => true);
  const known = performance.now();
  const processes = things.filter(({ entity }) => entity.kind === "process");
  const others = things.filter(({ entity }) => entity.kind !== "process");
  const [first] = others;
  if (first === undefined) return others;
  await who(investigation, [first], EVERYTHING);
  const answered = performance.now();
  say(
    `cold           ${seconds(begun, known)} s for the dictionary, ` +
      `${seconds(known, answered)} s until the first answer`,
  );
  for (const what of ["who, at first", "who, warm"]) {
    await ask(what, others, async (each) => {
      await who(investigation, [each], EVERYTHING);
    });
  }
  await ask("ancestors", processes, async (each) => {
    await ancestorsOf(investigation, each, EVERYTHING);
  });
  await ask("children", processes, async (each) => {
    await livesOf(investigation, [each], EVERYTHING, { depth: 1, max: 10_000 });
  });
  await measurePages(reader);
  return others;
}

function seconds(from: number, to: number): string {
  return ((to - from) / 1_000).toFixed(2);
}

/** What reads the log for each question. */
async function besides(things: readonly Thing[], log: string): Promise<void> {
  const path = things
    .map(({ entity }) => (entity.kind === "file" ? entity.path : null))
    .find((each) => each !== null && each.base === 0);
  if (path === null || path === undefined) return;
  const name = `/${path.components.map(({ bytes }) => Buffer.from(bytes).toString()).join("/")}`;
  const grep = await run("sh", ["-c", `grep -c -F -- "$0" "$1" || true`, name, log]);
  say(`grep           ${grep.seconds.toFixed(2)} s for ${name}`);
  if (!existsSync("/usr/sbin/ausearch")) return;
  const peer = [
    "-c",
    `ausearch --input "$1" -f "$0" > "$2" || true`,
    name,
    log,
    join(work, "peer"),
  ];
  say(`ausearch -f    ${(await run("sh", peer)).seconds.toFixed(2)} s for the same`);
}
