/**
 * Names that people gave to windows: `tags/tags.json` in the data root.
 *
 * No evidence, and outside of the evidence store: a tag says where a window is to be found, by its
 * root, and nothing of what is in it. A tag whose window is not in the store finds nothing.
 *
 * @module
 */
import { decodeUtf8, encodeUtf8, FormatError } from "@ritma/evidence";
import { type Disk, writeDurably } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";

export interface Tag {
  readonly name: string;
  /** Of its window: 64 hex digits. */
  readonly root: string;
}

const NAME = /^[A-Za-z][\w.-]{0,63}$/u;
/** Would be taken for the root of a window. */
const HEX = /^[0-9a-f]{6,}$/iu;
const ROOT = /^[0-9a-f]{64}$/u;
const TAGS_MAX = 1_000;
const BYTES_MAX = 256 * 1024;

/** @throws RitmaError `store/damaged` when it is not what `changeTags` wrote, of the disk */
export async function readTags(disk: Disk, dataRoot: string): Promise<readonly Tag[]> {
  const path = pathOf(dataRoot);
  if ((await disk.size(path)) === null) return [];
  const bytes = await disk.read(path, BYTES_MAX);
  const tags = tagsIn(bytes);
  if (tags !== null) return tags;
  throw new RitmaError("store/damaged", `${path}: is no list of tags`);
}

/** Durable on return. @throws RitmaError `store/busy`, `store/damaged`, of the disk */
export async function changeTags(
  disk: Disk,
  dataRoot: string,
  change: (tags: readonly Tag[]) => readonly Tag[],
): Promise<void> {
  // A data root that is not there is none of ours to make.
  await disk.list(dataRoot);
  const folder = folderOf(dataRoot);
  await disk.makeDir(folder);
  using _ = await disk.lock(folder);
  const tags = change(await readTags(disk, dataRoot));
  const sorted = tags.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const text = `${JSON.stringify({ version: 1, tags: sorted }, null, 2)}\n`;
  await writeDurably(disk, pathOf(dataRoot), encodeUtf8(text));
}

/** @throws RitmaError `usage/bad-argument` */
export function withTag(tags: readonly Tag[], tag: Tag): readonly Tag[] {
  const { name } = tag;
  if (!NAME.test(name) || HEX.test(name)) {
    const message =
      `"${escapeText(name.slice(0, 100))}" is no name for a window: a letter, then letters, ` +
      "digits, _ . or -, 64 in all, and not hex digits alone";
    throw new RitmaError("usage/bad-argument", message);
  }
  const known = tags.find((each) => each.name === name);
  if (known !== undefined && known.root !== tag.root) {
    const message = `"${name}" is the name of ${known.root.slice(0, 8)}: delete it first`;
    throw new RitmaError("usage/bad-argument", message);
  }
  if (known === undefined && tags.length >= TAGS_MAX) {
    throw new RitmaError("usage/bad-argument", `there are ${TAGS_MAX} tags, and no more are kept`);
  }
  return known === undefined ? [...tags, tag] : tags;
}

/** @throws RitmaError `query/unknown` */
export function withoutTag(tags: readonly Tag[], name: string): readonly Tag[] {
  const left = tags.filter((each) => each.name !== name);
  if (left.length < tags.length) return left;
  throw new RitmaError("query/unknown", `there is no tag "${escapeText(name.slice(0, 100))}"`);
}

/**
 * The root of the window that has this name, in the place of the name; anything else as it is.
 *
 * @param dataRoot null where none is known to belong to the store
 */
export async function untagged(disk: Disk, dataRoot: string | null, text: string): Promise<string> {
  if (dataRoot === null || !NAME.test(text)) return text;
  const tags = await readTags(disk, dataRoot);
  return tags.find(({ name }) => name === text)?.root ?? text;
}

function folderOf(dataRoot: string): string {
  return `${dataRoot}/tags`;
}

function pathOf(dataRoot: string): string {
  return `${folderOf(dataRoot)}/tags.json`;
}

/** Null for what is no list of tags. */
function tagsIn(bytes: Uint8Array): readonly Tag[] | null {
  try {
    const found: unknown = JSON.parse(decodeUtf8(bytes));
    if (typeof found !== "object" || found === null || !("tags" in found)) return null;
    const { tags } = found;
    if (!Array.isArray(tags) || tags.length > TAGS_MAX) return null;
    return tags.every(isTag) ? tags : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof FormatError) return null;
    throw error;
  }
}

function isTag(found: unknown): found is Tag {
  if (typeof found !== "object" || found === null) return false;
  const fields: Readonly<Record<string, unknown>> = { ...found };
  const { name, root } = fields;
  return typeof name === "string" && NAME.test(name) && typeof root === "string" && ROOT.test(root);
}
