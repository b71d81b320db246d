/**
 * What anchors answered, kept in the data root: outside of the evidence store, which nothing may
 * be added to.
 *
 *     anchors/<size>-<root8>.head             the head, exactly as it was signed
 *     anchors/<size>-<root8>.<anchor>.tsr     the reply of a time-stamping authority
 *     anchors/<size>-<root8>.<anchor>.out     what a program printed
 *
 * `root8` is the begin of the root, so that two histories do not overwrite each other. A reply that
 * was fetched by hand has `hand-` and the begin of its digest in the place of the anchor.
 *
 * Trusted for nothing: each is checked, and one that is gone is not missed. What proves something
 * is that the authority signed it, or that others have it.
 *
 * Format: spec/26-head-and-anchors.md, "Anchors of a data root".
 *
 * @module
 */
import { type Checkpoint, toHex } from "@ritma/evidence";
import { type Disk, writeDurably } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import { HEAD_BYTES_MAX, TIMESTAMP_BYTES_MAX } from "../../base/limits.ts";
import { anchorFolder } from "./target.ts";

export type ReceiptKind = "tsr" | "out";

export interface Receipt {
  /** The anchor that gave it. */
  readonly anchor: string;
  readonly kind: ReceiptKind;
  /** Absolute, like `headPath`. */
  readonly path: string;
  readonly headPath: string;
}

const RECEIPT =
  /^(?<head>[1-9][0-9]{0,15}-[0-9a-f]{8})\.(?<anchor>[a-z]{3,4}-[0-9a-f]{1,9})\.(?<kind>tsr|out)$/u;
const HEAD = /^[1-9][0-9]{0,15}-[0-9a-f]{8}\.head$/u;
const ROOT_BYTES = 4;

type Named = Pick<Checkpoint, "size" | "root">;

function stemOf(dataRoot: string, { size, root }: Named): string {
  return `${anchorFolder(dataRoot)}/${size}-${toHex(root.subarray(0, ROOT_BYTES))}`;
}

function headPathOf(dataRoot: string, head: Named): string {
  return `${stemOf(dataRoot, head)}.head`;
}

export function receiptPathOf(
  dataRoot: string,
  head: Named,
  anchor: string,
  kind: ReceiptKind,
): string {
  return `${stemOf(dataRoot, head)}.${anchor}.${kind}`;
}

/**
 * Keeps the head that a receipt is or will be for. Durable on return.
 *
 * @returns the bytes that are kept: those of the first time, since older receipts are over them.
 */
export async function keepHead(
  disk: Disk,
  dataRoot: string,
  head: Named & { readonly bytes: Uint8Array },
): Promise<Uint8Array> {
  const path = headPathOf(dataRoot, head);
  const kept = await readKept(disk, path);
  if (kept !== null) return kept;
  await writeDurably(disk, path, head.bytes);
  return head.bytes;
}

/** Durable on return. */
export async function keepReceipt(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  await writeDurably(disk, path, bytes);
}

/** Those of all heads, by name. Files of other names are nobody's. */
export async function listReceipts(disk: Disk, dataRoot: string): Promise<readonly Receipt[]> {
  const folder = anchorFolder(dataRoot);
  return (await namesIn(disk, folder)).flatMap((name) => {
    const { head, anchor, kind } = RECEIPT.exec(name)?.groups ?? {};
    if (head === undefined || anchor === undefined) return [];
    const path = `${folder}/${name}`;
    const headPath = `${folder}/${head}.head`;
    return [{ anchor, kind: kind === "tsr" ? "tsr" : "out", path, headPath }];
  });
}

/** Paths of the heads that are kept. */
export async function listHeads(disk: Disk, dataRoot: string): Promise<readonly string[]> {
  const folder = anchorFolder(dataRoot);
  const names = await namesIn(disk, folder);
  return names.filter((name) => HEAD.test(name)).map((name) => `${folder}/${name}`);
}

/** @returns null for what is not there, or is larger than any of its kind */
export async function readKept(disk: Disk, path: string): Promise<Uint8Array | null> {
  const bytesMax = path.endsWith(".head") ? HEAD_BYTES_MAX : TIMESTAMP_BYTES_MAX;
  return await orNull(disk.read(path, bytesMax));
}

async function namesIn(disk: Disk, folder: string): Promise<readonly string[]> {
  const entries = await orNull(disk.list(folder));
  return (entries ?? []).filter(({ kind }) => kind === "file").map(({ name }) => name);
}

/** What is of another kind or size than ours is treated like what is not there. */
async function orNull<Value>(reading: Promise<Value>): Promise<Value | null> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof RitmaError)) throw error;
    const codes = ["disk/missing", "disk/wrong-kind", "disk/too-large"];
    if (codes.includes(error.code)) return null;
    throw error;
  }
}
