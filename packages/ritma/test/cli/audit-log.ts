/**
 * Small audit logs in auditd's raw format, made of whole events.
 *
 * @module
 */

/** 2026-11-20T10:00:00Z. */
const START_SECONDS = 1_795_168_800;

export interface LogOptions {
  readonly events: number;
  /** Seconds between two events. */
  readonly step?: number;
  /** Seconds after START_SECONDS of the first. */
  readonly from?: number;
  /** Name of the program that runs, as raw bytes of an audit value: quoted, or hex. */
  readonly exe?: string;
}

/** Each event is the execution of a program: four records. */
export function auditLog({
  events,
  step = 7,
  from = 0,
  exe = '"/usr/bin/id"',
}: LogOptions): string {
  const lines: string[] = [];
  for (let at = 0; at < events; at += 1) {
    const stamp = `audit(${START_SECONDS + from + at * step}.${100 + (at % 800)}:${1_000 + at})`;
    const [pid, ppid] = [2_000 + at, 1_000];
    lines.push(
      `type=SYSCALL msg=${stamp}: arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 ` +
        `a2=3 a3=0 items=1 ppid=${ppid} pid=${pid} auid=1000 uid=1000 gid=1000 euid=1000 ` +
        `suid=1000 fsuid=1000 egid=1000 sgid=1000 fsgid=1000 tty=pts0 ses=3 comm="id" ` +
        `exe=${exe} key=(null)`,
      `type=EXECVE msg=${stamp}: argc=2 a0="id" a1="-u"`,
      `type=PATH msg=${stamp}: item=0 name=${exe} inode=4000 dev=08:01 mode=0100755 ` +
        `ouid=0 ogid=0 rdev=00:00 nametype=NORMAL cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0`,
      `type=PROCTITLE msg=${stamp}: proctitle="id"`,
    );
  }
  return lines.map((line) => `${line}\n`).join("");
}
