/**
 * One audit event, as the parser hands it on: every record that shares (node, time, serial), typed.
 *
 * Bytes are kept as the kernel gave them (decoded from quotes or hex), never as strings: names on
 * Linux need not be UTF-8. Objects marked "interned" are the same object for the same bytes for
 * as long as the parser's bounded table keeps them, so that later stages can remember what they
 * made of them; equality of content, not of identity, is what may be relied upon.
 *
 * Ownership: an event and its arrays belong to the receiver during the call that delivers it, or,
 * for one that retains events, until it gives them back; interned objects and byte arrays inside
 * may be kept.
 *
 * @module
 */

/** Who acts: the part of a SYSCALL record from `auid=` on. Interned. */
export interface Subject {
  /** 4294967295 is "unset", as the kernel writes it. -1 where the field was absent. */
  readonly auid: number;
  readonly uid: number;
  readonly gid: number;
  readonly euid: number;
  readonly suid: number;
  readonly fsuid: number;
  readonly egid: number;
  readonly sgid: number;
  readonly fsgid: number;
  readonly ses: number;
  /** Bytes of the terminal's name, or null for `(none)` or absent. */
  readonly tty: Uint8Array | null;
  readonly comm: Uint8Array | null;
  readonly exe: Uint8Array | null;
  /** LSM label, or null where the host has none. */
  readonly subj: Uint8Array | null;
  /** Rule key; several are separated by 0x01. */
  readonly key: Uint8Array | null;
}

export interface SyscallRecord {
  /** AUDIT_ARCH value, e.g. 0xc000003e for x86_64; 0 when absent. */
  arch: number;
  /** System call number in `arch`'s table, or -1 when the log gives only a name. */
  number: number;
  /** Canonical name from the table ("openat"), the log's own name, or null when unknown. */
  name: string | null;
  /** True, false, or null where the record has neither `success` nor `exit` (exit_group). */
  success: boolean | null;
  /** Value of `exit=`; 0 when absent. Negative errno on failure. */
  exit: number;
  /**
   * a0..a3, unsigned 64-bit as a double: exact below 2^53, which covers all flags and small ints.
   */
  a0: number;
  a1: number;
  a2: number;
  a3: number;
  items: number;
  ppid: number;
  pid: number;
  subject: Subject;
}

/** Order is on disk elsewhere as text; keep the words of the kernel. */
export const NAME_TYPES = ["UNKNOWN", "NORMAL", "PARENT", "DELETE", "CREATE"] as const;
export type NameType = (typeof NAME_TYPES)[number];

/** One PATH record without its item number. Interned. */
export interface PathInfo {
  /** Name as given (may be relative), or null for `(null)`. */
  readonly name: Uint8Array | null;
  /** -1 when the record has none. */
  readonly inode: number;
  readonly devMajor: number;
  readonly devMinor: number;
  /** Octal mode as a number, -1 when absent. */
  readonly mode: number;
  readonly ouid: number;
  readonly ogid: number;
  readonly nameType: NameType;
}

export interface PathRecord {
  readonly item: number;
  readonly info: PathInfo;
}

export type SockAddr =
  | { readonly family: "inet"; readonly address: Uint8Array; readonly port: number }
  | {
      readonly family: "inet6";
      readonly address: Uint8Array;
      readonly port: number;
      readonly scope: number;
    }
  | { readonly family: "unix"; readonly path: Uint8Array; readonly abstract: boolean }
  | { readonly family: "netlink"; readonly pid: number; readonly groups: number }
  | {
      readonly family: "vsock";
      readonly cid: number;
      readonly port: number;
    }
  | { readonly family: "other"; readonly number: number; readonly bytes: Uint8Array };

/** A value of a record that has no type of its own above. */
export type FieldValue =
  | { readonly kind: "number"; readonly value: number }
  /** Decoded from quotes or hex, or taken as it stands when unquoted text. */
  | { readonly kind: "bytes"; readonly value: Uint8Array };

export interface Field {
  readonly name: string;
  readonly value: FieldValue;
}

/** Every record that is not one of the typed ones. */
export interface OtherRecord {
  /** As written: `AVC`, `USER_LOGIN`, `UNKNOWN[1329]`. */
  readonly type: string;
  readonly fields: readonly Field[];
}

/** Why the event counts as whole. `timeout` and `evicted` events may lack records. */
export type Completion = "terminator" | "timeout" | "end" | "evicted";

export interface AuditEvent {
  /** From `node=`, or "" when the log names none. */
  node: string;
  /** Microseconds since the Unix epoch. */
  timeUs: number;
  serial: number;
  /** Lines that made it up. */
  lines: number;
  /** Bytes of those lines. */
  bytes: number;
  completion: Completion;
  /**
   * True for records that arrived after the rest of their event was delivered. The same identity
   * was seen before; it is not counted as another event.
   */
  continuation: boolean;
  syscall: SyscallRecord | null;
  cwd: Uint8Array | null;
  /** In order of `item`. */
  readonly paths: PathRecord[];
  /** Arguments of EXECVE, merged from all fragments; null when there was no EXECVE. */
  args: Uint8Array[] | null;
  /** False when argc or a fragment length says that some are missing. */
  argsWhole: boolean;
  sockaddr: SockAddr | null;
  /** proctitle bytes (NUL-separated, cut at 128 by the kernel), or null. */
  proctitle: Uint8Array | null;
  /** fds of FD_PAIR (pipe, socketpair), or null. */
  fdPair: readonly [number, number] | null;
  /** Arguments of MMAP: the descriptor mapped, or -1. */
  mmapFd: number;
  readonly others: OtherRecord[];
}
