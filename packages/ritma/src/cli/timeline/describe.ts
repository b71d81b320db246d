/**
 * What an atom says, in words: what was done, to what, and how it ended.
 *
 * @module
 */
import {
  type ArgumentsEntity,
  CREDENTIAL_IDS,
  type CredentialsEntity,
  type Entity,
  type EventType,
  eventTypeName,
  type FieldsEntity,
  type Value,
} from "@ritma/evidence";
import type { EventAtom, EventView } from "../../services/reader/event-view.ts";
import { ERRNO_UNKNOWN, errnoName, isDenied } from "./errno.ts";
import type { Namer } from "./names.ts";
import { shellQuoted } from "./quote.ts";
import { bpfCommand, namespaceNames, octal, requestName, signalName } from "./words.ts";

/** An id that was never set. */
const UNSET = 4_294_967_295;
/** Flags of an exec. */
const SCRIPT = 1;
const GONE = 2;

const ACTIONS: ReadonlyMap<EventType | null, (atom: EventAtom) => string> = new Map<
  EventType,
  (atom: EventAtom) => string
>([
  ["open", ({ flags }) => openAction(flags)],
  ["record", ({ object }) => (isUserRecord(object) ? "user" : "record")],
  ["unlink", ({ flags }) => (flags === 1 ? "rmdir" : "unlink")],
  ["mount", ({ flags }) => ["mount", "unmount", "pivot"][flags] ?? "mount"],
  ["module", ({ flags }) => (flags === 1 ? "unload" : "load")],
  ["chdir", ({ flags }) => (flags === 1 ? "chroot" : "chdir")],
]);

/** One or two words for the column that says what was done. */
export function actionOf(atom: EventAtom): string {
  const type = eventTypeName(atom.etype);
  return ACTIONS.get(type)?.(atom) ?? type ?? `type ${atom.etype}`;
}

function isUserRecord(object: Entity | null): boolean {
  return object?.kind === "fields" && object.type.startsWith("USER_");
}

function openAction(flags: number): string {
  if ((flags & 128) !== 0) return "create";
  if ((flags & 16) !== 0) return "append";
  if ((flags & 2) === 0) return "open";
  if ((flags & 8) !== 0) return "overwrite";
  return (flags & 1) === 0 ? "open to write" : "open rw";
}

/** "" for what went well. */
export function outcomeOf({ etype, flags, ret }: EventAtom): string {
  if (ret === 0) return eventTypeName(etype) === "connect" && flags === 1 ? "in progress" : "";
  if (ret === ERRNO_UNKNOWN) return "failed";
  const name = errnoName(ret) ?? `errno ${ret}`;
  return isDenied(ret) ? `denied (${name})` : name;
}

type ObjectText = (namer: Namer, atom: EventAtom, event: EventView) => string;

/** Types whose object is more than what it names. */
const OBJECTS: ReadonlyMap<EventType | null, ObjectText> = new Map<EventType, ObjectText>([
  ["exec", (namer, _atom, event) => execText(namer, event)],
  ["rename", twoEnds],
  ["link", twoEnds],
  ["symlink", twoEnds],
  ["mode", withMode],
  ["mkdir", withMode],
  ["mknod", withMode],
  ["owner", (namer, atom) => withNumber(namer, atom, (uid) => `to uid ${idText(uid)}`)],
  ["fork", (namer, atom) => withNumber(namer, atom, (pid) => `pid ${pid}`)],
  ["exit", (namer, atom) => withNumber(namer, atom, (status) => `status ${status}`)],
  ["bpf", (namer, atom) => withNumber(namer, atom, bpfCommand)],
  ["trace", (namer, atom) => spaced(requestName(atom.flags), targetText(namer, atom))],
  ["signal", (namer, atom) => spaced(signalName(atom.flags), targetText(namer, atom))],
  [
    "memory-access",
    (namer, atom) => spaced(atom.flags === 1 ? "write" : "read", targetText(namer, atom)),
  ],
  [
    "identity",
    (_namer, { num, object }) =>
      spaced(num === null || num === UNSET ? "" : `to id ${num}`, wasText(object)),
  ],
  [
    "namespace",
    (_namer, { num, flags }) =>
      num === null ? "" : flags === 1 ? `enter (fd ${num})` : namespaceNames(num),
  ],
]);

/** What it was done to. */
export function objectOf(namer: Namer, event: EventView): string {
  const { atom } = event;
  const own = OBJECTS.get(eventTypeName(atom.etype));
  if (own !== undefined) return own(namer, atom, event);
  return spaced(entityText(namer, atom.object), entityText(namer, atom.arg));
}

function twoEnds(namer: Namer, { object, object2 }: EventAtom): string {
  if (object === null && object2 === null) return "";
  return [object, object2].map((each) => entityText(namer, each) || "?").join(" → ");
}

function withMode(namer: Namer, atom: EventAtom): string {
  return withNumber(namer, atom, octal);
}

function withNumber(
  namer: Namer,
  { object, num }: EventAtom,
  shown: (num: number) => string,
): string {
  return spaced(entityText(namer, object), num === null ? "" : shown(num));
}

/** `/bin/sh -c 'id; uname -a'`; what calls itself by another name says so. */
function execText(namer: Namer, { atom, process }: EventView): string {
  const { object, arg, flags } = atom;
  const isGone = (flags & GONE) !== 0;
  const named = object?.kind === "file" ? namer.pathOrNull(object.path) : null;
  const image = isGone ? namer.pathOrNull(process.executable) : null;
  const path = named ?? image ?? (entityText(namer, object) || "?");
  const file = isGone ? `${path} (deleted or in memory)` : path;
  if (arg?.kind !== "arguments") return file;
  const [zeroth, ...rest] = arg.values;
  if (zeroth === undefined || zeroth.hashed) return spaced(file, joined(namer, arg, rest));
  if ((flags & SCRIPT) !== 0) return joined(namer, arg, arg.values);
  const own = namer.value(zeroth);
  const isUsual = own === path || own === path.slice(path.lastIndexOf("/") + 1);
  const shown = isUsual ? file : `${file} (as ${shellQuoted(namer, zeroth)})`;
  return spaced(shown, joined(namer, arg, rest));
}

function joined(namer: Namer, { whole }: ArgumentsEntity, values: readonly Value[]): string {
  const shown = values.map((each) => shellQuoted(namer, each)).join(" ");
  return whole ? shown : spaced(shown, "…");
}

function targetText(namer: Namer, { object, num }: EventAtom): string {
  if (object?.kind === "process") return namer.process(object);
  return num === null ? "" : `pid ${num}`;
}

function wasText(object: Entity | null): string {
  return object?.kind === "credentials" ? `(was ${userText(object)})` : "";
}

function entityText(namer: Namer, entity: Entity | null): string {
  if (entity === null) return "";
  switch (entity.kind) {
    case "file":
      return namer.pathOrNull(entity.path) ?? `inode ${entity.inode ?? "?"}`;
    case "flow":
      return namer.flow(entity);
    case "process":
      return namer.process(entity);
    case "credentials":
      return userText(entity);
    case "arguments":
      return joined(namer, entity, entity.values);
    case "fields":
      return fieldsText(namer, entity);
    case "string":
    case "line":
      break;
  }
  return namer.value(entity.value);
}

/** Ids that every record has, and that its own columns show. */
const SEEN_ELSEWHERE: ReadonlySet<string> = new Set(["pid", "uid", "subj", "ver"]);

function fieldsText(namer: Namer, { type, fields }: FieldsEntity): string {
  const shown = fields
    .filter(([name]) => !SEEN_ELSEWHERE.has(name))
    .map(([name, value]) =>
      typeof value === "number"
        ? `${name}=${idText(value)}`
        : `${name}=${shellQuoted(namer, value)}`,
    );
  return [type, ...shown].join(" ");
}

/** `uid 33`, and the effective one where it is another. Names of accounts are not in the log. */
export function userText({ ids }: CredentialsEntity): string {
  const [uid, euid] = (["uid", "euid"] as const).map((name) => ids[CREDENTIAL_IDS.indexOf(name)]);
  const shown = uid === null || uid === undefined ? "uid ?" : `uid ${idText(uid)}`;
  return euid === null || euid === undefined || euid === uid
    ? shown
    : `${shown} euid ${idText(euid)}`;
}

function idText(id: number): string {
  return id === UNSET ? "unset" : String(id);
}

function spaced(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}
