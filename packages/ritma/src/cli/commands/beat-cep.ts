/**
 * `ritma beat import --cep`: frames of CEP, with everything in which they are not like ours.
 *
 * TARGET is a frame, or a folder whose files ending in ".frame" are taken in the order of their
 * names. Blobs that a frame only names are looked for as `cas/<64 hex>.blob` beside it and beside
 * its folder.
 *
 * @module
 */
import { equalBytes, FormatError, toHex } from "@ritma/evidence";
import { inflate } from "../../base/deflate.ts";
import { parentOf } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import { BEAT_BYTES_MAX, PAYLOAD_BYTES_MAX } from "../../base/limits.ts";
import { escapeText } from "../../base/text.ts";
import { readCepFrame } from "../../stores/beat/cep/cep-frame.ts";
import {
  type CepImport,
  importCepFrame,
  type WantedBlob,
} from "../../stores/beat/cep/cep-import.ts";
import type { Deviation } from "../../stores/beat/cep/deviations.ts";
import { Operations } from "../../stores/beat/operations/operations.ts";
import { counted, formatCount, labelled } from "../format.ts";
import { branchNamed, fileNamed, next, refused, type Session, show } from "./beat-session.ts";

interface Found {
  readonly file: string;
  readonly made: CepImport;
  /** Plain bytes of what the frame has and of what it names. */
  readonly blobs: readonly Uint8Array[];
}

export async function importCep(session: Session): Promise<number> {
  const { context, store } = session;
  const as = context.text("as");
  if (as === null) throw refused("import --cep needs --as, the branch that it goes to");
  const branch = branchNamed(as, "--as");
  if (context.has("replace")) throw refused("import --cep takes no --replace");
  context.remark("Nothing was imported.");
  const target = fileNamed(context, context.operands[1] ?? "");
  // All are read before anything is put.
  const found: Found[] = [];
  for (const path of await framesAt(session, target)) found.push(await readOne(session, path));
  const deviations = found.flatMap(({ file, made }) =>
    made.deviations.map((one) => ({
      file,
      code: one.code,
      offset: one.offset,
      message: one.message,
    })),
  );
  await new Operations(store, () => {}).run("op/sync", "import of CEP", async () => {
    for (const one of found) await putOne(session, branch, one);
    return `${found.length} frames of CEP into ${branch}, ${deviations.length} deviations`;
  });
  const records = found.reduce((sum, { made }) => sum + made.records.length, 0);
  const facts = { deviations, committed: found.length };
  show(session, facts, () => [
    `${context.paint.good("Imported")} ${counted(found.length, "frame")} of CEP into ${branch}: ` +
      counted(records, "record"),
    "",
    ...labelled(deviations.map((one) => [one.code, deviationText(one)])),
    `  ${counted(deviations.length, "deviation")} from what our own frames may do`,
    "",
    `  What is in it   ${next(session, `ls ${branch}`)}`,
  ]);
  return 0;
}

function deviationText(one: Deviation & { readonly file: string }): string {
  const name = one.file.slice(one.file.lastIndexOf("/") + 1);
  return `${escapeText(name)} at ${formatCount(one.offset)}: ${escapeText(one.message)}`;
}

async function framesAt({ world }: Session, target: string): Promise<readonly string[]> {
  try {
    if ((await world.disk.size(target)) !== null) return [target];
  } catch (error) {
    if (!(error instanceof RitmaError) || error.code !== "disk/wrong-kind") throw error;
    const names = (await world.disk.list(target)).map(({ name }) => name);
    const frames = names.filter((name) => name.endsWith(".frame")).toSorted();
    if (frames.length > 0) return frames.map((name) => `${target}/${name}`);
  }
  throw new RitmaError("input/missing", `${target} is no frame, and no folder that has one`);
}

/** @throws RitmaError `beat/damaged` for what CEP itself would refuse; `beat/missing` for a blob */
async function readOne(session: Session, path: string): Promise<Found> {
  const { blake3 } = session.world.primitives;
  const bytes = await session.world.disk.read(path, BEAT_BYTES_MAX);
  try {
    const made = importCepFrame(blake3, readCepFrame(blake3, bytes));
    const blobs = made.blobs.map((blob) => blob.bytes);
    for (const wanted of made.wanted) blobs.push(await blobOf(session, path, wanted));
    return { file: path, made, blobs };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new RitmaError("beat/damaged", `${path}: ${error.message}`, { cause: error });
  }
}

/** The plain bytes, which is what a digest of CEP is of. */
async function blobOf(session: Session, path: string, wanted: WantedBlob): Promise<Uint8Array> {
  const { disk, primitives } = session.world;
  const name = toHex(wanted.digest);
  const folders = [`${parentOf(path)}/cas`, `${parentOf(parentOf(path))}/cas`];
  for (const folder of folders) {
    const place = `${folder}/${name}.blob`;
    if ((await disk.size(place)) === null) continue;
    const stored = await disk.read(place, PAYLOAD_BYTES_MAX);
    const bytes = wanted.isDeflated ? inflate(stored, wanted.length) : stored;
    if (equalBytes(primitives.blake3(bytes), wanted.digest)) return bytes;
    throw new RitmaError("beat/damaged", `${place} is not what its name says`);
  }
  throw new RitmaError("beat/missing", `${path} names blob ${name}, which is not beside it`);
}

async function putOne({ store }: Session, branch: string, { made, blobs }: Found): Promise<void> {
  const cas = store.casOf(branch);
  for (const bytes of blobs) await cas?.put(bytes);
  await store.append(branch, made.records);
}
