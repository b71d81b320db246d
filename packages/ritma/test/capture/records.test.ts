/**
 * Goal: each kind of record becomes what it says, in every spelling that logs were seen to have.
 * Method: rows of one line (or the few of one event) and the part of the event they must give. The
 * lines are our own, in the shape of real ones.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventOf, type Plain } from "./collect.ts";

const IDS = "auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0";
const CALL = "arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=7ffd5e000000 a2=0 a3=0";
const PIDS = "items=1 ppid=10 pid=11";
const WHO = `${IDS} tty=pts0 ses=3 comm="cat" exe="/usr/bin/cat" key=(null)`;

/** Checks that the event of `bodies` has what `expected` names. */
function check(title: string, bodies: readonly string[], expected: Partial<Plain>): void {
  test(title, () => {
    const event = eventOf(...bodies);
    const named = Object.fromEntries(
      Object.entries(event).filter(([key]) => Object.hasOwn(expected, key)),
    );
    assert.deepEqual(named, expected);
  });
}

const OPENAT = {
  arch: 0xc000_003e,
  number: 257,
  name: "openat",
  success: true,
  exit: 3,
  a0: 0xffff_ff9c,
  a1: 0x7ffd_5e00_0000,
  a2: 0,
  a3: 0,
  items: 1,
  ppid: 10,
  pid: 11,
};
const CAT = {
  auid: 1000,
  uid: 0,
  gid: 0,
  euid: 0,
  suid: 0,
  fsuid: 0,
  egid: 0,
  sgid: 0,
  fsgid: 0,
  ses: 3,
  tty: "pts0",
  comm: "cat",
  exe: "/usr/bin/cat",
  subj: null,
  key: null,
};
const NOBODY = {
  ...Object.fromEntries(Object.keys(CAT).map((key) => [key, -1])),
  tty: null,
  comm: null,
  exe: null,
  subj: null,
  key: null,
};

check("SYSCALL in the kernel's order", [`SYSCALL ${CALL} ${PIDS} ${WHO}`], {
  syscall: OPENAT,
  subject: CAT,
});
check("SYSCALL with a second space", [`SYSCALL  ${CALL} ${PIDS} ${WHO}`], {
  syscall: OPENAT,
  subject: CAT,
});
check(
  "SYSCALL, enriched: what follows 0x1D is not read",
  [`SYSCALL ${CALL} ${PIDS} ${WHO}\x1dARCH=x86_64 SYSCALL=openat AUID="eve" key="x"`],
  { syscall: OPENAT, subject: CAT },
);
check(
  "SYSCALL, enriched, separator lost",
  [`SYSCALL ${CALL} ${PIDS} ${WHO}ARCH=x86_64 SYSCALL=openat AUID="eve"`],
  { syscall: OPENAT, subject: { ...CAT, key: "(null)ARCH=x86_64" } },
);
check(
  "SYSCALL, enriched, separator lost after a quoted key",
  [
    `SYSCALL ${CALL} items=1 ppid=10 pid=11 ${IDS} tty=pts0 ses=3 comm="cat" exe="/usr/bin/cat" ` +
      'key="watch"ARCH=x86_64 SYSCALL=openat AUID="eve"',
  ],
  { syscall: OPENAT, subject: { ...CAT, key: "watch" } },
);
check(
  "SYSCALL that failed, no terminal, hexadecimal comm and exe, two keys, a label with two =",
  [
    "SYSCALL arch=c000003e syscall=42 success=no exit=-115 a0=6 a1=7ffe a2=10 a3=fe items=0 " +
      `ppid=1 pid=1170 ${IDS} tty=(none) ses=4294967295 comm=6E706D20696E7374616C6C ` +
      "exe=2F746D702F78202864656C6574656429 subj==unconfined key=6F6E650174776F",
  ],
  {
    syscall: {
      ...OPENAT,
      number: 42,
      name: "connect",
      success: false,
      exit: -115,
      a0: 6,
      a1: 0x7ffe,
      a2: 0x10,
      a3: 0xfe,
      items: 0,
      ppid: 1,
      pid: 1170,
    },
    subject: {
      ...CAT,
      ses: 4_294_967_295,
      tty: null,
      comm: "npm install",
      exe: "/tmp/x (deleted)",
      subj: "=unconfined",
      key: "one\u0001two",
    },
  },
);
check(
  "SYSCALL exit_group: neither success nor exit",
  [`SYSCALL arch=c000003e syscall=231 a0=1 a1=3c a2=e7 a3=0 items=0 ppid=10 pid=11 ${WHO}`],
  {
    syscall: {
      ...OPENAT,
      number: 231,
      name: "exit_group",
      success: null,
      exit: 0,
      a0: 1,
      a1: 0x3c,
      a2: 0xe7,
      items: 0,
    },
  },
);
check(
  "SYSCALL of a 32-bit program has other numbers",
  [`SYSCALL ${CALL.replace("c000003e syscall=257", "40000003 syscall=5")} ${PIDS} ${WHO}`],
  { syscall: { ...OPENAT, arch: 0x4000_0003, number: 5, name: "open" } },
);
check(
  "SYSCALL by name, quoted words, a key twice",
  [
    'SYSCALL arch=c000003e syscall=openat success="yes" exit=3 a0=ffffff9c a1=7ffd5e000000 a2=0 ' +
      `a3=0 items=1 ppid=10 pid=11 pid=99 ${WHO} uid=5`,
  ],
  { syscall: OPENAT, subject: CAT },
);
check(
  "SYSCALL by a name that is not in the table, of a machine that is not",
  ["SYSCALL arch=12345678 syscall=frobnicate"],
  {
    syscall: {
      arch: 0x1234_5678,
      number: -1,
      name: "frobnicate",
      success: null,
      exit: 0,
      a0: 0,
      a1: 0,
      a2: 0,
      a3: 0,
      items: 0,
      ppid: -1,
      pid: -1,
    },
    subject: NOBODY,
  },
);
check(
  "SYSCALL with a personality between arch and syscall",
  [`SYSCALL ${CALL.replace("arch=c000003e", "arch=c000003e per=400000")} ${PIDS} ${WHO}`],
  { syscall: OPENAT, subject: CAT },
);
check("SYSCALL of a kernel without ppid", [`SYSCALL ${CALL} items=1 pid=11 ${WHO}`], {
  syscall: { ...OPENAT, ppid: -1 },
  subject: CAT,
});
check(
  "SYSCALL cut in the middle",
  ["SYSCALL arch=c000003e syscall=257 success=yes exit=3 a0=ffff"],
  {
    syscall: { ...OPENAT, a0: 0xffff, a1: 0, items: 0, ppid: -1, pid: -1 },
    subject: NOBODY,
  },
);
check(
  "SYSCALL with the widest arguments and a large exit",
  [
    "SYSCALL arch=c000003e syscall=9 success=yes exit=140234567890123 a0=ffffffffffffffff " +
      `a1=20000000000001 a2=80000000 a3=1 items=0 ppid=4194304 pid=4194303 ${WHO}`,
  ],
  {
    syscall: {
      ...OPENAT,
      number: 9,
      name: "mmap",
      exit: 140_234_567_890_123,
      a0: 2 ** 64,
      a1: 2 ** 53,
      a2: 0x8000_0000,
      a3: 1,
      items: 0,
      ppid: 4_194_304,
      pid: 4_194_303,
    },
  },
);
check("SYSCALL without a call is kept as it stands", ["SYSCALL garbage x=1"], {
  syscall: null,
  others: [["SYSCALL", 'text="garbage"', 'x="1"']],
});
check(
  "a second SYSCALL in an event is kept, not mixed in",
  [`SYSCALL ${CALL} ${PIDS} ${WHO}`, "SYSCALL arch=c000003e syscall=1 exit=5"],
  { syscall: OPENAT, others: [["SYSCALL", "arch=3221225534", "syscall=1", "exit=5"]] },
);

const PASSWD = {
  item: 0,
  name: "/etc/passwd",
  inode: 12,
  devMajor: 0xfe,
  devMinor: 1,
  mode: 0o100644,
  ouid: 0,
  ogid: 5,
  nameType: "NORMAL",
};
const TAIL = "inode=12 dev=fe:01 mode=0100644 ouid=0 ogid=5 rdev=00:00";

check("PATH", [`PATH item=0 name="/etc/passwd" ${TAIL} nametype=NORMAL cap_fp=0 cap_fi=0`], {
  paths: [PASSWD],
});
check(
  "PATH of RHEL 7: objtype",
  [`PATH item=0 name="/etc/passwd" ${TAIL} obj=a:b:c:s0 objtype=NORMAL`],
  {
    paths: [PASSWD],
  },
);
check(
  "PATH, enriched, separator kept and lost",
  [
    `PATH item=0 name="/etc/passwd" ${TAIL} nametype=NORMAL cap_fver=0\x1dOUID="root" OGID="games"`,
    `PATH item=1 name="/etc/passwd" ${TAIL} nametype=NORMAL cap_fver=0OUID="root" OGID="games"`,
  ],
  { paths: [PASSWD, { ...PASSWD, item: 1 }] },
);
check(
  "PATH with ouid=0FSUID=",
  ['PATH item=0 name="/a" inode=1 dev=08:03 mode=040755 ouid=7OUID="x"'],
  {
    paths: [
      {
        item: 0,
        name: "/a",
        inode: 1,
        devMajor: 8,
        devMinor: 3,
        mode: 0o040755,
        ouid: 7,
        ogid: -1,
        nameType: "UNKNOWN",
      },
    ],
  },
);
const NOWHERE = { inode: -1, devMajor: -1, devMinor: -1, mode: -1, ouid: -1, ogid: -1 };
check(
  "PATH without inode, name (null), hexadecimal, quoted (null), quoted hex",
  [
    "PATH item=0 name=(null) nametype=UNKNOWN",
    "PATH item=1 name=2F612062 nametype=CREATE",
    'PATH item=2 name="(null)" nametype=DELETE',
    'PATH item=3 name="ABCD" nametype=PARENT',
    "PATH item=4 name=2F1D0A nametype=SOMETHING",
  ],
  {
    paths: [
      { item: 0, name: null, ...NOWHERE, nameType: "UNKNOWN" },
      { item: 1, name: "/a b", ...NOWHERE, nameType: "CREATE" },
      { item: 2, name: "(null)", ...NOWHERE, nameType: "DELETE" },
      { item: 3, name: "ABCD", ...NOWHERE, nameType: "PARENT" },
      { item: 4, name: "/\u001d\n", ...NOWHERE, nameType: "UNKNOWN" },
    ],
  },
);
check(
  "PATH out of order, and a device that is a name",
  ['PATH item=1 name="/b" inode=1 dev=dm-0', 'PATH item=0 name="/a" inode=1 dev=fe'],
  {
    paths: [
      { item: 0, name: "/a", ...NOWHERE, inode: 1, nameType: "UNKNOWN" },
      { item: 1, name: "/b", ...NOWHERE, inode: 1, nameType: "UNKNOWN" },
    ],
  },
);
check(
  "PATH whose name says it is another field",
  ['PATH item=0 name="/a nametype=DELETE inode=9" inode=1 nametype=NORMAL'],
  {
    paths: [
      { item: 0, name: "/a nametype=DELETE inode=9", ...NOWHERE, inode: 1, nameType: "NORMAL" },
    ],
  },
);
check(
  "a record that follows on the same line is not believed",
  ['PATH item=0 name="/a" inode=1 nametype=NORMAL type=CWD msg=audit(1700000000.123:7): cwd="/"'],
  { cwd: null, paths: [{ item: 0, name: "/a", ...NOWHERE, inode: 1, nameType: "NORMAL" }] },
);

check("CWD", ['CWD  cwd="/home/u"'], { cwd: "/home/u" });
check("CWD in hex", ["CWD cwd=2F746D702F612062"], { cwd: "/tmp/a b" });
check("CWD (null)", ["CWD cwd=(null)"], { cwd: null, others: [] });
check("PROCTITLE, hex of either case and quoted", ["PROCTITLE proctitle=6c73002D6c"], {
  proctitle: "ls\0-l",
});
check("PROCTITLE quoted", ['PROCTITLE proctitle="(sd-pam)"'], { proctitle: "(sd-pam)" });
check("PROCTITLE cut", ["PROCTITLE "], { proctitle: null, others: [["PROCTITLE"]] });
check("MMAP", ["MMAP fd=3 flags=0x2"], { mmapFd: 3 });
check("MMAP of an auditd that does not know it", ["UNKNOWN[1323] fd=6 flags=0x802"], { mmapFd: 6 });
check("MMAP by number", ["1323 fd=7 flags=0x2"], { mmapFd: 7 });
check("MMAP without descriptor", ["MMAP flags=0x22"], {
  mmapFd: -1,
  others: [["MMAP", "flags=34"]],
});
check("FD_PAIR", ["FD_PAIR fd0=3 fd1=4"], { fdPair: [3, 4] });
