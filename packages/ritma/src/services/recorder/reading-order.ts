/**
 * The order in which rotated files are read: oldest first, however a shell listed them.
 *
 *     audit.log audit.log.1 audit.log.2.gz   ->   audit.log.2.gz audit.log.1 audit.log
 *
 * Only members of one rotated set change places among themselves; everything else stays where the
 * user put it.
 *
 * @module
 */

interface Member {
  readonly path: string;
  readonly set: string;
  /** Rotations ago; 0 is the file that is being written. */
  readonly age: number;
}

const ROTATED = /^(?<set>.*?)(?:\.(?<age>[0-9]{1,4}))?(?:\.(?:gz|zst))?$/su;

export function inReadingOrder(paths: readonly string[]): string[] {
  const members = paths.map(memberOf);
  const sets = new Map<string, Member[]>();
  for (const member of members) {
    const set = sets.get(member.set);
    if (set === undefined) sets.set(member.set, [member]);
    else set.push(member);
  }
  for (const set of sets.values()) set.sort((a, b) => b.age - a.age);
  return members.map(({ set, path }) => sets.get(set)?.shift()?.path ?? path);
}

function memberOf(path: string): Member {
  const { set = path, age = "0" } = ROTATED.exec(path)?.groups ?? {};
  return { path, set, age: Number(age) };
}
