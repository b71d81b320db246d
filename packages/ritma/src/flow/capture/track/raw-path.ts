/**
 * Paths as bytes, before privacy: normalised, joined and split without ever becoming strings.
 *
 * Normal form: from the root it begins with one `/`; elsewhere it does not begin with any. No empty
 * component, no `.`, no `/` at the end. `..` takes its parent away; where there is none it vanishes
 * at the root and stays in a path whose directory is not known. The kernel follows links and this
 * does not, so `a/../b` is taken as `b`: a place in the text, not a promise about the file system.
 *
 * @module
 */
import { encodeUtf8, type PathBase } from "@ritma/evidence";

export interface RawPath {
  readonly base: PathBase;
  /** In normal form. */
  readonly bytes: Uint8Array;
}

const SLASH = 0x2f;
const DOT = 0x2e;
const EMPTY = new Uint8Array(0);
const DELETED = encodeUtf8(" (deleted)");
const MEMFD = encodeUtf8("/memfd:");

/** A place that is in no file tree and has no name. */
export const NOWHERE: RawPath = { base: 2, bytes: EMPTY };

/**
 * @param directory what a relative name starts from; null when that is not known. An empty name is
 * the directory itself.
 */
export function resolvePath(directory: RawPath | null, name: Uint8Array): RawPath {
  if (name[0] === SLASH) return { base: 0, bytes: normalised(name, true) };
  if (directory === null) return { base: 1, bytes: normalised(name, false) };
  if (name.length === 0) return directory;
  const joined = new Uint8Array(directory.bytes.length + 1 + name.length);
  joined.set(directory.bytes);
  joined[directory.bytes.length] = SLASH;
  joined.set(name, directory.bytes.length + 1);
  if (directory.base === 0) return { base: 0, bytes: normalised(joined, true) };
  return { base: 1, bytes: normalised(directory.bytes.length === 0 ? name : joined, false) };
}

/** @returns the directory that holds `path`; the root holds itself. */
export function parentPath(path: RawPath): RawPath {
  const slash = path.bytes.lastIndexOf(SLASH);
  const end = path.base === 0 ? Math.max(slash, 1) : Math.max(slash, 0);
  return { base: path.base, bytes: path.bytes.subarray(0, end) };
}

/** @returns views of the components of a path in normal form. */
export function splitPath({ base, bytes }: RawPath): Uint8Array[] {
  const components: Uint8Array[] = [];
  let start = base === 0 ? 1 : 0;
  for (let at = start; at <= bytes.length; at += 1) {
    if (at < bytes.length && bytes[at] !== SLASH) continue;
    if (at > start) components.push(bytes.subarray(start, at));
    start = at + 1;
  }
  return components;
}

/**
 * The image of a process, from the kernel's `exe=`.
 *
 * The mark of a file that was deleted since is taken off; a memory file has no place in a tree.
 */
export function executablePath(exe: Uint8Array): RawPath {
  const bytes = withoutDeleted(exe);
  if (startsWith(bytes, MEMFD)) return { base: 2, bytes: bytes.subarray(1) };
  return resolvePath(null, bytes);
}

/** True for an image that no name leads to any more, or never did. */
export function isGone(exe: Uint8Array): boolean {
  return endsWith(exe, DELETED) || startsWith(exe, MEMFD);
}

export function withoutDeleted(name: Uint8Array): Uint8Array {
  return endsWith(name, DELETED) ? name.subarray(0, name.length - DELETED.length) : name;
}

export function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  if (bytes.length < start.length) return false;
  for (let at = 0; at < start.length; at += 1) {
    if (bytes[at] !== start[at]) return false;
  }
  return true;
}

function endsWith(bytes: Uint8Array, end: Uint8Array): boolean {
  const from = bytes.length - end.length;
  if (from < 0) return false;
  for (let at = 0; at < end.length; at += 1) {
    if (bytes[from + at] !== end[at]) return false;
  }
  return true;
}

function normalised(bytes: Uint8Array, absolute: boolean): Uint8Array {
  if (isNormal(bytes, absolute)) return bytes;
  const kept: [start: number, end: number][] = [];
  let start = 0;
  for (let at = 0; at <= bytes.length; at += 1) {
    if (at < bytes.length && bytes[at] !== SLASH) continue;
    const dots = dotsIn(bytes, start, at);
    if (dots === 2) stepUp(bytes, kept, absolute, start);
    else if (dots === -1) kept.push([start, at]);
    start = at + 1;
  }
  return joinRanges(bytes, kept, absolute);
}

function stepUp(
  bytes: Uint8Array,
  kept: [start: number, end: number][],
  absolute: boolean,
  start: number,
): void {
  const last = kept.at(-1);
  if (last !== undefined && dotsIn(bytes, last[0], last[1]) === -1) kept.pop();
  else if (!absolute) kept.push([start, start + 2]);
}

function joinRanges(
  bytes: Uint8Array,
  ranges: readonly [start: number, end: number][],
  absolute: boolean,
): Uint8Array {
  const joined = new Uint8Array(bytes.length + 1);
  let length = 0;
  for (const [start, end] of ranges) {
    if (absolute || length > 0) {
      joined[length] = SLASH;
      length += 1;
    }
    joined.set(bytes.subarray(start, end), length);
    length += end - start;
  }
  if (length > 0 || !absolute) return joined.slice(0, length);
  return Uint8Array.of(SLASH);
}

function isNormal(bytes: Uint8Array, absolute: boolean): boolean {
  if (bytes.length === (absolute ? 1 : 0)) return true;
  let start = absolute ? 1 : 0;
  for (let at = start; at <= bytes.length; at += 1) {
    if (at < bytes.length && bytes[at] !== SLASH) continue;
    if (dotsIn(bytes, start, at) !== -1) return false;
    start = at + 1;
  }
  return true;
}

/** @returns 0 for nothing, 1 for `.`, 2 for `..`, -1 for a name. */
function dotsIn(bytes: Uint8Array, start: number, end: number): 0 | 1 | 2 | -1 {
  if (end === start) return 0;
  if (end - start > 2 || bytes[start] !== DOT) return -1;
  if (end - start === 1) return 1;
  return bytes[start + 1] === DOT ? 2 : -1;
}
