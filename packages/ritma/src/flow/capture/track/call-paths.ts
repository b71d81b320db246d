/**
 * Which of an event's PATH records the call is about.
 *
 * The kernel writes one record for each name it looked up, each with a word of what it was for:
 *
 *     rename("a", "b")   PARENT PARENT DELETE a  [DELETE b, if there was one]  CREATE b
 *     open(O_CREAT)      PARENT CREATE           NORMAL alone if it was there
 *     link("a", "b")     NORMAL a  PARENT  CREATE b
 *     symlink("t", "l")  PARENT  UNKNOWN t  CREATE l, in either order
 *
 * @module
 */
import { equalBytes } from "@ritma/evidence";
import type { NameType, PathInfo, PathRecord } from "../audit-event.ts";
import type { CallObject } from "./call-plan.ts";
import { startsWith } from "./raw-path.ts";

const SLASH = 0x2f;
const NONE = -1;

/** Positions in the event's list, -1 for none. One object, used again for every event. */
export class PathChoice {
  object: number = NONE;
  object2: number = NONE;

  choose(about: CallObject, paths: readonly PathRecord[]): void {
    this.object = NONE;
    this.object2 = NONE;
    if (paths.length === 0) return;
    if (about === "program") {
      this.object = 0;
    } else if (about === "file" || about === "module") {
      this.object = Math.max(nextName(paths, 0), 0);
    } else if (about === "rename") {
      this.object = firstOf("DELETE", paths);
      this.object2 = lastCreated(paths);
      this.#fill(paths, true);
    } else if (about === "link") {
      this.object = firstOf("NORMAL", paths);
      this.object2 = lastCreated(paths);
      this.#fill(paths, true);
    } else if (about === "symlink") {
      this.object = lastCreated(paths);
      this.#fill(paths, false);
    }
  }

  /**
   * What a failed call left open. A kernel built by GCC reads the last name of a call first, so the
   * new name of a rename or link comes before the old one.
   */
  #fill(paths: readonly PathRecord[], newFirst: boolean): void {
    let first = NONE;
    let last = NONE;
    for (let at = nextName(paths, 0); at !== NONE; at = nextName(paths, at + 1)) {
      if (at === this.object || at === this.object2) continue;
      if (first === NONE) first = at;
      last = at;
    }
    if (first === NONE) return;
    if (this.object === NONE && this.object2 === NONE && first !== last) {
      this.object = newFirst ? last : first;
      this.object2 = newFirst ? first : last;
    } else if (this.object === NONE) {
      this.object = first;
    } else if (this.object2 === NONE) {
      this.object2 = first;
    }
  }
}

/**
 * True when a PARENT says only where a sibling lies, which the sibling's own path says too. What is
 * compared is text: a parent that was reached by a link is kept.
 *
 * @param cwd what the kernel prints as the parent of a name without `/`, even when the name started
 * from a descriptor.
 */
export function isParentOfSibling(
  parent: PathInfo,
  paths: readonly PathRecord[],
  cwd: Uint8Array | null,
): boolean {
  if (parent.nameType !== "PARENT" || parent.name === null) return false;
  for (const { info } of paths) {
    const { name, nameType } = info;
    if (name === null || nameType === "PARENT" || nameType === "UNKNOWN") continue;
    const end = directoryLength(name);
    if (end === 0) {
      if (cwd === null || equalBytes(parent.name, cwd)) return true;
    } else if (startsWith(name, parent.name)) {
      if (parent.name.length === end || parent.name.length === end - 1) return true;
    }
  }
  return false;
}

/** Bytes of a name up to the last component, with its slash. */
export function directoryLength(name: Uint8Array): number {
  let end = name.length;
  while (end > 1 && name[end - 1] === SLASH) end -= 1;
  return name.subarray(0, end).lastIndexOf(SLASH) + 1;
}

function nextName(paths: readonly PathRecord[], from: number): number {
  for (let at = from; at < paths.length; at += 1) {
    if (paths[at]?.info.nameType !== "PARENT") return at;
  }
  return NONE;
}

function firstOf(type: NameType, paths: readonly PathRecord[]): number {
  return paths.findIndex(({ info }) => info.nameType === type);
}

function lastCreated(paths: readonly PathRecord[]): number {
  return paths.findLastIndex(({ info }) => info.nameType === "CREATE");
}
