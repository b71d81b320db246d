/**
 * `ritma verify`, run.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import { type Located, locateStore } from "../../services/verifier/locate.ts";
import { verifyDeep } from "../../services/verifier/deep.ts";
import type { Context } from "../command.ts";
import { headsAsked } from "../head/read-heads.ts";
import { locateNamed } from "../located.ts";
import { proofNamed, showProof } from "../prove/verified.ts";
import { RESULT_EXITS } from "../result.ts";
import { trustAsked, verifyShown } from "../verifying.ts";
import { reportLines } from "./verify-report.ts";

export async function run(context: Context): Promise<number> {
  const trust = trustAsked(context);
  const proof = await proofNamed(context);
  if (proof !== null) return await showProof(context, proof, trust);
  const { disk, primitives } = await context.world();
  const heads = await headsAsked(context);
  const located = await locate(context);
  const report = await verifyShown(context, located.path, trust, heads);
  const deep = context.has("deep")
    ? await verifyDeep(disk, primitives, located.path, report)
    : null;
  const facts = { path: located.path, trust, ...(deep?.report ?? report) };
  const derived = deep?.compared ?? null;
  context.show({ ...facts, derived, proof: null }, () =>
    reportLines(context, located, trust, facts, derived),
  );
  return RESULT_EXITS[facts.result];
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
