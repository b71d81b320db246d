/**
 * The process that keeps the indexes of a data root while its recorder goes on.
 *
 *     node keeper-child.ts KEYS DATA_ROOT OUT
 *
 * It takes what the processor has left over, and ends with its input, so with the recorder that
 * started it. What goes wrong is one line on standard error.
 *
 * @module
 */
import { constants, setPriority } from "node:os";
import { RealDisk } from "../../base/disk/real-disk.ts";
import { loadPrimitives } from "../../base/primitives.ts";
import { openKeystore } from "../../stores/keys/keystore.ts";
import { keepUpToDate } from "./keep.ts";

async function keep(keys: string, dataRoot: string, out: string): Promise<void> {
  setPriority(constants.priority.PRIORITY_LOW);
  process.stdin.on("end", () => process.exit(1)).resume();
  try {
    const disk = new RealDisk();
    const primitives = await loadPrimitives();
    const { seal } = await openKeystore(disk, keys, primitives);
    await keepUpToDate(disk, primitives, seal, { dataRoot, out });
    process.exit(0);
  } catch (error) {
    process.stderr.write(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
    process.stdin.destroy();
  }
}

const [keys = "", dataRoot = "", out = ""] = process.argv.slice(2);
if (import.meta.main) await keep(keys, dataRoot, out);
