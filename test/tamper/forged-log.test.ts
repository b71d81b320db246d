/**
 * Goal: a node log that is properly signed and tells what no recorder tells is not VALID; nor is a
 * cut one, unless it was cut where a session had closed.
 *
 * Method: rows of changed stories, signed with the genuine log key; every cut of the log, with the
 * files as they were then; intents that a crash would leave and ones that it would not.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeHourHeader,
  decodeLogEntry,
  encodeIntent,
  encodeLogEntry,
  encodeStoreFile,
  conesPath,
  entitiesPath,
  type FindingCode,
  HOUR_HEADER,
  INTENT_PATH,
  type Intent,
  type LogEntry,
  PERIODS_FOLDER,
  STORE_PATH,
} from "@ritma/evidence";
import { bytesAt, logEntries, withLog } from "./forge.ts";
import { check, hour, store, verify } from "./forging.ts";
import type { Files } from "./memory-tree.ts";
import { primitives } from "./reference-store.ts";
import { hourFolders } from "./splices.ts";

const { sha256 } = primitives;
const { files, storeFile, keystore } = store;
const id = storeFile.store;

type Tell = (entries: LogEntry[]) => readonly LogEntry[];
const at = (entries: readonly LogEntry[], type: LogEntry["type"]): number =>
  entries.findIndex((entry) => entry.type === type);

const LIES: readonly (readonly [string, FindingCode, Tell])[] = [
  ["no genesis", "log/order", (log) => log.slice(1)],
  ["two", "log/order", (log) => [...log.slice(0, 1), ...log]],
  [
    "a key record not in the file",
    "log/order",
    (log) => log.with(1, log[2] ?? { type: "gap", t1: 0, t2: 1 }),
  ],
  ["no open", "log/order", (log) => log.toSpliced(at(log, "open"), 1)],
  ["a session twice", "log/order", (log) => [...log, { type: "open", session: 1, t: 0 }]],
  ["a close of another session", "log/order", (log) => editLast(log, { session: 0 })],
  ["a close of another hour", "log/order", (log) => editLast(log, { sequence: 3 })],
  ["a close without an hour", "log/order", (log) => editLast(log, { sequence: null })],
  ["a close at another time", "log/order", (log) => editLast(log, { t: 5 })],
  ["two closes", "log/order", (log) => [...log, ...log.slice(-1)]],
  ["no gap", "log/time", (log) => log.toSpliced(at(log, "gap"), 1)],
  [
    "a gap of another length",
    "log/time",
    (log) => log.map((entry) => (entry.type === "gap" ? { ...entry, t2: entry.t2 - 1 } : entry)),
  ],
  [
    "a gap backwards",
    "log/time",
    (log) => log.map((entry) => (entry.type === "gap" ? { ...entry, t2: entry.t1 } : entry)),
  ],
  ["a gap that no hour follows", "log/order", (log) => endWithGap(log)],
  [
    "a gap at the end",
    "log/order",
    (log) => [...log.slice(0, -1), { type: "gap", t1: 1, t2: 2 }, ...log.slice(-1)],
  ],
  ["an hour dropped", "log/order", (log) => log.toSpliced(at(log, "hour"), 1)],
  ["a window dropped", "micro/seal", (log) => log.toSpliced(at(log, "micro"), 1)],
  ["windows exchanged", "micro/seal", (log) => exchange(log, at(log, "micro"))],
  [
    "a window of another hour",
    "log/order",
    (log) =>
      log.map((entry, n) =>
        n === at(log, "micro") && entry.type === "micro" ? { ...entry, sequence: 1 } : entry,
      ),
  ],
  ["no close", "log/open", (log) => log.slice(0, -1)],
  ["a third session", "log/open", (log) => [...log, { type: "open", session: 2, t: 0 }]],
];

/** The gap and the close fit in every other way. */
function endWithGap(log: readonly LogEntry[]): LogEntry[] {
  const t1 = log.findLast((entry) => entry.type === "hour")?.t2 ?? 0;
  return [
    ...log.slice(0, -1),
    { type: "gap", t1, t2: t1 + 1 },
    ...editLast(log, { t: t1 + 1 }).slice(-1),
  ];
}

function editLast(log: readonly LogEntry[], edit: object): LogEntry[] {
  return log.map((entry, n) => (n === log.length - 1 ? { ...entry, ...edit } : entry));
}

function exchange(log: readonly LogEntry[], n: number): LogEntry[] {
  const [a, b] = [log[n], log[n + 1]];
  return a === undefined || b === undefined ? [...log] : log.toSpliced(n, 2, b, a);
}

for (const [name, code, tell] of LIES) {
  test(`a log with ${name}`, async () => {
    const told = tell(logEntries(files).map(decodeLogEntry));
    const forged = withLog(files, storeFile, keystore.log, told.map(encodeLogEntry));
    const result = code === "log/open" ? "INCOMPLETE" : "TAMPERED";
    await check(forged, result, code);
  });
}

test("entries that no recorder writes", async () => {
  const entries = logEntries(files);
  const long = new Uint8Array(250).fill(0x41);
  for (const entry of [Uint8Array.of(0x82, 0x18, 0x63, 0x80), new Uint8Array(0), long]) {
    const forged = withLog(files, storeFile, keystore.log, [...entries, entry]);
    await check(forged, "TAMPERED", "log/entry", "_tlog/tile/entries/");
  }
});

test("a format that this build does not know is INCOMPLETE, if the genesis names it", async () => {
  const other = encodeStoreFile({ ...storeFile, format: 7 });
  const entries = logEntries(files);
  entries[0] = encodeLogEntry({ type: "genesis", store: id, storeFile: sha256(other) });
  const forged = withLog(files, storeFile, keystore.log, entries).set(STORE_PATH, other);
  await check(forged, "INCOMPLETE", "store/version", STORE_PATH);
  const changed = new Map(files).set(STORE_PATH, other);
  await check(changed, "TAMPERED", "store/file", STORE_PATH);
});

// ---- the tail

/** The store as it was when its log had `size` entries: nothing of later hours is left. */
function cutTo(size: number): Files {
  const entries = logEntries(files).slice(0, size);
  const hours = entries.filter((entry) => decodeLogEntry(entry).type === "hour").length;
  const kept = hourFolders(files).toSorted().slice(0, hours);
  const keys = entries.filter((entry) => decodeLogEntry(entry).type === "key").length;
  const periods = [...files.keys()].filter((path) => path.startsWith(PERIODS_FOLDER));
  const later = new Set(periods.slice(keys - 2));
  const made = new Map<string, Uint8Array | null>();
  for (const [path, bytes] of withLog(files, storeFile, keystore.log, entries)) {
    const isKept = kept.some((folder) => path.startsWith(`${folder}/`));
    if ((path.startsWith("_") && !later.has(path)) || isKept) made.set(path, bytes);
  }
  const last = kept.at(-1);
  if (last === undefined) return made;
  const { generation, cones } = decodeHourHeader(bytesAt(files, `${last}/${HOUR_HEADER}`));
  for (const [log, piece] of [
    [entitiesPath(generation.number), generation],
    [conesPath(generation.number), cones],
  ] as const) {
    const end = (piece?.offset ?? 0) + (piece?.length ?? 0);
    if (end > 0) made.set(log, bytesAt(files, log).subarray(0, end));
  }
  return made;
}

/** The genesis, two keys and a period. */
const NEW_ENTRIES = 4;

test("a tail cut anywhere but at a close is INCOMPLETE", async () => {
  const entries = logEntries(files).map(decodeLogEntry);
  const results = new Map<string, number>();
  for (let size = 3; size <= entries.length; size += 1) {
    const type = entries[size - 1]?.type ?? "none";
    const { result } = await verify(cutTo(size));
    // The keys of a new store; those of a new period come inside a session.
    const isEnd = size <= NEW_ENTRIES || type === "close";
    assert.equal(result, isEnd ? "VALID" : "INCOMPLETE", `cut to ${size} entries, after ${type}`);
    results.set(result, (results.get(result) ?? 0) + 1);
  }
  assert.deepEqual([...results.keys()].toSorted(), ["INCOMPLETE", "VALID"]);
  assert.equal(results.get("VALID"), 4, "the empty store, twice, and one for each close");
});

test("a cut log beside files of later hours is TAMPERED", async () => {
  const entries = logEntries(files);
  for (let size = 3; size < entries.length - 1; size += 1) {
    const forged = withLog(files, storeFile, keystore.log, entries.slice(0, size));
    await check(forged, "TAMPERED", "file/unknown", hour);
  }
});

test("a rollback to an earlier close looks whole, and the report says that it could", async () => {
  const [earlier] = store.earlier;
  assert.ok(earlier !== undefined);
  const report = await verify(earlier);
  assert.equal(report.result, "VALID");
  assert.match(report.notProvable.join(), /rollback/u);
});

// ---- intents and drafts

const emptyIntent: Intent = {
  store: id,
  phase: 1,
  files: [],
  growing: [],
  sign: [],
  plain: [],
  logSize: logEntries(files).length,
  entries: [],
};

test("an intent makes a store INCOMPLETE, a foreign one TAMPERED", async () => {
  const planted = (intent: Intent): Files => new Map(files).set(INTENT_PATH, encodeIntent(intent));
  await check(planted(emptyIntent), "INCOMPLETE", "store/intent", INTENT_PATH);
  const { store: foreign } = { store: id.with(0, (id[0] ?? 0) ^ 1) };
  for (const intent of [
    { ...emptyIntent, store: foreign },
    { ...emptyIntent, logSize: emptyIntent.logSize - 1 },
    { ...emptyIntent, logSize: emptyIntent.logSize + 1 },
  ]) {
    await check(planted(intent), "TAMPERED", "file/unknown", INTENT_PATH);
  }
  const garbage = new Map(files).set(INTENT_PATH, Uint8Array.of(1, 2, 3));
  await check(garbage, "TAMPERED", "file/unknown", INTENT_PATH);
});

test("an intent excuses what it names, and nothing else", async () => {
  const named = "windows/2026/03/01/16/hour_header.cbor";
  const digest = sha256(new Uint8Array(1));
  const intent = { ...emptyIntent, files: [{ path: named, length: 1, sha256: digest }] };
  const planted = new Map(files).set(INTENT_PATH, encodeIntent(intent));
  planted.set(named, new Uint8Array(1));
  await check(planted, "INCOMPLETE", "store/intent");
  planted.set("windows/2026/03/01/16/other", new Uint8Array(1));
  await check(planted, "TAMPERED", "file/unknown", "windows/2026/03/01/16/other");
});

test("a leftover draft is a note", async () => {
  const report = await verify(new Map(files).set(`${hour}/x.cbor.draft`, Uint8Array.of(1)));
  assert.equal(report.result, "VALID");
  assert.deepEqual(report.notes, [`${hour}/x.cbor.draft: leftover draft, not read`]);
});
