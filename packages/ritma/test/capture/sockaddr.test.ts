/**
 * Goal: a socket address is read in the byte order of its machine, and never beyond its bytes.
 * Method: rows of `saddr=` and the address; then every prefix of a long one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventOf, type Plain } from "./collect.ts";

const CALL = "success=yes exit=0 a0=3 a1=1 a2=10 a3=0 items=0 ppid=1 pid=2 auid=0 uid=0";
const LITTLE = `SYSCALL arch=c000003e syscall=42 ${CALL}`;
const BIG = `SYSCALL arch=80000015 syscall=328 ${CALL}`;
const UNLISTED_BIG = `SYSCALL arch=80000099 syscall=1 ${CALL}`;

function check(title: string, bodies: readonly string[], expected: Plain["sockaddr"]): void {
  test(title, () => assert.deepEqual(eventOf(...bodies).sockaddr, expected));
}

const INET = { family: "inet", address: "\xc6\x33\x64\x07", port: 8080 };
check("inet", [LITTLE, "SOCKADDR saddr=02001F90C63364070000000000000000"], INET);
check("inet, big-endian", [BIG, "SOCKADDR saddr=00021F90C63364070000000000000000"], INET);
check(
  "inet, big-endian, machine not listed",
  [UNLISTED_BIG, "SOCKADDR saddr=00021F90C63364070000000000000000"],
  INET,
);
check("inet without SYSCALL, either order", ["SOCKADDR saddr=02001F90C6336407"], INET);
check("inet without SYSCALL, the other", ["SOCKADDR saddr=00021F90C6336407"], INET);
check(
  "inet, enriched",
  [
    LITTLE,
    "SOCKADDR saddr=02001F90C63364070000000000000000\x1dSADDR={ saddr_fam=inet laddr=1.2.3.4 }",
  ],
  INET,
);
check(
  "inet, enriched, separator lost",
  [
    LITTLE,
    "SOCKADDR saddr=02001F90C63364070000000000000000SADDR={ saddr_fam=inet laddr=1.2.3.4 lport=1 }",
  ],
  INET,
);
check(
  "inet6 with scope",
  [LITTLE, "SOCKADDR saddr=0A0000160000000020010DB800000000000000000000000102000000"],
  {
    family: "inet6",
    address: "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01",
    port: 22,
    scope: 2,
  },
);
check(
  "inet6 that holds an IPv4 address stays inet6",
  [LITTLE, "SOCKADDR saddr=0A0001BB0000000000000000000000000000FFFFC6336407"],
  {
    family: "inet6",
    address: "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x33\x64\x07",
    port: 443,
    scope: 0,
  },
);
check(
  "unix, with what lay on the stack",
  [LITTLE, "SOCKADDR saddr=01002F72756E2F7800603B7B47FC7F"],
  {
    family: "unix",
    path: "/run/x",
    abstract: false,
  },
);
check("unix, not ended", [LITTLE, "SOCKADDR saddr=01002F72756E2F78"], {
  family: "unix",
  path: "/run/x",
  abstract: false,
});
check("unix, abstract", [LITTLE, "SOCKADDR saddr=0100002F746D702F2E58000000"], {
  family: "unix",
  path: "/tmp/.X",
  abstract: true,
});
check("unix, unnamed", [LITTLE, "SOCKADDR saddr=0100"], {
  family: "unix",
  path: "",
  abstract: false,
});
check("unix, all NUL", [LITTLE, "SOCKADDR saddr=0100000000000000"], {
  family: "unix",
  path: "",
  abstract: false,
});
check("netlink", [LITTLE, "SOCKADDR saddr=100000003412000001000000"], {
  family: "netlink",
  pid: 0x1234,
  groups: 1,
});
check("netlink, big-endian", [BIG, "SOCKADDR saddr=001000000000123400000001"], {
  family: "netlink",
  pid: 0x1234,
  groups: 1,
});
check("vsock", [LITTLE, "SOCKADDR saddr=28000000160000000300000000000000"], {
  family: "vsock",
  cid: 3,
  port: 22,
});
check("unspecified", [LITTLE, "SOCKADDR saddr=00000000000000000000000000000000"], {
  family: "other",
  number: 0,
  bytes: "\0".repeat(16),
});
check("too short for its family", [LITTLE, "SOCKADDR saddr=02001F90C633"], {
  family: "other",
  number: 2,
  bytes: "\x02\0\x1f\x90\xc6\x33",
});
check("one byte", [LITTLE, "SOCKADDR saddr=02"], { family: "other", number: -1, bytes: "\x02" });

test("what is not hex is kept as it stands", () => {
  const event = eventOf(LITTLE, "SOCKADDR saddr=inet host:a serv:1");
  assert.equal(event.sockaddr, null);
  assert.deepEqual(event.others, [["SOCKADDR", 'saddr="inet"', 'text="host:a serv:1"']]);
});

test("a second address in an event is kept beside the first", () => {
  const event = eventOf(LITTLE, "SOCKADDR saddr=02001F90C6336407", "SOCKADDR saddr=0100");
  assert.deepEqual(event.sockaddr, INET);
  assert.deepEqual(event.others, [["SOCKADDR", 'saddr="0100"']]);
});

test("every prefix of an address is an address or bytes, never a throw", () => {
  for (const family of ["0200", "0A00", "0100", "1000", "2800", "1100"]) {
    const whole = `${family}${"7F".repeat(30)}`;
    for (let length = 2; length <= whole.length; length += 2) {
      assert.ok(eventOf(LITTLE, `SOCKADDR saddr=${whole.slice(0, length)}`).sockaddr);
    }
  }
});
