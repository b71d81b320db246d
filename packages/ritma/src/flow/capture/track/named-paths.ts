/**
 * Where the PATH records of an event are: names joined with the directory they start from.
 *
 * A relative name starts from the current directory, or from a descriptor that one of the arguments
 * holds. What a descriptor stands for may be out of date, so it is believed only as long as no
 * inode of the event speaks against it.
 *
 * @module
 */
import { equalBytes } from "@ritma/evidence";
import type { AuditEvent, PathInfo, SyscallRecord } from "../audit-event.ts";
import { directoryLength } from "./call-paths.ts";
import type { CallPlan } from "./call-plan.ts";
import { type Argument, int, isCurrentDirectory } from "./call-values.ts";
import type { Descriptor } from "./descriptors.ts";
import type { Files, KnownFile } from "./files.ts";
import type { Flows } from "./flows.ts";
import type { TrackedProcess } from "./process.ts";
import { type RawPath, resolvePath } from "./raw-path.ts";

const SLASH = 0x2f;

export class NamedPaths {
  readonly #files: Files;

  constructor(files: Files) {
    this.#files = files;
  }

  /** @param second whether the record belongs to the other end of a rename or link. */
  fileOf(
    event: AuditEvent,
    call: SyscallRecord,
    plan: CallPlan,
    actor: TrackedProcess,
    info: PathInfo,
    second: boolean,
  ): KnownFile {
    const { name } = info;
    if (name !== null && name[0] === SLASH) return this.#files.of(info, null);
    const at = second ? plan.directory2 : plan.directory;
    if (name === null || name.length === 0) {
      return this.#files.of(
        info,
        nameless(call, plan.descriptor === -1 ? at : plan.descriptor, actor, info),
      );
    }
    if (at === -1 || isCurrentDirectory(call, at)) {
      return this.#files.of(info, currentDirectory(event, actor));
    }
    return this.#files.of(info, directoryAt(event, call, at, actor, name));
  }

  /** The same without a call: a relative name can only start from the CWD record. */
  fileAlone(event: AuditEvent, actor: TrackedProcess, info: PathInfo): KnownFile {
    const { name } = info;
    const relative = name !== null && name.length > 0 && name[0] !== SLASH;
    return this.#files.of(info, relative ? currentDirectory(event, actor) : null);
  }

  /** The CWD record as a file. */
  cwd(cwd: Uint8Array): KnownFile {
    return this.#files.named(resolvePath(null, cwd));
  }
}

/** The address of the event as a flow. */
export function flowOf(event: AuditEvent, actor: TrackedProcess, flows: Flows): Descriptor | null {
  const { sockaddr } = event;
  if (sockaddr === null) return null;
  return flows.of(sockaddr) ?? flows.from(currentDirectory(event, actor), sockaddr);
}

/** What the CWD record says, remembered by the process; null without such a record. */
function currentDirectory(event: AuditEvent, actor: TrackedProcess): RawPath | null {
  const { cwd } = event;
  if (cwd === null) return null;
  if (actor.cwd === cwd) return actor.directory;
  if (actor.cwd === null || !equalBytes(actor.cwd, cwd)) actor.directory = resolvePath(null, cwd);
  actor.cwd = cwd;
  return actor.directory;
}

/** A file that a descriptor leads to: fchmod, or execveat with an empty name. */
function nameless(
  call: SyscallRecord,
  at: Argument | -1,
  actor: TrackedProcess,
  info: PathInfo,
): RawPath | null {
  const descriptor = at === -1 ? null : descriptorAt(call, at, actor);
  if (descriptor === null) return null;
  return isSameInode(descriptor, info) ? descriptor.path : null;
}

function directoryAt(
  event: AuditEvent,
  call: SyscallRecord,
  at: Argument,
  actor: TrackedProcess,
  name: Uint8Array,
): RawPath | null {
  const descriptor = descriptorAt(call, at, actor);
  if (descriptor === null || descriptor.path === null) return null;
  if (directoryLength(name) > 0 || hasParent(event, descriptor)) return descriptor.path;
  actor.descriptors.delete(int(call, at) ?? -1);
  return null;
}

/** True unless the event has PARENT records, and none of them is this directory. */
function hasParent(event: AuditEvent, directory: Descriptor): boolean {
  let parents = 0;
  for (const { info } of event.paths) {
    if (info.nameType !== "PARENT") continue;
    if (isSameInode(directory, info)) return true;
    parents += 1;
  }
  return parents === 0;
}

export function descriptorAt(
  call: SyscallRecord,
  at: Argument,
  actor: TrackedProcess,
): Descriptor | null {
  const number = int(call, at);
  return number === null || number < 0 ? null : actor.descriptors.get(number);
}

/** True unless both are known and differ. */
function isSameInode(descriptor: Descriptor, info: PathInfo): boolean {
  if (descriptor.inode < 0 || info.inode < 0) return true;
  return (
    descriptor.inode === info.inode &&
    descriptor.devMajor === info.devMajor &&
    descriptor.devMinor === info.devMinor
  );
}
