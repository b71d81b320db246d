/**
 * The live recorder, and how long each line waited until it was durable.
 *
 *     node recorder.ts <data root> <log>      SIGTERM ends it; a line of JSON a minute, and last
 *
 * All of `ritma record` but what it asks of the kernel's audit, with a watch around the journal's
 * `append`.
 *
 * @module
 */
import { boundGarbage } from "../../packages/ritma/src/base/heap.ts";
import { resolveConfig } from "../../packages/ritma/src/base/config.ts";
import { openProcessTable } from "../../packages/ritma/src/base/disk/process-table.ts";
import { readCgroup } from "../../packages/ritma/src/base/disk/proc-files.ts";
import { realLogFiles } from "../../packages/ritma/src/base/disk/log-files.ts";
import { loadWorld } from "../../packages/ritma/src/cli/world.ts";
import type { JournalEntry } from "../../packages/ritma/src/flow/journal/entry.ts";
import type { Journal } from "../../packages/ritma/src/flow/journal/journal.ts";
import { Keeper } from "../../packages/ritma/src/services/keeper/keeper.ts";
import { openDataRoot, placeOf } from "../../packages/ritma/src/services/recorder/data-root.ts";
import { openJournal } from "../../packages/ritma/src/services/recorder/open-journal.ts";
import { recordLive } from "../../packages/ritma/src/services/recorder/record.ts";
import { followLog } from "../../packages/ritma/src/services/recorder/source.ts";
import { median, say } from "../shared/measure.ts";

const MINUTE_MS = 60_000;
const STAMP = "audit(";
const STAMP_LENGTH = "1700000000.000".length;

/** Of the first line: the one that has waited for longest. Milliseconds since the Unix epoch. */
function oldestIn(entries: readonly JournalEntry[]): number | null {
  for (const entry of entries) {
    if (entry.kind !== "bytes") continue;
    const { buffer, byteOffset, length } = entry.bytes;
    const bytes = Buffer.from(buffer, byteOffset, length);
    const at = bytes.indexOf(STAMP);
    if (at === -1) continue;
    const from = at + STAMP.length;
    return Number(bytes.toString("latin1", from, from + STAMP_LENGTH)) * 1000;
  }
  return null;
}

/** Each wait is that of a beat's oldest line: no other line of it waited for longer. */
function watched(inner: Journal, waits: number[]): Journal {
  return {
    get bytes() {
      return inner.bytes;
    },
    get left() {
      return inner.left;
    },
    append: async (entries) => {
      await inner.append(entries);
      const oldest = oldestIn(entries);
      if (oldest !== null) waits.push(Date.now() - oldest);
    },
    entries: () => inner.entries(),
    clear: async (left) => await inner.clear(left),
  };
}

boundGarbage();
const [dataRoot = "", log = ""] = process.argv.slice(2);
const world = await loadWorld();
const around = {
  environment: {},
  home: "/",
  isRoot: false,
  hostname: "bench",
  workingDir: process.cwd(),
};
const config = await resolveConfig(world.disk, { ...around, flags: { dataRoot } });
using root = await openDataRoot(world, config);
await using opened = await openJournal(world, root, dataRoot, () => {});
const waits: number[] = [];
const stop = new AbortController();
process.once("SIGTERM", () => {
  stop.abort();
});
let toldMs = performance.now();
let toldAt = 0;
const keeper = new Keeper(
  placeOf(config, world.disk).keys,
  { dataRoot: config.dataRoot.value, out: root.out },
  (why) => say(why),
);
const report = await recordLive({
  world,
  config,
  root,
  journal: watched(opened.journal, waits),
  path: log,
  turns: true,
  openSource: async (place) => await followLog(realLogFiles, log, place),
  firstPlace: async () => null,
  follows: true,
  ticks: true,
  options: { node: "bench", threads: 1 },
  readCgroup,
  processTable: await openProcessTable(),
  auditStatus: async () => null,
  lostBefore: null,
  stop: stop.signal,
  tell: async ({ events, journalBytes }) => {
    if (performance.now() - toldMs < MINUTE_MS) return;
    toldMs += MINUTE_MS;
    const memory = Math.round(process.memoryUsage.rss() / 2 ** 20);
    say(JSON.stringify({ events, waitMs: median(waits.slice(toldAt)), memory, journalBytes }));
    toldAt = waits.length;
  },
  sealed: () => keeper.begin(),
});
await keeper.done();
const sorted = waits.toSorted((a, b) => a - b);
const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
say(
  JSON.stringify({
    events: report.facts.events,
    beats: waits.length,
    p50: at(0.5),
    p99: at(0.99),
    worst: sorted.at(-1) ?? 0,
    peak: Math.round(process.resourceUsage().maxRSS / 2 ** 10),
  }),
);
