/**
 * The manifest of a branch bundle: what is in the folder, with every length and digest.
 *
 *     bundle  = ["ritma/beat-bundle@1", store, branch, beat, head, records, files, chain]
 *     files   = [* [path, length, digest]]
 *
 * `beat` and `head` are those of the branch when it was exported; `digest` is the BLAKE3-256 of a
 * file. `chain` is a digest over all of it: of the array without `files` and `chain` first, then
 * for each file of the digest so far and the file's own entry. So no entry can be changed, moved,
 * added or taken away without it, and whoever learnt it elsewhere can tell any change.
 *
 * Files stand in the order of their paths, each once: blobs first, then frames.
 *
 * Format: spec/20-branch-bundle.md, "Bundles".
 *
 * @module
 */
import { CborReader, CborWriter, concatBytes, equalBytes, FormatError } from "@ritma/evidence";
import type { Blake3 } from "../../../base/blake3.ts";
import { isBranchName } from "../trailer.ts";

export interface BundleFile {
  /** Below the folder: "frames/00000001.frame", "cas/ab/<64 hex>.blob". */
  readonly path: string;
  readonly length: number;
  /** BLAKE3-256. */
  readonly digest: Uint8Array;
}

export interface BundleHead {
  /** 16 bytes: whose branch it was. */
  readonly store: Uint8Array;
  readonly branch: string;
  /** Newest of the branch. */
  readonly beat: number;
  /** Digest of the branch's newest frame. */
  readonly head: Uint8Array;
  /** In all frames together. */
  readonly records: number;
}

export interface BundleManifest extends BundleHead {
  readonly files: readonly BundleFile[];
  readonly chain: Uint8Array;
}

export const MANIFEST_FILE = "manifest.cbor";

const TAG = "ritma/beat-bundle@1";
const FIELDS = 8;
const STORE_BYTES = 16;
const DIGEST_BYTES = 32;
const PATH_BYTES_MAX = 128;
const PATH = /^(?:frames\/\d{8}\.frame|cas\/(?<folder>[0-9a-f]{2})\/(?<name>[0-9a-f]{64})\.blob)$/u;

export function framePath(number: number): string {
  return `frames/${String(number).padStart(8, "0")}.frame`;
}

export function blobFilePath(name: string): string {
  return `cas/${name.slice(0, 2)}/${name}.blob`;
}

/** @returns the digest that names a blob's file, in hex; null for a frame's path. */
export function blobNameOf(path: string): string | null {
  return PATH.exec(path)?.groups?.["name"] ?? null;
}

/** @param files in the order of their paths. @returns bytes, and the chain that is in them. */
export function encodeBundleManifest(
  blake3: Blake3,
  head: BundleHead,
  files: readonly BundleFile[],
): { readonly bytes: Uint8Array; readonly chain: Uint8Array } {
  const writer = writeHead(new CborWriter(), FIELDS, head).array(files.length);
  for (const file of files) writer.raw(encodeFile(file));
  const chain = chainOf(blake3, head, files);
  return { bytes: writer.bytes(chain).finish(), chain };
}

/** @throws FormatError for bytes that `encodeBundleManifest` would not make */
export function decodeBundleManifest(blake3: Blake3, bytes: Uint8Array): BundleManifest {
  const reader = new CborReader(bytes);
  reader.array(FIELDS);
  reader.textTag(TAG);
  const store = reader.bytes(STORE_BYTES);
  const branch = reader.text();
  if (!isBranchName(branch)) throw new FormatError("out-of-range", 0, "no name of a branch");
  const beat = reader.uint();
  const head = reader.bytes(DIGEST_BYTES);
  const records = reader.uint();
  const files = Array.from({ length: reader.array() }, () => readFile(reader));
  const chain = reader.bytes(DIGEST_BYTES);
  reader.finish();
  for (const [index, { path }] of files.entries()) {
    const before = files[index - 1]?.path ?? "";
    if (before >= path) throw new FormatError("not-canonical", 0, `${path} is not in its place`);
  }
  const manifest = { store, branch, beat, head, records, files, chain };
  if (!equalBytes(chainOf(blake3, manifest, files), chain)) {
    throw new FormatError("not-canonical", 0, "the digest chain is not that of the entries");
  }
  return manifest;
}

function writeHead(writer: CborWriter, fields: number, head: BundleHead): CborWriter {
  writer.array(fields).text(TAG).bytes(head.store).text(head.branch);
  return writer.uint(head.beat).bytes(head.head).uint(head.records);
}

function chainOf(blake3: Blake3, head: BundleHead, files: readonly BundleFile[]): Uint8Array {
  let chain = blake3(writeHead(new CborWriter(), FIELDS - 2, head).finish());
  for (const file of files) chain = blake3(concatBytes(chain, encodeFile(file)));
  return chain;
}

function encodeFile({ path, length, digest }: BundleFile): Uint8Array {
  return new CborWriter().array(3).text(path).uint(length).bytes(digest).finish();
}

function readFile(reader: CborReader): BundleFile {
  reader.array(3);
  const start = reader.offset;
  const path = reader.text(PATH_BYTES_MAX);
  const { folder, name } = PATH.exec(path)?.groups ?? {};
  if (!PATH.test(path) || (name !== undefined && name.slice(0, 2) !== folder)) {
    throw new FormatError("out-of-range", start, "no path of a bundle");
  }
  return { path, length: reader.uint(), digest: reader.bytes(DIGEST_BYTES) };
}
