/**
 * A data root on a simulated disk, and commands given to it: `init`, `ingest`, `verify`.
 *
 * Everything that is not from a seed is fixed, so that two of them that are given the same commands
 * hold the same bytes.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type FileTree,
  type HourHeader,
  type LogEntry,
  decodeHourHeader,
  decodeLogEntry,
  type Report,
  splitEntryBundle,
  type TreeFile,
  verifyStore,
} from "@ritma/evidence";
import type { Config } from "../../src/base/config.ts";
import type { Disk } from "../../src/base/disk/disk.ts";
import type { InputFile } from "../../src/base/disk/input-file.ts";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { loadPrimitives, type NodePrimitives } from "../../src/base/primitives.ts";
import {
  initDataRoot,
  type OpenedStore,
  openUnlocked,
  type World,
} from "../../src/services/recorder/data-root.ts";
import {
  ingest,
  type IngestOptions,
  type IngestReport,
} from "../../src/services/recorder/ingest.ts";
import { remembering } from "./remembering.ts";

export const DATA = "/data";
export const OUT = `${DATA}/RITMA_OUT`;
/** 2026-11-20T08:00:00Z. */
const CREATED_US = 1_795_161_600_000_000;

/** Computed once for all tests of a process; what it gave before it remembers. */
export const primitives: NodePrimitives = remembering(await loadPrimitives());

/** Few, so that periods follow each other and stores are made quickly. */
const EPOCHS = 24;

export interface Settings {
  readonly privacy?: "raw" | "hash-only";
  readonly windowSecs?: number;
  /** Hours in a period of keys. */
  readonly epochs?: number;
  readonly limits?: IngestOptions["limits"];
  readonly overlap?: boolean;
  readonly threads?: number;
}

export function worldOn(disk: Disk): World {
  let drawn = 0;
  const bytes = (count: number): Uint8Array => {
    drawn += 1;
    return Uint8Array.from({ length: count }, (_, at) => (drawn * 31 + at * 7) & 0xff);
  };
  return { disk, primitives, clock: { nowUs: () => CREATED_US }, rng: { bytes } };
}

export function configOf({ privacy = "raw", windowSecs = 900 }: Settings): Config {
  return {
    dataRoot: from(DATA),
    outDir: from(OUT),
    namespace: from("ns://test/here"),
    nodeId: from("host1"),
    privacy: from(privacy),
    windowSecs: from(windowSecs),
    auditLog: from("/var/log/audit/audit.log"),
    logLevel: from("warn"),
  };
}

function from<Value>(value: Value): { value: Value; where: string } {
  return { value, where: "test" };
}

export async function init(disk: Disk, settings: Settings = {}): Promise<void> {
  await initDataRoot(worldOn(disk), configOf(settings), settings.epochs ?? EPOCHS);
}

export async function open(disk: Disk, settings: Settings = {}): Promise<OpenedStore> {
  return await openUnlocked(worldOn(disk), configOf(settings));
}

/** @param acknowledged called after each batch whose write returned */
export async function record(
  disk: Disk,
  files: readonly InputFile[],
  settings: Settings = {},
  acknowledged: () => Promise<void> = async () => {},
): Promise<IngestReport> {
  const root = await open(disk, settings);
  const { store } = root;
  const write = store.write.bind(store);
  store.write = async (batch) => {
    await write(batch);
    await acknowledged();
  };
  const { limits, overlap = false, threads = 0 } = settings;
  const options = { node: "host1", overlap, threads, ...(limits === undefined ? {} : { limits }) };
  return await ingest(worldOn(disk), root, files, options);
}

/** Every file below `dir`, by path relative to it. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** @param dir absolute */
export function filesBelow(disk: SimDisk, dir: string): Files {
  const prefix = `${dir.slice(1)}/`;
  const files = [...disk.contents()].filter(([path]) => path.startsWith(prefix));
  return new Map(
    files
      .map(([path, bytes]) => [path.slice(prefix.length), bytes] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

export function treeOf(files: Files): FileTree {
  const list = [...files].map(([path, { length }]): TreeFile => ({ path, length, kind: "file" }));
  const read = async (path: string): Promise<Uint8Array> => {
    const bytes = files.get(path);
    if (bytes === undefined) throw new TypeError(`${path} was never listed`);
    return bytes;
  };
  return { list: async () => list.toSorted((a, b) => (a.path < b.path ? -1 : 1)), read };
}

/** Verifies an evidence store. Naming no trusted identity is no finding here. */
export async function verify(files: Files): Promise<Report> {
  const report = await verifyStore(treeOf(files), primitives, { trust: null });
  const findings = report.findings.filter(({ code }) => code !== "trust/unknown");
  const result = findings.length === 0 ? "VALID" : report.result;
  return { ...report, findings, result };
}

export async function assertValid(disk: SimDisk): Promise<Report> {
  const report = await verify(filesBelow(disk, OUT));
  assert.deepEqual(report.findings, []);
  assert.equal(report.result, "VALID");
  return report;
}

/** Entries of the node log, as long as they fit in one bundle. */
export function logOf(files: Files): LogEntry[] {
  const bundles = [...files].filter(([path]) => path.startsWith("_tlog/tile/entries/"));
  assert.equal(bundles.length, 1, "one bundle");
  return splitEntryBundle(bundles[0]?.[1] ?? new Uint8Array(0)).map((entry) =>
    decodeLogEntry(entry),
  );
}

/** Headers of the hours, in order of sequence, and where each lies. */
export function hoursOf(files: Files): { readonly folder: string; readonly header: HourHeader }[] {
  const suffix = "/hour_header.cbor";
  return [...files]
    .filter(([path]) => path.endsWith(suffix))
    .map(([path, bytes]) => ({
      folder: path.slice("windows/".length, -suffix.length),
      header: decodeHourHeader(bytes),
    }))
    .toSorted((a, b) => a.header.sequence - b.header.sequence);
}

/** The data root after `init` and these commands, each a list of inputs. */
export async function recorded(
  commands: readonly (readonly InputFile[])[],
  settings: Settings = {},
): Promise<SimDisk> {
  const disk = new SimDisk();
  await init(disk, settings);
  for (const files of commands) await record(disk, files, settings);
  return disk;
}
