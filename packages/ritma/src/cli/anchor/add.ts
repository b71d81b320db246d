/**
 * `ritma anchor add`: the head is given first; an anchor that took it is remembered.
 *
 * @module
 */
import { resolve } from "node:path";
import { writeDurably } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import { ANCHORS_MAX, TIMESTAMP_BYTES_MAX } from "../../base/limits.ts";
import { escapeText } from "../../base/text.ts";
import {
  anchorHead,
  type AnchorWorld,
  replyByHand,
  requestByHand,
} from "../../services/anchor/anchoring.ts";
import { type Anchor, placeText, readAnchors, writeAnchors } from "../../services/anchor/target.ts";
import type { Context } from "../command.ts";
import { formatCount, labelled, wrap } from "../format.ts";
import { shellWord } from "../place-flags.ts";
import { placeAsked } from "./place.ts";
import { anchorWorld, facts, headFacts, headOf, lockAnchors, outcomeFacts } from "./root.ts";

export async function addAnchor(context: Context): Promise<number> {
  const [, ...words] = context.operands;
  const [request, reply] = [context.text("request"), context.text("reply")];
  if (request === null && reply === null) return await addNew(context, words);
  if (words.length !== 1 || words[0] !== "tsa" || (request !== null && reply !== null)) {
    throw refused("--request and --reply are for add tsa, one at a time, without an address");
  }
  const world = await anchorWorld(context);
  using _ = await lockAnchors(world);
  return request === null
    ? await takeReply(context, world, reply ?? "")
    : await writeRequest(context, world, request);
}

async function addNew(context: Context, words: readonly string[]): Promise<number> {
  const place = await placeAsked(context, words);
  const world = await anchorWorld(context);
  using _ = await lockAnchors(world);
  const known = await readAnchors(world.disk, world.dataRoot);
  const same = known.anchors.find(
    (each) => each.place.kind === place.kind && placeText(each.place) === placeText(place),
  );
  if (same !== undefined) throw refused(`it is there already, as ${same.name}`);
  if (known.anchors.length >= ANCHORS_MAX) throw refused(`there are ${ANCHORS_MAX} already`);
  const head = await headOf(context);
  const anchor: Anchor = { name: `${place.kind}-${known.added + 1}`, place };
  const { where, isNew } = await anchorHead(world, anchor, head);
  const anchors = [...known.anchors, anchor];
  await writeAnchors(world.disk, world.dataRoot, { added: known.added + 1, anchors });
  const outcome = { anchor, where, isNew, error: null };
  const said = { head: headFacts(head), anchors: [outcomeFacts(outcome)] };
  context.show(facts("add", said), () => [
    `${context.paint.strong(anchor.name)}   ${escapeText(placeText(place))}`,
    "",
    ...labelled([
      ["head", `of ${formatCount(head.size)} entries${isNew ? "" : ", which it had already"}`],
      ["kept as", escapeText(where)],
    ]),
    "",
    "  From now on  anchor run  gives it every newer head, and  anchor verify  asks it:",
    `  ${context.io.program} anchor schedule daily`,
  ]);
  return 0;
}

async function writeRequest(context: Context, world: AnchorWorld, file: string): Promise<number> {
  const path = resolve(context.io.around.workingDir, file);
  if ((await world.disk.size(path)) !== null) {
    throw new RitmaError("disk/exists", `${escapeText(path)} is there already`);
  }
  const head = await headOf(context);
  await writeDurably(world.disk, path, await requestByHand(world, head));
  const word = shellWord(path);
  context.show(facts("add", { head: headFacts(head), anchors: [], file: path }), () => [
    `Written to ${escapeText(path)}: a request for the head of ${formatCount(head.size)} entries.`,
    "",
    ...wrap(
      "Carry it to where there is a network, post it, and bring the reply back:",
      context.io.columns,
      "  ",
    ),
    `  curl -H 'Content-Type: application/timestamp-query' --data-binary @${word} URL > reply.tsr`,
    `  ${context.io.program} anchor add tsa --reply reply.tsr`,
  ]);
  return 0;
}

async function takeReply(context: Context, world: AnchorWorld, file: string): Promise<number> {
  const path = resolve(context.io.around.workingDir, file);
  const reply = await world.disk.read(path, TIMESTAMP_BYTES_MAX);
  const { where } = await replyByHand(world, reply);
  const said = { head: headFacts(await headOf(context)), anchors: [], file: where };
  context.show(facts("add", said), () => [
    `Kept as ${escapeText(where)}: a time stamp of a head of this store.`,
    "",
    `  ${context.io.program} anchor verify --ca FILE`,
  ]);
  return 0;
}

function refused(message: string): RitmaError {
  return new RitmaError("usage/bad-argument", message);
}
