/**
 * Checks one hour: seal, link, header, tree, files, windows, blocks.
 *
 * Format: spec/06-store.md.
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import { decodeHourHeader, HOUR_COUNTS, type HourHeader } from "../record/hour.ts";
import { decodeHourSeal, encodeChain, type HourSeal } from "../record/hour-seal.ts";
import { HOUR_CHAIN, HOUR_HEADER, HOUR_SEAL, hourFolder } from "../record/layout.ts";
import { sameValue } from "../record/value.ts";
import { type HourPlace, readSigned, report, type StoryHour } from "./hour-place.ts";
import type { Reading } from "./reading.ts";
import { verifyBlocks } from "./verify-blocks.ts";
import type { GenerationVerifier } from "./verify-generation.ts";
import { verifyMicro, type WindowFacts } from "./verify-micro.ts";
import type { StoreFacts } from "./verify-store-file.ts";
import { verifyTree } from "./verify-tree.ts";

/** @returns true when nothing was found wrong. */
export async function verifyHour(
  reading: Reading,
  facts: StoreFacts,
  story: StoryHour,
  before: StoryHour | null,
  generations: GenerationVerifier,
): Promise<boolean> {
  const { ledger } = reading;
  const found = ledger.total;
  const { hour } = story;
  const folder = hourFolder(hour.t1, hour.sequence, before?.hour.t1 ?? null);
  if (!reading.hasFolder(folder)) {
    ledger.add("file/missing", folder, "the hour was sealed, and none of its files is there");
    generations.skip();
    return false;
  }
  const place: HourPlace = { reading, facts, story, folder };
  const seal = await readSeal(place, before);
  await checkChain(place, before);
  const header = await readHeader(place, seal);
  const windows = await verifyMicro(place, await verifyTree(place));
  if (header === null) {
    generations.skip();
    reading.excuse(`${folder}/blocks`);
    ledger.notChecked.push(`${folder}: files and blocks, for want of a header`);
  } else {
    const generation = await generations.take(header);
    const blocks = await readFiles(place, header, windows);
    await verifyBlocks(place, header, windows, blocks, generation);
    count(place, header, windows);
  }
  return ledger.total === found;
}

async function readSeal(place: HourPlace, before: StoryHour | null): Promise<HourSeal | null> {
  const { reading, facts, story } = place;
  const { hour, index } = story;
  const path = `${place.folder}/${HOUR_SEAL}`;
  const payload = await readSigned(place, HOUR_SEAL, "hour/seal");
  if (payload === null) return null;
  if (!equalBytes(reading.primitives.sha256(payload), hour.seal)) {
    report(place, "hour/seal", HOUR_SEAL, "not the seal that the node log names");
    return null;
  }
  const seal = reading.attempt("hour/seal", path, () => decodeHourSeal(payload));
  if (seal === null) return null;
  const previous = before?.hour.seal ?? null;
  const linked =
    seal.previous === null || previous === null
      ? seal.previous === previous
      : equalBytes(seal.previous, previous);
  if (!linked) report(place, "hour/chain", HOUR_SEAL, "names another hour before it");
  const same =
    equalBytes(seal.store, facts.file.store) &&
    seal.sequence === hour.sequence &&
    seal.t1 === hour.t1 &&
    seal.t2 === hour.t2 &&
    seal.logSize === index &&
    equalBytes(seal.hourRoot, hour.hourRoot);
  if (same) return seal;
  report(place, "hour/seal", HOUR_SEAL, "contradicts its entry in the node log");
  return null;
}

/** What the link must say follows from the node log, so it is checked without the seal. */
async function checkChain(place: HourPlace, before: StoryHour | null): Promise<void> {
  const { reading, facts, story } = place;
  const bytes = await reading.read(`${place.folder}/${HOUR_CHAIN}`);
  if (bytes === null) return;
  const link = {
    store: facts.file.store,
    sequence: story.hour.sequence,
    previous: before?.hour.seal ?? null,
    logSize: story.index,
  };
  if (equalBytes(bytes, encodeChain(link))) return;
  report(place, "hour/chain", HOUR_CHAIN, "does not say what the node log says");
}

async function readHeader(place: HourPlace, seal: HourSeal | null): Promise<HourHeader | null> {
  const { reading, facts, story } = place;
  const path = `${place.folder}/${HOUR_HEADER}`;
  const bytes = await reading.read(path);
  if (bytes === null) return null;
  if (seal !== null && !equalBytes(reading.primitives.sha256(bytes), seal.header)) {
    report(place, "hour/header", HOUR_HEADER, "its digest is not the sealed one");
    return null;
  }
  const header = reading.attempt("hour/header", path, () => decodeHourHeader(bytes));
  if (header === null) return null;
  const { store, namespace, node, privacy } = facts.file;
  const same =
    equalBytes(header.store, store) &&
    header.namespace === namespace &&
    sameValue(header.node, node) &&
    header.privacy === privacy &&
    header.sequence === story.hour.sequence &&
    header.session === story.session &&
    header.t1 === story.hour.t1 &&
    header.t2 === story.hour.t2;
  if (!same) report(place, "hour/header", HOUR_HEADER, "contradicts the store or the node log");
  return header;
}

/** Checks every file that the header lists. @returns the blocks that are what was sealed. */
async function readFiles(
  place: HourPlace,
  header: HourHeader,
  windows: readonly WindowFacts[],
): Promise<Map<string, Uint8Array>> {
  const micro = new Set(windows.map(({ path }) => path));
  const blocks = new Map<string, Uint8Array>();
  for (const { path, length, sha256 } of header.files) {
    const full = `${place.folder}/${path}`;
    const bytes = await place.reading.readSealed(full, length, sha256);
    if (path.startsWith("blocks/")) {
      if (bytes !== null) blocks.set(path, bytes);
    } else if (!micro.delete(path)) {
      report(place, "hour/header", HOUR_HEADER, `lists ${path}, which no entry of the tree names`);
    }
  }
  for (const path of micro) {
    report(place, "hour/header", HOUR_HEADER, `does not list ${path}`);
  }
  return blocks;
}

/** Adds the hour to the counts, and compares what can be counted again. */
function count(place: HourPlace, header: HourHeader, windows: readonly WindowFacts[]): void {
  const { counts } = place.reading.ledger;
  for (const name of HOUR_COUNTS) counts[name] += header.counts[name];
  counts.windows += windows.length;
  for (const name of ["events", "atoms", "instantiations"] as const) {
    let sum = 0;
    for (const window of windows) sum += window.header?.[name] ?? 0;
    if (sum === header.counts[name]) continue;
    if (windows.some((window) => window.header === null)) continue;
    report(place, "hour/counts", HOUR_HEADER, `${header.counts[name]} ${name}, its windows ${sum}`);
  }
}
