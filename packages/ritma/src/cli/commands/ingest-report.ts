/**
 * What was recorded, for a person.
 *
 * @module
 */
import type { Palette } from "../../base/colour.ts";
import type { Config } from "../../base/config.ts";
import { escapeText } from "../../base/text.ts";
import type { IngestReport } from "../../services/recorder/ingest.ts";
import type { Io } from "../command.ts";
import { counted, formatBytes, formatCount, formatDuration, labelled } from "../format.ts";
import { placeFlags } from "../place-flags.ts";
import { SHORTFALL_LABEL, shortfallText } from "../shortfalls.ts";

/** What `--json` prints. */
export interface IngestFacts extends IngestReport {
  readonly dataRoot: string;
  readonly out: string;
  readonly fingerprint: string;
  readonly files: readonly { readonly path: string; readonly storedBytes: number }[];
  /** Bytes of the evidence store. */
  readonly storedBytes: number;
  readonly storedBytesBefore: number;
  readonly elapsedMs: number;
  /** Nothing went through it. */
  readonly journal: null;
}

type Row = readonly [label: string, text: string];

const RECOVERED = {
  clean: null,
  undone:
    "an hour that an earlier run had begun to seal was undone; what it held is recorded when its " +
    "log is read again",
  finished: "an hour that an earlier run had begun to seal was finished",
} as const;

export function ingestLines(
  { columns, program }: Pick<Io, "columns" | "program">,
  paint: Palette,
  config: Config,
  facts: IngestFacts,
): string[] {
  const { recorded, nothingNew, files, elapsedMs } = facts;
  const inputs = counted(files.length, "file");
  const duration = paint.dim(formatDuration(elapsedMs));
  const events = counted(recorded.events, "event");
  const head = nothingNew
    ? `${paint.attention("Nothing new")}   all of ${inputs} was recorded before   ${duration}`
    : `${paint.good("Recorded")}   ${events} from ${inputs}   ${duration}`;
  const flags = placeFlags(config);
  const trust = `${flags} --trust ${facts.fingerprint}`;
  return [
    head,
    "",
    ...labelled(rows(facts), columns),
    "",
    ...labelled([
      ["Is it whole?", `${program} verify${trust}`],
      ["What ran?", `${program} timeline${flags}`],
      ["How much?", `${program} stats${flags}`],
    ]),
  ];
}

function rows(facts: IngestFacts): Row[] {
  const { recorded, files, nothingNew, storedBytes, storedBytesBefore } = facts;
  const rows: Row[] = [];
  const recovered = RECOVERED[facts.recovered];
  if (recovered !== null) rows.push(["recovered", recovered]);
  if (!nothingNew) {
    rows.push(["input", inputText(facts)]);
    rows.push([
      "sealed",
      `${counted(recorded.hours, "hour")}, ${counted(recorded.windows, "window")}, ` +
        `${counted(recorded.gaps, "gap")}, session ${facts.session ?? "?"}`,
    ]);
  }
  const partial = shortfallText(recorded);
  if (partial !== "") rows.push([SHORTFALL_LABEL, partial]);
  if (recorded.plainPieces > 0) rows.push(["written plainly", plainText(recorded.plainPieces)]);
  const grown = storedBytes - storedBytesBefore;
  const input = files.reduce((sum, file) => sum + file.storedBytes, 0);
  const ratio =
    grown > 0 && input > grown ? `, ${ratioText(input / grown)} smaller than the input` : "";
  rows.push([
    "evidence",
    nothingNew
      ? `${escapeText(facts.out)}, ${formatBytes(storedBytes)}, as it was`
      : `${escapeText(facts.out)} grew by ${formatBytes(grown)} to ` +
        `${formatBytes(storedBytes)}${ratio}`,
  ]);
  return rows;
}

function inputText({ files, lines, bytes, bytesKnown }: IngestFacts): string {
  const [only] = files;
  const name = files.length === 1 && only !== undefined ? `${escapeText(only.path)}, ` : "";
  const known = bytesKnown > 0 ? `, of which ${formatBytes(bytesKnown)} were known` : "";
  return `${name}${formatBytes(bytes)}, ${counted(lines, "line")}${known}`;
}

function plainText(pieces: number): string {
  return (
    `${counted(pieces, "piece")}: the short form did not read back as it was. ` +
    "Nothing is lost; please report this as a bug."
  );
}

function ratioText(ratio: number): string {
  return `${ratio >= 10 ? formatCount(Math.round(ratio)) : ratio.toFixed(1)}×`;
}
