/**
 * `ritma beat verify`: the store of a data root, one of its branches, or a branch bundle.
 *
 * @module
 */
import { toHex } from "@ritma/evidence";
import { ERRORS } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import { isThere } from "../../stores/beat/bundle/bundle-folder.ts";
import { MANIFEST_FILE } from "../../stores/beat/bundle/bundle-manifest.ts";
import { verifyBundle } from "../../stores/beat/bundle/verify-bundle.ts";
import { verifyBeatStore } from "../../stores/beat/verify-store.ts";
import type { Context } from "../command.ts";
import { counted, formatBytes, formatCount, labelled } from "../format.ts";
import { branchOf, fileNamed, inSession, type Session, show, showWithout } from "./beat-session.ts";

interface Fault {
  readonly place: string;
  readonly message: string;
}

export async function verify(context: Context): Promise<number> {
  const target = context.operands[1];
  if (target !== undefined) {
    const { disk } = await context.world();
    const dir = fileNamed(context, target);
    const isBundle = await isThere(disk, `${dir}/${MANIFEST_FILE}`);
    if (isBundle || target.includes("/")) return await verifyFolder(context, dir);
  }
  return await inSession(context, verifyStore);
}

async function verifyFolder(context: Context, dir: string): Promise<number> {
  const { disk, primitives } = await context.world();
  const { manifest, frames, recordBytes, faults } = await verifyBundle(
    disk,
    dir,
    primitives.blake3,
  );
  const { branch, records, chain } = manifest;
  const bundle = {
    dir,
    branch,
    records,
    frames: frames.length,
    blobs: manifest.files.length - frames.length,
    bytes: manifest.files.reduce((sum, { length }) => sum + length, 0),
    chain: toHex(chain),
    resumed: 0,
  };
  showWithout(context, { bundle, faults: faults.map(plain) }, () => [
    heading(context, faults, `branch ${branch} as of beat ${formatCount(manifest.beat)}`),
    "",
    ...labelled([
      ["records", `${formatCount(records)}, ${formatBytes(recordBytes)}`],
      ["blobs", formatCount(bundle.blobs)],
      ["chain", bundle.chain],
    ]),
    ...faultLines(faults),
    "",
    faults.length === 0
      ? `  Import it   ${context.io.program} beat import DIR --as BRANCH`
      : "  Nothing of it can be imported. Copy it again from its source.",
  ]);
  return faults.length === 0 ? 0 : ERRORS["beat/bundle"].exit;
}

async function verifyStore(session: Session): Promise<number> {
  const { context, store } = session;
  const only = branchOf(context);
  const { branches, faults } = await verifyBeatStore(store, only);
  show(session, { verified: branches, faults: faults.map(plain) }, () => [
    heading(context, faults, `all that is live at beat ${formatCount(store.lastBeat)}`),
    "",
    ...labelled(
      branches.map(({ branch, records, cells, payloadBytes }) => [
        branch,
        `${counted(records, "record")}, ${counted(cells, "cell")}, ${formatBytes(payloadBytes)}`,
      ]),
    ),
    ...faultLines(faults),
    "",
    faults.length === 0
      ? "  Every record was read, every payload hashed. Nothing was written."
      : "  Nothing was erased. Restore these from a bundle or a backup, and keep this copy.",
  ]);
  return faults.length === 0 ? 0 : ERRORS["beat/damaged"].exit;
}

function heading({ paint }: Context, faults: readonly Fault[], what: string): string {
  if (faults.length === 0) return `${paint.good("WHOLE")}   ${what}`;
  return `${paint.bad("DAMAGED")}   ${what}: ${counted(faults.length, "fault")}`;
}

function faultLines(faults: readonly Fault[]): string[] {
  if (faults.length === 0) return [];
  const rows = faults.map(({ place, message }): [string, string] => [
    escapeText(place),
    escapeText(message),
  ]);
  return ["", ...labelled(rows)];
}

function plain({ place, message }: Fault): Fault {
  return { place, message };
}
