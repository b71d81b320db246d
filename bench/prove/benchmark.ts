/**
 * The proof of one event of an hour of a million: its size, and how long it takes to make and to
 * check; see README.md.
 *
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeEventProof, jointPath, verifyEventProof } from "@ritma/evidence";
import { loadPrimitives } from "../../packages/ritma/src/base/primitives.ts";
import { RealDisk } from "../../packages/ritma/src/base/disk/real-disk.ts";
import { type Window, windowsOf } from "../../packages/ritma/src/flow/investigate/windows.ts";
import { EventProver } from "../../packages/ritma/src/services/prover/event-prover.ts";
import type { ChosenWindow } from "../../packages/ritma/src/services/prover/proved-window.ts";
import { StoreReader } from "../../packages/ritma/src/stores/sealed/store-reader.ts";
import { repeated } from "../ingest/repeat.ts";
import { captureLog, eventsOf, ingestInto, ritma, say, unpack } from "../shared/measure.ts";

const COPIES = 4;
const EVENTS = 300;
/** All blocks of an hour of four million atoms. */
const BLOCKS_KEPT = 40;
const YEAR_ENTRIES = 24 * 365 * 61;

/** Lengths of paths in a log of a year, and the nodes of one. */
const years = new Map<string, number>();
let yearLevels: Uint8Array | null = null;

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
  await rm(log);
  const primitives = await loadPrimitives();
  const begun = performance.now();
  const reader = await StoreReader.open(new RealDisk(), primitives, join(data, "RITMA_OUT"));
  reader.keepBlocks(BLOCKS_KEPT);
  const prover = await EventProver.of(reader);
  const [hour] = reader.hours.toSorted((a, b) => b.logged.length - a.logged.length);
  if (hour === undefined) return;
  const chosen = await randomEvents(reader, await windowsOf(reader, hour));
  const [first] = chosen;
  if (first === undefined) return;
  const { counts } = await reader.header(hour);
  say(`store          ${eventsOf(ingested)} events, ${counts.events} in the hour that is asked`);
  await prover.prove([first.choice], new Set());
  say(`cold           ${((performance.now() - begun) / 1_000).toFixed(2)} s to the first proof`);
  // Every window's tree once.
  for (const { choice } of chosen) await prover.prove([choice], new Set());
  const made: number[] = [];
  const checked: number[] = [];
  const sizes: number[] = [];
  const later: number[] = [];
  for (const { choice } of chosen) {
    const before = performance.now();
    const { bytes } = await prover.prove([choice], new Set());
    const between = performance.now();
    const { result } = verifyEventProof(bytes, primitives, { trust: reader.fingerprint });
    checked.push(performance.now() - between);
    made.push(between - before);
    sizes.push(bytes.length);
    later.push(bytes.length + yearsMore(primitives.sha256, bytes));
    if (result !== "VALID") throw new Error(`a proof is ${result}`);
  }
  say(`make, warm     ${told(made, 2)} ms`);
  say(`check, warm    ${told(checked, 2)} ms`);
  say(`size           ${told(sizes, 0)} bytes`);
  say(`log of a year  ${told(later, 0)} bytes`);
  const path = join(work, "proof.ritma");
  const proving = await ritma("prove", first.name, "--data", data, "--out", path);
  const verifying = await ritma("verify", path, "--trust", reader.fingerprint);
  const [wrote, read] = [proving, verifying].map(({ seconds }) => seconds.toFixed(2));
  say(`command        prove ${wrote} s, verify ${read} s`);
}

interface RandomEvent {
  readonly choice: ChosenWindow;
  /** As `ritma prove` takes it. */
  readonly name: string;
}

/** Spread over the windows; the same at each run. */
async function randomEvents(
  reader: StoreReader,
  windows: readonly Window[],
): Promise<readonly RandomEvent[]> {
  const events: RandomEvent[] = [];
  let seed = 1;
  for (let at = 0; at < EVENTS; at += 1) {
    const window = windows[at % windows.length];
    if (window === undefined || window.number === null) continue;
    seed = (seed * 48_271) % 2_147_483_647;
    const { time, serial } = await stampAt(reader, window, seed / 2_147_483_647);
    const isChosen: ChosenWindow["isChosen"] = (atoms, row) =>
      atoms.time[row] === time && atoms.serial[row] === serial;
    const name = `${(time / 1_000_000).toFixed(3)}:${serial}`;
    events.push({ choice: { window, isChosen }, name });
  }
  return events;
}

async function stampAt(
  reader: StoreReader,
  { hour, number }: Window,
  share: number,
): Promise<{ readonly time: number; readonly serial: number }> {
  for await (const { sections } of reader.blocks(hour, await reader.header(hour), "inst")) {
    const atoms = sections.find(({ window }) => window === number)?.atoms;
    if (atoms === undefined) continue;
    const row = Math.floor(share * atoms.length);
    return { time: atoms.time[row] ?? 0, serial: atoms.serial[row] ?? 0 };
  }
  throw new Error(`no atoms in window ${number}`);
}

/** Bytes that the path to the head has more in a log of a year, for an hour near its middle. */
function yearsMore(sha256: (bytes: Uint8Array) => Uint8Array, bytes: Uint8Array): number {
  const { keys, hours, logPath } = decodeEventProof(bytes);
  const middle = Math.floor(YEAR_ENTRIES / 2);
  const shift = middle - (hours[0]?.index ?? 0);
  const own = hours.flatMap((hour) => hour.windows.map(({ index }) => index).concat(hour.index));
  const indices = [0, ...keys.map(({ index }) => index), ...own.map((index) => index + shift)];
  const length = years.getOrInsertComputed(indices.join(" "), () => {
    yearLevels ??= new Uint8Array(levelBytes(YEAR_ENTRIES));
    return jointPath(yearLevels, YEAR_ENTRIES, indices).length;
  });
  return (length - logPath.length) * (sha256(new Uint8Array(0)).length + 2);
}

/** Of the nodes of a tree in one array. */
function levelBytes(size: number): number {
  let nodes = size;
  for (let width = size; width > 1;) {
    width = Math.ceil(width / 2);
    nodes += width;
  }
  return nodes * 32;
}

function told(values: readonly number[], digits: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(digits);
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, worst ${at(1)}`;
}
