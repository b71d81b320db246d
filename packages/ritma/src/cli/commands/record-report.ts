/**
 * What was recorded live, for a person.
 *
 * @module
 */
import type { Palette } from "../../base/colour.ts";
import type { Config } from "../../base/config.ts";
import { escapeText } from "../../base/text.ts";
import type { RecordReport } from "../../services/recorder/record.ts";
import type { Io } from "../command.ts";
import { counted, formatBytes, formatDuration, labelled } from "../format.ts";
import { placeFlags } from "../place-flags.ts";
import { SHORTFALL_LABEL, shortfallText } from "../shortfalls.ts";

/** What `--json` prints. */
export interface RecordFacts extends RecordReport {
  readonly dataRoot: string;
  readonly out: string;
  readonly fingerprint: string;
  readonly source: string;
  readonly notes: readonly string[];
  readonly elapsedMs: number;
}

type Row = readonly [label: string, text: string];

export function recordLines(
  { columns, program }: Pick<Io, "columns" | "program">,
  paint: Palette,
  config: Config,
  shown: RecordFacts,
): string[] {
  const { facts, elapsedMs, fingerprint } = shown;
  const duration = paint.dim(formatDuration(elapsedMs));
  const flags = placeFlags(config);
  return [
    `${paint.good("Recorded")}   ${counted(facts.events, "event")}   ${duration}`,
    "",
    ...labelled(rows(shown), columns),
    "",
    ...labelled([
      ["Is it whole?", `${program} verify${flags} --trust ${fingerprint}`],
      ["What ran?", `${program} timeline${flags}`],
    ]),
  ];
}

function rows({ facts, source, sessions, out, recovered }: RecordFacts): Row[] {
  const rows: Row[] = [
    ["source", `${escapeText(source)}, ${counted(facts.lines, "line")}`],
    [
      "sealed",
      `${counted(facts.hours, "hour")}, ${counted(facts.windows, "window")}, ` +
        counted(sessions, "session"),
    ],
    ["evidence", `${escapeText(out)}; nothing waits (journal ${formatBytes(facts.journalBytes)})`],
  ];
  const partial = shortfallText(facts);
  if (partial !== "") rows.push([SHORTFALL_LABEL, partial]);
  if (facts.missed > 0) rows.push(["missed", missedText(facts.missed)]);
  if (recovered !== "clean") {
    rows.push(["recovered", `a seal that a crash had cut short was ${recovered}`]);
  }
  return rows;
}

export function missedText(missed: number): string {
  return (
    `${counted(missed, "time")} the log was cut or rotated away with lines behind our place: ` +
    "keep more rotated files (num_logs in auditd.conf)"
  );
}
