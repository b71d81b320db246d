/**
 * What is in a window in a few lines: what was run, where it went, what was written.
 *
 *     ran        /usr/bin/dash ×12, /usr/bin/id ×3, … 4 others
 *     connected  127.0.0.1:8081 ×3 (1 failed)
 *     wrote      /tmp/.x
 *
 * @module
 */
import { formatCount } from "../format.ts";
import { columnsOf, cutPath } from "../timeline/columns.ts";
import type { Glance, Seen, Tops } from "./glance.ts";

export interface GlanceOptions {
  /** Null for lines as long as they are. */
  readonly columns: number | null;
  readonly indent: string;
  /** At most so many of one kind, in so many lines. */
  readonly names: number;
  readonly lines: number;
}

const LABELS = [
  ["ran", "programs"],
  ["connected", "destinations"],
  ["wrote", "written"],
] as const;
const LABEL_COLUMNS = "connected".length + 2;
const NAME_COLUMNS = 40;
const WIDE = 4_000;

/** Lines for each kind of which there is any. */
export function glanceLines(glance: Glance, options: GlanceOptions): string[] {
  const { columns, indent } = options;
  const below = " ".repeat(indent.length + LABEL_COLUMNS);
  const room = columns === null ? WIDE : Math.max(1, columns - below.length);
  return LABELS.flatMap(([label, kind]) => {
    if (glance[kind].different === 0) return [];
    const lines = filled(glance[kind], room, options);
    return lines.map(
      (line, at) => (at === 0 ? indent + label.padEnd(LABEL_COLUMNS) : below) + line,
    );
  });
}

/** As many as there is room for, at least one. */
function filled({ first, different }: Tops, room: number, options: GlanceOptions): string[] {
  const columns = options.columns === null ? null : room;
  const texts = first.slice(0, options.names).map((seen) => seenText(seen, columns));
  for (let count = texts.length; ; count -= 1) {
    const others = different - count;
    const end = others === 0 ? [] : [`… ${formatCount(others)} more`];
    const lines = inLines([...texts.slice(0, count), ...end], room);
    if (count <= 1 || lines.length <= options.lines) return lines;
  }
}

function inLines(texts: readonly string[], room: number): string[] {
  const lines: string[] = [];
  for (const [at, text] of texts.entries()) {
    const shown = at === texts.length - 1 ? text : `${text},`;
    const line = lines.at(-1);
    if (line !== undefined && columnsOf(line) + 1 + columnsOf(shown) <= room) {
      lines[lines.length - 1] = `${line} ${shown}`;
    } else lines.push(shown);
  }
  return lines;
}

function seenText({ name, times, failed }: Seen, columns: number | null): string {
  const shown = columns === null ? name : cutPath(name, Math.min(NAME_COLUMNS, columns));
  const count = times === 1 ? "" : ` ×${formatCount(times)}`;
  if (failed === 0) return shown + count;
  return `${shown}${count} (${failed === times ? "" : `${formatCount(failed)} `}failed)`;
}
