/**
 * Where a log is gone on with that was recorded from its file before, by `ingest`.
 *
 * @module
 */
import { equalBytes } from "@ritma/evidence";
import type { LogFile, LogFiles } from "../../base/disk/log-files.ts";
import { RitmaError } from "../../base/error.ts";
import { NOT_AUDIT_BYTES, TAIL_CHUNK_BYTES, TAIL_MARK_BYTES } from "../../base/limits.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import type { JournalInput } from "../../flow/journal/entry.ts";
import type { SessionEnd } from "../../flow/seal/chain.ts";
import { EMPTY_DIGEST, LiveDigest } from "./input-digest.ts";
import { HeadSearch } from "./input-head.ts";

/**
 * @returns null when nothing is known of the log as it is now: it is recorded from its begin.
 * @throws RitmaError `input/overlap` when a session that was never closed has recorded a part of it
 */
export async function firstPlace(
  files: LogFiles,
  path: string,
  sessions: readonly SessionEnd[],
  primitives: NodePrimitives,
): Promise<JournalInput | null> {
  await using file = await files.open(path);
  const head = file === null ? null : await headOf(file, primitives.sha256);
  if (file === null || head === null) return null;
  const marks = sessions
    .flatMap(({ header, isClosed }) => header.inputs.map((mark) => ({ mark, isClosed })))
    .filter(({ mark }) => equalBytes(mark.head, head))
    .toSorted((a, b) => a.mark.length - b.mark.length);
  const digest = new LiveDigest(primitives.resumableSha256, EMPTY_DIGEST);
  let found: JournalInput | null = null;
  for (const { mark, isClosed } of marks) {
    const isRead = await readTo(file, digest, mark.length);
    if (!isRead || !equalBytes(digest.at(mark.length), mark.sha256)) continue;
    if (!isClosed) {
      const message = `an ingest of ${path} has died: run it again, then record`;
      throw new RitmaError("input/overlap", message);
    }
    found = { place: await placeAt(file, mark.length), digest: digest.stand(), head };
  }
  return found;
}

async function headOf(file: LogFile, sha256: NodePrimitives["sha256"]): Promise<Uint8Array | null> {
  const line = new HeadSearch().take(await file.read(0, NOT_AUDIT_BYTES));
  return line === null ? null : sha256(line);
}

/** @returns false when the file is shorter */
async function readTo(file: LogFile, digest: LiveDigest, length: number): Promise<boolean> {
  while (digest.length < length) {
    const wanted = Math.min(TAIL_CHUNK_BYTES, length - digest.length);
    const bytes = await file.read(digest.length, wanted);
    if (bytes.length === 0) return false;
    digest.take(bytes);
  }
  return true;
}

async function placeAt(file: LogFile, offset: number): Promise<JournalInput["place"]> {
  const length = Math.min(offset, TAIL_MARK_BYTES);
  const mark = await file.read(offset - length, length);
  const { modifiedMs } = await file.stat();
  return { identity: file.identity, offset, mark, modifiedMs };
}
