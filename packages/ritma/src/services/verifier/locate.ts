/**
 * Finds the evidence store that a person means: the store itself, or the data root it is in.
 *
 * An attacker who owns the store must not be able to send the verifier to another one, so a
 * directory that holds anything of a store is one, whatever else lies in it; and where a data root
 * led is always said.
 *
 * @module
 */
import type { DirEntry, Disk } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";

export interface Located {
  /** The evidence store. */
  readonly path: string;
  /** The config.yaml that named it; null when the caller did. */
  readonly by: string | null;
}

const STORE_NAMES: ReadonlySet<string> = new Set(["_meta", "_tlog", "windows", "graph"]);
const CONFIG_NAME = "config.yaml";

/**
 * @param workingDir absolute
 * @throws RitmaError `disk/missing`, `store/missing`, `usage/bad-argument` for a file, of the disk
 */
export async function locateStore(disk: Disk, path: string, workingDir: string): Promise<Located> {
  const entries = await entriesOf(disk, path);
  if (entries.some(({ name }) => STORE_NAMES.has(name))) return { path, by: null };
  if (entries.some(({ name, kind }) => name === CONFIG_NAME && kind === "file")) {
    // What this shell's environment says is meant for another data root.
    const around = { environment: {}, isRoot: false, home: "/", hostname: "unknown", workingDir };
    // Only here, so that a stranger who checks a store loads no reader of YAML.
    const { resolveConfig } = await import("../../base/config.ts");
    const { outDir } = await resolveConfig(disk, { ...around, flags: { dataRoot: path } });
    const inside = await entriesOf(disk, outDir.value);
    const by = `${path.replace(/\/$/u, "")}/${CONFIG_NAME}`;
    if (inside.some(({ name }) => STORE_NAMES.has(name))) return { path: outDir.value, by };
    throw missing(outDir.value);
  }
  throw missing(path);
}

async function entriesOf(disk: Disk, path: string): Promise<readonly DirEntry[]> {
  try {
    return await disk.list(path);
  } catch (error) {
    if (!(error instanceof RitmaError)) throw error;
    const shown = escapeText(path);
    if (error.code === "disk/missing") {
      throw new RitmaError("disk/missing", `${shown} is not there`, { cause: error });
    }
    if (error.code === "disk/wrong-kind") {
      const message = `${shown} is no directory; an evidence store is one`;
      throw new RitmaError("usage/bad-argument", message, { cause: error });
    }
    throw error;
  }
}

function missing(path: string): RitmaError {
  return new RitmaError("store/missing", `${escapeText(path)} holds no evidence store`);
}
