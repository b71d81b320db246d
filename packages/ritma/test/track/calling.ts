/**
 * Rows of system calls that one process makes, and the lines of their atoms.
 *
 * What one call opens the next can use; the actor, always 7/1, is left out of the lines.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { AuditEvent, SyscallRecord } from "../../src/flow/capture/audit-event.ts";
import { bytes, call, path, tell } from "./story.ts";

export const WHO = { pid: 7 };
export const CWD = bytes("/home/a");

function check(events: readonly AuditEvent[], want: readonly string[]): void {
  const lines = tell(events).lines.map((line) => line.replace(" 7/1", ""));
  assert.deepEqual(lines, want);
}

export type Parts = Partial<SyscallRecord>;
export type Rest = Partial<AuditEvent>;

let serial = 0;

/** Calls are numbered from 1 in each test, and all share a time, so that the actor is 7/1. */
export function made(name: string, parts: Parts = {}, rest: Rest = {}): AuditEvent {
  serial += 1;
  return call(serial, name, WHO, parts, rest);
}

export function checkOne(name: string, parts: Parts, rest: Rest, ...want: string[]): void {
  serial = 0;
  check([made(name, parts, rest)], want);
}

export function checkAll(
  calls: readonly (readonly [string, Parts, Rest?])[],
  ...want: string[]
): void {
  serial = 0;
  check(
    calls.map(([name, parts, rest]) => made(name, parts, rest)),
    want,
  );
}

export const file = (name: string, inode = 5) => [path(0, "NORMAL", name, inode)];

/** Numbers calls from 1 again. */
export function restart(): void {
  serial = 0;
}

export const address = {
  family: "inet",
  address: Uint8Array.of(203, 0, 113, 9),
  port: 443,
} as const;
