/**
 * `ritma beat log` and `stats`.
 *
 * @module
 */
import { escapeText } from "../../base/text.ts";
import {
  OPERATION_VERBS,
  type Operation,
  readOperations,
} from "../../stores/beat/operations/operation-log.ts";
import { type BranchMetrics, METRIC_NAMES } from "../../stores/beat/metrics.ts";
import { counted, formatBytes, formatCount, labelled } from "../format.ts";
import { branchOf, limitOf, next, type Session, show } from "./beat-session.ts";

interface LoggedBeat {
  readonly branch: string;
  readonly beat: number;
  records: number;
  bytes: number;
}

/** What a beat put and a later one replaced is not live, and not in the log. */
export async function log(session: Session): Promise<number> {
  const { context, store } = session;
  const only = branchOf(context);
  const limit = limitOf(context);
  const beats: LoggedBeat[] = [];
  for (const branch of store.engine.branches()) {
    if (only !== null && branch !== only) continue;
    const byBeat = new Map<number, LoggedBeat>();
    for await (const { key, body, beat } of store.scan(branch, new Uint8Array(0))) {
      const logged = byBeat.get(beat) ?? { branch, beat, records: 0, bytes: 0 };
      logged.records += 1;
      logged.bytes += key.length + body.length;
      byBeat.set(beat, logged);
    }
    beats.push(...byBeat.values());
  }
  const newest = beats.toSorted((a, b) => b.beat - a.beat || (a.branch < b.branch ? -1 : 1));
  const operations: Operation[] = [];
  for (const verb of OPERATION_VERBS) operations.push(...(await readOperations(store, verb)));
  const rows = newest.slice(0, limit);
  show(session, { beats: rows, operations }, () => [
    `${counted(newest.length, "part")} of beats with live records`,
    "",
    ...labelled(
      rows.map(({ branch, beat, records, bytes }) => [
        formatCount(beat),
        `${branch}   ${counted(records, "record")}, ${formatBytes(bytes)}`,
      ]),
    ),
    ...(newest.length > rows.length
      ? [`  … ${formatCount(newest.length - rows.length)} more · --limit 0`]
      : []),
    ...operationLines(operations),
    "",
    `  Counters   ${next(session, "stats")}`,
  ]);
  return 0;
}

export async function stats(session: Session): Promise<number> {
  const { store, engine } = session;
  const found = store.engine.stats();
  const branches = store.engine.branches().map((name) => {
    const { beat = 0, frames = 0 } = store.engine.head(name) ?? {};
    return { name, beat, frames, metrics: store.metrics.of(name) };
  });
  show(session, { branches, stats: found }, () => [
    `${engine} · newest beat ${formatCount(store.lastBeat)} · ${counted(found.records, "record")}`,
    "",
    ...labelled([
      ["tables", formatBytes(found.indexBytes)],
      ["bodies", formatBytes(found.dataBytes)],
      ["commit log", formatBytes(found.logBytes)],
    ]),
    ...branches.flatMap(({ name, metrics }) => metricLines(name, metrics)),
    "",
    `  Give back what nothing needs   ${next(session, "compact")}`,
  ]);
  return 0;
}

function metricLines(branch: string, metrics: BranchMetrics): string[] {
  const rows = METRIC_NAMES.map((name) => [name, formatCount(metrics[name])] as const);
  return ["", `  /data/persist/${branch}`, ...labelled(rows)];
}

function operationLines(operations: readonly Operation[]): string[] {
  if (operations.length === 0) return [];
  return [
    "",
    "  Operations",
    ...labelled(
      operations.map(({ verb, number, state, detail }) => [
        `${verb} ${number}`,
        `${state}   ${escapeText(detail)}`,
      ]),
    ),
  ];
}
