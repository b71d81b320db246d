/**
 * Goal: the other system calls become the atoms that spec/08-projection.md says.
 *
 * Method: rows of events and the lines of their atoms; see calling.ts.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuditEvent } from "../../src/flow/capture/audit-event.ts";
import { address, checkAll, checkOne, file, type Parts, type Rest, WHO } from "./calling.ts";
import { AT_FDCWD, bytes, call, event, fields, syscall, tell } from "./story.ts";

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
