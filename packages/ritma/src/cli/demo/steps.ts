/**
 * The steps of the demo: record, verify, tamper, verify again. Each measures itself.
 *
 * Invariant: what is reported was measured in this run; what is not as promised is a problem, and
 * never a figure that is left out.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { blockPath, fingerprint, type Report } from "@ritma/evidence";
import { type Config, resolveConfig } from "../../base/config.ts";
import type { Disk } from "../../base/disk/disk.ts";
import { openInput } from "../../base/disk/input-file.ts";
import { initDataRoot, openDataRoot, type World } from "../../services/recorder/data-root.ts";
import { ingest, type IngestReport } from "../../services/recorder/ingest.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import { listTree } from "../../services/verifier/disk-tree.ts";
import { verifyOnDisk } from "../../services/verifier/verifier.ts";
import { copyTree } from "./scratch.ts";

/** The recorded attack, packed with `zstd -19 --long=27`; see the README.md beside it. */
export const DEMO_LOG: string = fileURLToPath(
  new URL("../../../demo/web-attack.audit.log.zst", import.meta.url),
);

export interface Recorded {
  readonly config: Config;
  readonly fingerprint: string;
  readonly ingest: IngestReport;
  /** Of the log as it is shipped. */
  readonly zstd19Bytes: number;
  readonly storedBytes: number;
  readonly files: number;
  readonly ms: number;
}

export interface Verified {
  readonly report: Report;
  readonly ms: number;
}

export interface Tampered extends Verified {
  /** Relative to the store. */
  readonly path: string;
  readonly byte: number;
  readonly bit: number;
}

/** @param progress stored bytes so far and in all */
export async function record(
  world: World,
  dataRoot: string,
  progress: (done: number, total: number) => void,
): Promise<Recorded> {
  const { disk } = world;
  const config = await resolveConfig(disk, {
    flags: { dataRoot, privacy: "raw", namespace: "ns://demo/web", nodeId: "web-01" },
    environment: {},
    isRoot: false,
    home: "/",
    hostname: "web-01",
    workingDir: "/",
  });
  const made = await initDataRoot(world, config);
  await using input = await openInput(DEMO_LOG);
  const startedMs = performance.now();
  const report = await recordInput(world, config, [input], progress);
  const ms = performance.now() - startedMs;
  const stored = await listTree(disk, config.outDir.value);
  return {
    config,
    fingerprint: made.fingerprint,
    ingest: report,
    zstd19Bytes: input.storedBytes,
    storedBytes: stored.reduce((sum, { length }) => sum + length, 0),
    files: stored.length,
    ms,
  };
}

async function recordInput(
  world: World,
  config: Config,
  inputs: Parameters<typeof ingest>[2],
  progress: (done: number, total: number) => void,
): Promise<IngestReport> {
  using root = await openDataRoot(world, config);
  return await ingest(world, root, inputs, { node: config.nodeId.value, progress });
}

export async function verify(world: World, out: string, trusted: string): Promise<Verified> {
  const startedMs = performance.now();
  const trust = fingerprint(trusted);
  const report = await verifyOnDisk(world.disk, world.primitives, out, { trust });
  return { report, ms: performance.now() - startedMs };
}

/** Copies the store to `copy`, flips one bit there, and verifies the copy. */
export async function tamper(
  world: World,
  { config, fingerprint: trusted }: Recorded,
  copy: string,
): Promise<Tampered> {
  const { disk, primitives } = world;
  const out = config.outDir.value;
  await copyTree(disk, out, copy);
  const { hours } = await StoreReader.open(disk, primitives, out);
  const path = `${hours[0]?.folder ?? ""}/${blockPath("inst", 0)}`;
  const { byte, bit } = await flipBit(disk, `${copy}/${path}`);
  return { ...(await verify(world, copy, trusted)), path, byte, bit };
}

/** The one in the middle. */
async function flipBit(disk: Disk, path: string): Promise<{ byte: number; bit: number }> {
  const bytes = (await disk.read(path)).slice();
  const byte = bytes.length >> 1;
  const bit = 0;
  bytes[byte] = (bytes[byte] ?? 0) ^ (1 << bit);
  await disk.remove(path);
  await using file = await disk.create(path);
  await file.write(bytes);
  return { byte, bit };
}
