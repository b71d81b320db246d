/**
 * The whole offline verification of an evidence store.
 *
 * Needs nothing but the files and, to say who made them, the fingerprint of the identity. Always
 * runs to the end and reports everything; never writes, asks nobody, repairs nothing.
 *
 * Format: spec/09-verification.md. Not here: how a person reads the report (`ritma verify`).
 *
 * @module
 */
import { decodeUtf8 } from "../bytes/utf8.ts";
import { type Fingerprint, fingerprintOf } from "../bytes/id.ts";
import { equalBytes } from "../bytes/compare.ts";
import { toHex } from "../bytes/hex.ts";
import { FormatError } from "../error.ts";
import type { Primitives } from "../primitives.ts";
import { decodeIntent, type Intent } from "../record/intent.ts";
import { INTENT_PATH, LOG_FOLDER } from "../record/layout.ts";
import { PERIODS_FOLDER } from "../record/period.ts";
import type { Value } from "../record/value.ts";
import type { FileTree } from "./file-tree.ts";
import { Reading } from "./reading.ts";
import type { Report, VerifiedStore } from "./report.ts";
import { GenerationVerifier } from "./verify-generation.ts";
import { verifyHour } from "./verify-hour.ts";
import { isWhole, type LogStory, readStory } from "./log-story.ts";
import { verifyDerived } from "./verify-derived.ts";
import { type KeptHead, rollbackText, type VerifiedHead, verifyHeads } from "./verify-heads.ts";
import { verifyLog } from "./verify-log.ts";
import { type StoreFacts, verifyStoreFile } from "./verify-store-file.ts";

export interface VerifyOptions {
  /** The identity that the caller trusts, learnt from somewhere else than the store. */
  readonly trust: Fingerprint | null;
  /** Heads of the store that were kept elsewhere, each a checkpoint (`parseHead`). */
  readonly heads?: readonly KeptHead[];
  /** Called after each hour. */
  readonly progress?: (hoursDone: number, hours: number) => void;
}

const HOUR_FOLDERS = ["windows/", "graph/", "ctgf/", `${PERIODS_FOLDER}/`] as const;

/** @throws FormatError for a head that is no checkpoint */
export async function verifyStore(
  tree: FileTree,
  primitives: Primitives,
  options: VerifyOptions,
): Promise<Report> {
  const reading = await Reading.of(primitives, tree);
  const { ledger } = reading;
  const facts = await verifyStoreFile(reading);
  let story: LogStory = { hours: [], closed: true };
  let hoursGood = 0;
  let heads: readonly VerifiedHead[] = [];
  if (facts === null) ledger.notChecked.push("everything else, for want of a store.cbor");
  else {
    checkTrust(reading, facts, options.trust);
    const log = await verifyLog(reading, facts);
    heads = verifyHeads(reading, facts, log, options.heads ?? []);
    const intent = await readIntent(reading, facts, log.size);
    story = readStory(reading, facts, log);
    hoursGood = await verifyHours(reading, facts, story, intent, options);
    await verifyDerived(reading, facts, log);
    if (intent !== null) nameIntended(reading, intent);
    if (!isWhole(log)) nameHours(reading);
    for (const path of reading.unnamed()) {
      ledger.add("file/unknown", path, "nothing in the store names this file");
    }
  }
  for (const path of reading.drafts()) ledger.notes.push(`${path}: leftover draft, not read`);
  if (ledger.unlisted > 0) ledger.notes.push(`${ledger.unlisted} more findings are not listed`);
  const first = story.hours[0]?.hour.t1;
  const last = story.hours.at(-1)?.hour.t2;
  return {
    result: ledger.result(),
    store: facts === null ? null : describe(primitives, facts),
    findings: ledger.findings,
    interval: first === undefined || last === undefined ? null : [first, last],
    counts: ledger.counts,
    hoursGood,
    notes: ledger.notes,
    heads,
    notProvable: [rollbackText(heads), ...lastingKey(facts, story)],
    notChecked: ledger.notChecked,
  };
}

/** Of hours that are under no key of their own. */
function lastingKey(facts: StoreFacts | null, { hours }: LogStory): string[] {
  if (facts === null) return [];
  const first = facts.periods.find(({ period }) => period !== null)?.period?.first ?? Infinity;
  const { length } = hours.filter(({ hour }) => hour.sequence < first);
  if (length === 0) return [];
  const which = length === hours.length ? "the hours" : `the first ${length} hours`;
  return [`that nobody sealed ${which} again who held the keystore: one key lasts for them`];
}

async function verifyHours(
  reading: Reading,
  facts: StoreFacts,
  { hours }: LogStory,
  intent: Intent | null,
  { progress }: VerifyOptions,
): Promise<number> {
  using generations = new GenerationVerifier(reading, facts.file.store);
  let good = 0;
  for (const [at, hour] of hours.entries()) {
    const before = hours[at - 1] ?? null;
    if (await verifyHour(reading, facts, hour, before, generations)) good += 1;
    progress?.(at + 1, hours.length);
  }
  if (intent === null || intent.growing.length === 0) generations.finish();
  return good;
}

function checkTrust(reading: Reading, { file }: StoreFacts, trust: Fingerprint | null): void {
  const found = fingerprintOf(reading.primitives.sha256, file.identity);
  if (trust === null) {
    reading.ledger.add(
      "trust/unknown",
      "_meta/store.cbor",
      `no identity was named as trusted; this store says ${found}`,
    );
  } else if (trust !== found) {
    reading.ledger.add("trust/other", "_meta/store.cbor", `made by ${found}, trusted is ${trust}`);
  }
}

async function readIntent(
  reading: Reading,
  { file }: StoreFacts,
  logSize: number,
): Promise<Intent | null> {
  if (!reading.has(INTENT_PATH)) return null;
  const bytes = await reading.read(INTENT_PATH);
  if (bytes === null) return null;
  reading.ledger.add(
    "store/intent",
    INTENT_PATH,
    "an hour was being sealed; open the store with `ritma ingest` to finish it",
  );
  const intent = reading.attempt("file/unknown", INTENT_PATH, () => decodeIntent(bytes));
  if (intent === null) return null;
  const after = intent.logSize + intent.entries.length;
  const fits = logSize === intent.logSize || logSize === after;
  if (fits && equalBytes(intent.store, file.store)) return intent;
  reading.ledger.add("file/unknown", INTENT_PATH, "an intent for another store or node log");
  return null;
}

/** Without all entries of the node log nobody can say which files the hours have. */
function nameHours(reading: Reading): void {
  for (const folder of HOUR_FOLDERS) {
    for (const path of reading.under(folder)) reading.name(path);
    reading.ledger.notChecked.push(`${folder}: unknown files, for want of all entries of the log`);
  }
}

/** What an unfinished batch may have left; its bytes are not evidence yet. */
function nameIntended(reading: Reading, intent: Intent): void {
  for (const { path } of [...intent.files, ...intent.sign, ...intent.plain]) reading.name(path);
  for (const { path } of intent.growing) reading.name(path);
  for (const path of reading.under(`${LOG_FOLDER}/tile/`)) reading.name(path);
}

/** Whose store it says to be. */
export function describe(
  primitives: Primitives,
  { file }: Pick<StoreFacts, "file">,
): VerifiedStore {
  return {
    store: toHex(file.store),
    namespace: file.namespace,
    node: textOf(file.node),
    privacy: file.privacy,
    fingerprint: fingerprintOf(primitives.sha256, file.identity),
  };
}

function textOf(value: Value): string | null {
  if (value.hashed) return null;
  try {
    return decodeUtf8(value.bytes);
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}
