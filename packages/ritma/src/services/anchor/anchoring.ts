/**
 * Gives the newest head of a store to anchors: others who keep it, or sign that they saw it.
 *
 * Invariant: an anchor that has a head is not asked again. What it answers is durable before the
 * call returns.
 *
 * @module
 */
import { equalBytes, toHex } from "@ritma/evidence";
import type { Clock } from "../../base/clock.ts";
import type { Disk } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import type { Rng } from "../../base/rng.ts";
import type { SignedHead } from "../../stores/sealed/signed-head.ts";
import { anchorInFolder } from "./file-anchor.ts";
import { anchorInGit } from "./git-anchor.ts";
import type { Anchored } from "./kept-elsewhere.ts";
import { runProgram } from "./program.ts";
import {
  keepHead,
  keepReceipt,
  listHeads,
  readKept,
  receiptPathOf,
  type ReceiptKind,
} from "./receipts.ts";
import type { Anchor } from "./target.ts";
import { postForTimeStamp } from "./timestamp-post.ts";
import { timeStampNonce, timeStampRequest } from "./timestamp-request.ts";

/** What anchoring is done with. */
export interface AnchorWorld {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly primitives: { readonly sha256: (bytes: Uint8Array) => Uint8Array };
  readonly dataRoot: string;
}

/** @throws RitmaError `anchor/…`, of the disk */
export async function anchorHead(
  world: AnchorWorld,
  { name, place }: Anchor,
  head: SignedHead,
): Promise<Anchored> {
  if (place.kind === "file") return await anchorInFolder(world.disk, place.folder, head);
  if (place.kind === "git") return await anchorInGit(place.repository, head, world.clock);
  if (place.kind === "exec") {
    const { argv } = place;
    return await withReceipt(world, head, name, "out", async (bytes) => {
      return await runProgram(argv, bytes);
    });
  }
  const url = new URL(place.url);
  return await withReceipt(world, head, name, "tsr", async (bytes) => {
    return await askAuthority(world, url, bytes);
  });
}

/** The request to an authority that is asked by hand. The head is kept until the reply comes. */
export async function requestByHand(world: AnchorWorld, head: SignedHead): Promise<Uint8Array> {
  const bytes = await keepHead(world.disk, world.dataRoot, head);
  return timeStampRequest(world.primitives.sha256(bytes), null);
}

/** The reply to it. @throws RitmaError `anchor/reply`, also when no request was made for it */
export async function replyByHand(world: AnchorWorld, reply: Uint8Array): Promise<Anchored> {
  const { disk, dataRoot, primitives } = world;
  const { readTimeStamp, stampedDigest } = await import("./timestamp-token.ts");
  const digest = stampedDigest(reply);
  for (const path of await listHeads(disk, dataRoot)) {
    const bytes = await readKept(disk, path);
    if (bytes === null || !equalBytes(primitives.sha256(bytes), digest)) continue;
    await readTimeStamp(reply, bytes);
    const name = `hand-${toHex(primitives.sha256(reply).subarray(0, 4))}`;
    const receipt = `${path.slice(0, -".head".length)}.${name}.tsr`;
    const isNew = (await disk.size(receipt)) === null;
    if (isNew) await keepReceipt(disk, receipt, reply);
    return { isNew, where: receipt };
  }
  const message = "the reply is over no head that a request was made for here";
  throw new RitmaError("anchor/reply", message);
}

/** Keeps what `ask` gives, unless that was done before. */
async function withReceipt(
  { disk, dataRoot }: AnchorWorld,
  head: SignedHead,
  anchor: string,
  kind: ReceiptKind,
  ask: (bytes: Uint8Array) => Promise<Uint8Array>,
): Promise<Anchored> {
  const path = receiptPathOf(dataRoot, head, anchor, kind);
  if ((await disk.size(path)) !== null) return { isNew: false, where: path };
  const bytes = await keepHead(disk, dataRoot, head);
  await keepReceipt(disk, path, await ask(bytes));
  return { isNew: true, where: path };
}

async function askAuthority(world: AnchorWorld, url: URL, bytes: Uint8Array): Promise<Uint8Array> {
  const nonce = timeStampNonce(world.rng.bytes(8));
  const request = timeStampRequest(world.primitives.sha256(bytes), nonce);
  const reply = await postForTimeStamp(url, request);
  const { readTimeStamp } = await import("./timestamp-token.ts");
  const stamp = await readTimeStamp(reply, bytes);
  if (stamp.nonce === null || !equalBytes(stamp.nonce, nonce)) {
    throw new RitmaError("anchor/reply", "the reply is to another request: its nonce differs");
  }
  return reply;
}
