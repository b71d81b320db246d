/**
 * Who did most in a day: programs and users by executions, destinations by connections.
 *
 * What a store has hashed is hashed here. A program is its path alone, whatever mode or owner the
 * file had.
 *
 * Format: spec/21-catalog.md, "Actors".
 *
 * @module
 */
import { compareBytes } from "../bytes/compare.ts";
import type { CborReader } from "../bytes/cbor-reader.ts";
import type { CborWriter } from "../bytes/cbor-writer.ts";
import { FormatError } from "../error.ts";
import { decodeEntity, encodeEntity } from "./entity-codec.ts";
import type { Entity, FlowEntity, Path } from "./entity.ts";

/** Of each kind. */
export const ACTORS_MAX = 20;

export interface CountedProgram {
  readonly count: number;
  readonly path: Path;
}

export interface CountedUser {
  readonly count: number;
  readonly uid: number;
}

export interface CountedDestination {
  readonly count: number;
  readonly flow: FlowEntity;
}

/** At most ACTORS_MAX of each, the largest count first. */
export interface Actors {
  readonly programs: readonly CountedProgram[];
  readonly users: readonly CountedUser[];
  readonly destinations: readonly CountedDestination[];
}

/** What stands for an actor on disk: canonical bytes, or a uid. */
type Named = Uint8Array | number;

/** Stands for a program: a file of which only the path is told. */
export function programEntity(path: Path): Uint8Array {
  const unknown = { inode: null, device: null, mode: null, uid: null, gid: null };
  return encodeEntity({ kind: "file", path, ...unknown });
}

export function writeActors(writer: CborWriter, actors: Actors): void {
  const { programs, users, destinations } = actors;
  writer.array(3).array(programs.length);
  for (const { count, path } of programs) writer.array(2).uint(count).bytes(programEntity(path));
  writer.array(users.length);
  for (const { count, uid } of users) writer.array(2).uint(count).uint(uid);
  writer.array(destinations.length);
  for (const { count, flow } of destinations) {
    writer.array(2).uint(count).bytes(encodeEntity(flow));
  }
}

/** @throws FormatError */
export function readActors(reader: CborReader): Actors {
  reader.array(3);
  const programs = readList(reader, readBytes).map(([count, bytes]): CountedProgram => ({
    count,
    path: pathOf(bytes),
  }));
  const users = readList(reader, readUid).map(([count, uid]): CountedUser => ({ count, uid }));
  const destinations = readList(reader, readBytes).map(([count, bytes]): CountedDestination => ({
    count,
    flow: flowOf(decodeEntity(bytes)),
  }));
  return { programs, users, destinations };
}

/** Sorts as the format wants it. */
export function compareActors(a: readonly [number, Named], b: readonly [number, Named]): number {
  return b[0] - a[0] || compareNamed(a[1], b[1]);
}

function compareNamed(a: Named, b: Named): number {
  if (typeof a === "number" || typeof b === "number") return Number(a) - Number(b);
  return compareBytes(a, b);
}

const readBytes = (reader: CborReader): Uint8Array => reader.bytes();
const readUid = (reader: CborReader): number => reader.uint();

function readList<Name extends Named>(
  reader: CborReader,
  readName: (reader: CborReader) => Name,
): (readonly [number, Name])[] {
  const start = reader.offset;
  const length = reader.array();
  if (length > ACTORS_MAX) throw new FormatError("out-of-range", start, `${length} actors`);
  const list: (readonly [number, Name])[] = [];
  while (list.length < length) {
    const at = reader.offset;
    reader.array(2);
    const actor = [reader.uint(), readName(reader)] as const;
    if (actor[0] === 0) throw new FormatError("out-of-range", at, "an actor that did nothing");
    const before = list.at(-1);
    const isTwice = list.some(([, name]) => compareNamed(name, actor[1]) === 0);
    if (isTwice || (before !== undefined && compareActors(before, actor) > 0)) {
      throw new FormatError("not-canonical", at, "actors are not in order");
    }
    list.push(actor);
  }
  return list;
}

function pathOf(bytes: Uint8Array): Path {
  const entity = decodeEntity(bytes);
  const { path } = entity.kind === "file" ? entity : { path: null };
  if (path !== null && compareBytes(programEntity(path), bytes) === 0) return path;
  throw new FormatError("wrong-type", 0, "a program that is not a path alone");
}

function flowOf(entity: Entity): FlowEntity {
  if (entity.kind === "flow") return entity;
  throw new FormatError("wrong-type", 0, `a destination that is a ${entity.kind}`);
}
