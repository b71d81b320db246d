/**
 * What is said of a folder without a `_meta/store.cbor`: there is no store, or a store lost it.
 *
 * The difference is what to do next. Where nothing is one can be made; where hours or the node log
 * are left, to make one would bury them, and `ritma verify` and a backup are what helps.
 *
 * @module
 */
import { STORE_PATH } from "@ritma/evidence";
import type { Disk } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";

const FOLDERS: readonly string[] = ["_tlog", "windows"];

/**
 * @param out the evidence store
 * @returns `store/missing`, or `store/damaged` when the rest of one is there
 * @throws RitmaError of the disk
 */
export async function absentStore(
  disk: Pick<Disk, "list">,
  out: string,
  cause?: unknown,
): Promise<RitmaError> {
  const left = await foldersIn(disk, out);
  if (left.length === 0) {
    return new RitmaError("store/missing", `${out} holds no evidence store`, { cause });
  }
  const names = left.map((name) => `${name}/`).join(" and ");
  const verb = left.length === 1 ? "is" : "are";
  const message = `${out}/${STORE_PATH} is not there, though ${names} ${verb}`;
  return new RitmaError("store/damaged", message, { cause });
}

async function foldersIn(disk: Pick<Disk, "list">, out: string): Promise<readonly string[]> {
  try {
    const entries = await disk.list(out);
    return FOLDERS.filter((each) => entries.some(({ name }) => name === each));
  } catch (error) {
    if (error instanceof RitmaError && error.code === "disk/missing") return [];
    throw error;
  }
}
