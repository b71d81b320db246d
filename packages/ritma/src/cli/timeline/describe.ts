/**
 * What an atom says, in words: what was done, to what, and how it ended.
 *
 * @module
 */
import {
  type ArgumentsEntity,
  type Entity,
  type EventType,
  eventTypeName,
  type FieldsEntity,
  type FlowEntity,
  type Value,
} from "@ritma/evidence";
import type { EventAtom, EventView } from "../../stores/sealed/event-view.ts";
import { ERRNO_UNKNOWN, errnoName, isDenied } from "./errno.ts";
import { idText, identityText, userText } from "./identity.ts";
import type { Namer } from "./names.ts";
import { fixed, path, type Phrase, phrase, type Piece, textOf, words } from "./phrase.ts";
import { shellQuoted } from "./quote.ts";
import { fieldText, recordText } from "./records.ts";
import { fileName, fileTarget, twoTargets } from "./targets.ts";
import { bpfCommand, namespaceNames, octal, requestName, signalName } from "./words.ts";

/** Flags of an exec. */
const SCRIPT = 1;
const GONE = 2;

/** Of an exit. */
const EXIT_SEEN = 2;

const RECORD_ACTIONS: readonly (readonly [types: RegExp, action: string])[] = [
  [/^USER_CMD$/u, "command"],
  [/^CONFIG_CHANGE$|^DAEMON_/u, "audit"],
  [/^USER_|^LOGIN$|^CRED_/u, "user"],
];

const ACTIONS: ReadonlyMap<EventType | null, (atom: EventAtom) => string> = new Map<
  EventType,
  (atom: EventAtom) => string
>([
  ["open", ({ flags }) => openAction(flags)],
  ["record", ({ object }) => recordAction(object)],
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

function recordAction(object: Entity | null): string {
  if (object?.kind !== "fields") return "record";
  return RECORD_ACTIONS.find(([types]) => types.test(object.type))?.[1] ?? "record";
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
  if (ret === 0) return eventTypeName(etype) === "connect" && flags === 1 ? "pending" : "";
  if (ret === ERRNO_UNKNOWN) return "failed";
  const name = errnoName(ret) ?? `errno ${ret}`;
  return isDenied(ret) ? `denied (${name})` : name;
}

type ObjectText = (namer: Namer, event: EventView) => Phrase;

const oneFile: ObjectText = (namer, { atom }) => fileTarget(namer, atom);
const withMode: ObjectText = (namer, { atom }) => withNumber(namer, atom, octal);

/** Types whose object is more than what it names. */
const OBJECTS: ReadonlyMap<EventType | null, ObjectText> = new Map<EventType, ObjectText>([
  ["exec", (namer, event) => execText(namer, event)],
  ["open", oneFile],
  ["unlink", oneFile],
  ["truncate", oneFile],
  ["rename", twoTargets],
  ["link", twoTargets],
  ["symlink", twoTargets],
  ["mode", withMode],
  ["mkdir", withMode],
  ["mknod", withMode],
  ["owner", (namer, { atom }) => withNumber(namer, atom, (uid) => `to uid ${idText(uid)}`)],
  ["fork", (_namer, { atom }) => numbered(atom, (pid) => `pid ${pid}`)],
  ["exit", (_namer, { atom }) => exitText(atom)],
  ["bpf", (_namer, { atom }) => numbered(atom, bpfCommand)],
  ["credentials", (namer, { atom }) => phrase(fixed("now"), entityText(namer, atom.object))],
  ["name", (namer, { atom }) => phrase(fixed("now"), entityText(namer, atom.object))],
  ["identity", (_namer, event) => phrase(words(identityText(event)))],
  ["trace", (namer, { atom }) => targetText(namer, atom, requestName(atom.flags))],
  ["signal", (namer, { atom }) => targetText(namer, atom, signalName(atom.flags))],
  [
    "memory-access",
    (namer, { atom }) => targetText(namer, atom, atom.flags === 1 ? "write" : "read"),
  ],
  [
    "namespace",
    (_namer, { atom }) =>
      numbered(atom, (num) => (atom.flags === 1 ? `enter (fd ${num})` : namespaceNames(num))),
  ],
]);

/** What it was done to. */
export function objectOf(namer: Namer, event: EventView): Phrase {
  const { atom } = event;
  const own = OBJECTS.get(eventTypeName(atom.etype));
  if (own !== undefined) return own(namer, event);
  return phrase(entityText(namer, atom.object), entityText(namer, atom.arg));
}

/** Nobody told of the end where a process was seen to be gone. */
function exitText(atom: EventAtom): Phrase {
  if ((atom.flags & EXIT_SEEN) !== 0) return [fixed("seen to be gone")];
  return numbered(atom, (status) => `status ${status}`);
}

function withNumber(namer: Namer, atom: EventAtom, shown: (num: number) => string): Phrase {
  return phrase(fileTarget(namer, atom), numbered(atom, shown));
}

function numbered({ num }: EventAtom, shown: (num: number) => string): Phrase {
  return num === null ? [] : [fixed(shown(num))];
}

/** `/bin/sh -c 'id; uname -a'`; what calls itself by another name says so. */
function execText(namer: Namer, { atom, process }: EventView): Phrase {
  const { object, arg, flags } = atom;
  const isGone = (flags & GONE) !== 0;
  const named = object?.kind === "file" ? namer.pathOrNull(object.path) : null;
  const image = namer.pathOrNull(process.executable);
  // Which file a failed exec was about, the process that called it does not tell.
  const known = named ?? (atom.ret === 0 ? image : null);
  const file = known ?? (textOf(entityText(namer, object)) || "(not named in the log)");
  const gone = isGone ? fixed("(deleted or in memory)") : null;
  if (arg?.kind !== "arguments") return phrase(path(file), gone);
  const [zeroth, ...rest] = arg.values;
  if (zeroth === undefined || zeroth.hashed) {
    return phrase(path(file), gone, words(joined(namer, arg, rest)));
  }
  if ((flags & SCRIPT) !== 0) return phrase(words(joined(namer, arg, arg.values)));
  const own = namer.value(zeroth);
  const isUsual = own === file || own === file.slice(file.lastIndexOf("/") + 1);
  const as = isUsual ? null : words(`(as ${shellQuoted(namer, zeroth)})`);
  return phrase(path(file), gone, as, words(joined(namer, arg, rest)));
}

function joined(namer: Namer, { whole }: ArgumentsEntity, values: readonly Value[]): string {
  const shown = values.map((each) => shellQuoted(namer, each)).join(" ");
  return whole ? shown : `${shown} …`.trimStart();
}

function targetText(namer: Namer, { object, num }: EventAtom, how: string): Phrase {
  if (object?.kind === "process") {
    return [fixed(how), { text: namer.process(object), cut: "process" }];
  }
  return num === null ? [fixed(how)] : [fixed(how), fixed(`pid ${num}`)];
}

/** An address is told whole, or it is another one; a socket's path may be long. */
function flowPiece(namer: Namer, flow: FlowEntity): Piece {
  const text = namer.flow(flow);
  return "components" in flow.address ? path(text) : fixed(text);
}

/** What somebody ran by sudo, and where. */
function recordPhrase(namer: Namer, entity: FieldsEntity): Phrase {
  const command = entity.type === "USER_CMD" ? fieldText(namer, entity, "cmd") : null;
  if (command === null) return phrase(words(recordText(namer, entity)));
  const place = fieldText(namer, entity, "cwd");
  return phrase(words(command), ...(place === null ? [] : [fixed("in"), path(place)]));
}

/** What is shown of an entity that stands alone. */
export function entityText(namer: Namer, entity: Entity | null): Phrase {
  if (entity === null) return [];
  switch (entity.kind) {
    case "file":
      return phrase(path(fileName(namer, entity)));
    case "flow":
      return phrase(flowPiece(namer, entity));
    case "process":
      return [{ text: namer.process(entity), cut: "process" }];
    case "credentials":
      return phrase(words(userText(entity) ?? "others"));
    case "arguments":
      return phrase(words(joined(namer, entity, entity.values)));
    case "fields":
      return recordPhrase(namer, entity);
    case "string":
    case "line":
      break;
  }
  return phrase(words(namer.value(entity.value)));
}
