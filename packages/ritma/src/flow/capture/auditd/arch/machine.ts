/**
 * The machines audit can name: AUDIT_ARCH value, byte order, system calls.
 *
 * An AUDIT_ARCH is the machine's ELF number with two marks (linux/audit.h): 0x80000000 for 64 bits,
 * 0x40000000 for little-endian. The same number with other marks is another machine.
 *
 * The tables next to this file are facts from the kernel's headers, written by
 * `tools/make-syscall-tables.ts`; do not edit them. A machine that is not listed still has its byte
 * order (`isLittleEndian`), and its calls keep their numbers without names.
 *
 * @module
 */
import { SYSCALLS as AARCH64 } from "./aarch64.ts";
import { SYSCALLS as ARM } from "./arm.ts";
import { SYSCALLS as I386 } from "./i386.ts";
import { SYSCALLS as POWERPC } from "./powerpc.ts";
import { SYSCALLS as POWERPC64 } from "./powerpc64.ts";
import { SYSCALLS as RISCV64 } from "./riscv64.ts";
import { SYSCALLS as S390 } from "./s390.ts";
import { SYSCALLS as S390X } from "./s390x.ts";
import { SYSCALLS as X32 } from "./x32.ts";
import { SYSCALLS as X86_64 } from "./x86-64.ts";

interface Machine {
  /** As `uname -m` says it. */
  readonly name: string;
  readonly arch: number;
  nameOf(number: number): string | undefined;
  numberOf(name: string): number | undefined;
}

const LITTLE_ENDIAN_BIT = 0x4000_0000;
const X86_64_ARCH = 0xc000_003e;
/** Added to the number of a call made by an x32 program; the arch is the one of x86_64. */
const X32_BIT = 0x4000_0000;

const MACHINES: ReadonlyMap<number, Machine> = new Map(
  [
    machine("x86_64", X86_64_ARCH, X86_64),
    machine("i386", 0x4000_0003, I386),
    machine("aarch64", 0xc000_00b7, AARCH64),
    machine("arm", 0x4000_0028, ARM),
    machine("armeb", 0x0000_0028, ARM),
    machine("ppc64", 0x8000_0015, POWERPC64),
    machine("ppc64le", 0xc000_0015, POWERPC64),
    machine("ppc", 0x0000_0014, POWERPC),
    machine("s390x", 0x8000_0016, S390X),
    machine("s390", 0x0000_0016, S390),
    machine("riscv64", 0xc000_00f3, RISCV64),
  ].map((each) => [each.arch, each]),
);

const X32_CALLS: Machine = machine("x32", 0, X32);

let lastArch = X86_64_ARCH;
let lastMachine: Machine | undefined = MACHINES.get(X86_64_ARCH);

/** Undefined for an AUDIT_ARCH that is not in the table. */
export function machineOf(arch: number): Machine | undefined {
  // A log is nearly always of one machine; remembering it saves the map on the hot path.
  if (arch !== lastArch) {
    lastArch = arch;
    lastMachine = MACHINES.get(arch);
  }
  return lastMachine;
}

/** True for the byte order of `arch`, listed or not. */
export function isLittleEndian(arch: number): boolean {
  return (arch & LITTLE_ENDIAN_BIT) !== 0;
}

/** Reads a table on first use: most hosts need one. */
function machine(name: string, arch: number, table: readonly string[]): Machine {
  let names: readonly (string | undefined)[] | undefined;
  let numbers: ReadonlyMap<string, number> | undefined;
  const listed = (): readonly (string | undefined)[] => (names ??= expand(table));
  return {
    name,
    arch,
    nameOf(number) {
      const found = listed()[number];
      if (found !== undefined || arch !== X86_64_ARCH) return found;
      return X32_CALLS.nameOf(number - X32_BIT);
    },
    numberOf(name) {
      numbers ??= new Map(
        listed().flatMap((each, number) => (each === undefined ? [] : [[each, number]])),
      );
      return numbers.get(name);
    },
  };
}

/** Each line is a number, then the names from there on. */
function expand(table: readonly string[]): (string | undefined)[] {
  const names: (string | undefined)[] = [];
  for (const line of table) {
    const [first, ...rest] = line.split(" ");
    let number = Number(first);
    for (const name of rest) {
      names[number] = name;
      number += 1;
    }
  }
  return names;
}
