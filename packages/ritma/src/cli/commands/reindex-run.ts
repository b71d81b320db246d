/**
 * `ritma reindex`, run.
 *
 * @module
 */
import { RealDisk } from "../../base/disk/real-disk.ts";
import { reindex } from "../../flow/keep/reindex.ts";
import { escapeText } from "../../base/text.ts";
import { openWorkshop } from "../../services/keeper/keep.ts";
import { openKeptRoot } from "../../services/recorder/data-root.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { counted, formatBytes, formatCount, formatDuration, labelled } from "../format.ts";

export async function run(context: Context): Promise<number> {
  const startedMs = performance.now();
  const world = await context.world();
  const config = await context.config();
  const { primitives, clock } = world;
  const disk = new RealDisk();
  using root = await openKeptRoot(world, config);
  using workshop = await openWorkshop(disk, config.dataRoot.value);
  const reader = await StoreReader.open(disk, primitives, root.out);
  const built = await reindex({
    disk,
    primitives,
    key: root.keystore.seal,
    reader,
    nowUs: () => clock.nowUs(),
    scratch: workshop.scratch,
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
          ...replacedRow(built.replaced),
        ],
        context.io.columns,
      ),
    ];
  });
  return 0;
}

/** Whoever changed one has left a trace there, which is gone now. */
function replacedRow(replaced: readonly string[]): [string, string][] {
  const [first] = replaced;
  if (first === undefined) return [];
  const others = replaced.length === 1 ? "" : `, and ${formatCount(replaced.length - 1)} more`;
  return [["replaced", `statements that no seal key had signed: ${escapeText(first)}${others}`]];
}
