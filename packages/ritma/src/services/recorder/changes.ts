/**
 * Whether a data root has changed, told by few and small readings: so that what is open is read
 * again only when there is more of it.
 *
 * Equal marks are no proof, and nothing that is evidence rests on them.
 *
 * @module
 */
import { CHECKPOINT_PATH } from "@ritma/evidence";
import type { Disk } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import { JournalFiles } from "./journal-files.ts";

/**
 * @param out the evidence store
 * @param dataRoot null to look at what is sealed alone
 * @returns other marks once anything was sealed, or came to the journal
 * @throws RitmaError of the disk
 */
export async function changeMarks(
  disk: Disk,
  out: string,
  dataRoot: string | null,
): Promise<string> {
  const head = await unlessAway(async () => await disk.read(`${out}/${CHECKPOINT_PATH}`));
  const journal =
    dataRoot === null
      ? null
      : await unlessAway(async () => await new JournalFiles(disk, dataRoot).sizes());
  return `${head?.toHex() ?? ""}\n${journal ?? ""}`;
}

/** Null for what is not there, may not be read, or goes just now; whoever opens it says so. */
async function unlessAway<Value>(read: () => Promise<Value>): Promise<Value | null> {
  try {
    return await read();
  } catch (error) {
    const isAway =
      error instanceof RitmaError &&
      (error.code === "disk/missing" || error.code === "disk/denied");
    if (isAway) return null;
    throw error;
  }
}
