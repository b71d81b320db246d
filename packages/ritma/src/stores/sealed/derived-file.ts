/**
 * Reads derived files: only what a build statement covers, and only if it is that.
 *
 * Format: spec/13-derived.md.
 *
 * @module
 */
import {
  BUILD_STATEMENT,
  type BuildStatement,
  decodeBuildStatement,
  equalBytes,
  type FileEntry,
  parseCose1,
  verifyCose1,
} from "@ritma/evidence";
import type { SealedLog } from "./sealed-log.ts";
import { keyFor, type StoreFacts } from "./store-facts.ts";
import type { StoreFiles } from "./store-files.ts";

const STATEMENT_BYTES_MAX = 64 * 1024;

export interface DerivedFile {
  readonly entry: FileEntry;
  /** Entries of the node log that it was built from. */
  readonly logSize: number;
  readonly read: () => Promise<Uint8Array>;
}

/**
 * @returns null when there is none, or it speaks of more than the node log has
 * @throws RitmaError `store/damaged` when it is malformed or not signed by a seal key
 */
export async function readStatement(
  files: StoreFiles,
  facts: StoreFacts,
  { size }: Pick<SealedLog, "size">,
  folder: string,
): Promise<BuildStatement | null> {
  const path = `${folder}/${BUILD_STATEMENT}`;
  if (!(await files.has(path))) return null;
  const bytes = await files.read(path, STATEMENT_BYTES_MAX);
  const { cose, statement } = files.decode(path, () => {
    const parsed = parseCose1(bytes);
    return { cose: parsed, statement: decodeBuildStatement(parsed.payload) };
  });
  const { keys } = facts;
  const key = keyFor(keys, "build", 0, cose.keyId) ?? keyFor(keys, "seal", 0, cose.keyId);
  if (key === null || !verifyCose1(files.primitives, cose, key.publicKey)) {
    throw files.damaged(path, "is not signed by a seal key");
  }
  const isHere = equalBytes(statement.store, facts.file.store) && statement.folder === folder;
  if (!isHere) throw files.damaged(path, "speaks of another store or folder");
  return statement.logSize > size ? null : statement;
}

/** See `StoreReader.derived`. */
export async function readDerived(
  files: StoreFiles,
  facts: StoreFacts,
  head: Pick<SealedLog, "size">,
  folder: string,
  name: string,
): Promise<DerivedFile | null> {
  const statement = await readStatement(files, facts, head, folder);
  const entry = statement?.files.find(({ path }) => path === name);
  if (statement === null || entry === undefined) return null;
  const path = `${folder}/${name}`;
  if (!(await files.has(path))) return null;
  const read = async (): Promise<Uint8Array> =>
    await files.readSealed(path, entry.length, entry.sha256);
  return { entry, logSize: statement.logSize, read };
}
