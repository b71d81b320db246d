/**
 * PATH records as file entities, made once and remembered.
 *
 * Most names are from the root, and then a record alone decides. A relative one also depends on the
 * directory it starts from; the last one seen with it is remembered beside it.
 *
 * @module
 */
import { encodeEntity, type EntityRef, entityRef, equalBytes, type Path } from "@ritma/evidence";
import { INTERN_ENTRIES_MAX } from "../../../base/limits.ts";
import type { PathInfo } from "../audit-event.ts";
import type { Privacy } from "../privacy.ts";
import type { Descriptor } from "./descriptors.ts";
import { NOWHERE, type RawPath, resolvePath, splitPath } from "./raw-path.ts";

/** A file as some event named it. */
export interface KnownFile {
  readonly ref: EntityRef;
  readonly path: RawPath | null;
  readonly info: PathInfo;
  /** What it is once it is open, without and with close-on-exec; made when first asked for. */
  open: Descriptor | null;
  openCloseOnExec: Descriptor | null;
}

interface Slot {
  file: KnownFile;
  /** Where a relative name started from; null also when that was not known. */
  directory: RawPath | null;
}

const SLASH = 0x2f;

const NAMELESS: PathInfo = {
  name: null,
  inode: -1,
  devMajor: -1,
  devMinor: -1,
  mode: -1,
  ouid: -1,
  ogid: -1,
  nameType: "UNKNOWN",
};

export class Files {
  readonly #privacy: Privacy;
  readonly #known = new Map<PathInfo, Slot>();
  /** A file in memory, which the log does not tell from another. */
  readonly memory: KnownFile;

  constructor(privacy: Privacy) {
    this.#privacy = privacy;
    this.memory = this.#make(NAMELESS, NOWHERE);
  }

  /**
   * @param directory where a relative name starts, or the file itself where there is no name; null
   * when that is not known.
   */
  of(info: PathInfo, directory: RawPath | null): KnownFile {
    const slot = this.#known.get(info);
    const { name } = info;
    const absolute = name !== null && name[0] === SLASH;
    if (slot !== undefined && (absolute || samePath(slot.directory, directory))) return slot.file;
    const path = name === null || name.length === 0 ? directory : resolvePath(directory, name);
    const file = this.#make(info, path);
    if (slot !== undefined) {
      slot.file = file;
      slot.directory = directory;
      return file;
    }
    if (this.#known.size >= INTERN_ENTRIES_MAX) this.#known.clear();
    this.#known.set(info, { file, directory });
    return file;
  }

  /** A file of which only the name is known. Not remembered. */
  named(path: RawPath): KnownFile {
    return this.#make(NAMELESS, path);
  }

  /** The descriptor that an open of `file` returned. */
  opened(file: KnownFile, closeOnExec: boolean): Descriptor {
    const old = closeOnExec ? file.openCloseOnExec : file.open;
    if (old !== null) return old;
    const { ref, path, info } = file;
    const { inode, devMajor, devMinor } = info;
    const made: Descriptor = { kind: "file", ref, path, inode, devMajor, devMinor, closeOnExec };
    if (closeOnExec) file.openCloseOnExec = made;
    else file.open = made;
    return made;
  }

  #make(info: PathInfo, raw: RawPath | null): KnownFile {
    const { inode, devMajor, devMinor, mode, ouid, ogid } = info;
    const bytes = encodeEntity({
      kind: "file",
      path: raw === null ? null : this.#path(raw),
      inode: uint(inode),
      device: devMajor < 0 || devMinor < 0 ? null : [devMajor, devMinor],
      mode: uint(mode),
      uid: uint(ouid),
      gid: uint(ogid),
    });
    return { ref: entityRef(bytes), path: raw, info, open: null, openCloseOnExec: null };
  }

  #path(raw: RawPath): Path {
    return {
      base: raw.base,
      components: this.#privacy.pathComponents(raw.base, splitPath(raw)),
    };
  }
}

function samePath(a: RawPath | null, b: RawPath | null): boolean {
  if (a === b) return true;
  if (a === null || b === null || a.base !== b.base) return false;
  return equalBytes(a.bytes, b.bytes);
}

/** Inodes of some overlay file systems do not fit a safe integer, and are then not known. */
function uint(value: number): number | null {
  return Number.isSafeInteger(value) && value >= 0 ? value : null;
}
