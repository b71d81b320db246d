/**
 * Indexes of what was just recorded, by the command that recorded it.
 *
 * @module
 */
import type { Config } from "../../base/config.ts";
import { RealDisk } from "../../base/disk/real-disk.ts";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import { keepUpToDate } from "../../services/keeper/keep.ts";
import type { DataRoot, World } from "../../services/recorder/data-root.ts";
import type { Context } from "../command.ts";

const TOLD: ReadonlySet<string> = new Set(["index/unavailable", "store/busy", "store/damaged"]);

/**
 * That they cannot be built is told, and is no failure: what was recorded is sealed.
 *
 * @throws RitmaError of the disk, and of a store that is damaged
 */
export async function keepFresh(
  { io, has }: Context,
  { primitives }: World,
  config: Config,
  { out, keystore }: DataRoot,
): Promise<void> {
  if (has("no-index")) return;
  const place = { dataRoot: config.dataRoot.value, out };
  try {
    await keepUpToDate(new RealDisk(), primitives, keystore.seal, place);
  } catch (error) {
    if (!(error instanceof RitmaError) || !TOLD.has(error.code)) throw error;
    sayNotKept((line) => io.err(line), io.program, error.message);
  }
}

/** Of the keeper of a recorder, too. */
export function sayNotKept(err: (line: string) => void, program: string, why: string): void {
  err(`Indexes were not kept: ${escapeText(why)}`);
  err(`  Questions read the hours themselves. \`${program} reindex\` builds all indexes.`);
}
