/**
 * The append-only table of event types. The position in this list is the number on disk.
 *
 * Format: spec/08-projection.md, "Event types".
 *
 * @module
 */

export const EVENT_TYPES = [
  "record",
  "exec",
  "fork",
  "exit",
  "open",
  "map",
  "protect",
  "unlink",
  "rename",
  "link",
  "symlink",
  "mkdir",
  "mknod",
  "mode",
  "owner",
  "truncate",
  "chdir",
  "mount",
  "namespace",
  "connect",
  "accept",
  "bind",
  "listen",
  "send",
  "receive",
  "socket",
  "pipe",
  "memory-file",
  "trace",
  "memory-access",
  "signal",
  "identity",
  "capability",
  "module",
  "bpf",
  "clock",
  "read",
  "write",
  "attribute",
  "access",
  "call",
  "credentials",
  "name",
  "path",
  "line",
  "descriptor",
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

const NUMBERS: ReadonlyMap<string, number> = new Map(EVENT_TYPES.map((name, n) => [name, n]));

/** @returns the number on disk of a known type. */
export function eventTypeNumber(type: EventType): number {
  return NUMBERS.get(type) ?? 0;
}

/** @returns the number of a type that a person named, or null. */
export function findEventType(name: string): number | null {
  return NUMBERS.get(name) ?? null;
}

/** @returns the name of a stored number, or null when this build does not know it. */
export function eventTypeName(n: number): EventType | null {
  return EVENT_TYPES[n] ?? null;
}
