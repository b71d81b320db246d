/**
 * `ritma init`, run.
 *
 * @module
 */
import type { Config } from "../../base/config.ts";
import { escapeText } from "../../base/text.ts";
import { initDataRoot, type InitReport } from "../../services/recorder/data-root.ts";
import type { Context } from "../command.ts";
import { labelled } from "../format.ts";
import { placeFlags } from "../place-flags.ts";

const PRIVACY_WORDS = {
  "hash-only": "hash-only: arguments, private paths, addresses as keyed hashes",
  raw: "raw: arguments, paths and addresses as they are",
} as const;

export async function run(context: Context): Promise<number> {
  const world = await context.world();
  const config = await context.config();
  const report = await initDataRoot(world, config);
  context.show(report, () => reportLines(context, config, report));
  return 0;
}

function reportLines({ io, paint }: Context, config: Config, report: InitReport): string[] {
  const flags = placeFlags(config);
  const lines = [
    `${paint.good("Made")} a data root: ${escapeText(report.dataRoot)}`,
    "",
    ...labelled([
      ["evidence store", escapeText(report.out)],
      ["namespace", escapeText(report.namespace)],
      ["node", escapeText(report.node)],
      ["privacy", PRIVACY_WORDS[report.privacy]],
      ["window", `${report.windowSecs} s`],
      ["fingerprint", paint.strong(report.fingerprint)],
    ]),
    "",
    "  Keep the fingerprint somewhere else: it is the KEY of verify --trust KEY, and",
    "  tells this store from one that somebody else made.",
    `  Back up ${escapeText(report.dataRoot)}/keys: without it nothing can be added to this store.`,
  ];
  lines.push(
    "",
    ...labelled([
      ["Record this host", `${io.program} record${flags}`],
      ["Record a log", `${io.program} ingest${flags} FILE`],
    ]),
  );
  return lines;
}
