/**
 * Reads where the chain stands from the node log and the newest hours.
 *
 * @module
 */
import { hkdfSync } from "node:crypto";
import {
  clockHour,
  decodeEntitiesFrame,
  decodeHourHeader,
  decodeHourSeal,
  Dictionary,
  encodeUtf8,
  entitiesPath,
  equalBytes,
  FormatError,
  FRAME_UNPACKED_MAX,
  HOUR_HEADER,
  HOUR_SEAL,
  type HourHeader,
  hourFolder,
  type LogEntry,
  parseCose1,
  splitFrames,
  type StoreFile,
} from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import type { Keystore } from "../../stores/keys/keystore.ts";
import type { ChainState } from "./chain-state.ts";
import type { Place } from "./place.ts";

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
    previousSeal: lastHour?.seal ?? null,
    previousT1: lastHour?.t1 ?? null,
    frontier: lastHour?.t2 ?? null,
    session: sessionOpen ? sessions - 1 : sessions,
    sessionOpen,
    logSize: log.length,
    generationBytes: newest === null ? 0 : newest.generation.offset + newest.generation.length,
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
): Promise<{ sessions: SessionEnd[]; dictionary: Dictionary }> {
  const sessions: SessionEnd[] = [];
  for (const { hours, isClosed } of sessionsOf(log)) {
    const last = hours.at(-1);
    if (last === undefined) continue;
    sessions.push({ header: await readHeader(place, primitives, last), isClosed, hours });
  }
  const newest = sessions.at(-1)?.header;
  const number = newest?.generation.number ?? 1;
  const salt = generationSalt(keystore, storeFile.store, number);
  const dictionary = new Dictionary(primitives, number, salt);
  if (newest !== undefined) await fill(dictionary, place, primitives, newest);
  return { sessions, dictionary };
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

async function fill(
  dictionary: Dictionary,
  place: Place,
  primitives: NodePrimitives,
  { generation, t1 }: HourHeader,
): Promise<void> {
  const path = entitiesPath(generation.number);
  const length = generation.offset + generation.length;
  try {
    const bytes = await place.disk.readRange(`${place.out}/${path}`, 0, length);
    for (const frame of splitFrames(bytes)) {
      const content = decodeEntitiesFrame(primitives.unzstd(frame, FRAME_UNPACKED_MAX));
      for (const entity of content.entities) dictionary.add(entity);
    }
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new RitmaError("store/damaged", `${path}: ${cause.message}`, { cause });
  }
  if (equalBytes(dictionary.root(), generation.root)) return;
  const hour = new Date(clockHour(t1) / 1000).toISOString().slice(0, 13);
  throw new RitmaError("store/damaged", `${path} does not hash to what hour ${hour} sealed`);
}
