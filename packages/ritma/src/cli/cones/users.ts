/**
 * Who used a cone: the programs that its processes ran, by name.
 *
 * @module
 */
import type { ConeTally } from "../../stores/sealed/cone-tally.ts";
import type { Entities } from "../../stores/sealed/entities.ts";
import type { Namer } from "../timeline/names.ts";

export interface User {
  /** Its path, else the name of its process; null when the log has neither. */
  readonly executable: string | null;
  readonly uses: number;
}

/** Most uses first. @throws FormatError when an id stands for something else */
export function usersOf(entities: Entities, namer: Namer, tally: ConeTally | null): User[] {
  const byName = new Map<string | null, number>();
  for (const { process, uses } of tally?.users() ?? []) {
    const entity = entities.process(process);
    const name = namer.pathOrNull(entity.executable) ?? namer.processName(entity);
    byName.set(name, (byName.get(name) ?? 0) + uses);
  }
  return Array.from(byName, ([executable, uses]) => ({ executable, uses })).toSorted(
    (a, b) => b.uses - a.uses,
  );
}

/** `sshd +2`: the last name of the first, and how many others there are. */
export function briefUsers(users: readonly User[]): string {
  const [first, ...others] = users;
  if (first === undefined) return "nobody";
  const name = first.executable ?? NOT_KNOWN;
  const last = name.slice(name.lastIndexOf("/", name.length - 2) + 1);
  return others.length === 0 ? last : `${last} +${others.length}`;
}

export const NOT_KNOWN = "(not known)";
