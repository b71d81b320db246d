/**
 * Reads where the chain stands from the node log and the newest hours.
 *
 * @module
 */
import { hkdfSync } from "node:crypto";
import {
  clockHour,
  conesPath,
  decodeHourHeader,
  decodeHourSeal,
  Dictionary,
  encodeUtf8,
  entitiesPath,
  equalBytes,
  FormatError,
  Generation,
  HOUR_HEADER,
  HOUR_SEAL,
  type HourHeader,
  hourFolder,
  type LogEntry,
  parseCose1,
  type StoreFile,
} from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import type { Keystore } from "../../stores/keys/keystore.ts";
import type { ChainLink, ChainState } from "./chain-state.ts";
import { type GenerationLogs, replayLogs } from "./generation-logs.ts";
import { Interner } from "./interner.ts";
import type { Place } from "./place.ts";

/** What the next batch is chained to. */
export function chainLink(log: readonly LogEntry[], newest: HourHeader | null): ChainLink {
  const generation =
    newest === null
      ? { number: 0, bytes: 0, coneBytes: 0 }
      : {
          number: newest.generation.number,
          bytes: newest.generation.offset + newest.generation.length,
          coneBytes: (newest.cones?.offset ?? 0) + (newest.cones?.length ?? 0),
        };
  const previousSeal = log.findLast((entry) => entry.type === "hour")?.seal ?? null;
  return { previousSeal, logSize: log.length, generation };
}

/** @returns what the open session has signed behind its newest hour: gaps and windows. */
export function signedOfOpenHour(log: readonly LogEntry[]): LogEntry[] {
  const last = log.findLastIndex(({ type }) => type === "hour" || type === "open");
  const behind = log.slice(last + 1);
  return behind.filter(({ type }) => type === "gap" || type === "micro");
}

type HourEntryOfLog = Extract<LogEntry, { type: "hour" }>;

const SALT_BYTES = 32;

/** spec/05-record.md, "Commitments". */
export function generationSalt(
  keystore: Keystore,
  store: Uint8Array,
  generation: number,
): Uint8Array {
  const info = new Uint8Array([...encodeUtf8("ritma/generation@1"), 0, 0, 0, 0]);
  new DataView(info.buffer).setUint32(info.length - 4, generation);
  return new Uint8Array(hkdfSync("sha256", keystore.storeSecret, store, info, SALT_BYTES));
}

/** Where the chain stands. @param newest header of the newest hour, null before the first */
export function chainState(log: readonly LogEntry[], newest: HourHeader | null): ChainState {
  const hours = log.filter((entry) => entry.type === "hour");
  const lastHour = hours.at(-1);
  const opened = log.findLastIndex(({ type }) => type === "open");
  const closed = log.findLastIndex(({ type }) => type === "close");
  const sessions = log.filter(({ type }) => type === "open").length;
  const sessionOpen = opened > closed;
  return {
    sequence: hours.length,
    previousT1: lastHour?.t1 ?? null,
    frontier: lastHour?.t2 ?? null,
    session: sessionOpen ? sessions - 1 : sessions,
    sessionOpen,
    generationBegun: newest?.generation.begun ?? null,
  };
}

type HourPlace = { readonly entry: HourEntryOfLog; readonly previousT1: number | null };

/** How far a session got that sealed an hour. */
export interface SessionEnd {
  /** Of its newest hour. */
  readonly header: HourHeader;
  /** False when the recorder died in it, or is in it. */
  readonly isClosed: boolean;
  readonly hours: readonly HourPlace[];
}

/** Reads the last hour of every session, and the dictionary that goes on. */
export async function readChain(
  place: Place,
  primitives: NodePrimitives,
  keystore: Keystore,
  storeFile: StoreFile,
  log: readonly LogEntry[],
): Promise<{ sessions: SessionEnd[]; interner: Interner; logs: GenerationLogs | null }> {
  const sessions: SessionEnd[] = [];
  for (const { hours, isClosed } of sessionsOf(log)) {
    const last = hours.at(-1);
    if (last === undefined) continue;
    sessions.push({ header: await readHeader(place, primitives, last), isClosed, hours });
  }
  const newest = sessions.at(-1)?.header;
  const number = newest?.generation.number ?? 1;
  const salt = generationSalt(keystore, storeFile.store, number);
  const interner = new Interner(primitives.keyedHash16, number, salt);
  const logs = newest === undefined ? null : await readLogs(place, newest);
  if (newest !== undefined && logs !== null) {
    fill(interner, primitives, storeFile.store, logs, newest);
  }
  return { sessions, interner, logs };
}

function sessionsOf(log: readonly LogEntry[]): { hours: HourPlace[]; isClosed: boolean }[] {
  const sessions: { hours: HourPlace[]; isClosed: boolean }[] = [];
  let previousT1: number | null = null;
  for (const entry of log) {
    const session = sessions.at(-1);
    if (entry.type === "open") sessions.push({ hours: [], isClosed: false });
    else if (entry.type === "close" && session !== undefined) session.isClosed = true;
    else if (entry.type === "hour") {
      session?.hours.push({ entry, previousT1 });
      previousT1 = entry.t1;
    }
  }
  return sessions;
}

async function readHeader(
  place: Place,
  primitives: NodePrimitives,
  { entry, previousT1 }: HourPlace,
): Promise<HourHeader> {
  const folder = `${place.out}/${hourFolder(entry.t1, entry.sequence, previousT1)}`;
  try {
    const { payload } = parseCose1(await place.disk.read(`${folder}/${HOUR_SEAL}`));
    const bytes = await place.disk.read(`${folder}/${HOUR_HEADER}`);
    const sealed = equalBytes(primitives.sha256(payload), entry.seal);
    if (sealed && equalBytes(decodeHourSeal(payload).header, primitives.sha256(bytes))) {
      return decodeHourHeader(bytes);
    }
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new RitmaError("store/damaged", `${folder}: ${cause.message}`, { cause });
  }
  throw new RitmaError("store/damaged", `${folder} is not what the node log says was sealed`);
}

/** Reads the logs of the newest generation as far as they are sealed. */
async function readLogs(place: Place, { generation, cones }: HourHeader): Promise<GenerationLogs> {
  const read = async (path: string, length: number): Promise<Uint8Array> =>
    length === 0
      ? new Uint8Array(0)
      : await place.disk.readRange(`${place.out}/${path}`, 0, length);
  const { number } = generation;
  return {
    number,
    entities: await read(entitiesPath(number), generation.offset + generation.length),
    cones: await read(conesPath(number), (cones?.offset ?? 0) + (cones?.length ?? 0)),
  };
}

/** @throws RitmaError `store/damaged` when the logs are not those that were sealed */
function fill(
  interner: Interner,
  primitives: NodePrimitives,
  store: Uint8Array,
  logs: GenerationLogs,
  { generation, cones, t1 }: HourHeader,
): void {
  const path = entitiesPath(logs.number);
  const dictionary = new Dictionary(primitives, logs.number, interner.salt);
  using reading = Generation.of(store, logs.number);
  try {
    replayLogs(reading, primitives.unzstd, logs, ({ entities }) => {
      for (const entity of entities) {
        dictionary.add(entity);
        interner.add(entity);
      }
    });
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new RitmaError("store/damaged", `generation ${logs.number}: ${cause.message}`, { cause });
  }
  const hour = new Date(clockHour(t1) / 1000).toISOString().slice(0, 13);
  if (!equalBytes(dictionary.root(), generation.root)) {
    throw new RitmaError("store/damaged", `${path} does not hash to what hour ${hour} sealed`);
  }
  if (cones === null) return;
  const piece = logs.cones.subarray(cones.offset);
  const isSealed = reading.cones.size === cones.firstId - 1 + cones.cones;
  if (isSealed && equalBytes(primitives.sha256(piece), cones.sha256)) return;
  const named = conesPath(logs.number);
  throw new RitmaError("store/damaged", `${named} does not hash to what hour ${hour} sealed`);
}
