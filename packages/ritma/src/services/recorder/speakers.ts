/**
 * Who speaks in lines that have not been parsed yet, and when: enough to look at them in time.
 *
 * @module
 */
const CALL = "type=SYSCALL ";
const PID = " pid=";
const STAMP = "msg=audit(";
const ZERO = 0x30;
const PID_DIGITS_MAX = 10;

/** Of the system calls in whole lines, each once. Ends in `ppid=` are none: a space is before. */
export function pidsIn(lines: Uint8Array): Set<number> {
  const buffer = Buffer.from(lines.buffer, lines.byteOffset, lines.length);
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
export function newestMs(lines: Uint8Array): number {
  const buffer = Buffer.from(lines.buffer, lines.byteOffset, lines.length);
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
