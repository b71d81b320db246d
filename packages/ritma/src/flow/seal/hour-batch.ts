/**
 * Turns a finished hour into the batch that makes it durable: header, tree, seal, log entries.
 *
 * Format: spec/06-store.md, "Hour"; spec/07-node-log.md.
 *
 * @module
 */
import {
  buildHourTree,
  encodeChain,
  encodeHourHeader,
  encodeHourSeal,
  encodeHourTree,
  encodeLogEntry,
  type FileEntry,
  type GenerationPiece,
  HOUR_CHAIN,
  HOUR_HEADER,
  HOUR_SEAL,
  HOUR_TREE,
  type HourEntry,
  hourFolder,
  type HourHeader,
  type InputMark,
  type LogEntry,
  microPath,
  type StoreFile,
} from "@ritma/evidence";
import type { FileToWrite } from "../../base/disk/disk.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import type { Batch } from "./batch.ts";
import type { ChainState } from "./chain-state.ts";
import type { HourBuilder } from "./hour-builder.ts";

/** What is counted while an hour is open and not known from its atoms. */
export interface RunningCounts {
  readonly records: number;
  readonly lost: number;
  readonly late: number;
  readonly evicted: number;
  readonly uninterpreted: number;
  readonly refused: number;
  readonly incomplete: number;
}

export const NO_COUNTS: RunningCounts = {
  records: 0,
  lost: 0,
  late: 0,
  evicted: 0,
  uninterpreted: 0,
  refused: 0,
  incomplete: 0,
};

export function isRunning(name: string): name is keyof RunningCounts {
  return name in NO_COUNTS;
}

export type Sensor = HourHeader["sensor"];

export interface FinishedHour {
  readonly primitives: NodePrimitives;
  readonly storeFile: StoreFile;
  readonly sensor: Sensor;
  readonly hour: HourBuilder;
  /** End of the hour's interval, in µs. */
  readonly t2: number;
  /** Where the chain stands before this hour. */
  readonly state: ChainState;
  readonly piece: { readonly piece: GenerationPiece; readonly growing: Batch["growing"] };
  readonly counts: RunningCounts;
  readonly inputs: readonly InputMark[];
  /** Entries of the node log that come before the hour's own: open, gap. */
  readonly before: readonly LogEntry[];
}

export function hourBatch(finished: FinishedHour): { batch: Batch; state: ChainState } {
  const { primitives, storeFile, hour, t2, state, piece, before } = finished;
  const { store } = storeFile;
  const { sequence } = hour;
  const folder = hourFolder(hour.t1, sequence, state.previousT1);
  const files = [...hour.blocks, ...hour.microFiles()];
  const header = encodeHourHeader(headerOf(finished, files));
  const tree = buildHourTree(primitives.sha256, store, sequence, tiled(hour, t2));
  const { hourRoot } = tree;
  const link = {
    store,
    sequence,
    previous: state.previousSeal,
    logSize: state.logSize + before.length + hour.windows.length,
  };
  const headerDigest = primitives.sha256(header);
  const seal = encodeHourSeal({ ...link, t1: hour.t1, t2, hourRoot, header: headerDigest });
  const sealDigest = primitives.sha256(seal);
  const entries: LogEntry[] = [
    ...before,
    ...microEntries(hour),
    { type: "hour", sequence, t1: hour.t1, t2, hourRoot, seal: sealDigest },
  ];
  const batch: Batch = {
    files: [...files, { path: HOUR_HEADER, bytes: header }].map((file) => within(folder, file)),
    growing: piece.growing,
    sign: [...microSigns(hour), { path: HOUR_SEAL, payload: seal }].map(({ path, payload }) => ({
      path: `${folder}/${path}`,
      payload,
    })),
    plain: [
      { path: `${folder}/${HOUR_TREE}`, bytes: encodeHourTree(tree) },
      { path: `${folder}/${HOUR_CHAIN}`, bytes: encodeChain(link) },
    ],
    logSize: state.logSize,
    entries: entries.map(encodeLogEntry),
  };
  return { batch, state: stateAfter(finished, sealDigest, entries.length) };
}

function stateAfter(finished: FinishedHour, sealDigest: Uint8Array, added: number): ChainState {
  const { hour, t2, state, piece } = finished;
  return {
    ...state,
    sequence: hour.sequence + 1,
    previousSeal: sealDigest,
    previousT1: hour.t1,
    frontier: t2,
    logSize: state.logSize + added,
    generationBytes: piece.piece.offset + piece.piece.length,
    generationBegun: piece.piece.begun,
  };
}

function within(folder: string, { path, bytes }: FileToWrite): FileToWrite {
  return { path: `${folder}/${path}`, bytes };
}

function headerOf(finished: FinishedHour, files: readonly FileToWrite[]): HourHeader {
  const { primitives, storeFile, hour, t2, state, piece, counts, inputs, sensor } = finished;
  const { store, namespace, node, privacy } = storeFile;
  const { events, atoms, instantiations } = hour;
  return {
    store,
    namespace,
    node,
    sequence: hour.sequence,
    session: state.session,
    t1: hour.t1,
    t2,
    generation: piece.piece,
    counts: { ...counts, events, atoms, instantiations },
    sensor,
    rules: null,
    privacy,
    inputs,
    files: files
      .map(({ path, bytes }) => entryOf(primitives, path, bytes))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

function entryOf(primitives: NodePrimitives, path: string, bytes: Uint8Array): FileEntry {
  return { path, length: bytes.length, sha256: primitives.sha256(bytes) };
}

/** The entries of the hour's tree: windows, the empty runs between them, and the late atoms. */
function tiled(hour: HourBuilder, t2: number): HourEntry[] {
  const entries: HourEntry[] = [];
  let end = hour.t1;
  const emptyUntil = (t: number): void => {
    if (end < t) entries.push({ kind: "empty", window: null, t1: end, t2: t, microRoot: null });
  };
  const late = hour.windows.filter(({ entry }) => entry.kind === "late");
  for (const { entry } of hour.windows) {
    if (entry.kind === "late") continue;
    emptyUntil(entry.t1);
    entries.push(entry);
    end = entry.t2;
  }
  emptyUntil(t2);
  return [...entries, ...late.map(({ entry }) => entry)];
}

function microEntries(hour: HourBuilder): LogEntry[] {
  return hour.windows.map(({ entry, headerDigest, microRoot }) => ({
    type: "micro",
    sequence: hour.sequence,
    window: entry.window,
    header: headerDigest,
    microRoot,
  }));
}

function microSigns(hour: HourBuilder): { path: string; payload: Uint8Array }[] {
  return hour.windows.map(({ entry, seal }) => ({
    path: microPath(entry.window, "sig"),
    payload: seal,
  }));
}
