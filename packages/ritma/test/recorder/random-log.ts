/**
 * Audit logs drawn from a seed: events that interleave, come late, are never ended or are ended
 * twice, stamps out of range, lines that are none of auditd's.
 *
 * @module
 */
import { endOf, line, login, opened } from "./audit-lines.ts";

/** Whole numbers from 0 to below `limit`, the same for the same seed. */
export type Draw = (limit: number) => number;

export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const PATHS = ["/etc/passwd", "/srv/a", "/srv/b", "/home/user/notes"];

/** @returns lines, each with its newline, of about `events` events over some hours. */
export function randomLines(draw: Draw, events: number): string[] {
  const lines: string[] = [];
  const waiting: string[][] = [];
  let second = 9 * 3600 + draw(3600);
  for (let serial = 1; serial <= events; serial += 1) {
    second += STEPS[draw(STEPS.length)] ?? 1;
    const at = clockAt(second - (draw(8) === 0 ? draw(12) : 0), draw(1000));
    const path = PATHS[draw(PATHS.length)] ?? "/";
    const pid = 100 + draw(4);
    const kind = draw(12);
    if (kind === 0) lines.push("no header at all\n");
    if (kind === 1) lines.push(line("SYSCALL", OUT_OF_RANGE[draw(2)] ?? "", 1, "x=1"));
    if (kind === 2) lines.push(login(at, serial));
    else if (kind < 6) {
      lines.push(...split(opened(at, serial, { path, pid, ends: false })));
      waiting.push(endOf(at, serial));
    } else lines.push(...split(opened(at, serial, { path, pid })));
    if (waiting.length > 0 && draw(3) === 0) lines.push(...(waiting.shift() ?? []).slice(draw(2)));
  }
  return lines;
}

/** Seconds from one event to the next: often none, now and then a window or hours. */
const STEPS = [0, 0, 0, 1, 1, 3, 7, 40, 400, 1900, 9000];

/** Days before 2000 and after 2100. */
const OUT_OF_RANGE = ["-14000+00:00:00", "40000+00:00:00"];

function clockAt(second: number, ms: number): string {
  const days = Math.floor(second / 86_400);
  const iso = new Date((second % 86_400) * 1000).toISOString().slice(11, 19);
  return `${days}+${iso}.${String(ms).padStart(3, "0")}`;
}

function split(text: string): string[] {
  return text.split(/(?<=\n)/u);
}
