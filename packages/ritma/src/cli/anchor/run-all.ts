/**
 * `ritma anchor run`: the newest head, to every anchor that is remembered.
 *
 * One that fails does not keep the others from it; the exit status tells.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import { anchorHead } from "../../services/anchor/anchoring.ts";
import { placeText, readAnchors } from "../../services/anchor/target.ts";
import type { Context } from "../command.ts";
import { formatCount, wrap } from "../format.ts";
import {
  anchorWorld,
  facts,
  headFacts,
  headOf,
  lockAnchors,
  type Outcome,
  outcomeFacts,
} from "./root.ts";

export async function runAnchors(context: Context): Promise<number> {
  const world = await anchorWorld(context);
  using _ = await lockAnchors(world);
  const { anchors } = await readAnchors(world.disk, world.dataRoot);
  if (anchors.length === 0) {
    throw new RitmaError("anchor/none", `${world.dataRoot} remembers no anchors`);
  }
  const head = await headOf(context);
  const outcomes: Outcome[] = [];
  for (const anchor of anchors) {
    try {
      const { where, isNew } = await anchorHead(world, anchor, head);
      outcomes.push({ anchor, where, isNew, error: null });
    } catch (error) {
      if (!(error instanceof RitmaError)) throw error;
      outcomes.push({ anchor, where: null, isNew: false, error });
    }
  }
  const said = { head: headFacts(head), anchors: outcomes.map(outcomeFacts) };
  context.show(facts("run", said), () => linesOf(context, head.size, outcomes));
  return statusOf(outcomes);
}

function linesOf({ io, paint }: Context, size: number, outcomes: readonly Outcome[]): string[] {
  const width = Math.max(...outcomes.map(({ anchor }) => anchor.name.length));
  const failed = outcomes.filter(({ error }) => error !== null).length;
  const given = `The head of ${formatCount(size)} entries`;
  const first =
    failed === 0
      ? `${given} is with all ${formatCount(outcomes.length)}.`
      : `${given} is not with ${formatCount(failed)} of ${formatCount(outcomes.length)}.`;
  const rows = outcomes.flatMap(({ anchor, isNew, where, error }) => {
    const name = anchor.name.padEnd(width);
    const indent = " ".repeat(width + 5);
    if (error === null) {
      const how = isNew ? "given   " : "had it  ";
      return [`  ${name}   ${paint.good(how)}${escapeText(where ?? "")}`];
    }
    const why = wrap(`${error.message} (${error.code})`, io.columns, indent);
    return [`  ${name}   ${paint.bad("failed  ")}${escapeText(placeText(anchor.place))}`, ...why];
  });
  return [first, "", ...rows, "", `  ${io.program} anchor verify`];
}

/** Two histories are worse than a server that does not answer. */
function statusOf(outcomes: readonly Outcome[]): number {
  const errors = outcomes.map(({ error }) => error).filter((error) => error !== null);
  const worst = errors.find(({ code }) => code === "anchor/fork") ?? errors[0];
  return worst?.exitStatus ?? 0;
}
