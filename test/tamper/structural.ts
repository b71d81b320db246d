/**
 * Every attack on whole files that needs no keys: removed, cut, longer, swapped, copied, added,
 * replaced by a link.
 *
 * @module
 */
import { HOUR_HEADER, STORE_PATH } from "@ritma/evidence";
import type { Files } from "./memory-tree.ts";
import type { Mutation } from "./mutation.ts";

export function* structuralAttacks(files: Files): Generator<Mutation> {
  yield* onEachFile(files);
  yield* extraFiles(files);
  yield* removedFolders(files);
}

function* onEachFile(files: Files): Generator<Mutation> {
  for (const [path, bytes] of files) {
    if (bytes === null) continue;
    const replaced = (name: string, content: Uint8Array | null): Mutation => ({
      name: `${name} ${path}`,
      files: new Map(files).set(path, content),
      changed: [path],
    });
    yield without(`remove ${path}`, files, [path]);
    yield replaced("cut one byte of", bytes.subarray(0, -1));
    yield replaced("empty", new Uint8Array(0));
    for (const byte of [0, 10, 255]) {
      yield replaced(`append ${byte} to`, Uint8Array.of(...bytes, byte));
    }
    yield replaced("double", Uint8Array.of(...bytes, ...bytes));
    yield replaced("zero", new Uint8Array(bytes.length));
    yield replaced("put a link for", null);
    for (const copy of copiesOf(path)) {
      if (files.has(copy)) continue;
      yield { name: `copy ${path} to ${copy}`, files: added(files, copy, bytes), changed: [copy] };
    }
  }
}

/** Names that could be taken for the genuine file, or for the next of its kind. */
function copiesOf(path: string): string[] {
  const next = path.replace(/([0-9]+)(?=[^0-9]*$)/u, (digits) =>
    String(Number(digits) + 1).padStart(digits.length, "0"),
  );
  return [`${path}.copy`, `${path}.cbor`, `${path}~`, `copy/${path}`, next].filter(
    (copy) => copy !== path,
  );
}

const HOUR = /^windows\/\d{4}\/\d\d\/\d\d\/\d\d(?:-\d+)?/u;

const NAMES_THAT_LOOK_RIGHT = [
  "inst_0001.cbor.zst",
  "late_0000.cbor.zst",
  "late.cbor",
  "late.sig",
  "w059.cbor",
  "w059.sig",
  "000",
  "001",
  "checkpoint",
  "hour_root.sig",
  "print.txt",
  "a.cbor",
  ".hidden",
];

function* extraFiles(files: Files): Generator<Mutation> {
  for (const folder of foldersOf(files)) {
    for (const name of NAMES_THAT_LOOK_RIGHT) {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (files.has(path)) continue;
      const alike = [...files].find(([other]) => other.endsWith(`/${name}`))?.[1];
      yield {
        name: `add ${path}`,
        files: added(files, path, alike ?? new Uint8Array(0)),
        changed: [path],
      };
    }
    const link = folder === "" ? "link" : `${folder}/link`;
    yield { name: `add the link ${link}`, files: added(files, link, null), changed: [link] };
  }
}

function* removedFolders(files: Files): Generator<Mutation> {
  for (const folder of foldersOf(files)) {
    if (folder === "") continue;
    const inside = [...files.keys()].filter((path) => path.startsWith(`${folder}/`));
    const [first = ""] = inside;
    const attack = without(`remove the folder ${folder}`, files, inside);
    yield { ...attack, changed: mustBeNamed(folder, inside) };
    yield* hourUnderAnotherName(files, folder, inside);
    if (first !== "") {
      const withLink = added(attack.files, folder, null);
      yield { name: `put a link for the folder ${folder}`, files: withLink, changed: [folder] };
    }
  }
}

/** Of a whole hour its folder is named, and without store, keys or log nobody can say more. */
function mustBeNamed(folder: string, inside: readonly string[]): readonly string[] {
  if (folder.startsWith("_")) return [];
  const hours = inside.flatMap((path) => HOUR.exec(path)?.[0] ?? []);
  const whole = hours.filter((hour) => `${hour}/`.startsWith(`${folder}/`));
  return whole.length > 0 ? [...new Set(whole)] : inside;
}

function* hourUnderAnotherName(
  files: Files,
  folder: string,
  inside: readonly string[],
): Generator<Mutation> {
  if (HOUR.exec(folder)?.[0] !== folder) return;
  for (const other of [`${folder}-9`, "windows/2026/03/01/16", "windows/2025/12/31/23"]) {
    const copy = new Map(files);
    const moved = new Map(files);
    for (const path of inside) {
      const bytes = files.get(path) ?? null;
      copy.set(`${other}${path.slice(folder.length)}`, bytes);
      moved.set(`${other}${path.slice(folder.length)}`, bytes);
      moved.delete(path);
    }
    const added = inside.map((path) => `${other}${path.slice(folder.length)}`);
    yield { name: `copy ${folder} to ${other}`, files: copy, changed: added };
    yield { name: `move ${folder} to ${other}`, files: moved, changed: added };
  }
}

/** Each pair of files with their contents exchanged. */
export function* swaps(files: Files): Generator<Mutation> {
  const list = [...files];
  for (const [at, [path, bytes]] of list.entries()) {
    for (const [other, otherBytes] of list.slice(at + 1)) {
      if (bytes === null || otherBytes === null || sameBytes(bytes, otherBytes)) continue;
      yield {
        name: `swap ${path} ${other}`,
        files: new Map(files).set(path, otherBytes).set(other, bytes),
        changed: [path, other].filter((each) => !isHidden(each, each === path ? other : path)),
      };
    }
  }
}

/** True when damage to `other` leaves nothing that could say what `path` must be. */
function isHidden(path: string, other: string): boolean {
  if (other === STORE_PATH) return true;
  if (other.startsWith("_tlog/tile/entries/")) return /^(?:windows|graph|ctgf)\//u.test(path);
  if (!other.endsWith(`/${HOUR_HEADER}`)) return false;
  const folder = other.slice(0, -HOUR_HEADER.length);
  return path.startsWith("graph/") || path.startsWith(`${folder}blocks/`);
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

export function added(files: Files, path: string, bytes: Uint8Array | null): Files {
  return new Map(files).set(path, bytes);
}

export function without(name: string, files: Files, paths: readonly string[]): Mutation {
  const left = new Map(files);
  for (const path of paths) left.delete(path);
  return { name, files: left, changed: paths };
}

/** "" and every folder below. */
function foldersOf(files: Files): string[] {
  const folders = new Set([""]);
  for (const path of files.keys()) {
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth += 1) {
      folders.add(parts.slice(0, depth).join("/"));
    }
  }
  return [...folders];
}
