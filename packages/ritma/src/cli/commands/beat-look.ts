/**
 * `ritma beat ls` and `get`.
 *
 * @module
 */
import { decodeUtf8, FormatError, toBase64, toHex } from "@ritma/evidence";
import { writeDurably } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import { escapeBytes, escapeText } from "../../base/text.ts";
import { isThere } from "../../stores/beat/bundle/bundle-folder.ts";
import type { ReadCell } from "../../stores/beat/cells/cell-store.ts";
import { storedLengthOf } from "../../stores/beat/payload.ts";
import type { CellPath } from "../../stores/beat/record.ts";
import { BeatTree, CAS_NAME, formatTreePath } from "../../stores/beat/tree.ts";
import { counted, formatBytes, formatCount, labelled } from "../format.ts";
import { shellWord } from "../place-flags.ts";
import { fileNamed, limitOf, next, pathOf, type Session, show } from "./beat-session.ts";

/** Longest payload that stands in the document. */
const SHOWN_BYTES_MAX = 65_536;
/** Of a payload, for a person. */
const GLANCE_BYTES = 256;

interface Entry {
  readonly name: string;
  readonly hasChildren: boolean;
  readonly length: number | null;
}

export async function ls(session: Session): Promise<number> {
  const path = pathOf(session.context) ?? [];
  if (path.length === 0) return await lsBranches(session);
  const entries: Entry[] = [];
  for (const { name, hasChildren } of await new BeatTree(session.store).list(path)) {
    entries.push({ name, hasChildren, length: await lengthOf(session, [...path, name]) });
  }
  const rows = entries.slice(0, limitOf(session.context));
  const more = entries.length - rows.length;
  show(session, { path: formatTreePath(path), entries: rows }, () => [
    `/${escapeText(formatTreePath(path))}   ${counted(entries.length, "cell")}`,
    "",
    ...labelled(
      rows.map(({ name, hasChildren, length }) => [
        escapeText(name) + (hasChildren ? "/" : ""),
        length === null ? "no payload" : formatBytes(length),
      ]),
    ),
    ...(more > 0 ? [`  … ${formatCount(more)} more · --limit 0`] : []),
    ...oneOf(session, path, rows),
  ]);
  return 0;
}

async function lsBranches(session: Session): Promise<number> {
  const { store } = session;
  const branches = store.engine.branches().map((name) => {
    const { beat = 0, frames = 0 } = store.engine.head(name) ?? {};
    return { name, beat, frames, metrics: store.metrics.of(name) };
  });
  const [first] = branches;
  show(session, { branches }, () => [
    `${counted(branches.length, "branch").replace(/branchs$/u, "branches")}, ` +
      `newest beat ${formatCount(store.lastBeat)}`,
    "",
    ...labelled(
      branches.map(({ name, beat, frames }) => [
        name,
        `beat ${formatCount(beat)}, ${counted(frames, "frame")}`,
      ]),
    ),
    ...(first === undefined
      ? [`  Nothing yet. Put a cell   ${next(session, "put BRANCH/NAME --text TEXT")}`]
      : ["", `  What is in one   ${next(session, `ls ${first.name}`)}`]),
  ]);
  return 0;
}

export async function get(session: Session): Promise<number> {
  const { context, store, world } = session;
  const path = pathOf(context) ?? [];
  const [branch = "", ...rest] = path;
  const isBlob = branch === CAS_NAME;
  const read = isBlob || rest.length === 0 ? null : await store.cells.get(branch, rest);
  const bytes = await new BeatTree(store).read(path);
  const to = context.text("to");
  const file = to === null ? null : fileNamed(context, to);
  if (file !== null) {
    if (await isThere(world.disk, file)) {
      throw new RitmaError("disk/exists", `${file} is there already`);
    }
    await writeDurably(world.disk, file, bytes ?? new Uint8Array(0));
  }
  const history = read === null ? 0 : (await store.cells.history(branch, rest)).length;
  const facts = { path: formatTreePath(path), cell: cellFacts(read, bytes, history, file) };
  show(session, facts, () => cellLines(session, path, read, bytes, history, file));
  return 0;
}

function cellFacts(
  read: ReadCell | null,
  bytes: Uint8Array | null,
  history: number,
  file: string | null,
): unknown {
  const small = bytes !== null && bytes.length <= SHOWN_BYTES_MAX ? bytes : null;
  return {
    kind: read?.cell.kind ?? "normal",
    created: read?.cell.created ?? null,
    latest: read?.cell.latest ?? null,
    revision: read === null ? null : toHex(read.cell.revision),
    place: read?.cell.payload?.place ?? null,
    length: bytes?.length ?? null,
    secured: (read?.cell.secmeta?.mode ?? "none") !== "none",
    text: small === null ? null : textOf(small),
    base64: small === null ? null : toBase64(small),
    history,
    file,
  };
}

function cellLines(
  session: Session,
  path: CellPath,
  read: ReadCell | null,
  bytes: Uint8Array | null,
  history: number,
  file: string | null,
): string[] {
  const shown = escapeText(formatTreePath(path));
  const rows: [string, string][] = [];
  if (read !== null) {
    const { created, latest, payload, secmeta } = read.cell;
    rows.push(["beat", `${formatCount(latest)}, made in ${formatCount(created)}`]);
    const length = payload === null ? "none" : formatBytes(storedLengthOf(payload));
    rows.push(["payload", payload === null ? "none" : `${length}, ${payload.place}`]);
    if (secmeta !== null) rows.push(["secured", `${secmeta.mode}, ${secmeta.codec}`]);
    if (history > 0) rows.push(["before", counted(history, "payload")]);
  }
  if (bytes !== null && bytes.length > 0) {
    rows.push(["content", glanceAt(bytes)]);
  }
  const lines = [`/${shown}`, "", ...labelled(rows)];
  if (file !== null) lines.push("", `  Written to ${escapeText(file)}`);
  else if ((bytes?.length ?? 0) > GLANCE_BYTES / 8) {
    const place = shellWord(formatTreePath(path));
    lines.push("", `  All of it   ${next(session, `get ${place} --to FILE`)}`);
  }
  return lines;
}

/** The begin of a text, or of bytes that are none. */
function glanceAt(bytes: Uint8Array): string {
  const isText = textOf(bytes) !== null;
  const length = isText ? GLANCE_BYTES : GLANCE_BYTES / 8;
  const part = bytes.subarray(0, length);
  const glance = isText ? escapeBytes(part) : toHex(part);
  return bytes.length > length ? `${glance} …` : glance;
}

function oneOf(session: Session, path: CellPath, rows: readonly Entry[]): string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const place = shellWord(formatTreePath([...path, first.name]));
  const isFolder = first.hasChildren && first.length === null;
  return ["", `  One of them   ${next(session, `${isFolder ? "ls" : "get"} ${place}`)}`];
}

async function lengthOf({ store }: Session, path: CellPath): Promise<number | null> {
  const [branch = "", ...rest] = path;
  if (branch === CAS_NAME) return (await new BeatTree(store).read(path))?.length ?? null;
  const cell = await store.cells.describe(branch, rest);
  return cell === null || cell.payload === null ? null : storedLengthOf(cell.payload);
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return decodeUtf8(bytes);
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}
