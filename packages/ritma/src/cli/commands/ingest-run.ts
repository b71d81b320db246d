/**
 * `ritma ingest`, run.
 *
 * @module
 */
import { fingerprintOf } from "@ritma/evidence";
import type { Config } from "../../base/config.ts";
import { type InputFile, openInput } from "../../base/disk/input-file.ts";
import { logsIn } from "../../base/disk/input-folder.ts";
import { RitmaError } from "../../base/error.ts";
import { boundGarbage } from "../../base/heap.ts";
import { startProgress } from "../../base/progress.ts";
import {
  type DataRoot,
  openDataRoot,
  requireDataRoot,
  type World,
} from "../../services/recorder/data-root.ts";
import { hasJournal } from "../../services/recorder/open-journal.ts";
import { ingest, type IngestReport } from "../../services/recorder/ingest.ts";
import { inReadingOrder } from "../../services/recorder/reading-order.ts";
import { listTree } from "../../services/verifier/disk-tree.ts";
import type { Context } from "../command.ts";
import { type IngestFacts, ingestLines } from "./ingest-report.ts";
import { keepFresh } from "./keep-fresh.ts";
import { spoolInput, type Spooled, STDIN, sweepSpool } from "./spool.ts";
import { threadsOf } from "./values.ts";

const NOTHING = "Nothing was recorded.";
const SOME = "What was sealed before stays; the same command goes on from there.";

export async function run(context: Context): Promise<number> {
  const startedMs = performance.now();
  boundGarbage();
  const world = await context.world();
  const config = await context.config();
  context.remark(NOTHING);
  await requireDataRoot(world.disk, config.dataRoot.value);
  if (context.operands.filter((path) => path === STDIN).length > 1) {
    throw new RitmaError("usage/bad-argument", "standard input (-) can be given once");
  }
  const paths = inReadingOrder((await Promise.all(context.operands.map(logsAt))).flat());
  await using opened = new AsyncDisposableStack();
  const named = new Map<string, InputFile>();
  for (const path of paths) {
    if (path !== STDIN) named.set(path, opened.use(await openInput(path)));
  }
  using root = await openDataRoot(world, config);
  await using spooled = await spool(context, world, config);
  const files = paths.flatMap((path) => named.get(path) ?? spooled?.file ?? []);
  const out = config.outDir.value;
  if (await goesThroughJournal(context, world, config, root, files)) return 0;
  const storedBytesBefore = await bytesOf(world, out);
  const report = await record(context, world, config, root, files);
  await keepFresh(context, world, config, root);
  const facts: IngestFacts = {
    dataRoot: config.dataRoot.value,
    out,
    fingerprint: fingerprintOf(world.primitives.sha256, root.keystore.identity.publicKey),
    files: files.map(({ path, storedBytes }) => ({ path, storedBytes })),
    ...report,
    storedBytes: await bytesOf(world, out),
    storedBytesBefore,
    elapsedMs: Math.round(performance.now() - startedMs),
    journal: null,
  };
  context.show(facts, () => ingestLines(context.io, context.paint, config, facts));
  return 0;
}

/** Of a folder the logs in it; any other path stands for itself. */
async function logsAt(path: string): Promise<readonly string[]> {
  const logs = path === STDIN ? null : await logsIn(path);
  if (logs === null) return [path];
  if (logs.length > 0) return logs;
  throw new RitmaError("input/directory", `${path} is a directory without an audit.log`);
}

async function spool(context: Context, world: World, config: Config): Promise<Spooled | null> {
  await sweepSpool(world.disk, config.dataRoot.value);
  if (!context.operands.includes(STDIN)) return null;
  return await spoolInput(world.disk, config.dataRoot.value, context.io.input());
}

/** @returns true when the files went through the journal, and nothing is left to do */
async function goesThroughJournal(
  context: Context,
  world: World,
  config: Config,
  root: DataRoot,
  files: readonly InputFile[],
): Promise<boolean> {
  const dataRoot = config.dataRoot.value;
  const staysOpen = context.has("no-seal");
  if (!staysOpen && !(await hasJournal(world, dataRoot))) return false;
  const { runThroughJournal } = await import("./ingest-journal-run.ts");
  return await runThroughJournal(context, world, config, root, files, staysOpen);
}

/** Once an hour may have been sealed, a failure says other things of what is there. */
async function record(
  context: Context,
  world: World,
  config: Config,
  root: DataRoot,
  files: readonly InputFile[],
): Promise<IngestReport> {
  const total = files.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  const what =
    files.length === 1 ? `ingest ${files[0]?.path ?? ""}` : `ingest ${files.length} files`;
  using bar = startProgress({ what, total, unit: "bytes", stream: context.io.errorStream });
  let begun = false;
  try {
    return await ingest(world, root, files, {
      node: config.nodeId.value,
      overlap: context.has("overlap"),
      threads: threadsOf(context.text("threads")),
      progress: (done) => {
        begun = true;
        bar.update(done);
      },
    });
  } catch (error) {
    const before = error instanceof RitmaError && error.code.startsWith("input/");
    if (begun || !before) context.remark(SOME);
    throw error;
  }
}

async function bytesOf({ disk }: World, out: string): Promise<number> {
  const files = await listTree(disk, out);
  return files.reduce((sum, { length }) => sum + length, 0);
}
