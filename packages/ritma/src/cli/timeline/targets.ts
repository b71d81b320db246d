/**
 * The files that a call was about, as far as the log names them.
 *
 * Of a call that failed to make, remove or rename something the log may hold the directory alone:
 * what it names then is where, and not what.
 *
 * @module
 */
import { type Entity, eventTypeName, eventTypeNumber, type FileEntity } from "@ritma/evidence";
import type { EventAtom, EventView } from "../../stores/sealed/event-view.ts";
import type { Namer } from "./names.ts";
import { fixed, path, type Phrase, phrase, words } from "./phrase.ts";

const NOT_NAMED = "(not named in the log)";
const PATH = eventTypeNumber("path");
/** Name types of an atom `path`. */
const PARENT = 2;
const OPEN_CREATES = 4;
const OPEN_DIRECTORY = 64;
const REMOVES_DIRECTORY = 1;
const MODE_KIND = 0o170_000;
const MODE_DIRECTORY = 0o040_000;
const ENOENT = 2;
const EISDIR = 21;

/** One file, or the directory that something is in. */
export function fileTarget(namer: Namer, atom: EventAtom): Phrase {
  const { object } = atom;
  if (object === null) return [words(NOT_NAMED)];
  if (object.kind === "file" && isDirectoryAlone(atom, object)) return somethingIn(namer, object);
  return named(namer, object);
}

/** Of a rename or a link: both names, or the directories that they are in. */
export function twoTargets(namer: Namer, { atom, also }: EventView): Phrase {
  const { object, object2, ret } = atom;
  const parents = also.flatMap(({ etype, flags, object: file }) =>
    etype === PATH && flags === PARENT && file?.kind === "file" ? [file] : [],
  );
  const [parent = null] = parents;
  if (object === null && object2 === null) return somethingInAny(namer, parents);
  const elsewhere = parent === null ? [words(NOT_NAMED)] : somethingIn(namer, parent);
  const from = object === null ? elsewhere : named(namer, object);
  const to = object2 === null ? elsewhere : named(namer, object2);
  // Of a link that was not made the log has what it would have led to, and where it was to be.
  const isTarget = eventTypeName(atom.etype) === "symlink" && ret !== 0 && object2 === null;
  return isTarget ? phrase(to, fixed("→"), from) : phrase(from, fixed("→"), to);
}

/** The log does not say which of two directories was to lose it. */
function somethingInAny(namer: Namer, parents: readonly FileEntity[]): Phrase {
  const [first, ...others] = parents;
  if (first === undefined) return [words(NOT_NAMED)];
  const one = somethingIn(namer, first);
  const second = others
    .map((other) => somethingIn(namer, other).at(-1))
    .find((other) => other?.text !== one.at(-1)?.text);
  return second === undefined ? one : phrase(one, fixed("and"), second);
}

function named(namer: Namer, entity: Entity): Phrase {
  if (entity.kind === "string") return [words(namer.value(entity.value))];
  if (entity.kind !== "file") return [words(NOT_NAMED)];
  return [path(fileName(namer, entity))];
}

/** By its path; by its number where only a descriptor led to it. */
export function fileName(namer: Namer, { path: known, inode }: FileEntity): string {
  return namer.pathOrNull(known) ?? (inode === null ? NOT_NAMED : `inode ${inode}`);
}

function somethingIn(namer: Namer, directory: FileEntity): Phrase {
  const name = fileName(namer, directory);
  return [fixed("something in"), path(name.endsWith("/") ? name : `${name}/`)];
}

/**
 * The kernel writes down the name that it looked up, and the directory that it looked in. Where the
 * object is a directory and the call is of a kind that never is about one, it was the latter.
 */
function isDirectoryAlone({ etype, flags, ret }: EventAtom, { mode }: FileEntity): boolean {
  if (ret === 0 || mode === null || (mode & MODE_KIND) !== MODE_DIRECTORY) return false;
  const type = eventTypeName(etype);
  if (type === "open") {
    return (flags & OPEN_CREATES) !== 0 && (flags & OPEN_DIRECTORY) === 0 && ret !== EISDIR;
  }
  if (type === "unlink") return (flags & REMOVES_DIRECTORY) === 0 ? ret !== EISDIR : ret === ENOENT;
  return type === "mkdir" || type === "mknod";
}
