/**
 * Figures, times and columns for a person.
 *
 * Times are UTC: what is sealed has no other zone, and two readers must see the same.
 *
 * @module
 */
import { formatCount } from "../base/figures.ts";

export { formatCount };

const US_PER_MS = 1_000;

/** "1 hour", "2 hours": the plural is the word and an s. */
export function counted(count: number, word: string): string {
  return `${formatCount(count)} ${word}${count === 1 ? "" : "s"}`;
}

/** In powers of 1,000, with three digits at least: "96 B", "41.2 MB". */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** "0.6 s", "2 min 5 s". */
export function formatDuration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 100 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** "2026-11-20 09:32": the minute that holds it, in UTC. */
export function formatMinute(timeUs: number): string {
  return iso(timeUs).slice(0, 16).replace("T", " ");
}

/** "2026-11-20 09:32:07.114", in UTC. */
export function formatTime(timeUs: number): string {
  return iso(timeUs).slice(0, 23).replace("T", " ");
}

/** Evidence may hold any number as a time; one that is no date is shown as the number. */
function iso(timeUs: number): string {
  const date = new Date(timeUs / US_PER_MS);
  return Number.isNaN(date.getTime()) ? `${timeUs} µs` : date.toISOString();
}

/** Lines of at most `columns`, each behind `indent`; a word that is longer stands alone. */
export function wrap(text: string, columns: number, indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(" ")) {
    if (line !== indent && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = indent;
    }
    line += line === indent ? word : ` ${word}`;
  }
  lines.push(line);
  return lines;
}

/**
 * `  label   text`, the texts below each other.
 *
 * @param columns where texts are wrapped; by default they are not, so that commands can be copied
 */
export function labelled(
  rows: readonly (readonly [label: string, text: string])[],
  columns = Number.POSITIVE_INFINITY,
): string[] {
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.flatMap(([label, text]) => {
    const indent = " ".repeat(width + 5);
    const [first = "", ...more] = wrap(text, columns, indent);
    return [`  ${label.padEnd(width)}   ${first.slice(indent.length)}`.trimEnd(), ...more];
  });
}
