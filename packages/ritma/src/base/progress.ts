/**
 * One line on standard error while long work runs: what, how far, how fast, how long still.
 *
 * Only on a terminal, and gone when the work is done. Elsewhere nothing is written at all, so that
 * a log of a job holds results only.
 *
 * @module
 */
// An ambient module cannot be imported, and the project of the tests must find it as well.
// oxlint-disable-next-line typescript/triple-slash-reference
/// <reference path="./cli-progress.d.ts" />
import { SingleBar } from "cli-progress";
import { escapeText } from "./text.ts";

export interface Progress extends Disposable {
  /** @param done so far, in the unit of the work. */
  update(done: number): void;
  /** Takes the line away. A second stop does nothing. */
  stop(): void;
}

export interface ProgressOptions {
  /** "seal", "verify audit.log": shown escaped. */
  readonly what: string;
  /** Null where it cannot be known, as for standard input. */
  readonly total: number | null;
  /** What is counted: bytes are shown in MB, anything else as it is. */
  readonly unit: string;
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
}

const BAR_COLUMNS = 24;
const COLUMNS_DEFAULT = 80;
const BYTES_PER_MB = 1_000_000;

const SILENT: Progress = { update: () => {}, stop: () => {}, [Symbol.dispose]: () => {} };

export function startProgress(options: ProgressOptions): Progress {
  const { stream, total } = options;
  if (stream.isTTY !== true) return SILENT;
  const startedMs = performance.now();
  let done = 0;
  const bar = new SingleBar({
    stream,
    clearOnComplete: true,
    // A process that is interrupted must leave the terminal as it was.
    hideCursor: false,
    linewrap: true,
    gracefulExit: false,
    format: () => {
      const line = progressLine(options, done, (performance.now() - startedMs) / 1_000);
      return line.slice(0, (stream.columns ?? COLUMNS_DEFAULT) - 1);
    },
  });
  bar.start(total ?? 1, 0);
  const stop = (): void => bar.stop();
  return {
    update: (count) => {
      done = count;
      bar.update(total === null ? 0 : Math.min(count, total));
    },
    stop,
    [Symbol.dispose]: stop,
  };
}

/** @returns the line, for a point of the work; pure, so that it can be tested. */
export function progressLine(
  { what, total, unit }: ProgressOptions,
  done: number,
  seconds: number,
): string {
  const rate = seconds > 0 ? done / seconds : 0;
  const parts = [`  ${escapeText(what)}`];
  if (total === null) parts.push(amount(done, unit));
  else {
    const part = total === 0 ? 1 : Math.min(1, done / total);
    const filled = Math.round(part * BAR_COLUMNS);
    parts.push("█".repeat(filled) + "░".repeat(BAR_COLUMNS - filled));
    parts.push(`${Math.floor(part * 100)}%`);
  }
  parts.push(`${amount(rate, unit)}/s`);
  if (total !== null && rate > 0) parts.push(`${duration((total - done) / rate)} left`);
  return parts.join("  ");
}

function amount(value: number, unit: string): string {
  if (unit === "bytes") return `${(value / BYTES_PER_MB).toFixed(1)} MB`;
  return `${Math.round(value).toLocaleString("en-US")} ${unit}`;
}

function duration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
