/**
 * `ritma head`, run.
 *
 * @module
 */
import { decodeUtf8, toHex } from "@ritma/evidence";
import { resolve } from "node:path";
import { type Disk, writeDurably } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import { readSignedHead, type SignedHead } from "../../stores/sealed/signed-head.ts";
import type { Context } from "../command.ts";
import { formatCount, labelled, wrap } from "../format.ts";
import { shellWord } from "../place-flags.ts";
import { storePlace } from "../timeline/place.ts";

export async function run(context: Context): Promise<number> {
  if (context.has("qr") && (context.json || context.text("out") !== null)) {
    const message = "--qr prints to standard output, and so takes neither --json nor --out";
    throw new RitmaError("usage/bad-argument", message);
  }
  const { disk, primitives } = await context.world();
  const { out } = await storePlace(context);
  const head = await readSignedHead(disk, primitives, out);
  const file = await keep(context, disk, out, head.bytes);
  if (context.json) {
    const { origin, size, verifier, fingerprint } = head;
    const root = toHex(head.root);
    const checkpoint = decodeUtf8(head.bytes);
    const facts = { path: out, origin, size, root, checkpoint, verifier, fingerprint, file };
    context.show(facts, () => []);
    return 0;
  }
  if (file === null) context.io.out(await drawn(context, head));
  for (const line of wordsAbout(context, head, file)) context.io.err(line);
  return 0;
}

/** @returns the absolute path, null when none was given. @throws RitmaError `disk/exists` … */
async function keep(
  { io, text }: Context,
  disk: Disk,
  out: string,
  bytes: Uint8Array,
): Promise<string | null> {
  const given = text("out");
  if (given === null) return null;
  const path = resolve(io.around.workingDir, given);
  if (`${path}/`.startsWith(`${resolve(io.around.workingDir, out)}/`)) {
    const message = `${escapeText(path)} lies in the evidence store; a head is kept elsewhere`;
    throw new RitmaError("usage/bad-argument", message);
  }
  if ((await disk.size(path)) !== null) {
    throw new RitmaError("disk/exists", `${escapeText(path)} is there already`);
  }
  await writeDurably(disk, path, bytes);
  return path;
}

/** Ends without a newline, like every line that is printed. */
async function drawn(context: Context, { bytes }: SignedHead): Promise<string> {
  const text = decodeUtf8(bytes);
  if (!context.has("qr")) return text.trimEnd();
  const { encodeQR } = await import("qr");
  return encodeQR(text, "ascii").trimEnd();
}

function wordsAbout(
  { io }: Context,
  { size, fingerprint }: SignedHead,
  file: string | null,
): string[] {
  const kept = file === null ? "FILE" : shellWord(file);
  const written = file === null ? "" : `Written to ${escapeText(file)}. `;
  const words =
    `${written}Keep it where nobody who may change this store can reach it: another host, a ` +
    "stick, paper. Whoever has it can later tell whether the store still holds all of it:";
  return [
    "",
    ...labelled([
      ["head", `of ${formatCount(size)} entries of the node log, signed by its key`],
      ["identity", fingerprint],
    ]),
    "",
    ...wrap(words, io.columns, "  "),
    `  ${io.program} verify PATH --trust ${fingerprint} --head ${kept}`,
  ];
}
