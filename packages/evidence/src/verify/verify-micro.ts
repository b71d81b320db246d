/**
 * Checks the micro-windows of an hour: headers, seals, and their entries in the node log.
 *
 * Format: spec/06-store.md, "Micro-window".
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import { FormatError } from "../error.ts";
import type { HourEntry } from "../record/hour-seal.ts";
import { microPath } from "../record/layout.ts";
import { decodeMicroHeader, encodeMicroSeal, type MicroHeader } from "../record/micro.ts";
import { sameValue } from "../record/value.ts";
import { type HourPlace, readSigned, report } from "./hour-place.ts";

export interface WindowFacts {
  /** Of the header, in the hour's folder. */
  readonly path: string;
  readonly entry: HourEntry;
  /** Null when it could not be read. */
  readonly header: MicroHeader | null;
}

/** @param tree the entries of the hour's tree; null when they are not the sealed ones */
export async function verifyMicro(
  place: HourPlace,
  tree: readonly HourEntry[] | null,
): Promise<WindowFacts[]> {
  const { micros } = place.story;
  const windows = tree?.filter(({ kind }) => kind !== "empty") ?? (await entriesFromLog(place));
  if (micros.length !== windows.length) {
    const message = `${windows.length} windows, and ${micros.length} in the node log`;
    report(place, "micro/seal", "micro", message);
  }
  const facts: WindowFacts[] = [];
  for (const [at, entry] of windows.entries()) facts.push(await verifyWindow(place, entry, at));
  return facts;
}

/** The node log names each header and root; the times are those of the header that it names. */
async function entriesFromLog({ reading, story, folder }: HourPlace): Promise<HourEntry[]> {
  const entries: HourEntry[] = [];
  for (const { window, header, microRoot } of story.micros) {
    const bytes = await reading.peek(`${folder}/${microPath(window, "cbor")}`);
    const isSealed = bytes !== null && equalBytes(reading.primitives.sha256(bytes), header);
    const { t1, t2 } = (isSealed ? decodeOrNull(bytes) : null) ?? story.hour;
    entries.push({ kind: window === null ? "late" : "window", window, t1, t2, microRoot });
  }
  return entries;
}

function decodeOrNull(bytes: Uint8Array): MicroHeader | null {
  try {
    return decodeMicroHeader(bytes);
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

async function verifyWindow(place: HourPlace, entry: HourEntry, at: number): Promise<WindowFacts> {
  const { reading, story } = place;
  const path = microPath(entry.window, "cbor");
  const full = `${place.folder}/${path}`;
  const bytes = await reading.read(full);
  const logged = story.micros[at] ?? null;
  await checkSeal(place, entry.window, logged);
  if (bytes === null) return { path, entry, header: null };
  const inLog =
    logged !== null &&
    logged.window === entry.window &&
    equalBytes(logged.header, reading.primitives.sha256(bytes)) &&
    entry.microRoot !== null &&
    equalBytes(logged.microRoot, entry.microRoot);
  if (!inLog) report(place, "micro/seal", path, "is not what the node log names at its place");
  const header = reading.attempt("micro/header", full, () => decodeMicroHeader(bytes));
  if (header !== null && !fits(place, header, entry)) {
    report(place, "micro/header", path, "contradicts its hour");
  }
  return { path, entry, header };
}

async function checkSeal(
  place: HourPlace,
  window: number | null,
  logged: HourPlace["story"]["micros"][number] | null,
): Promise<void> {
  const path = microPath(window, "sig");
  const payload = await readSigned(place, path, "micro/seal");
  if (payload === null || logged === null) return;
  const { store } = place.facts.file;
  const seal = encodeMicroSeal({ ...logged, store, sequence: place.story.hour.sequence });
  if (equalBytes(payload, seal)) return;
  report(place, "micro/seal", path, "signs another header or root than the node log names");
}

function fits(place: HourPlace, header: MicroHeader, entry: HourEntry): boolean {
  const { store, namespace, node, privacy } = place.facts.file;
  return (
    equalBytes(header.store, store) &&
    header.namespace === namespace &&
    sameValue(header.node, node) &&
    header.privacy === privacy &&
    header.sequence === place.story.hour.sequence &&
    header.window === entry.window &&
    header.t1 === entry.t1 &&
    header.t2 === entry.t2 &&
    entry.microRoot !== null &&
    equalBytes(header.microRoot, entry.microRoot)
  );
}
