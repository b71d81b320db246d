/**
 * The accounts of a store's hours, counted from their headers and the files beside them.
 *
 * Format: spec/13-derived.md, "Account".
 *
 * @module
 */
import {
  equalBytes,
  HOUR_CHAIN,
  HOUR_HEADER,
  HOUR_SEAL,
  HOUR_TREE,
  type HourAccount,
  type HourHeader,
  type InputMark,
} from "@ritma/evidence";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";

const MICRO_HEADER = /^micro\/(?<name>.*)\.cbor$/u;

/** @returns the UTC day in which an hour begins, `YYYY-MM-DD`. */
export function dayOf({ t1 }: Pick<SealedHour, "t1">): string {
  return new Date(t1 / 1000).toISOString().slice(0, 10);
}

/**
 * @param from the first hour that is asked for
 * @returns accounts of that hour and all behind it, in order
 * @throws RitmaError `store/damaged`
 */
export async function accountsFrom(reader: StoreReader, from: number): Promise<HourAccount[]> {
  const session = reader.hours[from]?.session ?? 0;
  const begin = reader.hours.findIndex((hour) => hour.session === session);
  const known = await marksBefore(reader, session);
  const accounts: HourAccount[] = [];
  let [marks, at]: [readonly InputMark[], number] = [[], session];
  for (const hour of reader.hours.slice(Math.max(begin, 0))) {
    if (hour.session !== at) {
      known.push(...marks);
      [marks, at] = [[], hour.session];
    }
    const header = await reader.header(hour);
    if (hour.sequence >= from) {
      accounts.push(await accountOf(reader, hour, header, rawBytes(header.inputs, marks, known)));
    }
    marks = header.inputs;
  }
  return accounts;
}

/** All that an hour put on disk. */
export function storedBytesOf(hour: HourAccount): number {
  const { blockBytes, windowBytes, proofBytes, dictionaryBytes, coneBytes } = hour;
  return blockBytes + windowBytes + proofBytes + dictionaryBytes + coneBytes;
}

/** How far inputs were read by the sessions before `session`. */
async function marksBefore(reader: StoreReader, session: number): Promise<InputMark[]> {
  const last = new Map<number, SealedHour>();
  for (const hour of reader.hours) if (hour.session < session) last.set(hour.session, hour);
  const marks: InputMark[] = [];
  for (const hour of last.values()) marks.push(...(await reader.header(hour)).inputs);
  return marks;
}

/** What an hour read that neither the one before nor an earlier session had. */
function rawBytes(
  inputs: readonly InputMark[],
  before: readonly InputMark[],
  known: readonly InputMark[],
): number {
  let bytes = 0;
  for (const [at, { head, length }] of inputs.entries()) {
    const lengths = known
      .filter((mark) => equalBytes(mark.head, head) && mark.length <= length)
      .map((mark) => mark.length);
    bytes += length - (before[at]?.length ?? Math.max(0, ...lengths));
  }
  return Math.max(0, bytes);
}

async function accountOf(
  { files }: StoreReader,
  { folder, sequence }: SealedHour,
  { counts, generation, cones, files: listed }: HourHeader,
  raw: number,
): Promise<HourAccount> {
  const sizeOf = async (path: string): Promise<number> =>
    (await files.length(`${folder}/${path}`)) ?? 0;
  let [blockBytes, windowBytes, proofBytes] = [0, 0, 0];
  let count = listed.length;
  for (const { path, length } of listed) {
    const name = MICRO_HEADER.exec(path)?.groups?.["name"];
    if (name === undefined) blockBytes += length;
    else {
      windowBytes += length + (await sizeOf(`micro/${name}.sig`));
      count += 1;
    }
  }
  for (const path of [HOUR_HEADER, HOUR_TREE, HOUR_SEAL, HOUR_CHAIN]) {
    proofBytes += await sizeOf(path);
    count += 1;
  }
  const { events, lost, late, records, atoms, instantiations } = counts;
  return {
    sequence,
    events,
    lost,
    late,
    records,
    atoms,
    instantiations,
    entities: generation.entities,
    cones: cones?.cones ?? 0,
    rawBytes: raw,
    files: count,
    blockBytes,
    windowBytes,
    proofBytes,
    dictionaryBytes: generation.length,
    coneBytes: cones?.length ?? 0,
  };
}
