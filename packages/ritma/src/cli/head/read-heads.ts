/**
 * Heads that were kept elsewhere, from the files that a person names.
 *
 * What went through mail, a scanner or another system may have lost its last newline or have got
 * other ends of lines. These are put right: the signature says whether the rest is as it was.
 *
 * @module
 */
import { decodeUtf8, encodeUtf8, FormatError, type KeptHead, parseHead } from "@ritma/evidence";
import { resolve } from "node:path";
import { type Disk, DRAFT_SUFFIX } from "../../base/disk/disk.ts";
import { openInput } from "../../base/disk/input-file.ts";
import { RitmaError } from "../../base/error.ts";
import { HEAD_BYTES_MAX, HEADS_MAX } from "../../base/limits.ts";
import { escapeText } from "../../base/text.ts";
import type { Context } from "../command.ts";

/** From `--head`: a file, or a folder of such. @throws RitmaError `head/bad`, `input/…` */
export async function headsAsked(context: Context): Promise<readonly KeptHead[]> {
  const given = context.text("head");
  if (given === null) return [];
  const { disk } = await context.world();
  const path = resolve(context.io.around.workingDir, given);
  const names = await namesIn(disk, path);
  if (names === null) return [await readHead(path, given)];
  if (names.length === 0) throw bad(given, "holds no file");
  if (names.length > HEADS_MAX) throw bad(given, `holds more than ${HEADS_MAX} files`);
  const heads: KeptHead[] = [];
  for (const name of names) heads.push(await readHead(`${path}/${name}`, `${given}/${name}`));
  return heads;
}

/** @returns null for what is no folder; whoever reads it says what it is. */
async function namesIn(disk: Disk, path: string): Promise<readonly string[] | null> {
  try {
    const entries = await disk.list(path);
    return entries
      .filter(({ name, kind }) => kind === "file" && !name.endsWith(DRAFT_SUFFIX))
      .map(({ name }) => name);
  } catch (error) {
    if (!(error instanceof RitmaError)) throw error;
    if (error.code === "disk/wrong-kind" || error.code === "disk/missing") return null;
    throw error;
  }
}

async function readHead(path: string, name: string): Promise<KeptHead> {
  await using file = await openInput(path);
  if (file.kind !== "plain") throw bad(name, `is packed with ${file.kind}`);
  if (file.storedBytes > HEAD_BYTES_MAX) {
    throw bad(name, `has ${file.storedBytes} bytes, and a head has at most ${HEAD_BYTES_MAX}`);
  }
  const parts: Uint8Array[] = [];
  for await (const chunk of file.chunks()) parts.push(chunk.slice());
  try {
    const bytes = putRight(Buffer.concat(parts));
    parseHead(bytes);
    return { name, bytes };
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw bad(name, `is not the head of a log: ${cause.message}`, cause);
  }
}

function putRight(bytes: Uint8Array): Uint8Array {
  const text = decodeUtf8(bytes).replaceAll("\r\n", "\n");
  return encodeUtf8(text.endsWith("\n") ? text : `${text}\n`);
}

function bad(name: string, message: string, cause?: unknown): RitmaError {
  return new RitmaError("head/bad", `${escapeText(name)} ${message}`, { cause });
}
