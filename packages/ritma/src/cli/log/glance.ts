/**
 * What is in a window, at a glance: programs that were run, files that were written, destinations.
 *
 * Told by name, most often first. What is told apart only by things that no name has (a file's
 * mode, its inode) is one.
 *
 * Not here: the sockets of name services, netlink and /dev/null, as in the story of a timeline.
 *
 * @module
 */
import { type AtomTable, type Entity, eventTypeNumber, type Section } from "@ritma/evidence";
import type { Entities } from "../../stores/sealed/entities.ts";
import type { Namer } from "../timeline/names.ts";
import { isStoryObject } from "../timeline/story.ts";

/** Of one kind, by name: most times first, then in order of name. */
export interface Seen {
  readonly name: string;
  readonly times: number;
  /** How many of these were refused or went wrong. */
  readonly failed: number;
}

/** The most frequent ones. */
export interface Tops {
  readonly first: readonly Seen[];
  /** How many names there are. */
  readonly different: number;
}

export interface Glance {
  readonly programs: Tops;
  readonly destinations: Tops;
  readonly written: Tops;
}

/** Of one kind. */
const FIRST_MAX = 20;

const EXEC = eventTypeNumber("exec");
const OPEN = eventTypeNumber("open");
const RENAME = eventTypeNumber("rename");
const WROTE: ReadonlySet<number> = new Set((["truncate", "write"] as const).map(eventTypeNumber));
const REACHED: ReadonlySet<number> = new Set((["connect", "send"] as const).map(eventTypeNumber));
/** Write, truncate, append, created now. */
const OPEN_WRITES = 2 | 8 | 16 | 128;
const SCRIPT = 1;

/** @throws FormatError when an id stands for something of another kind */
export function glanceOf(entities: Entities, sections: readonly Section[], namer: Namer): Glance {
  const programs = new Tally();
  const written = new Tally();
  const destinations = new Tally();
  for (const { atoms } of sections) {
    for (let row = 0; row < atoms.length; row += 1) {
      const etype = atoms.etype[row] ?? 0;
      const hasFailed = (atoms.ret[row] ?? 0) !== 0;
      if (etype === EXEC) programs.add(programAt(atoms, row), hasFailed);
      else if (REACHED.has(etype)) destinations.add(atoms.object[row] ?? 0, hasFailed);
      else if (!hasFailed) written.add(writtenAt(atoms, row, etype), false);
    }
  }
  const nameOf = (id: number): string | null => nameOfEntity(namer, entities.entity(id));
  return {
    programs: programs.named(nameOf),
    destinations: destinations.named(nameOf),
    written: written.named((id) => (entities.entity(id).kind === "file" ? nameOf(id) : null)),
  };
}

/** The file that was run; where the log names none, the process that it made. */
function programAt(atoms: AtomTable, row: number): number {
  const object = atoms.object[row] ?? 0;
  const isScript = ((atoms.flags[row] ?? 0) & SCRIPT) !== 0;
  const hasFailed = (atoms.ret[row] ?? 0) !== 0;
  if (object !== 0 && (isScript || hasFailed)) return object;
  return hasFailed ? 0 : (atoms.process[row] ?? 0);
}

function writtenAt(atoms: AtomTable, row: number, etype: number): number {
  if (etype === RENAME) return atoms.object2[row] ?? 0;
  const isWriting = etype === OPEN && ((atoms.flags[row] ?? 0) & OPEN_WRITES) !== 0;
  return isWriting || WROTE.has(etype) ? (atoms.object[row] ?? 0) : 0;
}

function nameOfEntity(namer: Namer, entity: Entity): string | null {
  if (entity.kind === "process") {
    return namer.pathOrNull(entity.executable) ?? namer.processName(entity);
  }
  if (!isStoryObject(entity)) return null;
  if (entity.kind === "file") return namer.pathOrNull(entity.path);
  return entity.kind === "flow" ? namer.flow(entity) : null;
}

/** Counts by id, which costs no text, and then by name. */
class Tally {
  readonly #byId = new Map<number, { times: number; failed: number }>();

  add(id: number, hasFailed: boolean): void {
    if (id === 0) return;
    const counts = this.#byId.getOrInsertComputed(id, () => ({ times: 0, failed: 0 }));
    counts.times += 1;
    if (hasFailed) counts.failed += 1;
  }

  named(nameOf: (id: number) => string | null): Tops {
    const byName = new Map<string, Seen>();
    for (const [id, { times, failed }] of this.#byId) {
      const name = nameOf(id);
      if (name === null) continue;
      const known = byName.get(name) ?? { name, times: 0, failed: 0 };
      byName.set(name, { name, times: known.times + times, failed: known.failed + failed });
    }
    const seen = [...byName.values()].toSorted(
      (a, b) => b.times - a.times || (a.name < b.name ? -1 : Number(a.name > b.name)),
    );
    return { first: seen.slice(0, FIRST_MAX), different: seen.length };
  }
}
