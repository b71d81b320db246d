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
  "hash-only": "hash-only (arguments, private paths and addresses only as keyed hashes)",
  raw: "raw (arguments, paths and addresses as they are)",
} as const;

export async function run(context: Context): Promise<number> {
  const world = await context.world();
  const config = await context.config();
  const report = await initDataRoot(world, config);
  context.show(report, () => reportLines(context, config, report));
  return 0;
}

function reportLines({ paint }: Context, config: Config, report: InitReport): string[] {
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
    "  Write the fingerprint down somewhere else: it is the KEY of  ritma verify --trust KEY.",
    `  Back up ${escapeText(report.dataRoot)}/keys: without it this store cannot be written on.`,
  ];
  lines.push("", `  Record a log   ritma ingest${flags} /var/log/audit/audit.log`);
  return lines;
}
