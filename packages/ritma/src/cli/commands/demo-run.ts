/**
 * `ritma demo`, run.
 *
 * @module
 */
import packageFacts from "../../../package.json" with { type: "json" };
import { RitmaError } from "../../base/error.ts";
import { type Progress, startProgress } from "../../base/progress.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { type DemoFacts, demoFacts, demoLines } from "../demo/report.ts";
import { keptScratch, temporaryScratch } from "../demo/scratch.ts";
import { record, tamper, verify } from "../demo/steps.ts";
import { type Story, tellStory } from "../demo/story.ts";

export async function run(context: Context): Promise<number> {
  if (context.text("data") !== null) {
    const message = "--data is for other commands; the demo makes a store of its own (--keep DIR)";
    throw new RitmaError("usage/bad-flag", message);
  }
  const { version } = packageFacts;
  if (!context.json) {
    const title = `Ritma ${version} · a flight recorder for Linux hosts`;
    context.io.out(`  ${context.paint.strong(title)}`);
  }
  const { facts, story } = await play(context, version);
  context.show(facts, () => demoLines(context.paint, facts, story, context.io.program));
  return facts.problems.length === 0 ? 0 : 1;
}

async function play(
  context: Context,
  version: string,
): Promise<{ facts: DemoFacts; story: Story }> {
  const { io, paint } = context;
  const world = await context.world();
  const { disk, rng, primitives } = world;
  const keep = context.text("keep");
  await using scratch =
    keep === null
      ? await temporaryScratch(disk, rng)
      : await keptScratch(disk, io.around.workingDir, keep);
  let bar: Progress | null = null;
  const recorded = await record(world, `${scratch.path}/data`, (done, total) => {
    bar ??= startProgress({ what: "record", total, unit: "bytes", stream: io.errorStream });
    bar.update(done);
  }).finally(() => bar?.stop());
  const out = recorded.config.outDir.value;
  const verified = await verify(world, out, recorded.fingerprint);
  const tampered = await tamper(world, recorded, `${scratch.path}/tampered`);
  const store = await StoreReader.open(disk, primitives, out);
  const story = await tellStory(store, paint, io.columns);
  const kept = keep === null ? null : scratch.path;
  return { facts: demoFacts(version, recorded, verified, tampered, story, kept), story };
}
