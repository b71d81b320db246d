/**
 * The recorded attack with its labels: what was done at which step, by which processes, and when.
 *
 * The labels were made by those who recorded the capture, from what their driver did and from the
 * processes in the log; nothing of Ritma was asked.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const DATA = process.env["RITMA_DATASETS"] ?? join(import.meta.dirname, "../../../shared/data");

/** One step of the attack, as labels.json has it; what is not compared is left out. */
export interface Label {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** By the clock of the driver, in seconds. */
  readonly t0: number;
  readonly t_last_event: number;
  /** All processes of the step, threads included. */
  readonly pids: readonly number[];
  /** Those that began the others: the injected shell. */
  readonly root_pids: readonly number[];
  /** How often which program was run, by its path as the kernel writes it. */
  readonly exes: Readonly<Record<string, number>>;
}

export interface Capture {
  readonly log: string;
  readonly labels: readonly Label[];
}

/** @returns null when the capture is not there; `captureDir` says where it should be */
export function readCapture(dataDir: string = DATA): Capture | null {
  const dir = captureDir(dataDir);
  const [log, labels] = [join(dir, "audit.log.zst"), join(dir, "labels.json")];
  if (!existsSync(log) || !existsSync(labels)) return null;
  // Made by those who recorded it, with these names.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { log, labels: JSON.parse(readFileSync(labels, "utf8")) as readonly Label[] };
}

export function captureDir(dataDir: string = DATA): string {
  return join(dataDir, "captures", "web-attack");
}
