/**
 * An audit log made from a seed: several hours with a gap, events that come too late, and a second
 * part that was written after the first was recorded.
 *
 * Not a picture of a real host; the captures in other tests are. This one is small and varied, so
 * that every kind of file of a store is in what it is recorded to.
 *
 * @module
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Long names make a store of many bytes, and so of many mutations, from few atoms. */
const WORD_NUMBERS = 6;

/** 2026-03-01T10:20:00Z */
const BEGIN_MS = Date.UTC(2026, 2, 1, 10, 20);

/** Pseudo-random 32-bit numbers (mulberry32): the same for the same seed, everywhere. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

export interface LogRecipe {
  readonly logSeed: number;
  /** At most 40. */
  readonly windowsPerHour: number;
  readonly eventsPerWindow: number;
  /** Full hours after the five that are always there. */
  readonly moreHours: number;
}

/** @returns the bytes of the log as they were at the end of each session. */
export function makeAuditLog(recipe: LogRecipe): readonly Uint8Array[] {
  const { logSeed, windowsPerHour, eventsPerWindow, moreHours } = recipe;
  const writer = new LogWriter(logSeed);
  const windows = (begin: number, count: number, skip: number): void => {
    for (let at = 0; at < count; at += 1) {
      const minute = at + (at < skip ? 0 : skip);
      writer.window(begin + minute * MINUTE_MS, eventsPerWindow);
    }
  };
  const half = Math.ceil(windowsPerHour / 2);
  windows(BEGIN_MS - 10 * MINUTE_MS, windowsPerHour, 2);
  windows(BEGIN_MS - 20 * MINUTE_MS + HOUR_MS, windowsPerHour, windowsPerHour);
  windows(BEGIN_MS - 20 * MINUTE_MS + 4 * HOUR_MS, half, 1);
  writer.event(BEGIN_MS + 3 * HOUR_MS);
  writer.event(BEGIN_MS + HOUR_MS + 5);
  writer.window(BEGIN_MS + 4 * HOUR_MS + 8 * MINUTE_MS, eventsPerWindow);
  const first = writer.bytes();
  windows(BEGIN_MS + 4 * HOUR_MS + 10 * MINUTE_MS, half, 3);
  windows(BEGIN_MS - 20 * MINUTE_MS + 5 * HOUR_MS, windowsPerHour, 5);
  writer.event(BEGIN_MS + 2 * HOUR_MS);
  writer.window(BEGIN_MS + 5 * HOUR_MS + 35 * MINUTE_MS, 2);
  for (let hour = 6; hour < 6 + moreHours; hour += 1) {
    windows(BEGIN_MS - 20 * MINUTE_MS + hour * HOUR_MS, windowsPerHour, 0);
  }
  return [first, writer.bytes()];
}

class LogWriter {
  readonly #next: () => number;
  readonly #lines: string[] = [];
  #serial = 100;
  #pid = 2000;

  constructor(seed: number) {
    this.#next = seeded(seed);
  }

  bytes(): Uint8Array {
    return new TextEncoder().encode(this.#lines.map((line) => `${line}\n`).join(""));
  }

  /** Events spread over the first half minute after `beginMs`, on whole milliseconds. */
  window(beginMs: number, events: number): void {
    for (let at = 0; at < events; at += 1) this.event(beginMs + at * 700);
  }

  event(timeMs: number): void {
    this.#serial += 1;
    const stamp = `${Math.floor(timeMs / 1000)}.${String(timeMs % 1000).padStart(3, "0")}`;
    const head = `msg=audit(${stamp}:${this.#serial}):`;
    const kind = this.#next() % 5;
    if (kind === 0) this.#exec(head);
    else if (kind === 1) this.#connect(head);
    else this.#open(head, kind);
  }

  #subject(): string {
    const ids = "auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0";
    const program = `comm="job" exe="/usr/bin/job"`;
    return `ppid=1 pid=${this.#pid} ${ids} tty=pts0 ses=3 ${program} subj=unconfined key="k"`;
  }

  #syscall(head: string, number: number, exit: number, items: number): string {
    const success = exit < 0 ? "no" : "yes";
    const call = `arch=c000003e syscall=${number} success=${success} exit=${exit}`;
    return `type=SYSCALL ${head} ${call} a0=3 a1=7ffe a2=0 a3=0 items=${items} ${this.#subject()}`;
  }

  #exec(head: string): void {
    this.#pid += 1 + (this.#next() % 7);
    this.#lines.push(
      this.#syscall(head, 59, 0, 1),
      `type=EXECVE ${head} argc=3 a0="job" a1="--${this.#word()}" a2="${this.#word()}"`,
      `type=CWD ${head} cwd="/srv"`,
      this.#path(head, `/usr/bin/${this.#word()}`),
      `type=PROCTITLE ${head} proctitle="job"`,
    );
  }

  #open(head: string, kind: number): void {
    const exit = kind === 2 ? -13 : 3 + (this.#next() % 60);
    this.#lines.push(
      this.#syscall(head, 257, exit, 1),
      `type=CWD ${head} cwd="/srv"`,
      this.#path(head, `/srv/data/${this.#word()}/${this.#word()}`),
      `type=PROCTITLE ${head} proctitle="job"`,
    );
  }

  #connect(head: string): void {
    const address = (this.#next() >>> 0).toString(16).toUpperCase().padStart(8, "0");
    this.#lines.push(
      this.#syscall(head, 42, 0, 0),
      `type=SOCKADDR ${head} saddr=020001BB${address}0000000000000000`,
      `type=PROCTITLE ${head} proctitle="job"`,
    );
  }

  #path(head: string, name: string): string {
    const inode = this.#next() % 1_000_000;
    const file = `inode=${inode} dev=08:01 mode=0100644 ouid=0 ogid=0 rdev=00:00`;
    return `type=PATH ${head} item=0 name="${name}" ${file} nametype=NORMAL`;
  }

  #word(): string {
    return Array.from({ length: WORD_NUMBERS }, () => this.#next().toString(36)).join("");
  }
}
