/**
 * Goal: a system call becomes the atoms that spec/08-projection.md says.
 *
 * Method: rows of events and the lines of their atoms. All calls are made by one process, so that
 * what one call opens the next can use; `check` leaves the actor out of the lines.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuditEvent, SyscallRecord } from "../../src/flow/capture/audit-event.ts";
import { AT_FDCWD, bytes, call, event, fields, path, syscall, tell } from "./story.ts";

const WHO = { pid: 7 };
const CWD = bytes("/home/a");

function check(events: readonly AuditEvent[], want: readonly string[]): void {
  const lines = tell(events).lines.map((line) => line.replace(" 7/1", ""));
  assert.deepEqual(lines, want);
}

type Parts = Partial<SyscallRecord>;
type Rest = Partial<AuditEvent>;

let serial = 0;

/** Calls are numbered from 1 in each test, and all share a time, so that the actor is 7/1. */
function made(name: string, parts: Parts = {}, rest: Rest = {}): AuditEvent {
  serial += 1;
  return call(serial, name, WHO, parts, rest);
}

function checkOne(name: string, parts: Parts, rest: Rest, ...want: string[]): void {
  serial = 0;
  check([made(name, parts, rest)], want);
}

function checkAll(calls: readonly (readonly [string, Parts, Rest?])[], ...want: string[]): void {
  serial = 0;
  check(
    calls.map(([name, parts, rest]) => made(name, parts, rest)),
    want,
  );
}

const file = (name: string, inode = 5) => [path(0, "NORMAL", name, inode)];

test("open, by its flags", () => {
  const paths = file("/etc/passwd");
  checkOne("open", { a1: 0x80000, exit: 3 }, { paths }, "open:1 /etc/passwd #3");
  checkOne("openat", { a0: AT_FDCWD, a2: 2, exit: 3 }, { paths }, "open:3 /etc/passwd #3");
  checkOne("openat", { a0: AT_FDCWD, a2: 0x10000, exit: 3 }, { paths }, "open:65 /etc/passwd #3");
  checkOne("open", { a1: 0x200000, exit: 3 }, { paths }, "open:256 /etc/passwd #3");
  checkOne("creat", { exit: 3 }, { paths }, "open:14 /etc/passwd #3");
  const arm = { arch: 0xc000_00b7, a0: AT_FDCWD, a2: 0x4000, exit: 3 };
  checkOne("openat", arm, { paths }, "open:65 /etc/passwd #3");
  const openat2 = { others: [{ type: "OPENAT2", fields: fields({ oflag: 0x241 }) }], paths };
  const told = ["open:14 /etc/passwd #3", "record OPENAT2 oflag=577"];
  checkOne("openat2", { a0: AT_FDCWD, exit: 3 }, openat2, ...told);
});

test("an open that created the file, and one that only could have", () => {
  const parts = { a0: AT_FDCWD, a2: 0x41, exit: 3 };
  const created = [path(0, "PARENT", "/tmp/", 2), path(1, "CREATE", "/tmp/x", 5)];
  checkOne("openat", parts, { paths: created }, "open:134 /tmp/x #3");
  checkOne("openat", parts, { paths: file("/tmp/x") }, "open:6 /tmp/x #3");
});

test("an open that failed", () => {
  const paths = [path(0, "UNKNOWN", "/nope")];
  checkOne("openat", { a0: AT_FDCWD, exit: -2 }, { paths }, "open:1 /nope !2");
  checkOne("open", { success: false }, { paths }, "open:1 /nope !255");
  checkOne("open", { exit: -512 }, { paths }, "open:1 /nope !512");
});

test("relative names start from CWD, and from nowhere without it", () => {
  const at = { a0: AT_FDCWD, exit: 3 };
  checkOne("openat", at, { cwd: CWD, paths: file("x/./y//../z") }, "open:1 /home/a/x/z #3");
  checkOne("openat", at, { cwd: CWD, paths: file("../../../x") }, "open:1 /x #3");
  checkOne("openat", at, { paths: file("../x") }, "open:1 ?/../x #3");
  checkOne("open", { a1: 0, exit: 3 }, { cwd: CWD, paths: file("x") }, "open:1 /home/a/x #3");
  const extended = { a0: 2 ** 64, exit: 3 };
  checkOne("openat", extended, { cwd: CWD, paths: file("x") }, "open:1 /home/a/x #3");
});

test("relative names start from the directory that a descriptor stands for", () =>
  checkAll(
    [
      ["openat", { a0: AT_FDCWD, exit: 4, a2: 0x10000 }, { paths: file("/srv", 2) }],
      ["openat", { a0: 4, exit: 5 }, { cwd: CWD, paths: file("a/b") }],
      ["mkdirat", { a0: 4, a2: 0o755 }, created("d", 2)],
      ["unlinkat", { a0: 4, a2: 0x200 }, deleted("d", 2)],
      ["openat", { a0: 6, exit: 5 }, { cwd: CWD, paths: file("b") }],
    ],
    "open:65 /srv #4",
    "open:1 /srv/a/b #5",
    "mkdir /srv/d #493",
    "unlink:1 /srv/d",
    "open:1 ?/b #5",
  ));

test("a descriptor that another inode speaks against is not believed", () =>
  checkAll(
    [
      ["openat", { a0: AT_FDCWD, exit: 4 }, { paths: file("/srv", 2) }],
      ["mkdirat", { a0: 4 }, created("d", 3)],
      ["openat", { a0: 4, exit: 5 }, { paths: file("b") }],
      ["fchmod", { a0: 5, a1: 0o600 }, { paths: [path(0, "NORMAL", null, 9)] }],
    ],
    "open:1 /srv #4",
    "mkdir ?/d #0",
    "open:1 ?/b #5",
    "mode inode 9 #384",
  ));

/** As the kernel does: the parent of a name without a slash is called by the current directory. */
function created(name: string, parent: number): Rest {
  return {
    cwd: CWD,
    paths: [path(0, "PARENT", "/home/a", parent), path(1, "CREATE", name, 40)],
  };
}

function deleted(name: string, parent: number): Rest {
  return {
    cwd: CWD,
    paths: [path(0, "PARENT", "/home/a", parent), path(1, "DELETE", name, 40)],
  };
}

test("a rename between two directories, over a file that was there", () =>
  checkAll(
    [
      ["openat", { a0: AT_FDCWD, exit: 4 }, { paths: file("/old", 2) }],
      ["openat", { a0: AT_FDCWD, exit: 5 }, { paths: file("/new", 3) }],
      [
        "renameat2",
        { a0: 4, a2: 5 },
        {
          cwd: CWD,
          paths: [
            path(0, "PARENT", "/home/a", 2),
            path(1, "PARENT", "/home/a", 3),
            path(2, "DELETE", "x", 40),
            path(3, "DELETE", "y", 41),
            path(4, "CREATE", "y", 40),
          ],
        },
      ],
    ],
    "open:1 /old #4",
    "open:1 /new #5",
    "rename /old/x -> /new/y",
    "path:3 /new/y #3",
  ));

test("a rename that failed: the kernel names the new file first", () => {
  const paths = [path(0, "UNKNOWN", "/new"), path(1, "UNKNOWN", "/old")];
  checkOne("rename", { exit: -2 }, { paths }, "rename /old -> /new !2");
  const parents = [path(0, "PARENT", "/d/", 2), path(1, "PARENT", "/d/", 2)];
  const kept = ["rename !17", "path:2 /d #0 !17", "path:2 /d #1 !17"];
  checkOne("rename", { exit: -17 }, { paths: parents }, ...kept);
});

test("links, hard and symbolic", () => {
  const hard = [
    path(0, "NORMAL", "/etc/passwd", 5),
    path(1, "PARENT", "/tmp/", 2),
    path(2, "CREATE", "/tmp/p", 5),
  ];
  checkOne("link", {}, { paths: hard }, "link /etc/passwd -> /tmp/p");
  const soft = [
    path(0, "PARENT", "/tmp/d/", 2),
    path(1, "UNKNOWN", "../x"),
    path(2, "CREATE", "/tmp/d/l", 6),
  ];
  checkOne("symlink", {}, { paths: soft }, "symlink /tmp/d/l -> /tmp/x");
});

test("a parent stays when it says something", () => {
  const elsewhere = [path(0, "PARENT", "/somewhere/", 2), path(1, "DELETE", "/tmp/x", 5)];
  checkOne("unlink", {}, { paths: elsewhere }, "unlink /tmp/x", "path:2 /somewhere #0");
  checkOne(
    "unlink",
    { exit: -13 },
    { paths: [path(0, "PARENT", "/root/", 2)] },
    "unlink /root !13",
  );
});

test("exec: program, script, deleted image, descriptor", () => {
  const args = [bytes("ls"), bytes("-l")];
  const linker = path(1, "NORMAL", "/lib64/ld-linux-x86-64.so.2", 9);
  const program = [path(0, "NORMAL", "/bin/ls", 5), linker];
  const ls = ["exec /bin/ls (ls -l)", "path:1 /lib64/ld-linux-x86-64.so.2 #1"];
  checkOne("execve", {}, { args, paths: program }, ...ls);
  const cut = { args, argsWhole: false, paths: file("/bin/ls") };
  checkOne("execve", {}, cut, "exec /bin/ls (ls -l ...)");
  const script = [path(0, "NORMAL", "/tmp/s", 5), path(1, "NORMAL", "/bin/sh", 6)];
  checkOne("execve", {}, { paths: script }, "exec:1 /tmp/s", "path:1 /bin/sh #1");
  const { subject } = syscall("", { pid: 7, exe: "/memfd:x (deleted)" });
  const nameless = [path(0, "NORMAL", "", 5)];
  checkOne("execveat", { a0: 4, subject }, { paths: nameless }, "exec:6 inode 5");
  checkOne("execve", { exit: -2 }, { paths: [path(0, "UNKNOWN", "/n")] }, "exec /n !2");
});

test("memory: files without a place, maps of what is open", () =>
  checkAll(
    [
      ["memfd_create", { exit: 4 }],
      ["openat", { a0: AT_FDCWD, exit: 5 }, { paths: file("/lib/x.so") }],
      ["mmap", { a2: 5, a3: 0x812 }, { mmapFd: 5 }],
      ["mmap", { a2: 3, a3: 0x22 }],
      ["mmap", { a2: 7, a3: 0x01 }, { mmapFd: 9 }],
      ["mprotect", { a2: 5 }],
    ],
    "memory-file */ #4",
    "open:1 /lib/x.so #5",
    "map:5 /lib/x.so #5",
    "map:19",
    "map:15 #9",
    "protect:5",
  ));

const address = { family: "inet", address: Uint8Array.of(203, 0, 113, 9), port: 443 } as const;

test("connect: done, in progress, refused; and what is sent then", () =>
  checkAll(
    [
      ["connect", { a0: 3, exit: -115 }, { sockaddr: address }],
      ["sendto", { a0: 3, exit: 10 }],
      ["connect", { a0: 4, exit: -111 }, { sockaddr: address }],
      ["recvfrom", { a0: 4 }],
      ["close", { a0: 3 }],
      ["sendto", { a0: 3 }],
    ],
    "connect:1 2:203.0.113.9:443 #3",
    "send 2:203.0.113.9:443 #3",
    "connect 2:203.0.113.9:443 #4 !111",
    "receive #4",
    "descriptor 2:203.0.113.9:443 #3",
    "send #3",
  ));

test("accept names the descriptor it made", () =>
  checkAll(
    [
      ["accept4", { a0: 3, exit: 9 }, { sockaddr: address }],
      ["sendto", { a0: 9 }],
      ["accept", { a0: 3, exit: -11 }],
    ],
    "accept 2:203.0.113.9:443 #9",
    "send 2:203.0.113.9:443 #9",
    "accept !11",
  ));

function unix(name: string, abstract = false): Rest {
  return { sockaddr: { family: "unix", path: bytes(name), abstract }, cwd: CWD };
}

test("sockets that are not of the internet", () => {
  checkOne("connect", { a0: 3 }, unix("/run/x"), "connect 1:/run/x:null #3");
  checkOne("connect", { a0: 3 }, unix("x"), "connect 1:/home/a/x:null #3");
  checkOne("connect", { a0: 3 }, unix("@bus", true), "connect 1:*/@bus:null #3");
  checkOne("bind", { a0: 3 }, unix(""), "bind 1:*/:null #3");
  const netlink = { family: "netlink", pid: 5, groups: 1 } as const;
  checkOne("bind", { a0: 3 }, { sockaddr: netlink }, "bind 16::5 #3");
  const vsock = { family: "vsock", cid: 2, port: 1_024 } as const;
  checkOne("connect", { a0: 3 }, { sockaddr: vsock }, "connect 40::1024 #3");
  const other = { family: "other", number: 38, bytes: Uint8Array.of(1, 2) } as const;
  checkOne("bind", { a0: 3 }, { sockaddr: other }, "bind 38:1.2:null #3");
});

test("socketcall of i386 is the call inside of it", () => {
  const parts = { arch: 0x4000_0003, number: 102, a0: 3, a1: 0xbfe1_c4d0 };
  const content = { nargs: 3, a0: 4, a1: 0x804_9c80, a2: 16 };
  const rest: Rest = {
    sockaddr: address,
    others: [{ type: "SOCKETCALL", fields: fields(content) }],
  };
  const told = [
    "connect 2:203.0.113.9:443 #4",
    "record SOCKETCALL nargs=3 a0=4 a1=134519936 a2=16",
  ];
  checkOne("socketcall", parts, rest, ...told);
  checkOne("socketcall", { ...parts, a0: 99 }, {}, "call socketcall");
});

test("descriptors are copied, closed and replaced", () =>
  checkAll(
    [
      ["open", { exit: 3 }, { paths: file("/a") }],
      ["dup2", { a0: 3, a1: 7, exit: 7 }],
      ["write", { a0: 7 }],
      ["fcntl", { a0: 7, a1: 2 }],
      ["fcntl", { a0: 7, a1: 1_030, exit: 8 }],
      ["read", { a0: 8 }],
      ["close", { a0: 7 }],
      ["write", { a0: 7 }],
      ["pipe2", {}, { fdPair: [3, 4] }],
      ["read", { a0: 3 }],
      ["socket", { a0: 10, exit: 8 }],
      ["read", { a0: 8 }],
    ],
    "open:1 /a #3",
    "descriptor /a #3",
    "write /a #7",
    "descriptor /a #7",
    "descriptor /a #7",
    "read /a #8",
    "descriptor /a #7",
    "write #7",
    "pipe #3",
    "read #3",
    "socket:10 #8",
    "read #8",
  ));

test("an exec keeps descriptors, except those marked", () => {
  serial = 0;
  const events = [
    made("open", { exit: 3, a1: 0 }, { paths: file("/kept") }),
    made("open", { exit: 4, a1: 0x80000 }, { paths: file("/closed") }),
    made("execve", {}, {}),
    made("read", { a0: 3 }),
    made("read", { a0: 4 }),
  ];
  const lines = tell(events).lines.slice(3);
  assert.deepEqual(lines, ["read 7/3 /kept #3", "read 7/3 #4"]);
});

test("a child has its parent's descriptors as they were", () => {
  const child = { pid: 8, ppid: 7 };
  const events = [
    call(1, "open", WHO, { exit: 3 }, { paths: file("/before") }),
    call(2, "fork", WHO, { exit: 8 }),
    call(3, "open", WHO, { exit: 3 }, { paths: file("/after") }),
    call(4, "read", child, { a0: 3 }),
    call(5, "read", WHO, { a0: 3 }),
  ];
  const lines = tell(events).lines.slice(3);
  assert.deepEqual(lines, ["read 8/2 /before #3", "read 7/1 /after #3"]);
});

function line(events: readonly AuditEvent[]): string | undefined {
  return tell(events).lines[1];
}

test("calls about other processes", () => {
  const victim = call(1, "listen", { pid: 50 });
  const about = (name: string, parts: Parts, rest?: Rest) => [
    victim,
    call(2, name, WHO, parts, rest),
  ];
  assert.equal(line(about("kill", { a0: 50, a1: 9 })), "signal:9 7/2 process 50/1 #50");
  assert.equal(line(about("kill", { a0: 0xffff_ffff, a1: 9 })), "signal:9 7/2 #-1");
  assert.equal(line(about("tgkill", { a0: 50, a1: 51, a2: 6 })), "signal:6 7/2 process 50/1 #50");
  assert.equal(line(about("ptrace", { a0: 16, a1: 50 })), "trace:16 7/2 process 50/1 #50");
  const inside = { others: [{ type: "OBJ_PID", fields: fields({ opid: 50 }) }] };
  assert.equal(line(about("kill", { a0: 3, a1: 15 }, inside)), "signal:15 7/2 process 50/1 #3");
  const write = about("process_vm_writev", { a0: 50 });
  assert.equal(line(write), "memory-access:1 7/2 process 50/1 #50");
});

test("modules by file, by descriptor and by name", () => {
  const named = { others: [{ type: "KERN_MODULE", fields: fields({ name: "kvm" }) }] };
  checkOne("delete_module", {}, named, "module:1 kvm", "record KERN_MODULE name=kvm");
  checkAll(
    [
      ["open", { exit: 3 }, { paths: file("/m.ko") }],
      ["finit_module", { a0: 3 }],
    ],
    "open:1 /m.ko #3",
    "module /m.ko",
  );
});

test("the rest of the table", () => {
  const paths = file("/x");
  checkOne("chmod", { a1: 0o4755 }, { paths }, "mode /x #2541");
  checkOne("fchownat", { a0: AT_FDCWD, a2: 33 }, { paths }, "owner /x #33");
  checkOne("chown", { a1: 2 ** 64 }, { paths }, "owner /x #4294967295");
  checkOne("truncate", {}, { paths }, "truncate /x");
  checkOne("chdir", {}, { paths }, "chdir /x");
  checkOne("chroot", {}, { paths }, "chdir:1 /x");
  checkOne("umount2", {}, { paths }, "mount:1 /x");
  checkOne("unshare", { a0: 0x2000_0000 }, {}, "namespace #536870912");
  checkOne("setns", { a0: 3 }, {}, "namespace:1 #3");
  checkOne("capset", {}, {}, "capability");
  checkOne("bpf", { a0: 5 }, {}, "bpf #5");
  checkOne("clock_settime", {}, {}, "clock");
  checkOne("removexattr", {}, { paths }, "attribute:1 /x");
  checkOne("readlink", {}, { paths }, "access /x");
  checkOne("inotify_add_watch", {}, { paths }, "call inotify_add_watch", "path:1 /x #0");
  checkOne("ioctl", { name: null, number: 999 }, {}, "call c000003e:999");
  checkOne("exit_group", { success: null, a0: 256 + 7 }, {}, "exit:1 #7");
});

test("what a call has no use for is kept beside it", () => {
  const rest: Rest = {
    sockaddr: address,
    fdPair: [3, 4],
    mmapFd: 5,
    proctitle: bytes("sh"),
    others: [{ type: "CONFIG_CHANGE", fields: fields({ op: "set", res: 1 }) }],
  };
  checkOne(
    "uname",
    {},
    rest,
    "call uname",
    "record SOCKADDR -> 2:203.0.113.9:443",
    "record FD_PAIR fd0=3 fd1=4",
    "record MMAP fd=5",
    "record CONFIG_CHANGE op=set res=1",
  );
});

test("the time and the serial are the event's", () => {
  const [first] = tell([event(9, { syscall: syscall("uname", WHO) })]).atoms;
  assert.equal(first?.serial, 9);
  assert.equal(first?.time, event(9).timeUs);
});
