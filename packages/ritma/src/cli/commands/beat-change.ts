/**
 * `ritma beat put`, `checkpoint` and `compact`.
 *
 * @module
 */
import { concatBytes, encodeUtf8 } from "@ritma/evidence";
import { PAYLOAD_BYTES_MAX } from "../../base/limits.ts";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import { Operations } from "../../stores/beat/operations/operations.ts";
import { CAS_NAME, formatTreePath } from "../../stores/beat/tree.ts";
import type { Context } from "../command.ts";
import { formatBytes, formatCount, labelled } from "../format.ts";
import { shellWord } from "../place-flags.ts";
import {
  branchNamed,
  countOf,
  fileNamed,
  next,
  pathOf,
  refused,
  type Session,
  show,
} from "./beat-session.ts";
import { STDIN } from "./spool.ts";

const NOTHING = "Nothing was put.";

export async function put(session: Session): Promise<number> {
  const { context, store } = session;
  const path = pathOf(context) ?? [];
  const [name = "", ...rest] = path;
  const branch = branchNamed(name, "the branch");
  if (branch === CAS_NAME) throw refused(`"${CAS_NAME}" is no branch: blobs come with their cells`);
  if (rest.length === 0) throw refused("put needs BRANCH/NAME: the root of a branch is no cell");
  context.remark(NOTHING);
  const isRemoval = context.has("remove");
  const bytes = isRemoval ? null : await payloadOf(session);
  const history = countOf(context, "history") ?? 0;
  const beat = await store.beginBeat();
  try {
    if (isRemoval) await store.cells.remove(beat, branch, rest);
    else await store.cells.put(beat, branch, rest, bytes, { history });
  } catch (error) {
    store.abortBeat(beat);
    throw error;
  }
  await store.commitBeat(beat);
  const shown = escapeText(formatTreePath(path));
  const place = shellWord(formatTreePath(isRemoval ? path.slice(0, -1) : path));
  show(session, { path: formatTreePath(path), committed: 1 }, () => [
    isRemoval
      ? `Removed /${shown} and what was below it, in beat ${formatCount(beat.beat)}`
      : `Put ${formatBytes(bytes?.length ?? 0)} at /${shown}, in beat ${formatCount(beat.beat)}`,
    "",
    `  Look at it   ${next(session, `${isRemoval ? "ls" : "get"} ${place}`)}`,
  ]);
  return 0;
}

export async function checkpoint(session: Session): Promise<number> {
  const { store, context } = session;
  const before = store.engine.stats();
  await new Operations(store, () => {}).checkpoint();
  const after = store.engine.stats();
  show(session, { stats: after }, () => [
    `${context.paint.good("Checkpointed")} at beat ${formatCount(store.lastBeat)}`,
    "",
    ...labelled([
      ["commit log", `${formatBytes(before.logBytes)} → ${formatBytes(after.logBytes)}`],
      ["tables", formatBytes(after.indexBytes)],
      ["bodies", formatBytes(after.dataBytes)],
    ]),
    "",
    `  Its outcome   ${next(session, "log rt")}`,
  ]);
  return 0;
}

export async function compact(session: Session): Promise<number> {
  const { store, context } = session;
  const reclaimed = await new Operations(store, () => {}).compact();
  show(session, { reclaimed }, () => [
    `${context.paint.good("Compacted")} at beat ${formatCount(store.lastBeat)}`,
    "",
    ...labelled([
      ["given back", formatBytes(reclaimed.bytes)],
      ["blobs", formatBytes(reclaimed.blobBytes)],
      ["pages", `${formatCount(reclaimed.pages)} of children not needed any more`],
    ]),
    "",
    `  What is left   ${next(session, "stats")}`,
  ]);
  return 0;
}

/** @throws RitmaError `usage/bad-argument`, `input/missing`; `disk/too-large` */
async function payloadOf({ context, world }: Session): Promise<Uint8Array> {
  const [text, from] = [context.text("text"), context.text("from")];
  if ((text === null) === (from === null)) {
    throw refused("put needs one of --text, --from and --remove");
  }
  if (text !== null) return encodeUtf8(text);
  if (from === STDIN) return await standardInput(context);
  const path = fileNamed(context, from ?? "");
  if ((await world.disk.size(path)) === null) {
    throw new RitmaError("input/missing", `${path} is not there`);
  }
  return await world.disk.read(path, PAYLOAD_BYTES_MAX);
}

async function standardInput({ io }: Context): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of io.input()) {
    parts.push(part.slice());
    length += part.length;
    if (length > PAYLOAD_BYTES_MAX) {
      throw new RitmaError("internal/limit", `standard input is above ${PAYLOAD_BYTES_MAX} bytes`);
    }
  }
  return concatBytes(...parts);
}
