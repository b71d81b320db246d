/**
 * What an event says beside its main atom. Nothing that the table does not use may vanish.
 *
 * @module
 */
import { encodeEntity, type EntityRef, entityRef, eventTypeNumber } from "@ritma/evidence";
import type { AuditEvent, Field, OtherRecord, PathInfo } from "../audit-event.ts";
import type { Privacy } from "../privacy.ts";
import type { Descriptor } from "./descriptors.ts";
import type { Emission } from "./emission.ts";
import type { KnownFile } from "./files.ts";
import type { NamedPaths } from "./named-paths.ts";
import type { TrackedProcess } from "./process.ts";
import { fieldsEntity } from "./records.ts";

const RECORD = eventTypeNumber("record");
const PATH = eventTypeNumber("path");

/** The numbers of spec/08-projection.md, "path". */
const NAME_TYPE_NUMBERS: Readonly<Record<PathInfo["nameType"], number>> = {
  UNKNOWN: 0,
  NORMAL: 1,
  PARENT: 2,
  DELETE: 3,
  CREATE: 4,
};

const NUL = 0;

export class Leftovers {
  readonly #privacy: Privacy;
  readonly #emission: Emission;
  readonly #paths: NamedPaths;

  constructor(privacy: Privacy, emission: Emission, paths: NamedPaths) {
    this.#privacy = privacy;
    this.#emission = emission;
    this.#paths = paths;
  }

  path(actor: EntityRef, file: KnownFile, item: number, ret: number): void {
    const flags = NAME_TYPE_NUMBERS[file.info.nameType];
    const num = Number.isSafeInteger(item) ? item : null;
    this.#emission.atom(PATH, flags, ret, actor, file.ref, null, num);
  }

  record(actor: EntityRef, record: OtherRecord): void {
    this.#emission.atom(RECORD, 0, 0, actor, fieldsEntity(this.#privacy, record));
  }

  /** An address that belongs to no call. */
  address(actor: EntityRef, flow: Descriptor): void {
    this.#typed(actor, "SOCKADDR", [], flow.ref, null);
  }

  pair(actor: EntityRef, [fd0, fd1]: readonly [number, number]): void {
    this.#typed(actor, "FD_PAIR", [numberField("fd0", fd0), numberField("fd1", fd1)], null, null);
  }

  map(actor: EntityRef, fd: number): void {
    this.#typed(actor, "MMAP", [numberField("fd", fd)], null, null);
  }

  /** An event that says nothing but that it was. */
  empty(actor: EntityRef): void {
    this.#typed(actor, "EOE", [], null, null);
  }

  /** PATH, CWD, EXECVE and the like without the SYSCALL they belong to. */
  alone(event: AuditEvent, actor: TrackedProcess, flow: Descriptor | null): void {
    const { ref } = actor;
    if (event.args !== null) {
      this.#typed(ref, "EXECVE", [], null, this.argumentsEntity(event.args, event.argsWhole));
    } else if (event.proctitle !== null) {
      const args = this.argumentsEntity(splitTitle(event.proctitle), false);
      this.#typed(ref, "PROCTITLE", [], null, args);
    }
    if (event.cwd !== null) {
      this.#emission.atom(PATH, 0, 0, ref, this.#paths.cwd(event.cwd).ref);
    }
    for (const { info, item } of event.paths) {
      this.path(ref, this.#paths.fileAlone(event, actor, info), item, 0);
    }
    if (flow !== null) this.address(ref, flow);
    if (event.fdPair !== null) this.pair(ref, event.fdPair);
    if (event.mmapFd >= 0) this.map(ref, event.mmapFd);
  }

  argumentsEntity(args: readonly Uint8Array[], whole: boolean): EntityRef {
    const values = args.map((each) => this.#privacy.value("argument", each));
    return entityRef(encodeEntity({ kind: "arguments", whole, values }));
  }

  #typed(
    actor: EntityRef,
    type: string,
    fields: readonly Field[],
    object2: EntityRef | null,
    arg: EntityRef | null,
  ): void {
    const object = fieldsEntity(this.#privacy, { type, fields });
    this.#emission.atom(RECORD, 0, 0, actor, object, object2, null, arg);
  }
}

function numberField(name: string, value: number): Field {
  return { name, value: { kind: "number", value } };
}

/** The title holds the arguments with a NUL behind each; the last may be cut. */
function splitTitle(title: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let start = 0;
  for (let at = 0; at <= title.length; at += 1) {
    if (at < title.length && title[at] !== NUL) continue;
    if (at < title.length || at > start) parts.push(title.subarray(start, at));
    start = at + 1;
  }
  return parts;
}
