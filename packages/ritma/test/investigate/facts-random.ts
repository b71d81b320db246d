/**
 * Random audit logs in which few processes do the same few things, over hours, often late; and the
 * stores that are recorded from them.
 *
 * @module
 */
import fc from "fast-check";
import type { StoreReader } from "../../src/stores/sealed/store-reader.ts";
import { bytesOf, login, memoryInput } from "../recorder/audit-lines.ts";
import { recorded, type Settings } from "../recorder/recording.ts";
import { openReader } from "../sealed/searching.ts";
import { call, type CallFacts, inet } from "../timeline/attack-log.ts";

interface Step {
  readonly what: (typeof WHATS)[number];
  readonly pid: number;
  readonly ppid: number;
  readonly uid: number;
  readonly which: number;
  readonly fails: boolean;
  /** To the next one, milliseconds. */
  readonly wait: number;
  /** Behind the others, seconds. */
  readonly late: number;
}

type Made = Pick<CallFacts, "number"> & Partial<CallFacts>;

const EXES = ["/usr/bin/a", "/tmp/b", "/usr/bin/c"];
const FILES = ["/etc/shadow", "/tmp/x", "/srv/y", "/home/u/z"];
const ADDRESSES = ["127.0.0.1", "203.0.113.66", "10.0.0.5"];
const O_RDWR_CREAT = "42";

/** What one system call is, by name; `n` picks among the few. */
const CALLS = {
  exec: (n: number): Made => ({ number: 59, exe: `"${at(EXES, n)}"`, paths: [`"${at(EXES, n)}"`] }),
  script: (n: number): Made => ({
    number: 59,
    exe: '"/usr/bin/sh"',
    paths: [`"${at(FILES, n)}"`, '"/usr/bin/sh"', '"/lib64/ld-linux-x86-64.so.2"'],
  }),
  fork: (n: number): Made => ({ number: 56, exit: 500 + (n % 4) }),
  open: (n: number): Made => ({ ...opening(n), args: ["ffffff9c", "0", "0"] }),
  write: (n: number): Made => ({ ...opening(n), args: ["ffffff9c", "0", "1"] }),
  rewrite: (n: number): Made => ({ ...opening(n), args: ["ffffff9c", "0", O_RDWR_CREAT] }),
  create: (n: number): Made => ({
    ...opening(n),
    args: ["ffffff9c", "0", O_RDWR_CREAT],
    paths: [`CREATE:"${at(FILES, n)}"`],
  }),
  mkdir: (n: number): Made => ({ number: 83, paths: [`CREATE:"${at(FILES, n)}.d"`] }),
  unlink: (n: number): Made => ({ number: 87, paths: [`"${at(FILES, n)}"`] }),
  rename: (n: number): Made => ({
    number: 82,
    paths: [`DELETE:"${at(FILES, n)}"`, `CREATE:"${at(FILES, n + 1)}"`],
  }),
  connect: (n: number): Made => ({ number: 42, saddr: inet(at(ADDRESSES, n), 80 + (n % 2)) }),
  accept: (n: number): Made => ({ number: 288, exit: 9, saddr: inet(at(ADDRESSES, n), 4000 + n) }),
  bind: (n: number): Made => ({ number: 49, saddr: inet("0.0.0.0", n === 0 ? 0 : 8000 + n) }),
  unload: (n: number): Made => ({ number: 176, paths: [`"${at(FILES, n)}"`] }),
  bpf: (n: number): Made => ({ number: 321, args: [String(n)] }),
  trace: (n: number): Made => ({ number: 101, args: ["10", (500 + (n % 4)).toString(16)] }),
} as const;

const WHATS = ["login", ...Object.keys(CALLS).filter(isCall)] as const;

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...WHATS),
  pid: fc.constantFrom(500, 501, 502, 503),
  ppid: fc.constantFrom(1, 500, 501),
  uid: fc.constantFrom(0, 33),
  which: fc.nat(5),
  fails: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  wait: fc.constantFrom(0, 0, 4, 700, 3_000, 40_000, 400_000, 2_000_000, 4_000_000),
  late: fc.constantFrom(0, 0, 0, 0, 300, 5_000, 15_000),
});

/** Lines of an audit log. */
export const anyLog: fc.Arbitrary<string> = fc
  .array(step, { minLength: 1, maxLength: 60 })
  .map(logOf);

export const anySettings: fc.Arbitrary<Settings> = fc.record({
  privacy: fc.constantFrom("raw" as const, "hash-only" as const),
  windowSecs: fc.constantFrom(60, 300, 900),
  limits: fc.constantFrom({}, { generationEntitiesMax: 4 }, { hourAtomsMax: 9 }),
});

export async function storeOf(log: string, settings: Settings = {}): Promise<StoreReader> {
  return await storeOfSessions(log === "" ? [] : [log], settings);
}

/** @param logs one a session */
export async function storeOfSessions(
  logs: readonly string[],
  settings: Settings = {},
): Promise<StoreReader> {
  return await openReader(
    await recorded(
      logs.map((log) => [memoryInput(bytesOf(log))]),
      settings,
    ),
  );
}

/**
 * A stamp of an event, or one microsecond more: where spans begin and end.
 *
 * @param at picks one of `events`
 */
export function boundOf(events: readonly { readonly time: number }[], at: number): number {
  const picked = events[at % Math.max(events.length, 1)];
  return (picked?.time ?? 0) + (at % 2);
}

function logOf(steps: readonly Step[]): string {
  let ms = 9 * 3_600_000;
  return steps
    .map((each, index) => {
      ms += each.wait;
      const clock = clockAt(ms - each.late * 1000);
      return lineOf(each, clock, index + 1);
    })
    .join("");
}

function lineOf(
  { what, pid, ppid, uid, which, fails }: Step,
  clock: string,
  serial: number,
): string {
  if (what === "login") return login(clock, serial);
  const exe = `"${at(EXES, pid)}"`;
  const made = { exe, comm: '"it"', ...CALLS[what](which) };
  const exit = fails ? { exit: which % 2 === 0 ? -13 : -2 } : {};
  return call({ clock, serial, pid, ppid, uid, ...made, ...exit }).replaceAll(
    /name=DELETE:(\S+) (.*)nametype=NORMAL/gu,
    "name=$1 $2nametype=DELETE",
  );
}

function opening(n: number): Made {
  return { number: 257, exit: 3, paths: [`"${at(FILES, n)}"`] };
}

function at(list: readonly string[], n: number): string {
  return list[n % list.length] ?? "";
}

function clockAt(ms: number): string {
  const days = Math.floor(ms / 86_400_000);
  return `${days}+${new Date(ms % 86_400_000).toISOString().slice(11, 23)}`;
}

function isCall(name: string): name is keyof typeof CALLS {
  return name in CALLS;
}
