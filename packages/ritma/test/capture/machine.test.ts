/**
 * Goal: system calls have the names and numbers of their machine.
 * Method: a few well-known ones of each table, from the manuals, and a look at every table's shape.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isLittleEndian, machineOf } from "../../src/flow/capture/auditd/arch/machine.ts";

const ROWS: readonly (readonly [arch: number, name: string, call: string, number: number])[] = [
  [0xc000_003e, "x86_64", "execve", 59],
  [0xc000_003e, "x86_64", "openat2", 437],
  [0xc000_003e, "x86_64", "file_setattr", 469],
  [0x4000_0003, "i386", "open", 5],
  [0x4000_0003, "i386", "socketcall", 102],
  [0xc000_00b7, "aarch64", "execve", 221],
  [0xc000_00b7, "aarch64", "renameat", 38],
  [0x4000_0028, "arm", "execve", 11],
  [0x4000_0028, "arm", "openat", 322],
  [0x8000_0015, "ppc64", "bind", 327],
  [0xc000_0015, "ppc64le", "openat", 286],
  [0x0000_0014, "ppc", "execve", 11],
  [0x8000_0016, "s390x", "openat", 288],
  [0x0000_0016, "s390", "execve", 11],
  [0xc000_00f3, "riscv64", "riscv_flush_icache", 259],
];

for (const [arch, name, call, number] of ROWS) {
  test(`${name}: ${call} is ${number}`, () => {
    const machine = machineOf(arch);
    assert.equal(machine?.name, name);
    assert.equal(machine?.nameOf(number), call);
    assert.equal(machine?.numberOf(call), number);
  });
}

test("x32 programs have marked numbers", () => {
  const machine = machineOf(0xc000_003e);
  assert.equal(machine?.nameOf(0x4000_0000), "read");
  assert.equal(machine?.nameOf(0x4000_0000 + 520), "execve");
  assert.equal(machine?.nameOf(520), undefined);
});

test("numbers that no call has, and machines that are not listed", () => {
  const machine = machineOf(0xc000_003e);
  for (const number of [-1, 335, 100_000, 0.5, Number.NaN, 2 ** 80, 0x4000_0000 + 999]) {
    assert.equal(machine?.nameOf(number), undefined);
  }
  assert.equal(machine?.numberOf("frobnicate"), undefined);
  assert.equal(machineOf(0x1234), undefined);
});

test("byte order is in the number, listed or not", () => {
  assert.equal(isLittleEndian(0xc000_003e), true);
  assert.equal(isLittleEndian(0x8000_0016), false);
  assert.equal(isLittleEndian(0x0000_0014), false);
});
