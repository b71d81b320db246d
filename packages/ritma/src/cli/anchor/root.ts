/**
 * What the actions of `ritma anchor` share: the data root, its head, and the one document.
 *
 * @module
 */
import { toHex } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import type { AnchorWorld } from "../../services/anchor/anchoring.ts";
import { type Anchor, anchorFolder, placeText } from "../../services/anchor/target.ts";
import { requireDataRoot } from "../../services/recorder/data-root.ts";
import { readSignedHead, type SignedHead } from "../../stores/sealed/signed-head.ts";
import type { Context } from "../command.ts";

/** An anchor that was asked to take the head, and what came of it. */
export interface Outcome {
  readonly anchor: Anchor;
  readonly where: string | null;
  readonly isNew: boolean;
  readonly error: RitmaError | null;
}

/** @throws RitmaError `store/missing` */
export async function anchorWorld(context: Context): Promise<AnchorWorld> {
  const { disk, clock, rng, primitives } = await context.world();
  const dataRoot = (await context.config()).dataRoot.value;
  await requireDataRoot(disk, dataRoot);
  return { disk, clock, rng, primitives, dataRoot };
}

/** One process at a time adds and gives. @throws RitmaError `store/busy` */
export async function lockAnchors({ disk, dataRoot }: AnchorWorld): Promise<Disposable> {
  const folder = anchorFolder(dataRoot);
  await disk.makeDir(folder);
  return await disk.lock(folder);
}

/** @throws RitmaError `store/damaged` … */
export async function headOf(context: Context): Promise<SignedHead> {
  const { disk, primitives } = await context.world();
  return await readSignedHead(disk, primitives, (await context.config()).outDir.value);
}

/** The document of `--json`: what an action does not say is null. */
export function facts(
  action: string,
  said: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const nothing = {
    head: null,
    anchors: null,
    result: null,
    checked: null,
    findings: null,
    file: null,
    schedule: null,
  };
  return { action, ...nothing, ...said };
}

export function headFacts({ size, root }: SignedHead): Readonly<Record<string, unknown>> {
  return { size, root: toHex(root) };
}

export function anchorFacts({ name, place }: Anchor): Readonly<Record<string, unknown>> {
  return { name, kind: place.kind, place: placeText(place) };
}

export function outcomeFacts({ anchor, where, isNew, error }: Outcome): unknown {
  const said = error === null ? null : { code: error.code, message: error.message };
  return { ...anchorFacts(anchor), where, isNew, error: said };
}
