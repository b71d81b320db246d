/**
 * What file and git anchors share: heads that lie elsewhere, one file a size.
 *
 *     <origin>/<size>
 *
 * Such an anchor is its own receipt: whether a head is anchored is asked there, and nowhere else,
 * so that whoever changes this host cannot make it forget.
 *
 * @module
 */
import { equalBytes, FormatError, parseHead, toHex } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import type { SignedHead } from "../../stores/sealed/signed-head.ts";

/** A head as an anchor keeps it. */
export interface FoundHead {
  /** A path, as it is. */
  readonly where: string;
  /** That it has by its name. */
  readonly size: number;
  /** Null when it cannot be read, or is larger than any head. */
  readonly bytes: Uint8Array | null;
}

/** What came of it: the head was put there, or lay there before. */
export interface Anchored {
  readonly isNew: boolean;
  /** Where it is now: a path, as it is. */
  readonly where: string;
}

const SIZE = /^[1-9][0-9]{0,15}$/u;

/** @returns null for what is not the name of a head. */
export function sizeNamed(name: string): number | null {
  return SIZE.test(name) && Number.isSafeInteger(Number(name)) ? Number(name) : null;
}

/**
 * What lies where a head belongs must be that head, or the same with other signatures.
 *
 * @throws RitmaError `anchor/fork` when it is another one of this size, `anchor/refused` when it is
 * none at all
 */
export function refuseOther(path: string, found: Uint8Array, head: SignedHead): void {
  const where = escapeText(path);
  if (equalBytes(found, head.bytes)) return;
  try {
    const { origin, size, root } = parseHead(found);
    if (origin === head.origin && size === head.size) {
      if (equalBytes(root, head.root)) return;
      const roots = `${shortly(root)} there, ${shortly(head.root)} here`;
      const message = `${where} is another head of the same size, ${size}: root ${roots}`;
      throw new RitmaError("anchor/fork", message);
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  const message = `${where} is there already, and is no head of ${head.size} entries of this log`;
  throw new RitmaError("anchor/refused", message);
}

function shortly(root: Uint8Array): string {
  return `${toHex(root.subarray(0, 4))}…`;
}
