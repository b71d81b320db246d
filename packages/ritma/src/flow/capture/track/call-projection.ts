/**
 * From a system call to its atoms: what it was about, what it did to the process, what else the
 * event says.
 *
 * Nothing is allocated here for a call whose file, flow or name was seen before.
 *
 * Not here: who acts (`processes.ts`), which call is what (`calls.ts`).
 *
 * Format: spec/08-projection.md.
 *
 * @module
 */
import type { EntityRef } from "@ritma/evidence";
import type { AuditEvent, SyscallRecord } from "../audit-event.ts";
import { latin1 } from "../latin1.ts";
import { OPEN_CREATED, openFlags } from "./call-flags.ts";
import { isParentOfSibling, PathChoice } from "./call-paths.ts";
import type { CallPlan } from "./call-plan.ts";
import { bits, returned, succeeded } from "./call-values.ts";
import type { Descriptor } from "./descriptors.ts";
import { type Effects, isInProgress } from "./effects.ts";
import type { Emission } from "./emission.ts";
import type { Files, KnownFile } from "./files.ts";
import type { Flows } from "./flows.ts";
import type { Leftovers } from "./leftovers.ts";
import { descriptorAt, flowOf, type NamedPaths } from "./named-paths.ts";
import type { TrackedProcess } from "./process.ts";
import type { Processes } from "./processes.ts";
import { programFlags } from "./program.ts";
import { parentPath } from "./raw-path.ts";
import { bytesField, numberField } from "./records.ts";
import { Strings } from "./strings.ts";

/** The parts of a projector, shared with what this one needs. */
export interface CallParts {
  readonly emission: Emission;
  readonly files: Files;
  readonly flows: Flows;
  readonly paths: NamedPaths;
  readonly processes: Processes;
  readonly effects: Effects;
  readonly leftovers: Leftovers;
}

export class CallProjection {
  readonly #parts: CallParts;
  readonly #strings = new Strings();
  readonly #choice = new PathChoice();

  constructor(parts: CallParts) {
    this.#parts = parts;
  }

  /** @param credentials the actor's before the call. */
  project(
    event: AuditEvent,
    call: SyscallRecord,
    plan: CallPlan,
    actor: TrackedProcess,
    credentials: EntityRef,
  ): void {
    const { emission, flows, effects, leftovers } = this.#parts;
    const choice = this.#choice;
    choice.choose(plan.object, event.paths);
    const file = this.#fileAt(event, call, plan, actor, choice.object, false);
    const flow = flowOf(event, actor, flows);
    const inProgress = plan.effect === "connects" && isInProgress(call);
    const openWord = plan.effect === "opens" ? openWordOf(event, call, plan) : 0;
    emission.atom(
      plan.etype,
      inProgress ? 1 : flagsOf(event, call, plan, openWord, file),
      inProgress ? 0 : returned(call),
      actor.ref,
      this.#object(event, call, plan, actor, file, flow, credentials),
      this.#object2(event, call, plan, actor, file),
      plan.object === "map" ? positive(event.mmapFd) : numberOf(event, call, plan),
      event.args === null ? null : leftovers.argumentsEntity(event.args, event.argsWhole),
    );
    this.#rest(event, call, plan, actor, flow);
    effects.apply(emission, event, call, plan, actor, file, openWord, flow);
  }

  #object(
    event: AuditEvent,
    call: SyscallRecord,
    plan: CallPlan,
    actor: TrackedProcess,
    file: KnownFile | null,
    flow: Descriptor | null,
    credentials: EntityRef,
  ): EntityRef | null {
    const { descriptor } = plan;
    const open = descriptor === -1 ? null : descriptorAt(call, descriptor, actor);
    switch (plan.object) {
      case "nothing":
        return null;
      case "file":
      case "program":
      case "rename":
      case "link":
      case "symlink":
        return file?.ref ?? open?.ref ?? null;
      case "flow":
        return flow?.ref ?? (open?.kind === "flow" ? open.ref : null);
      case "descriptor":
        return open?.ref ?? null;
      case "map": {
        const mapped = actor.descriptors.get(event.mmapFd);
        return mapped?.kind === "file" ? mapped.ref : null;
      }
      case "memory":
        return succeeded(call) ? this.#parts.files.memory.ref : null;
      case "process":
        return this.#target(event, call, plan, actor);
      case "credentials":
        return credentials;
      case "module":
        return file?.ref ?? open?.ref ?? this.#moduleName(event);
      case "name":
        break;
    }
    return this.#strings.of(call.name ?? `${call.arch.toString(16)}:${call.number}`);
  }

  #object2(
    event: AuditEvent,
    call: SyscallRecord,
    plan: CallPlan,
    actor: TrackedProcess,
    file: KnownFile | null,
  ): EntityRef | null {
    const at = this.#choice.object2;
    if (at === -1) return null;
    if (plan.object !== "symlink") {
      return this.#fileAt(event, call, plan, actor, at, true)?.ref ?? null;
    }
    const info = event.paths[at]?.info;
    if (info === undefined) return null;
    const from = file === null || file.path === null ? null : parentPath(file.path);
    return this.#parts.files.of(info, info.name === null ? null : from).ref;
  }

  /** A child or target by OBJ_PID, which is numbered as the log is; else by the argument. */
  #target(
    event: AuditEvent,
    call: SyscallRecord,
    plan: CallPlan,
    actor: TrackedProcess,
  ): EntityRef | null {
    let pid = plan.num(call) ?? -1;
    for (const { type, fields } of event.others) {
      if (type === "OBJ_PID") pid = numberField(fields, "opid");
    }
    if (pid <= 0) return null;
    return this.#parts.processes.find(actor.node, pid)?.ref ?? null;
  }

  #moduleName({ others }: AuditEvent): EntityRef | null {
    for (const { type, fields } of others) {
      const name = type === "KERN_MODULE" ? bytesField(fields, "name") : null;
      if (name !== null) return this.#strings.of(latin1(name));
    }
    return null;
  }

  #fileAt(
    event: AuditEvent,
    call: SyscallRecord,
    plan: CallPlan,
    actor: TrackedProcess,
    at: number,
    second: boolean,
  ): KnownFile | null {
    if (at === -1) return null;
    const info = event.paths[at]?.info;
    if (info === undefined) return null;
    return this.#parts.paths.fileOf(event, call, plan, actor, info, second);
  }

  /** All that the main atom did not say. */
  #rest(
    event: AuditEvent,
    call: SyscallRecord,
    plan: CallPlan,
    actor: TrackedProcess,
    flow: Descriptor | null,
  ): void {
    const { leftovers } = this.#parts;
    if (event.paths.length > 1 || (event.paths.length === 1 && this.#choice.object === -1)) {
      this.#restOfPaths(event, call, plan, actor);
    }
    if (flow !== null && plan.object !== "flow") leftovers.address(actor.ref, flow);
    if (event.fdPair !== null && plan.effect !== "makes-pair") {
      leftovers.pair(actor.ref, event.fdPair);
    }
    if (event.mmapFd >= 0 && plan.object !== "map") leftovers.map(actor.ref, event.mmapFd);
    for (const record of event.others) leftovers.record(actor.ref, record);
  }

  #restOfPaths(
    event: AuditEvent,
    call: SyscallRecord,
    plan: CallPlan,
    actor: TrackedProcess,
  ): void {
    const { object, object2 } = this.#choice;
    const { paths, cwd } = event;
    const ret = returned(call);
    let parents = 0;
    for (let at = 0; at < paths.length; at += 1) {
      const record = paths[at];
      if (record === undefined) continue;
      const { info, item } = record;
      const isParent = info.nameType === "PARENT";
      if (isParent) parents += 1;
      if (at === object || at === object2 || isParentOfSibling(info, paths, cwd)) continue;
      // The second directory, or the file that a rename replaced.
      const second = plan.directory2 !== -1 && (isParent ? parents > 1 : object2 !== -1);
      const file = this.#fileAt(event, call, plan, actor, at, second);
      if (file !== null) this.#parts.leftovers.path(actor.ref, file, item, ret);
    }
  }
}

/** The O_* flags of an open: an argument, or OPENAT2, since openat2 takes them in memory. */
function openWordOf(event: AuditEvent, call: SyscallRecord, plan: CallPlan): number {
  if (plan.openFlags !== -1) return bits(call, plan.openFlags);
  for (const { type, fields } of event.others) {
    if (type === "OPENAT2") return Math.max(numberField(fields, "oflag"), 0);
  }
  return 0;
}

function flagsOf(
  event: AuditEvent,
  call: SyscallRecord,
  plan: CallPlan,
  openWord: number,
  file: KnownFile | null,
): number {
  if (plan.object === "program") return programFlags(event, call);
  if (plan.effect !== "opens") return plan.flags(call);
  const known = plan.openFlags !== -1 || call.name === "openat2";
  const flags = known ? openFlags(call, openWord) : plan.flags(call);
  const created = file?.info.nameType === "CREATE" && succeeded(call);
  return created ? flags | OPEN_CREATED : flags;
}

function numberOf({ fdPair }: AuditEvent, call: SyscallRecord, plan: CallPlan): number | null {
  if (plan.effect !== "makes-pair") return plan.num(call);
  return fdPair === null ? null : positive(fdPair[0]);
}

function positive(descriptor: number): number | null {
  return Number.isSafeInteger(descriptor) && descriptor >= 0 ? descriptor : null;
}
