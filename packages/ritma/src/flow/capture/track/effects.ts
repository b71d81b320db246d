/**
 * What a call changes in what is known of its process: descriptors, children, its end.
 *
 * @module
 */
import type { AuditEvent, SyscallRecord } from "../audit-event.ts";
import { closesOnExec, FORK_THREAD } from "./call-flags.ts";
import type { CallPlan } from "./call-plan.ts";
import { bits, int, result, succeeded } from "./call-values.ts";
import type { Descriptor, Descriptors } from "./descriptors.ts";
import type { Files, KnownFile } from "./files.ts";
import type { Moment, TrackedProcess } from "./process.ts";
import type { Processes } from "./processes.ts";

const EINPROGRESS = 115;
const MFD_CLOEXEC = 1;
const DUP3_CLOEXEC_AT = 2;
const F_DUPFD = 0;
const F_DUPFD_CLOEXEC = 1_030;

export function isInProgress(call: SyscallRecord): boolean {
  return call.exit === -EINPROGRESS;
}

export class Effects {
  readonly #files: Files;
  readonly #processes: Processes;

  constructor(files: Files, processes: Processes) {
    this.#files = files;
    this.#processes = processes;
  }

  /**
   * To be called when the atom is out.
   *
   * @param file what was opened, @param openWord its O_* flags, @param flow what the event names.
   */
  apply(
    moment: Moment,
    event: AuditEvent,
    call: SyscallRecord,
    plan: CallPlan,
    actor: TrackedProcess,
    file: KnownFile | null,
    openWord: number,
    flow: Descriptor | null,
  ): void {
    const { descriptors } = actor;
    switch (plan.effect) {
      case "nothing":
        return;
      case "opens":
        put(descriptors, result(call), this.#opened(call, file, openWord));
        return;
      case "connects":
        if (flow !== null && (succeeded(call) || isInProgress(call))) {
          put(descriptors, int(call, 0), flow);
        }
        return;
      case "accepts":
        put(descriptors, result(call), flow);
        return;
      case "makes-memory": {
        const closes = (bits(call, 1) & MFD_CLOEXEC) !== 0;
        put(descriptors, result(call), this.#files.opened(this.#files.memory, closes));
        return;
      }
      case "duplicates":
        duplicate(descriptors, call);
        return;
      case "closes":
        if (succeeded(call)) put(descriptors, int(call, 0), null);
        return;
      case "replaces":
        put(descriptors, result(call), null);
        return;
      case "makes-pair":
        for (const number of event.fdPair ?? []) put(descriptors, number, null);
        return;
      case "forks":
        this.#forked(moment, call, plan, actor);
        return;
      case "exits":
        this.#processes.exited(actor, moment.time);
    }
  }

  #opened(call: SyscallRecord, file: KnownFile | null, openWord: number): Descriptor | null {
    return file === null ? null : this.#files.opened(file, closesOnExec(call, openWord));
  }

  #forked(moment: Moment, call: SyscallRecord, plan: CallPlan, actor: TrackedProcess): void {
    const child = result(call);
    if (child === null || child <= 0 || (plan.flags(call) & FORK_THREAD) !== 0) return;
    this.#processes.forked(actor, moment, child);
  }
}

/** @param descriptor null when the number now stands for something that is not followed. */
function put(descriptors: Descriptors, number: number | null, descriptor: Descriptor | null): void {
  if (number === null || number < 0) return;
  if (descriptor === null) descriptors.delete(number);
  else descriptors.set(number, descriptor);
}

function duplicate(descriptors: Descriptors, call: SyscallRecord): void {
  const from = int(call, 0);
  const to = result(call);
  if (from === null || to === null || from === to) return;
  let closeOnExec = false;
  if (call.name === "dup3") {
    closeOnExec = closesOnExec(call, bits(call, DUP3_CLOEXEC_AT));
  } else if (call.name === "fcntl" || call.name === "fcntl64") {
    const command = bits(call, 1);
    if (command !== F_DUPFD && command !== F_DUPFD_CLOEXEC) return;
    closeOnExec = command === F_DUPFD_CLOEXEC;
  }
  const source = descriptors.get(from);
  put(descriptors, to, source === null ? null : { ...source, closeOnExec });
}
