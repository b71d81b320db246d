/**
 * Goal: sockets, and what descriptors stand for, become the atoms that spec/08-projection.md says.
 *
 * Method: rows of events and the lines of their atoms; see calling.ts.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  address,
  checkAll,
  checkOne,
  CWD,
  file,
  made,
  type Rest,
  restart,
  WHO,
} from "./calling.ts";
import { bytes, call, fields, tell } from "./story.ts";

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
  restart();
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
