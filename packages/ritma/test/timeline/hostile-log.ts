/**
 * Events of a program that calls itself, its files and its arguments what is dangerous to show.
 *
 * @module
 */
import { call, CONNECT, EXECVE, hex, OPENAT } from "./attack-log.ts";

/** What a terminal obeys, or what turns the order of reading. */
export const OBEYED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

export const CONTROLS = "a\u001b[31m\nb\r\u0007\u202Ec\u2066\u200b\u0085\u009b2J\u2028";

export interface HostileNames {
  /** Of an argument and of an abstract socket. */
  readonly evil: string;
  /** In hex, as all that follow; of the program and of its files. */
  readonly path: string;
  readonly comm: string;
  /** The arguments before `evil`. */
  readonly argv: readonly string[];
}

/** One event for each place that a name has, from 08:00:00 and serial 1 on. */
export function hostileCalls({ evil, path, comm, argv }: HostileNames): string {
  const who = { comm, exe: path };
  const connect = { ...who, number: CONNECT };
  return [
    call({
      ...who,
      clock: "08:00:00",
      serial: 1,
      number: EXECVE,
      paths: [path],
      argv: [...argv, hex(evil), '"•deadbeef"'],
    }),
    call({ ...connect, clock: "08:00:01", serial: 2, saddr: `0100${hex(`\0${evil}`)}` }),
    call({ ...connect, clock: "08:00:02", serial: 3, saddr: `0100${path}00` }),
    deniedOpen({ comm, path }, 4),
  ].join("");
}

/** Of a path, a second for each serial before it. */
export function deniedOpen(
  { comm, path }: Pick<HostileNames, "comm" | "path">,
  serial: number,
  opened = path,
): string {
  return call({
    comm,
    exe: path,
    clock: `08:00:0${serial - 1}`,
    serial,
    number: OPENAT,
    args: ["ffffff9c"],
    paths: [opened],
    exit: -13,
  });
}
