/**
 * `ritma record`, run.
 *
 * @module
 */
import { fingerprintOf } from "@ritma/evidence";
import { auditNotes, readAuditRules } from "../../base/audit-notes.ts";
import { readSocket } from "../../base/audit-socket.ts";
import { readAuditStatus } from "../../base/audit-status.ts";
import type { Config } from "../../base/config.ts";
import { bootId } from "../../base/disk/boot-id.ts";
import { readCgroup } from "../../base/disk/proc-files.ts";
import { openProcessTable } from "../../base/disk/process-table.ts";
import { realLogFiles } from "../../base/disk/log-files.ts";
import { boundGarbage } from "../../base/heap.ts";
import { escapeText } from "../../base/text.ts";
import { Keeper } from "../../services/keeper/keeper.ts";
import {
  type DataRoot,
  openDataRoot,
  placeOf,
  requireDataRoot,
  type World,
} from "../../services/recorder/data-root.ts";
import { firstPlace, requireLog } from "../../services/recorder/first-place.ts";
import type { LiveFacts } from "../../services/recorder/live.ts";
import { openJournal } from "../../services/recorder/open-journal.ts";
import { recordLive, type RecordReport } from "../../services/recorder/record.ts";
import { followLog, readStream, type Source } from "../../services/recorder/source.ts";
import {
  readStatus,
  type RecorderStatus,
  writeStatus,
} from "../../services/recorder/status-file.ts";
import type { Context } from "../command.ts";
import { placeFlags } from "../place-flags.ts";
import { sayNotKept } from "./keep-fresh.ts";
import { type RecordFacts, recordLines } from "./record-report.ts";
import { durationOf, threadsOf } from "./values.ts";

const STDIN = "-";
const SOCKET = "unix:";
const SOME = "What was taken stays; the next start goes on from there.";

export async function run(context: Context): Promise<number> {
  const startedMs = performance.now();
  boundGarbage();
  const world = await context.world();
  const config = await context.config();
  const forMs = durationOf(context.text("for"));
  const dataRoot = config.dataRoot.value;
  const source = config.auditLog.value;
  context.remark("Nothing was recorded.");
  await requireDataRoot(world.disk, dataRoot);
  if (isFile(source)) await requireLog(realLogFiles, source);
  using root = await openDataRoot(world, config);
  const [status, rules] = await Promise.all([readAuditStatus(), readAuditRules()]);
  const notes = source === STDIN ? [] : auditNotes(status, rules);
  const stop = stopOf(context, forMs);
  sayBegun(context, config, notes);
  context.remark(SOME);
  const { facts, sessions, recovered } = await record(context, world, config, root, notes, stop);
  const shown: RecordFacts = {
    dataRoot,
    out: config.outDir.value,
    fingerprint: fingerprintOf(world.primitives.sha256, root.keystore.identity.publicKey),
    source,
    sessions,
    recovered,
    facts,
    notes,
    elapsedMs: Math.round(performance.now() - startedMs),
  };
  context.show(shown, () => recordLines(context.io, context.paint, config, shown));
  return 0;
}

async function record(
  context: Context,
  world: World,
  config: Config,
  root: DataRoot,
  notes: readonly string[],
  stop: AbortSignal,
): Promise<RecordReport> {
  const dataRoot = config.dataRoot.value;
  const path = config.auditLog.value;
  const { io } = context;
  const place = { dataRoot, out: root.out };
  await using keeper = new Keeper(placeOf(config, world.disk).keys, place, (why) => {
    sayNotKept((line) => io.err(line), io.program, why);
  });
  const notice = ({
    severity,
    branch,
    detail,
  }: Parameters<Parameters<typeof openJournal>[3]>[0]): void => {
    if (severity !== "info") context.io.err(`ritma record: ${branch}: ${escapeText(detail)}`);
  };
  await using opened = await openJournal(world, root, dataRoot, notice);
  const before = await readStatus(world.disk, dataRoot);
  const shared = streamOf(context, path, stop);
  const boot = await bootId();
  const startedUs = world.clock.nowUs();
  let told: LiveFacts | null = null;
  const write = async (state: RecorderStatus["state"], facts: LiveFacts): Promise<void> => {
    const updatedUs = world.clock.nowUs();
    const about = { state, pid: process.pid, startedUs, updatedUs, source: path, boot, notes };
    await writeStatus(world.disk, dataRoot, { ...facts, ...about });
  };
  const report = await recordLive({
    world,
    config,
    root,
    journal: opened.journal,
    path: isFile(path) ? path : null,
    turns: true,
    openSource: async (place) => shared ?? (await followLog(realLogFiles, path, place)),
    firstPlace: async ({ store }, session, waiting) => {
      if (!isFile(path)) return null;
      const others = store.sessions.filter(({ header }) => header.session !== session);
      return await firstPlace(realLogFiles, path, others, waiting, world.primitives);
    },
    follows: isFile(path),
    ticks: true,
    options: { node: config.nodeId.value, threads: threadsOf(context.text("threads")) },
    readCgroup: path === STDIN ? null : readCgroup,
    processTable: path === STDIN ? null : await openProcessTable(),
    auditStatus: path === STDIN ? async () => null : readAuditStatus,
    lostBefore: before?.boot === boot ? (before.kernel?.lost ?? null) : null,
    stop,
    tell: async (facts) => {
      told = facts;
      await write("recording", facts);
    },
    sealed: () => keeper.begin(),
  });
  await write("stopped", told ?? report.facts);
  await keeper.done();
  return report;
}

/** One for all sessions: what a stream has given cannot be asked for again. */
function streamOf({ io }: Context, path: string, stop: AbortSignal): Source | null {
  if (isFile(path)) return null;
  const bytes = path === STDIN ? io.input(stop) : readSocket(path.slice(SOCKET.length), stop);
  return { ...readStream(bytes), [Symbol.asyncDispose]: async () => {} };
}

function isFile(path: string): boolean {
  return path !== STDIN && !path.startsWith(SOCKET);
}

function stopOf({ io }: Context, forMs: number | null): AbortSignal {
  const stopped = io.untilStopped();
  return forMs === null ? stopped : AbortSignal.any([stopped, AbortSignal.timeout(forMs)]);
}

function sayBegun({ io, json }: Context, config: Config, notes: readonly string[]): void {
  if (json) return;
  const flags = placeFlags(config);
  io.err(`Recording ${escapeText(config.auditLog.value)}. Ctrl-C seals and stops.`);
  for (const note of notes) io.err(`  ! ${note}`);
  io.err(`  In another terminal:  ${io.program} status${flags}`);
}
