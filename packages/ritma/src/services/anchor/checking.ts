/**
 * Checks what anchors keep against the store as it is now: every head that lies elsewhere, every
 * receipt that lies here.
 *
 * Bad evidence is data: it runs to the end, and an anchor that cannot be read is a finding too.
 *
 * @module
 */
import { type Finding, type FindingCode, FormatError, judgeHead } from "@ritma/evidence";
import type { Disk } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import type { SignedHead } from "../../stores/sealed/signed-head.ts";
import { headsInFolder } from "./file-anchor.ts";
import { headsInGit } from "./git-anchor.ts";
import type { FoundHead } from "./kept-elsewhere.ts";
import { listReceipts, readKept, type Receipt } from "./receipts.ts";
import type { Anchor } from "./target.ts";
import type { Authorities } from "./timestamp-chain.ts";

export interface CheckedAnchor {
  /** Its name, or that of a receipt that came by hand. */
  readonly anchor: string;
  readonly where: string;
  /** Entries of the head; null when it cannot be read. */
  readonly size: number | null;
  /** When it was there at the latest, in µs, by a time stamp whose signer is trusted or not. */
  readonly timeUs: number | null;
  /** Its name, as it is; null where nobody signed. */
  readonly signer: string | null;
  /** True when nothing was found wrong with it. */
  readonly good: boolean;
}

export interface AnchorsChecked {
  readonly checked: readonly CheckedAnchor[];
  readonly findings: readonly Finding[];
}

export interface CheckWorld {
  readonly disk: Disk;
  readonly primitives: NodePrimitives;
  readonly dataRoot: string;
  /** Null when nobody said whom to trust. */
  readonly authorities: Authorities | null;
}

const STANDINGS = {
  rollback: "head/rollback",
  fork: "head/fork",
  other: "anchor/receipt",
  unchecked: "anchor/missing",
} as const;

/** @throws RitmaError of the disk */
export async function checkAnchors(
  world: CheckWorld,
  anchors: readonly Anchor[],
  head: SignedHead,
): Promise<AnchorsChecked> {
  const checking = new Checking(world, head);
  for (const anchor of anchors) await checking.elsewhere(anchor);
  const receipts = await listReceipts(world.disk, world.dataRoot);
  for (const receipt of receipts) await checking.receipt(receipt);
  for (const { name, place } of anchors) {
    const keepsHere = place.kind === "tsa" || place.kind === "exec";
    if (!keepsHere || receipts.some(({ anchor }) => anchor === name)) continue;
    checking.add("anchor/missing", name, "no receipt of it is here");
  }
  return checking;
}

class Checking implements AnchorsChecked {
  readonly checked: CheckedAnchor[] = [];
  readonly findings: Finding[] = [];
  readonly #world: CheckWorld;
  readonly #head: SignedHead;

  constructor(world: CheckWorld, head: SignedHead) {
    this.#world = world;
    this.#head = head;
  }

  add(code: FindingCode, where: string, message: string): void {
    this.findings.push({ code, where, message });
  }

  /** Heads of an anchor that keeps them itself. */
  async elsewhere({ name, place }: Anchor): Promise<void> {
    if (place.kind !== "file" && place.kind !== "git") return;
    try {
      const { origin } = this.#head;
      const heads =
        place.kind === "file"
          ? await headsInFolder(this.#world.disk, place.folder, origin)
          : await headsInGit(place.repository, origin);
      if (heads.length === 0) this.add("anchor/missing", name, "keeps no head of this store");
      for (const found of heads) this.#found(name, found);
    } catch (error) {
      if (!(error instanceof RitmaError)) throw error;
      this.add("anchor/missing", name, error.message);
    }
  }

  /** What an anchor answered, and the head beside it. */
  async receipt({ anchor, kind, path: where, headPath }: Receipt): Promise<void> {
    const { disk } = this.#world;
    const [bytes, head] = [await readKept(disk, where), await readKept(disk, headPath)];
    const before = this.findings.length;
    const size = head === null ? null : this.#judge(headPath, head);
    if (head === null) this.add("anchor/receipt", where, "the head that it is for is not here");
    if (bytes === null) this.add("anchor/receipt", where, "is no file of this kind");
    const stamp =
      kind === "tsr" && bytes !== null && head !== null
        ? await this.#stamp(where, bytes, head)
        : { timeUs: null, signer: null };
    const good = this.findings.length === before;
    this.checked.push({ anchor, where, size, ...stamp, good });
  }

  #found(anchor: string, { where, size: named, bytes }: FoundHead): void {
    const before = this.findings.length;
    const size = bytes === null ? null : this.#judge(where, bytes);
    if (bytes === null) this.add("anchor/receipt", where, "is no head, or cannot be read");
    else if (size !== null && size !== named) {
      this.add("anchor/receipt", where, `is the head of ${size} entries, not of ${named}`);
    }
    const good = this.findings.length === before;
    this.checked.push({ anchor, where, size, timeUs: null, signer: null, good });
  }

  /** @returns its size, null for what is no head. */
  #judge(where: string, bytes: Uint8Array): number | null {
    try {
      const { log } = this.#head;
      const { standing, checkpoint, message } = judgeHead(this.#world.primitives, log, bytes);
      if (standing !== "held") this.add(STANDINGS[standing], where, message);
      return checkpoint.size;
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.add("anchor/receipt", where, `is no head: ${error.message}`);
      return null;
    }
  }

  async #stamp(
    where: string,
    reply: Uint8Array,
    stamped: Uint8Array,
  ): Promise<Pick<CheckedAnchor, "timeUs" | "signer">> {
    const { readTimeStamp } = await import("./timestamp-token.ts");
    const { signerName, whyUntrusted } = await import("./timestamp-chain.ts");
    try {
      const stamp = await readTimeStamp(reply, stamped);
      const { authorities } = this.#world;
      const why =
        authorities === null
          ? "nobody said which authority to trust: --ca FILE"
          : await whyUntrusted(stamp, authorities);
      const signer = signerName(stamp.signer);
      if (why !== null) this.add("anchor/signer", where, `signed by ${signer}: ${why}`);
      return { timeUs: stamp.timeUs, signer };
    } catch (error) {
      if (!(error instanceof RitmaError) || error.code !== "anchor/reply") throw error;
      this.add("anchor/receipt", where, error.message);
      return { timeUs: null, signer: null };
    }
  }
}
