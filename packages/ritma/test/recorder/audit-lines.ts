/**
 * Audit logs made by hand, a few lines at a time, and inputs that lie in memory.
 *
 * Times are of one day and written as on a clock, "09:00:05.100"; "1+09:00:00" is a day later.
 *
 * @module
 */
import type { InputFile } from "../../src/base/disk/input-file.ts";

const DAY_MS = 86_400_000;
/** 2026-11-20T00:00:00Z. */
const DAY_START_MS = 1_795_132_800_000;

const IDS = "auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0";

/** @returns microseconds since 1970. */
export function timeUs(clock: string): number {
  const [, days = "0", hours, minutes, seconds] =
    /^(?:(-?\d+)\+)?(\d\d):(\d\d):(\d\d(?:\.\d{1,3})?)$/u.exec(clock) ?? [];
  if (seconds === undefined) throw new RangeError(`${clock} is no time of day`);
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000 + Math.round(Number(seconds) * 1000);
  return (DAY_START_MS + Number(days) * DAY_MS + ms) * 1000;
}

/** `seconds.milliseconds`, as the kernel writes it. */
function stampOf(clock: string): string {
  const ms = timeUs(clock) / 1000;
  return `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, "0")}`;
}

/** One line of any type. */
export function line(type: string, clock: string, serial: number, rest: string): string {
  return `type=${type} msg=audit(${stampOf(clock)}:${serial}): ${rest}\n`;
}

export interface Call {
  readonly pid?: number;
  readonly path?: string;
  readonly comm?: string;
  /** False leaves out the lines that end the event, so that it stays in flight. */
  readonly ends?: boolean;
}

/** openat(2) of one file: SYSCALL, PATH, PROCTITLE, EOE. Two atoms of process 0, or one more. */
export function opened(clock: string, serial: number, call: Call = {}): string {
  const { pid = 100, path = "/etc/passwd", comm = "cat", ends = true } = call;
  const head = [
    line(
      "SYSCALL",
      clock,
      serial,
      "arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=7ffd5e000000 a2=0 a3=0 " +
        `items=1 ppid=1 pid=${pid} ${IDS} tty=pts0 ses=3 comm="${comm}" exe="/usr/bin/${comm}" ` +
        "key=(null)",
    ),
    line(
      "PATH",
      clock,
      serial,
      `item=0 name="${path}" inode=${path.length} dev=fe:01 mode=0100644 ouid=0 ogid=0 ` +
        "rdev=00:00 nametype=NORMAL",
    ),
  ];
  return [...head, ...(ends ? endOf(clock, serial) : [])].join("");
}

/** What ends an event that was left open. The kernel writes both. */
export function endOf(clock: string, serial: number): string[] {
  return [line("PROCTITLE", clock, serial, "proctitle=636174"), line("EOE", clock, serial, "")];
}

/** A record that is no system call and has no end of its own: whole after two seconds. */
export function login(clock: string, serial: number, account = "root"): string {
  return line("USER_LOGIN", clock, serial, `pid=300 uid=0 acct="${account}" res=success`);
}

export function bytesOf(...parts: readonly string[]): Uint8Array {
  return new TextEncoder().encode(parts.join(""));
}

/** Ingest must not see where chunks end: tests give the same bytes in chunks of several sizes. */
export function memoryInput(
  bytes: Uint8Array,
  chunkBytes = 262_144,
  path = "/var/log/audit/audit.log",
): InputFile {
  return {
    path,
    kind: "plain",
    storedBytes: bytes.length,
    bytesRead: () => bytes.length,
    [Symbol.asyncDispose]: async () => {},
    chunks: async function* chunks() {
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        yield bytes.slice(at, at + chunkBytes);
      }
    },
  };
}
