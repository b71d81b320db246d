/**
 * Seals a small recording under fixed keys, and says every root of what came out.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeHourTree, HOUR_TREE, type PrivacyMode, toHex } from "@ritma/evidence";
import type { Config } from "../../packages/ritma/src/base/config.ts";
import { openInput } from "../../packages/ritma/src/base/disk/input-file.ts";
import { RealDisk } from "../../packages/ritma/src/base/disk/real-disk.ts";
import { loadPrimitives } from "../../packages/ritma/src/base/primitives.ts";
import {
  initDataRoot,
  openDataRoot,
  type World,
} from "../../packages/ritma/src/services/recorder/data-root.ts";
import { ingest, type IngestReport } from "../../packages/ritma/src/services/recorder/ingest.ts";

export const RECORDINGS = ["pod-pidns", "odd-raw"] as const;
export type Recording = (typeof RECORDINGS)[number];

/** The recording and mode whose store is kept whole. */
export const KEPT = { recording: "pod-pidns", privacy: "raw" } as const;

/**
 * Forms of what is in a store of format 1, oldest first: plain blocks and frames of entities
 * (`ritma/block@1`, `ritma/entities@1`); coded ones, with cones (`ritma/block@2`,
 * `ritma/entities@2`, `ritma/cones@1`).
 */
export const FORMS = [1, 2] as const;
export type Form = (typeof FORMS)[number];
/** What is written today. */
export const FORM_TODAY = 2 satisfies Form;

const HERE = import.meta.dirname;

export function storeOf(form: Form): string {
  return join(HERE, `store-${form}`);
}

export function rootsPathOf(form: Form): string {
  return join(HERE, `roots-${form}.json`);
}

export function recordingPath(recording: Recording): string {
  return join(HERE, `${recording}.audit.log.zst`);
}

const NODE = "golden";
/** 2026-11-21T00:00:00Z. */
const CREATED_US = 1_795_219_200_000_000;

/** What must never move: by hour folder the hour root, then the roots of its windows. */
export interface Roots {
  readonly fingerprint: string;
  readonly hours: Readonly<Record<string, readonly string[]>>;
}

/** Bytes from a counter: the same in every run, and of use to nobody. */
function fixedWorld(primitives: World["primitives"]): World {
  let drawn = 0;
  const bytes = (count: number): Uint8Array => {
    drawn += 1;
    const seed = createHash("sha256").update(`ritma golden ${drawn}`).digest();
    return new Uint8Array(seed.subarray(0, count));
  };
  return { disk: new RealDisk(), clock: { nowUs: () => CREATED_US }, rng: { bytes }, primitives };
}

function set<Value>(value: Value): { value: Value; where: string } {
  return { value, where: "golden" };
}

/** A data root in `data`, the same in every run. */
export interface GoldenRoot {
  readonly data: string;
  readonly out: string;
  readonly fingerprint: string;
  readonly world: World;
  readonly config: Config;
}

/** Makes a data root, its store empty. */
export async function makeRoot(data: string, privacy: PrivacyMode): Promise<GoldenRoot> {
  const out = join(data, "RITMA_OUT");
  const config: Config = {
    dataRoot: set(data),
    outDir: { value: out, where: "default" },
    namespace: set("ns://ritma/golden"),
    nodeId: set(NODE),
    privacy: set(privacy),
    windowSecs: set(60),
    auditLog: set("/var/log/audit/audit.log"),
    logLevel: set("warn"),
  };
  const world = fixedWorld(await loadPrimitives());
  const { fingerprint } = await initDataRoot(world, config);
  return { data, out, fingerprint, world, config };
}

export async function recordInto(
  { world, config }: GoldenRoot,
  recording: Recording,
): Promise<IngestReport> {
  using root = await openDataRoot(world, config);
  await using file = await openInput(recordingPath(recording));
  return await ingest(world, root, [file], { node: NODE });
}

/** Makes a data root in `data` and records into it. */
export async function seal(
  data: string,
  recording: Recording,
  privacy: PrivacyMode,
): Promise<Roots> {
  const root = await makeRoot(data, privacy);
  await recordInto(root, recording);
  return { fingerprint: root.fingerprint, hours: await rootsOf(root.out) };
}

/** Reads the roots of a sealed store. */
export async function rootsOf(out: string): Promise<Roots["hours"]> {
  const hours: Record<string, string[]> = {};
  const windows = join(out, "windows");
  for (const path of (await readdir(windows, { recursive: true })).toSorted()) {
    if (!path.endsWith(HOUR_TREE)) continue;
    const tree = decodeHourTree(new Uint8Array(await readFile(join(windows, path))));
    hours[path.slice(0, -HOUR_TREE.length - 1)] = [
      toHex(tree.hourRoot),
      ...tree.entries.flatMap(({ microRoot }) => (microRoot === null ? [] : [toHex(microRoot)])),
    ];
  }
  return hours;
}
