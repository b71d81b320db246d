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
  encodeMicroHeader,
  encodeMicroSeal,
  conesPath,
  type ConesPiece,
  entitiesPath,
  type FileEntry,
  type GenerationPiece,
  HOUR_CHAIN,
  HOUR_HEADER,
  HOUR_SEAL,
  HOUR_TREE,
  type HourEntry,
  hourFolder,
  type HourHeader,
  type LogEntry,
  microPath,
  type StoreFile,
} from "@ritma/evidence";
import type { FileToWrite } from "../../base/disk/disk.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import type { Batch } from "./batch.ts";
import type { ChainLink } from "./chain-state.ts";
import type { HourOrder, WindowOrder, WindowSealOrder } from "./order.ts";
import type { PressedHour, PressedRoot } from "./press.ts";

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

/** What the binder knows of its store. */
export interface HourContext {
  readonly primitives: NodePrimitives;
  readonly storeFile: StoreFile;
  readonly sensor: Sensor;
}

interface FinishedHour extends HourContext {
  readonly order: HourOrder;
  readonly pressed: PressedHour;
  /** Where the chain stands before this hour. */
  readonly link: ChainLink;
  /** So many of its windows stand in the node log already. */
  readonly early: number;
}

/** @returns the batch, and where the chain stands behind it. */
export function hourBatch(finished: FinishedHour): { batch: Batch; link: ChainLink } {
  const { primitives, storeFile, order, pressed, link } = finished;
  const { store } = storeFile;
  const { sequence, t1, t2, before } = order;
  const folder = hourFolder(t1, sequence, order.previousT1);
  const windows = order.windows.map((window, at) => sealWindow(finished, window, at));
  const files = [...pressed.blocks, ...windows.map(({ file }) => file)];
  const piece = pieceOf(finished);
  const cones = conesOf(finished);
  const header = encodeHourHeader(headerOf(finished, piece, cones, files));
  const tree = buildHourTree(primitives.sha256, store, sequence, tiled(windows, t1, t2));
  const { hourRoot } = tree;
  const micros = windows.slice(finished.early).map(({ logEntry }) => logEntry);
  const logSize = link.logSize + before.length + micros.length;
  const chain = { store, sequence, previous: link.previousSeal, logSize };
  const seal = encodeHourSeal({ ...chain, t1, t2, hourRoot, header: primitives.sha256(header) });
  const sealDigest = primitives.sha256(seal);
  const entries: LogEntry[] = [
    ...before,
    ...micros,
    { type: "hour", sequence, t1, t2, hourRoot, seal: sealDigest },
  ];
  const growing = [
    { path: entitiesPath(piece.number), before: piece.offset, bytes: pressed.frames },
    { path: conesPath(piece.number), before: cones.offset, bytes: pressed.cones.frames },
  ].filter(({ bytes }) => bytes.length > 0);
  const batch: Batch = {
    files: [...files, { path: HOUR_HEADER, bytes: header }].map((file) => within(folder, file)),
    growing,
    sign: [...windows.map(({ sign }) => sign), { path: HOUR_SEAL, payload: seal }].map(
      ({ path, payload }) => ({ path: `${folder}/${path}`, payload }),
    ),
    plain: [
      { path: `${folder}/${HOUR_TREE}`, bytes: encodeHourTree(tree) },
      { path: `${folder}/${HOUR_CHAIN}`, bytes: encodeChain(chain) },
    ],
    logSize: link.logSize,
    entries: entries.map(encodeLogEntry),
  };
  const generation = {
    number: piece.number,
    bytes: piece.offset + piece.length,
    coneBytes: cones.offset + cones.length,
  };
  const next = { previousSeal: sealDigest, logSize: link.logSize + entries.length, generation };
  return { batch, link: next };
}

interface SealedWindow {
  readonly entry: HourEntry;
  readonly file: FileToWrite;
  readonly sign: Batch["sign"][number];
  readonly logEntry: LogEntry;
}

/** @returns the entry of the node log for a window whose hour goes on. */
export function earlyEntry(
  context: HourContext,
  { sequence, closed }: Pick<WindowSealOrder, "sequence" | "closed">,
  root: PressedRoot,
): LogEntry {
  return windowFiles(context, sequence, closed, root).logEntry;
}

function sealWindow(finished: FinishedHour, ordered: WindowOrder, at: number): SealedWindow {
  const { order, pressed } = finished;
  const root = pressed.roots[at];
  if (root === undefined) throw new TypeError(`window ${at} of hour ${order.sequence} has no root`);
  return windowFiles(finished, order.sequence, ordered, root);
}

function windowFiles(
  { primitives, storeFile }: HourContext,
  sequence: number,
  { kind, window, t1, t2, events, atoms }: WindowOrder,
  { microRoot, instantiations }: PressedRoot,
): SealedWindow {
  const { store, namespace, node, privacy } = storeFile;
  const place = { store, sequence, window };
  const counts = { events, atoms, instantiations };
  const bytes = encodeMicroHeader({
    ...place,
    namespace,
    node,
    t1,
    t2,
    ...counts,
    privacy,
    microRoot,
  });
  const header = primitives.sha256(bytes);
  return {
    entry: { kind, window, t1, t2, microRoot },
    file: { path: microPath(window, "cbor"), bytes },
    sign: {
      path: microPath(window, "sig"),
      payload: encodeMicroSeal({ ...place, header, microRoot }),
    },
    logEntry: { type: "micro", sequence, window, header, microRoot },
  };
}

function pieceOf({ primitives, order, pressed, link }: FinishedHour): GenerationPiece {
  const { number, firstId, entities, begun } = order.generation;
  return {
    number,
    offset: link.generation.number === number ? link.generation.bytes : 0,
    length: pressed.frames.length,
    sha256: primitives.sha256(pressed.frames),
    firstId,
    entities,
    root: pressed.entitiesRoot,
    begun,
  };
}

function within(folder: string, { path, bytes }: FileToWrite): FileToWrite {
  return { path: `${folder}/${path}`, bytes };
}

function conesOf({ primitives, order, pressed, link }: FinishedHour): ConesPiece {
  const { frames, firstId, count } = pressed.cones;
  return {
    offset: link.generation.number === order.generation.number ? link.generation.coneBytes : 0,
    length: frames.length,
    sha256: primitives.sha256(frames),
    firstId,
    cones: count,
  };
}

function headerOf(
  { primitives, storeFile, sensor, order, pressed }: FinishedHour,
  generation: GenerationPiece,
  cones: ConesPiece,
  files: readonly FileToWrite[],
): HourHeader {
  const { store, namespace, node, privacy } = storeFile;
  const { sequence, session, t1, t2, counts, inputs, windows } = order;
  return {
    store,
    namespace,
    node,
    sequence,
    session,
    t1,
    t2,
    generation,
    cones,
    counts: {
      ...counts,
      events: sum(windows.map(({ events }) => events)),
      atoms: sum(windows.map(({ atoms }) => atoms)),
      instantiations: sum(pressed.roots.map(({ instantiations }) => instantiations)),
    },
    sensor,
    rules: null,
    privacy,
    inputs,
    files: files
      .map(({ path, bytes }) => entryOf(primitives, path, bytes))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function entryOf(primitives: NodePrimitives, path: string, bytes: Uint8Array): FileEntry {
  return { path, length: bytes.length, sha256: primitives.sha256(bytes) };
}

/** The entries of the hour's tree: windows, the empty runs between them, and the late atoms. */
function tiled(windows: readonly SealedWindow[], t1: number, t2: number): HourEntry[] {
  const entries: HourEntry[] = [];
  let end = t1;
  const emptyUntil = (t: number): void => {
    if (end < t) entries.push({ kind: "empty", window: null, t1: end, t2: t, microRoot: null });
  };
  const late = windows.filter(({ entry }) => entry.kind === "late");
  for (const { entry } of windows) {
    if (entry.kind === "late") continue;
    emptyUntil(entry.t1);
    entries.push(entry);
    end = entry.t2;
  }
  emptyUntil(t2);
  return [...entries, ...late.map(({ entry }) => entry)];
}
