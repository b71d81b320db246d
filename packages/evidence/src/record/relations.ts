/**
 * Which way things went: what an atom lets flow from its object into its process, or back.
 *
 *     open to read, receive, accept, exec      object  ──▶ process
 *     create, rename, connect, signal          process ──▶ object
 *     open to read and write, connect          both
 *
 * What failed let nothing flow. A connection goes both ways: what answers may be an instruction.
 *
 * Format: spec/23-lineage.md, "Ids".
 *
 * @module
 */
import { EVENT_TYPES, type EventType, eventTypeNumber } from "./event-type.ts";

/** Bits, so that a table of bytes tells them. */
export const INTO_PROCESS = 1;
export const OUT_OF_PROCESS = 2;

const OPEN_READ = 1;
const OPEN_CHANGES = 2 | 8 | 16 | 128;
const OPEN_PATH_ONLY = 256;
const OPEN_DIRECTORY = 64;
const MAP_WRITE = 2;
const MAP_SHARED = 8;
const MAP_ANONYMOUS = 16;
const UNLOADS = 1;

const INTO: readonly EventType[] = ["exec", "read", "receive", "mount"];
const OUT: readonly EventType[] = [
  "unlink",
  "rename",
  "link",
  "symlink",
  "mkdir",
  "mknod",
  "mode",
  "owner",
  "truncate",
  "attribute",
  "memory-file",
  "send",
  "bind",
  "trace",
  "signal",
  "write",
];
const BOTH: readonly EventType[] = ["connect", "accept"];

/** By what a type does whatever its flags. */
const ALWAYS: ReadonlyMap<EventType | undefined, number> = new Map<EventType, number>([
  ...INTO.map((type) => [type, INTO_PROCESS] as const),
  ...OUT.map((type) => [type, OUT_OF_PROCESS] as const),
  ...BOTH.map((type) => [type, INTO_PROCESS | OUT_OF_PROCESS] as const),
]);

/** By its flags. */
const DEPENDS: ReadonlyMap<EventType | undefined, (flags: number) => number> = new Map<
  EventType,
  (flags: number) => number
>([
  ["open", openFlows],
  ["map", mapFlows],
  ["module", (flags) => (flags === UNLOADS ? 0 : INTO_PROCESS)],
  ["memory-access", (flags) => (flags === 1 ? OUT_OF_PROCESS : INTO_PROCESS)],
]);

/** @returns 0 for what lets nothing flow */
export function flowsOf(etype: number, flags: number, ret: number): number {
  if (ret !== 0) return 0;
  const type = EVENT_TYPES[etype];
  return DEPENDS.get(type)?.(flags) ?? ALWAYS.get(type) ?? 0;
}

/** What an event says beside its call, and what says nothing of its object. */
const ASIDES: ReadonlySet<number> = new Set(
  (["credentials", "name", "path", "record", "line"] as const).map(eventTypeNumber),
);

/** True for atoms that are no call on their object. */
export function isAside(etype: number): boolean {
  return ASIDES.has(etype);
}

function openFlows(flags: number): number {
  if ((flags & (OPEN_PATH_ONLY | OPEN_DIRECTORY)) !== 0) return 0;
  const out = (flags & OPEN_CHANGES) === 0 ? 0 : OUT_OF_PROCESS;
  const reads = (flags & OPEN_READ) !== 0 || out === 0;
  return reads ? out | INTO_PROCESS : out;
}

function mapFlows(flags: number): number {
  if ((flags & MAP_ANONYMOUS) !== 0) return 0;
  const isShared = (flags & MAP_SHARED) !== 0 && (flags & MAP_WRITE) !== 0;
  return isShared ? INTO_PROCESS | OUT_OF_PROCESS : INTO_PROCESS;
}
