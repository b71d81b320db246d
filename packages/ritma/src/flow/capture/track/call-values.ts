/**
 * Reading the arguments of a system call: 64-bit registers, printed in hex, held in doubles.
 *
 * Doubles are exact below 2^53, which covers every flag word, descriptor and id that a call takes
 * in 32 bits. A negative int may be printed in 32 bits (`ffffff9c`) or sign-extended to 64; in the
 * second form its low bits are lost here, and only that it was negative is known.
 *
 * @module
 */
import type { SyscallRecord } from "../audit-event.ts";

/** What a call says by one number, or null when it says nothing. */
export type CallNumber = (call: SyscallRecord) => number | null;

const EXACT = 2 ** 53;
const UINT32 = 2 ** 32;
const RET_UNKNOWN = 255;

export type Argument = 0 | 1 | 2 | 3;

export function argument(call: SyscallRecord, index: Argument): number {
  switch (index) {
    case 0:
      return call.a0;
    case 1:
      return call.a1;
    case 2:
      return call.a2;
    case 3:
      break;
  }
  return call.a3;
}

/** A flag word: the low 32 bits, 0 when they are not known. */
export function bits(call: SyscallRecord, index: Argument): number {
  const value = argument(call, index);
  return value < EXACT ? value | 0 : 0;
}

/** A C int, null when only its sign is known. */
export function int(call: SyscallRecord, index: Argument): number | null {
  const value = argument(call, index);
  return value < EXACT ? value | 0 : null;
}

/** A C unsigned int. Sign-extended values can only be -1 in practice: "leave it as it is". */
export function unsigned(call: SyscallRecord, index: Argument): number {
  const value = argument(call, index);
  return value < EXACT ? (value | 0) >>> 0 : UINT32 - 1;
}

/** True for AT_FDCWD: the name starts in the current directory. */
export function isCurrentDirectory(call: SyscallRecord, index: Argument): boolean {
  const descriptor = int(call, index);
  return descriptor === null || descriptor < 0;
}

export function succeeded(call: SyscallRecord): boolean {
  return call.success === true;
}

/** The kernel's own bound of an error number. */
const ERRNO_MAX = 4095;

/** 0, or the errno; 255 when the call failed and the record does not say how. */
export function returned(call: SyscallRecord): number {
  if (call.success !== false) return 0;
  return call.exit < 0 && call.exit >= -ERRNO_MAX ? -call.exit : RET_UNKNOWN;
}

/** What the call gave back, null when it failed. */
export function result(call: SyscallRecord): number | null {
  if (call.success !== true || !Number.isSafeInteger(call.exit)) return null;
  return call.exit === 0 ? 0 : call.exit;
}

export const nothing: CallNumber = () => null;

export function intAt(index: Argument): CallNumber {
  return (call) => int(call, index);
}

export function unsignedAt(index: Argument): CallNumber {
  return (call) => unsigned(call, index);
}

/** A file mode: umode_t has 16 bits. */
export function modeAt(index: Argument): CallNumber {
  return (call) => bits(call, index) & 0xffff;
}
