/**
 * `ritma beat export` and `import`.
 *
 * @module
 */
import { toHex } from "@ritma/evidence";
import { escapeText } from "../../base/text.ts";
import { exportBundle, type Exported } from "../../stores/beat/bundle/export-bundle.ts";
import { importBundle, type Imported } from "../../stores/beat/bundle/import-bundle.ts";
import { Operations } from "../../stores/beat/operations/operations.ts";
import { counted, formatBytes, formatCount, labelled } from "../format.ts";
import { shellWord } from "../place-flags.ts";
import {
  branchNamed,
  branchOf,
  fileNamed,
  next,
  refused,
  type Session,
  show,
} from "./beat-session.ts";

const NOTHING = "Nothing was imported.";

export async function exportBranch(session: Session): Promise<number> {
  const { context, store, storeId, world } = session;
  const branch = branchOf(context) ?? "";
  const to = context.text("to");
  if (to === null) throw refused("export needs --to, the folder to be made");
  const dir = fileNamed(context, to);
  const { disk, primitives } = world;
  const made: Exported[] = [];
  await new Operations(store, () => {}).run("op/sync", `export of ${branch}`, async () => {
    const { blake3 } = primitives;
    const one = await exportBundle({ store, storeId, branch, disk, dir, blake3 });
    made.push(one);
    return `${branch} exported: ${one.records} records, ${one.blobs} blobs`;
  });
  const [bundle] = made;
  const chain = bundle === undefined ? "" : toHex(bundle.chain);
  const { records = 0, frames = 0, blobs = 0, bytes = 0 } = bundle ?? {};
  const facts = { dir, branch, records, frames, blobs, bytes, chain, resumed: 0 };
  show(session, { bundle: facts }, () => [
    `${context.paint.good("Exported")} branch ${branch} to ${escapeText(dir)}`,
    "",
    ...labelled([
      ["records", `${formatCount(records)} in ${counted(frames, "frame")}`],
      ["blobs", formatCount(blobs)],
      ["size", formatBytes(bytes)],
      ["chain", context.paint.strong(chain)],
    ]),
    "",
    "  Keep the chain elsewhere: with it anyone can tell this bundle from another.",
    `  Check it   ${next(session, `verify ${shellWord(dir)}`)}`,
  ]);
  return 0;
}

export async function importBranch(session: Session): Promise<number> {
  const { context, store, world } = session;
  const dir = fileNamed(context, context.operands[1] ?? "");
  const as = context.text("as");
  const into = as === null ? {} : { into: branchNamed(as, "--as") };
  const { disk, primitives } = world;
  context.remark(NOTHING);
  const done: Imported[] = [];
  await new Operations(store, () => {}).run("op/sync", "import", async () => {
    const replace = context.has("replace");
    const { blake3 } = primitives;
    const one = await importBundle({ store, disk, dir, blake3, replace, ...into });
    done.push(one);
    return `${one.branch} imported: ${one.records} records in ${one.beats} beats`;
  });
  const [bundle] = done;
  const { branch = "", records = 0, blobs = 0, beats = 0, resumed = 0 } = bundle ?? {};
  const chain = bundle === undefined ? "" : toHex(bundle.chain);
  const frames = beats + resumed;
  const facts = { dir, branch, records, frames, blobs, bytes: null, chain, resumed };
  show(session, { bundle: facts, committed: beats }, () => [
    beats === 0
      ? `Nothing to do: branch ${branch} has all of this bundle`
      : `${context.paint.good("Imported")} branch ${branch} from ${escapeText(dir)}`,
    "",
    ...labelled([
      ["records", formatCount(records)],
      ["blobs", formatCount(blobs)],
      ["beats", resumed === 0 ? formatCount(beats) : `${beats}, after ${resumed} of before`],
      ["chain", chain],
    ]),
    "",
    `  What is in it   ${next(session, `ls ${branch}`)}`,
  ]);
  return 0;
}
