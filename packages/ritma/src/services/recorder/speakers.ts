/**
 * Who speaks in lines that have not been parsed yet, and when: enough to look at them in time.
 *
 * @module
 */
import { CONTAINER_LAG_MS } from "../../base/limits.ts";

const CALL = "type=SYSCALL ";
const PID = " pid=";
const STAMP = "msg=audit(";
const ZERO = 0x30;
const PID_DIGITS_MAX = 10;

/**
 * @param lines whole ones
 * @param nowMs of the clock that the log is stamped with
 * @returns the pids of the system calls; null for lines so old that another process may have the
 * pid by now
 */
export function speakersIn(lines: Uint8Array, nowMs: number): ReadonlySet<number> | null {
  const buffer = Buffer.from(lines.buffer, lines.byteOffset, lines.length);
  return nowMs - newestMs(buffer) > CONTAINER_LAG_MS ? null : pidsIn(buffer);
}

/** Ends in `ppid=` are none: a space is before. */
function pidsIn(buffer: Buffer): Set<number> {
  const pids = new Set<number>();
  for (let at = buffer.indexOf(CALL); at !== -1; at = buffer.indexOf(CALL, at + CALL.length)) {
    const field = buffer.indexOf(PID, at);
    if (field === -1) break;
    const pid = numberAt(buffer, field + PID.length);
    if (pid > 0) pids.add(pid);
  }
  return pids;
}

/** The stamp of the last record, to the second; 0 when there is none. */
function newestMs(buffer: Buffer): number {
  const at = buffer.lastIndexOf(STAMP);
  return at === -1 ? 0 : numberAt(buffer, at + STAMP.length) * 1_000;
}

function numberAt(bytes: Uint8Array, start: number): number {
  let value = 0;
  for (let at = start; at < start + PID_DIGITS_MAX; at += 1) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return value;
    value = value * 10 + digit;
  }
  return value;
}
