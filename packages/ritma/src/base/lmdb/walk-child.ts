/**
 * The process that walks through every entry of an LMDB file, so that a damaged one kills nobody
 * who would be missed.
 *
 *     node walk-child.ts PATH
 *
 * Ends with status 0 and the number of entries on standard output. Loads nothing but LMDB: what
 * entries mean is for others to check, once it is known that they can be read.
 *
 * @module
 */

/** LMDB cannot be loaded: the file was not looked at. */
export const WALK_UNAVAILABLE = 69;

async function walk(path: string): Promise<void> {
  const { openLiveTable } = await import("./engine.ts").catch(() => {
    process.exit(WALK_UNAVAILABLE);
  });
  const table = openLiveTable(path, "read");
  let [entries, sum] = [0, 0];
  for (const { key, value } of table.getRange()) {
    // Every page of a value is looked at, and not only the first.
    for (let at = 0; at < value.length; at += 512) sum ^= value[at] ?? 0;
    entries += key.length > 0 && sum >= 0 ? 1 : 0;
  }
  await table.close();
  process.stdout.write(`${entries}\n`);
}

if (import.meta.main) await walk(process.argv[2] ?? "");
