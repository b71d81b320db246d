/**
 * Flags classes: the few bits of a call's flag words that an atom keeps.
 *
 * The kernel's numbers are the same on most architectures. Where one has its own, it is in the
 * tables below, by ELF machine: the low 16 bits of `arch=`.
 *
 * Format: spec/08-projection.md, "Event types". Source: linux, arch/.../uapi/asm/{fcntl,mman}.h.
 *
 * @module
 */
import type { SyscallRecord } from "../audit-event.ts";
import { type Argument, bits } from "./call-values.ts";

export type CallFlags = (call: SyscallRecord) => number;

const EM_I386 = 3;
const EM_MIPS = 8;
const EM_PARISC = 15;
const EM_SPARC = 2;
const EM_SPARCV9 = 43;
const EM_ALPHA = 0x9026;
const EM_S390 = 22;
const EM_S390_OLD = 0xa390;
const EM_ARM = 40;
const EM_AARCH64 = 183;
const EM_M68K = 4;
const EM_PPC = 20;
const EM_PPC64 = 21;

interface OpenBits {
  readonly create: number;
  readonly exclusive: number;
  readonly truncate: number;
  readonly append: number;
  readonly directory: number;
  readonly noFollow: number;
  readonly closeOnExec: number;
  readonly path: number;
}

const GENERIC: OpenBits = {
  create: 0x40,
  exclusive: 0x80,
  truncate: 0x200,
  append: 0x400,
  directory: 0x1_0000,
  noFollow: 0x2_0000,
  closeOnExec: 0x8_0000,
  path: 0x20_0000,
};
const ARM: OpenBits = { ...GENERIC, directory: 0x4000, noFollow: 0x8000 };
const MIPS: OpenBits = { ...GENERIC, append: 8, create: 0x100, exclusive: 0x400 };
const SPARC: OpenBits = {
  ...GENERIC,
  append: 8,
  create: 0x200,
  truncate: 0x400,
  exclusive: 0x800,
  closeOnExec: 0x40_0000,
  path: 0x100_0000,
};

const OPEN_BITS: ReadonlyMap<number, OpenBits> = new Map([
  [EM_ARM, ARM],
  [EM_AARCH64, ARM],
  [EM_M68K, ARM],
  [EM_PPC, ARM],
  [EM_PPC64, ARM],
  [EM_MIPS, MIPS],
  [EM_SPARC, SPARC],
  [EM_SPARCV9, SPARC],
  [
    EM_ALPHA,
    {
      ...SPARC,
      directory: 0x8000,
      noFollow: 0x1_0000,
      closeOnExec: 0x20_0000,
      path: 0x80_0000,
    },
  ],
  [
    EM_PARISC,
    {
      ...MIPS,
      directory: 0x1000,
      noFollow: 0x80,
      closeOnExec: 0x20_0000,
      path: 0x40_0000,
    },
  ],
]);

export const OPEN_WRITE = 2;
export const OPEN_CREATE = 4;
export const OPEN_TRUNCATE = 8;
export const OPEN_CREATED = 128;

const ACCESS_MODE = 3;
const WRITE_ONLY = 1;
const READ_WRITE = 2;

function openBitsOf(call: SyscallRecord): OpenBits {
  return OPEN_BITS.get(call.arch & 0xffff) ?? GENERIC;
}

/** @param word the O_* flags of that architecture. */
export function openFlags(call: SyscallRecord, word: number): number {
  const table = openBitsOf(call);
  const access = word & ACCESS_MODE;
  const path = (word & table.path) !== 0;
  let flags = access === 0 ? 1 : access === WRITE_ONLY ? OPEN_WRITE : access === READ_WRITE ? 3 : 0;
  if (path) flags = 256;
  if ((word & table.create) !== 0) flags |= OPEN_CREATE;
  if ((word & table.truncate) !== 0) flags |= OPEN_TRUNCATE;
  if ((word & table.append) !== 0) flags |= 16;
  if ((word & table.exclusive) !== 0) flags |= 32;
  if ((word & table.directory) !== 0) flags |= 64;
  if ((word & table.noFollow) !== 0) flags |= 512;
  return flags;
}

export function closesOnExec(call: SyscallRecord, word: number): boolean {
  return (word & openBitsOf(call).closeOnExec) !== 0;
}

const PROTECTION = 7;
const MAP_TYPE = 0x0f;
const MAP_SHARED = 1;
const MAP_SHARED_VALIDATE = 3;

const ANONYMOUS: ReadonlyMap<number, number> = new Map([
  [EM_MIPS, 0x800],
  [EM_PARISC, 0x10],
  [EM_ALPHA, 0x10],
]);

/** On these `mmap` takes one pointer to its arguments, and the record does not have them. */
const MAP_BY_POINTER: ReadonlySet<number> = new Set([EM_I386, EM_S390, EM_S390_OLD, EM_M68K]);

export function mapFlags(call: SyscallRecord): number {
  const machine = call.arch & 0xffff;
  if (call.name === "mmap" && MAP_BY_POINTER.has(machine)) return 0;
  const word = bits(call, 3);
  const type = word & MAP_TYPE;
  let flags = bits(call, 2) & PROTECTION;
  if (type === MAP_SHARED || type === MAP_SHARED_VALIDATE) flags |= 8;
  if ((word & (ANONYMOUS.get(machine) ?? 0x20)) !== 0) flags |= 16;
  return flags;
}

const CLONE_THREAD = 0x1_0000;
export const FORK_THREAD = 8;

/** s390 has the flags of clone second. */
export function cloneFlags(call: SyscallRecord): number {
  const machine = call.arch & 0xffff;
  const at = machine === EM_S390 || machine === EM_S390_OLD ? 1 : 0;
  return (bits(call, at) & CLONE_THREAD) === 0 ? 2 : 2 | FORK_THREAD;
}

const AT_REMOVEDIR = 0x200;

export function unlinkatFlags(call: SyscallRecord): number {
  return (bits(call, 2) & AT_REMOVEDIR) === 0 ? 0 : 1;
}

export function protectionFlags(call: SyscallRecord): number {
  return bits(call, 2) & PROTECTION;
}

/** A whole word that is a number and not bits: a request, a signal, a family. */
export function wordAt(index: Argument): CallFlags {
  return (call) => bits(call, index) >>> 0;
}

export function constantFlags(flags: number): CallFlags {
  return () => flags;
}
