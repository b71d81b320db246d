/**
 * Audit events made by hand, and atoms as lines of text, for the tests of projection.
 *
 *     exec:1 20/7 /tmp/a -> /tmp/b #3 (ls -l) !2
 *     type:flags pid/serial object -> object2 #num (arguments) !errno
 *
 * @module
 */
import {
  type AtomSink,
  decodeEntity,
  type Entity,
  type EntityRef,
  eventTypeName,
  type Path,
  type ProcessEntity,
  type Value,
} from "@ritma/evidence";
import type {
  AuditEvent,
  Field,
  FieldValue,
  NameType,
  PathRecord,
  Subject,
  SyscallRecord,
} from "../../src/flow/capture/audit-event.ts";
import { type Privacy, rawPrivacy } from "../../src/flow/capture/privacy.ts";
import { ObservedProcesses } from "../../src/flow/capture/track/observed-processes.ts";
import { Projector, type ProjectorCounts } from "../../src/flow/capture/track/projector.ts";

export const AT_FDCWD = 0xffff_ff9c;
export const X86_64 = 0xc000_003e;
/** 2026-11-20T00:00:00Z in microseconds. */
export const START_US = 1_795_132_800_000_000;

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function text(value: Uint8Array): string {
  return new TextDecoder("latin1").decode(value);
}

export interface Atom {
  readonly time: number;
  readonly serial: number;
  readonly type: string;
  readonly flags: number;
  readonly ret: number;
  readonly process: ProcessEntity;
  readonly object: Entity | null;
  readonly object2: Entity | null;
  readonly num: number | null;
  readonly arg: Entity | null;
  readonly refs: readonly EntityRef[];
}

export interface Told {
  readonly atoms: readonly Atom[];
  /** One per atom. */
  readonly lines: readonly string[];
  readonly counts: ProjectorCounts;
}

/** Projects the events in their order. */
export function tell(
  events: readonly AuditEvent[],
  privacy: Privacy = rawPrivacy(),
  observed: ObservedProcesses = new ObservedProcesses(),
): Told {
  const atoms: Atom[] = [];
  const sink = collector(atoms);
  const projector = new Projector({ node: bytes("host"), privacy, sink, observed });
  for (const event of events) projector.project(event);
  return { atoms, lines: atoms.map(shown), counts: projector.counts };
}

/** A sink that decodes every entity it is given. */
export function collector(atoms: Atom[]): AtomSink {
  return {
    atom(time, serial, etype, flags, ret, process, object, object2, num, arg) {
      const actor = entity(process);
      if (actor?.kind !== "process") throw new TypeError(`a ${actor?.kind} acts`);
      atoms.push({
        time,
        serial,
        type: eventTypeName(etype) ?? `?${etype}`,
        flags,
        ret,
        process: actor,
        object: entity(object),
        object2: entity(object2),
        num,
        arg: entity(arg),
        refs: [process, object, object2, arg].filter((ref) => ref !== null),
      });
    },
  };
}

const decoded = new WeakMap<EntityRef, Entity>();

function entity(ref: EntityRef | null): Entity | null {
  if (ref === null) return null;
  const made = decoded.get(ref) ?? decodeEntity(ref.bytes);
  decoded.set(ref, made);
  return made;
}

export function shown(atom: Atom): string {
  const { type, flags, process, object, object2, num, arg, ret } = atom;
  let line = `${type}${flags === 0 ? "" : `:${flags}`} ${process.pid}/${process.serial}`;
  if (object !== null) line += ` ${shownEntity(object)}`;
  if (object2 !== null) line += ` -> ${shownEntity(object2)}`;
  if (num !== null) line += ` #${num}`;
  if (arg !== null) line += ` (${shownEntity(arg)})`;
  return ret === 0 ? line : `${line} !${ret}`;
}

function shownEntity(entity: Entity): string {
  switch (entity.kind) {
    case "string":
      return shownValue(entity.value);
    case "file":
      return entity.path === null ? `inode ${entity.inode}` : shownPath(entity.path);
    case "process":
      return `process ${entity.pid}/${entity.serial}`;
    case "flow": {
      const { address } = entity;
      const place = "components" in address ? shownPath(address) : [...address.bytes].join(".");
      return `${entity.family}:${place}:${entity.port}`;
    }
    case "credentials":
      return `uid ${entity.ids[1]} euid ${entity.ids[3]}`;
    case "arguments":
      return `${entity.values.map(shownValue).join(" ")}${entity.whole ? "" : " ..."}`;
    case "fields":
      return [
        entity.type,
        ...entity.fields.map(
          ([name, value]) => `${name}=${typeof value === "number" ? value : shownValue(value)}`,
        ),
      ].join(" ");
    case "line":
      break;
  }
  return `line of ${entity.length}`;
}

/** `/` from the root, `?` from an unknown directory, `*` nowhere. */
export function shownPath({ base, components }: Path): string {
  const start = ["/", "?/", "*/"][base] ?? "";
  return start + components.map(shownValue).join("/");
}

function shownValue({ hashed, bytes: content }: Value): string {
  return hashed ? "#" : text(content);
}

/** How a process came to be: `fork of 10/1`. */
export function origin({ birth, parent }: ProcessEntity): string {
  return parent === null ? birth : `${birth} of ${parent.pid}/${parent.serial}`;
}

/** The origins of all processes that act, in order of their first atom, by `pid/serial`. */
export function origins({ atoms }: Told): Record<string, string> {
  return Object.fromEntries(
    atoms.map(({ process }) => [`${process.pid}/${process.serial}`, origin(process)]),
  );
}

const NO_EVENT: Omit<AuditEvent, "serial" | "timeUs" | "paths" | "others"> = {
  node: "",
  lines: 1,
  bytes: 100,
  completion: "terminator",
  continuation: false,
  syscall: null,
  cwd: null,
  args: null,
  argsWhole: true,
  sockaddr: null,
  proctitle: null,
  fdPair: null,
  mmapFd: -1,
};

/** Each event is a millisecond after the one with the serial before. */
export function event(serial: number, parts: Partial<AuditEvent> = {}): AuditEvent {
  const timeUs = START_US + serial * 1_000;
  return { ...NO_EVENT, serial, timeUs, paths: [], others: [], ...parts };
}

export interface Speaker {
  readonly pid: number;
  readonly ppid?: number;
  readonly exe?: string;
  readonly comm?: string;
  readonly uid?: number;
  readonly key?: string;
}

export function subject({ exe = "/bin/sh", comm = "sh", uid = 1_000, key }: Speaker): Subject {
  const ids = { auid: 1_000, uid, gid: uid, euid: uid, suid: uid, fsuid: uid };
  return {
    ...ids,
    egid: uid,
    sgid: uid,
    fsgid: uid,
    ses: 1,
    tty: null,
    comm: bytes(comm),
    exe: bytes(exe),
    subj: null,
    key: key === undefined ? null : bytes(key),
  };
}

/** A call that succeeded; `exit` below 0 makes it one that failed. */
export function syscall(
  name: string,
  who: Speaker,
  parts: Partial<SyscallRecord> = {},
): SyscallRecord {
  const exit = parts.exit ?? 0;
  return {
    arch: X86_64,
    number: -1,
    name,
    success: exit >= 0,
    exit,
    a0: 0,
    a1: 0,
    a2: 0,
    a3: 0,
    items: 0,
    ppid: who.ppid ?? 1,
    pid: who.pid,
    subject: subject(who),
    ...parts,
  };
}

/** An event of one call. */
export function call(
  serial: number,
  name: string,
  who: Speaker,
  parts: Partial<SyscallRecord> = {},
  rest: Partial<AuditEvent> = {},
): AuditEvent {
  return event(serial, { syscall: syscall(name, who, parts), ...rest });
}

export function path(
  item: number,
  nameType: NameType,
  name: string | null,
  inode = -1,
): PathRecord {
  return {
    item,
    info: {
      name: name === null ? null : bytes(name),
      inode,
      devMajor: inode < 0 ? -1 : 8,
      devMinor: inode < 0 ? -1 : 1,
      mode: -1,
      ouid: -1,
      ogid: -1,
      nameType,
    },
  };
}

/** Fields of a record that is not typed. */
export function fields(content: Readonly<Record<string, string | number>>): Field[] {
  return Object.entries(content).map(([name, value]) => ({ name, value: fieldValue(value) }));
}

function fieldValue(value: string | number): FieldValue {
  if (typeof value === "number") return { kind: "number", value };
  return { kind: "bytes", value: bytes(value) };
}
