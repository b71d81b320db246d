/**
 * How the recorder of a data root stands, for whoever asks while it runs: `recorder.json`.
 *
 * Written by the recorder every few seconds and at its end; no evidence, and nothing rests on it
 * but what `status` prints, and how many losses of the kernel were seen.
 *
 * @module
 */
import { decodeUtf8, encodeUtf8 } from "@ritma/evidence";
import type { AuditStatus } from "../../base/audit-status.ts";
import { type Disk, writeDurably } from "../../base/disk/disk.ts";
import { STATUS_BYTES_MAX } from "../../base/limits.ts";
import { LIVE_COUNTS, type LiveFacts } from "./live.ts";

export interface RecorderStatus extends LiveFacts {
  readonly state: "recording" | "stopped";
  readonly pid: number;
  /** Microseconds. */
  readonly startedUs: number;
  readonly updatedUs: number;
  /** What is recorded: a path, a socket, "-". */
  readonly source: string;
  /** Of the boot in which the kernel counted its losses. */
  readonly boot: string;
  /** What an operator should know of how this host is audited. */
  readonly notes: readonly string[];
}

function statusPathOf(dataRoot: string): string {
  return `${dataRoot}/recorder.json`;
}

export async function writeStatus(
  disk: Disk,
  dataRoot: string,
  status: RecorderStatus,
): Promise<void> {
  const text = `${JSON.stringify(status, null, 2)}\n`;
  await writeDurably(disk, statusPathOf(dataRoot), encodeUtf8(text));
}

/** @returns null when no recorder has run here, or the file is not one of ours. */
export async function readStatus(disk: Disk, dataRoot: string): Promise<RecorderStatus | null> {
  const path = statusPathOf(dataRoot);
  if ((await disk.size(path)) === null) return null;
  const text = decodeUtf8(await disk.read(path, STATUS_BYTES_MAX));
  try {
    const found: unknown = JSON.parse(text);
    return isStatus(found) ? found : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const NUMBERS: readonly string[] = [
  ...LIVE_COUNTS,
  "pid",
  "startedUs",
  "updatedUs",
  "session",
  "journalBytes",
];

function isStatus(found: unknown): found is RecorderStatus {
  if (typeof found !== "object" || found === null) return false;
  const fields: Readonly<Record<string, unknown>> = { ...found };
  const isNumber = (name: string): boolean => Number.isSafeInteger(fields[name]);
  const { newestUs, kernel, notes, state } = fields;
  return (
    NUMBERS.every(isNumber) &&
    (newestUs === null || Number.isSafeInteger(newestUs)) &&
    (kernel === null || isKernel(kernel)) &&
    (state === "recording" || state === "stopped") &&
    typeof fields["source"] === "string" &&
    typeof fields["boot"] === "string" &&
    Array.isArray(notes) &&
    notes.every((note) => typeof note === "string")
  );
}

function isKernel(found: unknown): found is AuditStatus {
  if (typeof found !== "object" || found === null) return false;
  const fields: Readonly<Record<string, unknown>> = { ...found };
  const names = ["enabled", "pid", "lost", "backlog", "backlogLimit"];
  return names.every((name) => Number.isSafeInteger(fields[name]));
}
