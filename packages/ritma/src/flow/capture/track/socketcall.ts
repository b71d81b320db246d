/**
 * `socketcall` of i386 and s390: one system call with twenty inside.
 *
 *     type=SYSCALL    arch=40000003 syscall=102 a0=3 a1=bfe1c4d0     3 is connect, a1 a pointer
 *     type=SOCKETCALL nargs=3 a0=4 a1=8049c80 a2=10                  its arguments
 *
 * @module
 */
import type { AuditEvent, SyscallRecord } from "../audit-event.ts";
import { SOCKET_CALLS } from "./calls.ts";
import { numberField } from "./records.ts";

/** An argument that is not known; see `int` in call-values.ts. */
const UNKNOWN = 2 ** 64;

/** @returns the inner call as if it had been made itself, or null when there is no such call. */
export function innerCall(event: AuditEvent, call: SyscallRecord): SyscallRecord | null {
  const name = SOCKET_CALLS[call.a0 - 1];
  if (name === undefined) return null;
  const fields = event.others.find(({ type }) => type === "SOCKETCALL")?.fields ?? [];
  const at = (field: string): number => {
    const value = numberField(fields, field);
    return value < 0 ? UNKNOWN : value;
  };
  return { ...call, name, a0: at("a0"), a1: at("a1"), a2: at("a2"), a3: at("a3") };
}
