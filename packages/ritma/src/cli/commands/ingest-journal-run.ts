/**
 * `ritma ingest` where the journal is in the path: with --no-seal, or while a session waits there.
 *
 * @module
 */
import type { Config } from "../../base/config.ts";
import type { InputFile } from "../../base/disk/input-file.ts";
import { startProgress } from "../../base/progress.ts";
import { escapeText } from "../../base/text.ts";
import type { DataRoot, World } from "../../services/recorder/data-root.ts";
import { holdsSession, ingestIntoJournal } from "../../services/recorder/ingest-journal.ts";
import { openJournal } from "../../services/recorder/open-journal.ts";
import type { RecordReport } from "../../services/recorder/record.ts";
import type { Context } from "../command.ts";
import { counted, formatBytes, labelled } from "../format.ts";
import { placeFlags } from "../place-flags.ts";
import { SHORTFALL_LABEL, shortfallText } from "../shortfalls.ts";
import { keepFresh } from "./keep-fresh.ts";
import { threadsOf } from "./values.ts";

/** @returns false when nothing waits in the journal and nothing is to: the straight way is free */
export async function runThroughJournal(
  context: Context,
  world: World,
  config: Config,
  root: DataRoot,
  files: readonly InputFile[],
  staysOpen: boolean,
): Promise<boolean> {
  const dataRoot = config.dataRoot.value;
  await using opened = await openJournal(world, root, dataRoot, ({ severity, branch, detail }) => {
    if (severity !== "info") context.io.err(`ritma ingest: ${branch}: ${escapeText(detail)}`);
  });
  const { journal } = opened;
  if (!staysOpen && !(await holdsSession(journal))) return false;
  const total = files.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  const stream = context.io.errorStream;
  using bar = startProgress({ what: "ingest", total, unit: "bytes", stream });
  context.remark("What was taken stays in the journal; the same command goes on from there.");
  const report = await ingestIntoJournal({
    world,
    config,
    root,
    journal,
    files,
    options: { node: config.nodeId.value, threads: threadsOf(context.text("threads")) },
    seals: !staysOpen,
    progress: (done) => {
      bar.update(done);
    },
  });
  bar.stop();
  await keepFresh(context, world, config, root);
  const paths = files.map(({ path, storedBytes }) => ({ path, storedBytes }));
  const facts = { dataRoot, out: config.outDir.value, files: paths, journal: report };
  context.show(facts, () => linesOf(context, config, report, files.length));
  return true;
}

function linesOf(
  { io, paint }: Context,
  config: Config,
  { facts }: RecordReport,
  files: number,
): string[] {
  const waits = facts.journalBytes > 0;
  const rows: [string, string][] = [
    ["input", `${counted(facts.lines, "line")} in this session, ${counted(files, "file")} now`],
    ["sealed", `${counted(facts.hours, "hour")}, ${counted(facts.windows, "window")} signed`],
    [
      "journal",
      waits
        ? `${formatBytes(facts.journalBytes)}: the session waits for what comes next`
        : "empty: all of it is sealed",
    ],
  ];
  const partial = shortfallText(facts);
  if (partial !== "") rows.push([SHORTFALL_LABEL, partial]);
  const flags = placeFlags(config);
  return [
    `${paint.good(waits ? "Taken" : "Recorded")}   ${counted(facts.events, "event")}`,
    "",
    ...labelled(rows, io.columns),
    "",
    ...labelled([
      waits
        ? ["Seal it", `${io.program} ingest${flags} FILE, or ${io.program} record${flags}`]
        : ["Is it whole?", `${io.program} verify${flags}`],
    ]),
  ];
}
