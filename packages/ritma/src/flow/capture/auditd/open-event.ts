/**
 * An event while its records come in. Objects are used again, event after event.
 *
 * @module
 */
import type {
  AuditEvent,
  Completion,
  OtherRecord,
  PathRecord,
  SockAddr,
  SyscallRecord,
} from "../audit-event.ts";
import { NO_SUBJECT } from "../no-subject.ts";
import { Arguments } from "./execve.ts";

export class OpenEvent implements AuditEvent {
  node = "";
  timeUs = 0;
  serial = 0;
  lines = 0;
  /** Of its lines. */
  bytes = 0;
  completion: Completion = "terminator";
  continuation = false;
  syscall: SyscallRecord | null = null;
  cwd: Uint8Array | null = null;
  paths: PathRecord[] = [];
  args: Uint8Array[] | null = null;
  argsWhole = true;
  sockaddr: SockAddr | null = null;
  proctitle: Uint8Array | null = null;
  fdPair: readonly [number, number] | null = null;
  mmapFd = -1;
  others: OtherRecord[] = [];

  /** Place in the assembly's table. */
  entry = -1;
  /** Newest stamp of the node's log when the last record came. */
  seenUs = 0;
  /** The record `syscall` points to once there is one. */
  readonly ownSyscall: SyscallRecord = {
    arch: 0,
    number: -1,
    name: null,
    success: null,
    exit: 0,
    a0: 0,
    a1: 0,
    a2: 0,
    a3: 0,
    items: 0,
    ppid: -1,
    pid: -1,
    subject: NO_SUBJECT,
  };
  readonly argv: Arguments = new Arguments();

  /** Makes it an event with no records. */
  open(node: string, timeUs: number, serial: number, entry: number): void {
    this.node = node;
    this.timeUs = timeUs;
    this.serial = serial;
    this.entry = entry;
    this.lines = 0;
    this.bytes = 0;
    this.continuation = false;
    this.syscall = null;
    this.cwd = null;
    if (this.paths.length > 0) this.paths = [];
    this.args = null;
    this.argsWhole = true;
    this.sockaddr = null;
    this.proctitle = null;
    this.fdPair = null;
    this.mmapFd = -1;
    if (this.others.length > 0) this.others = [];
    if (this.argv.any) this.argv.reset();
  }

  /** Brings what was collected into its final order, for delivery. */
  finish(completion: Completion): void {
    this.completion = completion;
    const { paths } = this;
    for (let index = 1; index < paths.length; index += 1) {
      if ((paths[index - 1]?.item ?? 0) > (paths[index]?.item ?? 0)) {
        paths.sort((a, b) => a.item - b.item);
        break;
      }
    }
    if (!this.argv.any) return;
    const { args, whole } = this.argv.finish();
    this.args = args;
    this.argsWhole = whole;
  }
}
