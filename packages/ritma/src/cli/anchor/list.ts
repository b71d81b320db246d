/**
 * `ritma anchor list` and `remove`: what is remembered.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import { type Anchor, placeText, readAnchors, writeAnchors } from "../../services/anchor/target.ts";
import type { Context } from "../command.ts";
import { labelled } from "../format.ts";
import { anchorFacts, anchorWorld, facts, lockAnchors } from "./root.ts";

export async function listAnchors(context: Context): Promise<number> {
  const { disk, dataRoot } = await anchorWorld(context);
  const { anchors } = await readAnchors(disk, dataRoot);
  context.show(facts("list", { anchors: anchors.map(anchorFacts) }), () => {
    if (anchors.length > 0) return labelled(anchors.map(row));
    return ["None. Add one:", `  ${context.io.program} anchor add file DIR`];
  });
  return 0;
}

export async function removeAnchor(context: Context): Promise<number> {
  const [, name = ""] = context.operands;
  const world = await anchorWorld(context);
  using _ = await lockAnchors(world);
  const known = await readAnchors(world.disk, world.dataRoot);
  const anchor = known.anchors.find((each) => each.name === name);
  if (anchor === undefined) {
    const names = known.anchors.map((each) => each.name).join(", ");
    const message = `there is no anchor "${escapeText(name.slice(0, 100))}"; there are: ${names}`;
    throw new RitmaError("usage/bad-argument", message);
  }
  const anchors = known.anchors.filter((each) => each !== anchor);
  await writeAnchors(world.disk, world.dataRoot, { added: known.added, anchors });
  context.show(facts("remove", { anchors: [anchorFacts(anchor)] }), () => [
    `${anchor.name} gets no more heads. What it keeps stays, and receipts of it are still checked.`,
  ]);
  return 0;
}

function row({ name, place }: Anchor): [string, string] {
  return [name, `${place.kind}  ${escapeText(placeText(place))}`];
}
