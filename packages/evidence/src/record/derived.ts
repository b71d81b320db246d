/**
 * Derived files and the statements that cover them.
 *
 * A derived file can be deleted and built again from what is sealed. It stands outside the chain; a
 * signed build statement in its folder says which bytes were built from how much of the node log,
 * so that a changed one is caught without building it again.
 *
 * Format: spec/13-derived.md. Vectors: spec/vectors/derived.json.
 *
 * @module
 */
import { CborReader } from "../bytes/cbor-reader.ts";
import { CborWriter } from "../bytes/cbor-writer.ts";
import { FormatError } from "../error.ts";
import { type FileEntry, readFileEntries } from "./hour.ts";
import { STORE_BYTES } from "./store-file.ts";

/** In the folder of what it covers: a COSE_Sign1 by a key of role `seal`. */
export const BUILD_STATEMENT = "derived.stmt";

export interface BuildStatement {
  readonly store: Uint8Array;
  /** Relative to the store, without a slash at its end. */
  readonly folder: string;
  /** Entries of the node log that the files were built from, at least the genesis. */
  readonly logSize: number;
  /** RFC 6962 root over these. */
  readonly logRoot: Uint8Array;
  /** Names in the folder, in bytewise order; at least one. */
  readonly files: readonly FileEntry[];
}

/** Folders that hold derived files, and the names that they may have: these, or such. */
const FOLDERS: readonly (readonly [folder: RegExp, names: readonly string[] | RegExp])[] = [
  [/^_meta\/health$/u, ["last_compaction.cbor", "stats_rolling_7d.cbor.zst"]],
  [/^accounting\/[0-9]{4}\/[0-9]{2}\/[0-9]{2}$/u, ["account.cbor.zst"]],
  [/^catalog\/[0-9]{4}\/[0-9]{2}\/[0-9]{2}$/u, ["day.cbor.zst"]],
  [/^ctgf\/cones\/v[0-9]{4,}$/u, ["cone_index.cbor"]],
  [/^graph\/dict$/u, ["dict.lmdb"]],
  [/^graph\/edges\/[0-9]{4}\/[0-9]{2}\/[0-9]{2}$/u, /^[0-9]{2}(?:-[1-9][0-9]*)?\.edges\.lmdb$/u],
  [
    /^windows\/[0-9]{4}\/[0-9]{2}\/[0-9]{2}\/[0-9]{2}(?:-[1-9][0-9]*)?\/index$/u,
    ["cone_refs.cbor", "edge_refs.cbor", "t_10s.cbor", "t_1s.cbor", "t_60s.cbor"],
  ],
  [/^windows\/[0-9]{4}\/[0-9]{2}\/[0-9]{2}\/[0-9]{2}(?:-[1-9][0-9]*)?\/report$/u, ["print.txt"]],
];

const TAG = "ritma/derived@1";
const FOLDER_MAX = 256;
const DIGEST_BYTES = 32;

/** @returns the names of derived files that belong into `folder`; null when no list has them. */
export function derivedNames(folder: string): readonly string[] | null {
  const names = namesIn(folder);
  return names instanceof RegExp ? null : names;
}

/** True for the path of a derived file or of a build statement, in a folder that has such. */
export function isDerived(path: string): boolean {
  const slash = path.lastIndexOf("/");
  const names = slash < 0 ? null : namesIn(path.slice(0, slash));
  const name = path.slice(slash + 1);
  return names !== null && (name === BUILD_STATEMENT || isAmong(names, name));
}

function namesIn(folder: string): readonly string[] | RegExp | null {
  return FOLDERS.find(([pattern]) => pattern.test(folder))?.[1] ?? null;
}

function isAmong(names: readonly string[] | RegExp, name: string): boolean {
  return names instanceof RegExp ? names.test(name) : names.includes(name);
}

export function encodeBuildStatement(statement: BuildStatement): Uint8Array {
  const writer = new CborWriter()
    .array(6)
    .text(TAG)
    .bytes(statement.store)
    .text(statement.folder)
    .uint(statement.logSize)
    .bytes(statement.logRoot)
    .array(statement.files.length);
  for (const { path, length, sha256 } of statement.files) {
    writer.array(3).text(path).uint(length).bytes(sha256);
  }
  return writer.finish();
}

/** @throws FormatError when `bytes` is not exactly one statement on a folder of derived files. */
export function decodeBuildStatement(bytes: Uint8Array): BuildStatement {
  const reader = new CborReader(bytes);
  reader.array(6);
  reader.textTag(TAG);
  const statement: BuildStatement = {
    store: reader.bytes(STORE_BYTES),
    folder: reader.text(FOLDER_MAX),
    logSize: reader.uint(),
    logRoot: reader.bytes(DIGEST_BYTES),
    files: readFileEntries(reader),
  };
  reader.finish();
  const { folder, logSize, files } = statement;
  const names = namesIn(folder);
  if (names === null || logSize === 0 || files.length === 0) {
    throw new FormatError("out-of-range", 0, `statement on ${files.length} files of ${folder}`);
  }
  for (const [at, { path }] of files.entries()) {
    if (!isAmong(names, path)) throw new FormatError("out-of-range", 0, `${path} is not derived`);
    if (at > 0 && (files[at - 1]?.path ?? "") >= path) {
      throw new FormatError("not-canonical", 0, "files of a build statement are not in order");
    }
  }
  return statement;
}
