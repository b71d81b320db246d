/**
 * `ritma verify`, run.
 *
 * @module
 */
import { type Fingerprint, fingerprint, FormatError } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import { type Progress, startProgress } from "../../base/progress.ts";
import { escapeText } from "../../base/text.ts";
import { type Located, locateStore } from "../../services/verifier/locate.ts";
import { verifyDeep } from "../../services/verifier/deep.ts";
import { verifyOnDisk } from "../../services/verifier/verifier.ts";
import type { Context } from "../command.ts";
import { locateNamed } from "../located.ts";
import { RESULT_EXITS } from "../result.ts";
import { reportLines } from "./verify-report.ts";

export async function run(context: Context): Promise<number> {
  const trust = trusted(context.text("trust"));
  const { disk, primitives } = await context.world();
  const located = await locate(context);
  const bar = hourBar(context, located.path);
  const report = await verifyOnDisk(disk, primitives, located.path, {
    trust,
    progress: bar.update,
  }).finally(bar.stop);
  const deep = context.has("deep")
    ? await verifyDeep(disk, primitives, located.path, report)
    : null;
  const facts = { path: located.path, trust, ...(deep?.report ?? report) };
  const derived = deep?.compared ?? null;
  context.show({ ...facts, derived }, () => reportLines(context, located, trust, facts, derived));
  return RESULT_EXITS[facts.result];
}

function trusted(text: string | null): Fingerprint | null {
  if (text === null) return null;
  try {
    return fingerprint(text.trim().toLowerCase());
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    const shown = escapeText(text.slice(0, 100));
    const message = `--trust is "${shown}", and a fingerprint has 64 hex digits`;
    throw new RitmaError("usage/bad-argument", message, { cause });
  }
}

async function locate(context: Context): Promise<Located> {
  const { disk } = await context.world();
  const { workingDir } = context.io.around;
  const [path] = context.operands;
  if (path !== undefined) return await locateNamed(disk, path, workingDir);
  const { outDir } = await context.config();
  try {
    return await locateStore(disk, outDir.value, workingDir);
  } catch (cause) {
    if (!(cause instanceof RitmaError) || cause.code !== "disk/missing") throw cause;
    const message = `${escapeText(outDir.value)} holds no evidence store`;
    throw new RitmaError("store/missing", message, { cause });
  }
}

/** How many hours there are is known at the first call only. */
function hourBar(
  { io }: Context,
  path: string,
): { readonly update: (done: number, total: number) => void; readonly stop: () => void } {
  let bar: Progress | null = null;
  return {
    update: (done, total) => {
      const what = `verify ${path}`;
      bar ??= startProgress({ what, total, unit: "hours", stream: io.errorStream });
      bar.update(done);
    },
    stop: () => bar?.stop(),
  };
}
