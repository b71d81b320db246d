/**
 * `ritma reindex`, run.
 *
 * @module
 */
import { RealDisk } from "../../base/disk/real-disk.ts";
import { reindex } from "../../flow/keep/reindex.ts";
import { openDataRoot } from "../../services/recorder/data-root.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { counted, formatBytes, formatCount, formatDuration, labelled } from "../format.ts";

const SCRATCH = "reindex.tmp";

export async function run(context: Context): Promise<number> {
  const startedMs = performance.now();
  const world = await context.world();
  const config = await context.config();
  const { primitives, clock } = world;
  const disk = new RealDisk();
  using root = await openDataRoot(world, config);
  const reader = await StoreReader.open(disk, primitives, root.out);
  const built = await reindex({
    disk,
    primitives,
    key: root.keystore.seal,
    reader,
    nowUs: () => clock.nowUs(),
    scratch: `${config.dataRoot.value}/${SCRATCH}`,
  });
  const elapsedMs = Math.round(performance.now() - startedMs);
  const facts = { path: root.out, ...built, elapsedMs };
  context.show(facts, () => {
    const names = `${formatCount(built.names.entities)} entries, ${formatBytes(built.names.bytes)}`;
    const { hours, bytes } = built.lineages;
    const lineage = `who did what in ${counted(hours, "hour")}, ${formatBytes(bytes)}`;
    return [
      `Built again   from ${counted(built.hours, "hour")}   ${formatDuration(elapsedMs)}`,
      "",
      ...labelled(
        [
          ["accounts", `of ${counted(built.accounts, "day")}, and the last seven of them together`],
          ["catalogs", `of ${counted(built.accounts, "day")}`],
          ["pages", `to print, of ${counted(built.hours, "hour")}`],
          ["jumps", `into the blocks of ${counted(built.jumps, "hour")}`],
          ["lineage", lineage],
          ["cones", `what ${counted(built.cones, "cone")} were used for`],
          ["names", names],
        ],
        context.io.columns,
      ),
    ];
  });
  return 0;
}
