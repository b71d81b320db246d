/**
 * Logs of a few processes that do a few things to a few files and addresses, over three hours, some
 * of it late: small enough that everything meets everything.
 *
 * @module
 */
import { type Arbitrary, array, constantFrom, nat, record } from "fast-check";
import { call, CONNECT, EXECVE, inet, OPENAT } from "../timeline/attack-log.ts";

export const FILES: readonly string[] = ["/tmp/a", "/tmp/b", "/etc/shadow", "/srv/data/x"];
export const ADDRESSES: readonly string[] = ["10.0.0.1", "192.0.2.7"];

const PIDS = [500, 501, 502, 503, 504] as const;
const PROGRAMS = ["sh", "curl", "cat"] as const;
const BIND = 49;
const RENAME = 82;
const UNLINK = 87;
const KILL = 62;
const CLONE = 56;
const EXIT_GROUP = 231;
const O_WRONLY = "1";
const O_RDWR = "2";
const EACCES = -13;

/** One number for each thing that may differ. */
export interface Choice {
  readonly kind: number;
  readonly who: number;
  readonly what: number;
  readonly how: number;
  /** Milliseconds since the one before. */
  readonly after: number;
  /** Of ten, two or less is late. */
  readonly late: number;
}

/** @param afters milliseconds between two events */
export function choicesOf(
  { least, most }: { readonly least: number; readonly most: number },
  afters: readonly number[] = [1, 4, 400, 60_000, 900_000],
): Arbitrary<Choice[]> {
  const choice = record({
    kind: nat(7),
    who: nat(4),
    what: nat(3),
    how: nat(9),
    after: constantFrom(...afters),
    late: nat(9),
  });
  return array(choice, { minLength: least, maxLength: most });
}

/** @returns the log, and the serials of its events are 1 to the number of choices */
export function randomLog(choices: readonly Choice[]): string {
  let now = 8 * 3_600_000;
  return choices
    .map(({ kind, who, what, how, after, late }, at) => {
      now += after;
      const time = late <= 1 ? Math.max(8 * 3_600_000, now - 3_000_000) : now;
      return eventOf(clockOf(time), at + 1, kind, who, what, how);
    })
    .join("");
}

function eventOf(
  clock: string,
  serial: number,
  kind: number,
  who: number,
  what: number,
  how: number,
): string {
  const pid = PIDS[who % PIDS.length] ?? 500;
  const program = PROGRAMS[(who + how) % PROGRAMS.length] ?? "sh";
  const ppid = how % 3 === 0 ? (PIDS[(who + 1) % PIDS.length] ?? 400) : 400;
  const own = { clock, serial, pid, ppid, comm: `"${program}"`, exe: `"/usr/bin/${program}"` };
  const file = `"${FILES[what % FILES.length] ?? ""}"`;
  const other = `"${FILES[(what + 1 + (how % 3)) % FILES.length] ?? ""}"`;
  const exit = how % 5 === 0 ? EACCES : 3;
  switch (kind % 8) {
    case 0:
      return call({ ...own, number: OPENAT, exit, args: ["ffffff9c", "0", "0"], paths: [file] });
    case 1: {
      const flags = how % 2 === 0 ? O_WRONLY : O_RDWR;
      return call({ ...own, number: OPENAT, exit, args: ["ffffff9c", "0", flags], paths: [file] });
    }
    case 2: {
      const address = ADDRESSES[what % ADDRESSES.length] ?? "";
      const number = how % 4 === 1 ? BIND : CONNECT;
      return call({ ...own, number, exit: exit === 3 ? 0 : exit, saddr: inet(address, 80) });
    }
    case 3:
      return call({ ...own, number: CLONE, exit: PIDS[what % PIDS.length] ?? 501 });
    case 4: {
      const paths = [`"/usr/bin/${program}"`];
      return call({ ...own, number: EXECVE, exit: 0, paths, argv: [`"${program}"`, file] });
    }
    case 5:
      return call({ ...own, number: RENAME, exit: 0, paths: [file, `CREATE:${other}`] });
    case 6:
      return how % 2 === 0
        ? call({ ...own, number: UNLINK, exit: 0, paths: [file] })
        : call({ ...own, number: KILL, args: [(PIDS[what % PIDS.length] ?? 0).toString(16), "9"] });
    default:
      return call({ ...own, number: EXIT_GROUP });
  }
}

function clockOf(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}
