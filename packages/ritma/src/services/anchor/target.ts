/**
 * The anchors that a data root remembers: `anchors/targets.json`.
 *
 * Whoever can write this file decides which program is run, as he who can write the keys decides
 * what is signed: both lie in the data root, for its owner alone.
 *
 * Format: spec/26-head-and-anchors.md, "Anchors of a data root".
 *
 * @module
 */
import { decodeUtf8, encodeUtf8, FormatError } from "@ritma/evidence";
import { type Disk, writeDurably } from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import { ANCHORS_MAX } from "../../base/limits.ts";

export const ANCHOR_KINDS = ["tsa", "file", "git", "exec"] as const;

/** An anchor without its name. */
export type Place =
  | { readonly kind: "tsa"; readonly url: string }
  /** Absolute, like `repository`. */
  | { readonly kind: "file"; readonly folder: string }
  | { readonly kind: "git"; readonly repository: string }
  | { readonly kind: "exec"; readonly argv: readonly string[] };

export interface Anchor {
  /** Kind and number, "tsa-1": never used twice in a data root. */
  readonly name: string;
  readonly place: Place;
}

export interface Anchors {
  /** So many were ever added. */
  readonly added: number;
  readonly anchors: readonly Anchor[];
}

const FILE_BYTES_MAX = 1 << 20;
const FORMAT = "ritma/anchors@1";
const NAME = /^(?:tsa|file|git|exec)-[1-9][0-9]{0,8}$/u;
const TEXT_LENGTH_MAX = 4_096;
const ARGUMENTS_MAX = 256;

/** The folder of a data root in which anchors and receipts are remembered. */
export function anchorFolder(dataRoot: string): string {
  return `${dataRoot}/anchors`;
}

function pathOf(dataRoot: string): string {
  return `${anchorFolder(dataRoot)}/targets.json`;
}

/** @throws RitmaError `config/bad` for a file that `writeAnchors` did not write */
export async function readAnchors(disk: Disk, dataRoot: string): Promise<Anchors> {
  const path = pathOf(dataRoot);
  if ((await disk.size(path)) === null) return { added: 0, anchors: [] };
  const bytes = await disk.read(path, FILE_BYTES_MAX);
  const found = anchorsOf(parsed(bytes));
  if (found === null) throw new RitmaError("config/bad", `${path}: is no list of anchors`);
  return found;
}

/** Durable on return. */
export async function writeAnchors(disk: Disk, dataRoot: string, anchors: Anchors): Promise<void> {
  const text = JSON.stringify({ format: FORMAT, ...anchors }, null, 2);
  await writeDurably(disk, pathOf(dataRoot), encodeUtf8(`${text}\n`));
}

/** One line for a person, to be escaped. */
export function placeText(place: Place): string {
  if (place.kind === "tsa") return place.url;
  if (place.kind === "file") return place.folder;
  return place.kind === "git" ? place.repository : place.argv.join(" ");
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof FormatError) return null;
    throw error;
  }
}

function anchorsOf(found: unknown): Anchors | null {
  const fields = fieldsOf(found);
  const { format, added, anchors } = fields;
  if (format !== FORMAT || typeof added !== "number" || !Number.isSafeInteger(added)) return null;
  if (!Array.isArray(anchors) || anchors.length > ANCHORS_MAX) return null;
  const known: Anchor[] = [];
  for (const each of anchors) {
    const { name, place } = fieldsOf(each);
    const where = placeOf(place);
    if (where === null || typeof name !== "string" || !NAME.test(name)) return null;
    if (!name.startsWith(`${where.kind}-`)) return null;
    known.push({ name, place: where });
  }
  return { added, anchors: known };
}

function placeOf(found: unknown): Place | null {
  const { kind, url, folder, repository, argv } = fieldsOf(found);
  if (kind === "tsa" && isText(url) && URL.canParse(url)) return { kind, url };
  if (kind === "file" && isText(folder) && folder.startsWith("/")) return { kind, folder };
  if (kind === "git" && isText(repository) && repository.startsWith("/")) {
    return { kind, repository };
  }
  if (kind !== "exec" || !Array.isArray(argv) || argv.length === 0) return null;
  const words: string[] = argv.filter(isText);
  return words.length === argv.length && words.length <= ARGUMENTS_MAX
    ? { kind, argv: words }
    : null;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= TEXT_LENGTH_MAX;
}

function fieldsOf(found: unknown): Readonly<Record<string, unknown>> {
  return typeof found === "object" && found !== null ? { ...found } : {};
}
