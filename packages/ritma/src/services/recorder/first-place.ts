/**
 * Where a log is gone on with that was recorded from its file before, by `ingest`.
 *
 * @module
 */
import { equalBytes, type InputMark } from "@ritma/evidence";
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
 * @param waiting what a session that waits in the journal has consumed
 * @throws RitmaError `input/overlap` when a session that was never closed has recorded a part of it
 */
export async function firstPlace(
  files: LogFiles,
  path: string,
  sessions: readonly SessionEnd[],
  waiting: readonly InputMark[],
  primitives: NodePrimitives,
): Promise<JournalInput | null> {
  await using file = await files.open(path);
  const head = file === null ? null : await headOf(file, primitives.sha256);
  if (file === null || head === null) return null;
  const sealed = sessions.flatMap(({ header, isClosed }) =>
    header.inputs.map((mark) => ({ mark, isClosed })),
  );
  const marks = [...sealed, ...waiting.map((mark) => ({ mark, isClosed: true }))]
    .filter(({ mark }) => equalBytes(mark.head, head))
    .toSorted((a, b) => a.mark.length - b.mark.length);
  const digest = new LiveDigest(primitives.resumableSha256, EMPTY_DIGEST);
  let found: JournalInput | null = null;
  let hasDied = false;
  for (const { mark, isClosed } of marks) {
    const isRead = await readTo(file, digest, mark.length);
    if (!isRead || !equalBytes(digest.at(mark.length), mark.sha256)) continue;
    hasDied = !isClosed;
    found = { place: await placeAt(file, path, mark.length), digest: digest.stand(), head };
  }
  if (!hasDied) return found;
  throw new RitmaError("input/overlap", `an ingest of ${path} has died: run it again, then record`);
}

/**
 * A log may be empty yet; what begins with something else is none.
 *
 * @throws RitmaError `input/missing`, `input/not-audit`, and of opening it
 */
export async function requireLog(files: LogFiles, path: string): Promise<void> {
  await using file = await files.open(path);
  // One that is not there now may be between two rotations; one that never was is a mistake.
  if (file === null) throw new RitmaError("input/missing", `${path} is not there`);
  const bytes = await file.read(0, NOT_AUDIT_BYTES);
  const search = new HeadSearch();
  if (bytes.length === 0 || search.take(bytes) !== null || search.end() !== null) return;
  throw search.refusal(path);
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

async function placeAt(
  file: LogFile,
  path: string,
  offset: number,
): Promise<JournalInput["place"]> {
  const length = Math.min(offset, TAIL_MARK_BYTES);
  const mark = await file.read(offset - length, length);
  const { modifiedUs } = await file.stat();
  return { identity: file.identity, offset, mark, modifiedUs, path };
}
