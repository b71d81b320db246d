/**
 * Questions about an hour of a million events; see README.md.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Thing } from "../../packages/ritma/src/flow/investigate/investigation.ts";
import { Investigation } from "../../packages/ritma/src/flow/investigate/investigation.ts";
import { ancestorsOf, livesOf } from "../../packages/ritma/src/flow/investigate/lives.ts";
import { who } from "../../packages/ritma/src/flow/investigate/who.ts";
import { RealDisk } from "../../packages/ritma/src/base/disk/real-disk.ts";
import { loadPrimitives } from "../../packages/ritma/src/base/primitives.ts";
import { StoreReader } from "../../packages/ritma/src/stores/sealed/store-reader.ts";
import { repeated } from "../ingest/repeat.ts";
import { captureLog, eventsOf, ingestInto, run, say, unpack } from "../shared/measure.ts";

const COPIES = 4;
const QUESTIONS = 2_000;
const EVERYTHING = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

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
  const reader = await StoreReader.open(
    new RealDisk(),
    await loadPrimitives(),
    join(data, "RITMA_OUT"),
  );
  say(`store        ${eventsOf(ingested)} events in ${reader.hours.length} hours`);

  const investigation = new Investigation(reader, Number.POSITIVE_INFINITY);
  const begun = performance.now();
  const things = await investigation.find(EVERYTHING, () => true);
  const [first] = things;
  if (first === undefined) return;
  await who(investigation, [first], EVERYTHING);
  say(`cold         ${((performance.now() - begun) / 1_000).toFixed(2)} s until the first answer`);

  const processes = things.filter(({ entity }) => entity.kind === "process");
  const others = things.filter(({ entity }) => entity.kind !== "process");
  await ask("who touched it", others, async (each) => {
    await who(investigation, [each], EVERYTHING);
  });
  await ask("ancestors", processes, async (each) => {
    await ancestorsOf(investigation, each, EVERYTHING);
  });
  await ask("children", processes, async (each) => {
    await livesOf(investigation, [each], EVERYTHING, { depth: 1, max: 10_000 });
  });
  await besides(others, log);
}

async function ask(
  what: string,
  things: readonly Thing[],
  question: (thing: Thing) => Promise<void>,
): Promise<void> {
  const times: number[] = [];
  for (let at = 0; at < QUESTIONS; at += 1) {
    const thing = things[(at * 7_919) % things.length];
    if (thing === undefined) return;
    const begun = performance.now();
    await question(thing);
    times.push(performance.now() - begun);
  }
  times.sort((a, b) => a - b);
  const [p50 = 0, p99 = 0, worst = 0] = [0.5, 0.99, 1].map(
    (part) => times[Math.min(times.length - 1, Math.floor(times.length * part))],
  );
  say(
    `${what.padEnd(15)} p50 ${p50.toFixed(3)} ms   p99 ${p99.toFixed(3)} ms   ` +
      `worst ${worst.toFixed(1)} ms   of ${things.length} things`,
  );
}

/** What reads the log for each question. */
async function besides(things: readonly Thing[], log: string): Promise<void> {
  const path = things
    .map(({ entity }) => (entity.kind === "file" ? entity.path : null))
    .find((each) => each !== null && each.base === 0);
  if (path === null || path === undefined) return;
  const name = `/${path.components.map(({ bytes }) => Buffer.from(bytes).toString()).join("/")}`;
  const grep = await run("sh", ["-c", `grep -c -F -- "$0" "$1" || true`, name, log]);
  say(`grep         ${grep.seconds.toFixed(2)} s for ${name}`);
  if (!existsSync("/usr/sbin/ausearch")) return;
  const peer = [
    "-c",
    `ausearch --input "$1" -f "$0" > "$2" || true`,
    name,
    log,
    join(work, "peer"),
  ];
  say(`ausearch -f  ${(await run("sh", peer)).seconds.toFixed(2)} s for the same`);
}
