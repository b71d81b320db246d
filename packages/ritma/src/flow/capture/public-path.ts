/**
 * Which parts of a path may stand in a hash-only store as they are.
 *
 * What a distribution installs is the same on every host and says nothing about anybody; what lies
 * in a home directory does. The decision about a component rests on the components before it and on
 * itself alone, so that the stored form of a directory is a prefix of the stored form of all below.
 *
 * Format: spec/08-projection.md, "hash-only".
 *
 * @module
 */

/** Directories of which everything stays. */
const PUBLIC_TREES: ReadonlySet<string> = new Set([
  "bin",
  "sbin",
  "lib",
  "lib32",
  "lib64",
  "usr/bin",
  "usr/sbin",
  "usr/lib",
  "usr/lib32",
  "usr/lib64",
  "usr/libexec",
  "usr/share",
  "usr/include",
  "etc",
  "proc",
  "sys",
  "dev",
]);

/** Directories of which the name stays, and nothing below. */
const PUBLIC_NAMES: ReadonlySet<string> = new Set([
  "home",
  "tmp",
  "var",
  "root",
  "opt",
  "srv",
  "run",
  "mnt",
  "media",
  "boot",
  "usr",
]);

/** Where programs and people make names of their own inside a public tree. */
const PRIVATE_PLACES: ReadonlySet<string> = new Set(["dev/shm", "dev/mqueue"]);

/** `/proc/<pid>/root/home/a` is `/home/a` by another name. */
const PROC_DOORS: ReadonlySet<string> = new Set(["root", "cwd"]);

/**
 * @param components of a path from the root, as text in any encoding that keeps ASCII.
 * @returns how many of them stay, from the first on; the others are hashed.
 */
export function publicComponents(components: readonly string[]): number {
  const [first = "", second = ""] = components;
  const tree = PUBLIC_TREES.has(first) || PUBLIC_TREES.has(`${first}/${second}`);
  if (!tree) return PUBLIC_NAMES.has(first) ? 1 : 0;
  if (PRIVATE_PLACES.has(`${first}/${second}`)) return 2;
  if (first !== "proc") return components.length;
  const door = components.findIndex((name, at) => at >= 2 && PROC_DOORS.has(name));
  return door === -1 ? components.length : door + 1;
}
