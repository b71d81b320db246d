/**
 * Checks derived files against the build statements beside them, and these against the node log.
 *
 * Only digests are compared: whether a file's content is what would be built now is for whoever can
 * build it. Nothing here is evidence, so what is absent, or lies there without a statement and is
 * therefore never read, is a note.
 *
 * Format: spec/13-derived.md.
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import { FormatError } from "../error.ts";
import { keyIdOf, parseCose1, verifyCose1 } from "../proof/cose.ts";
import {
  BUILD_STATEMENT,
  type BuildStatement,
  decodeBuildStatement,
  isDerived,
} from "../record/derived.ts";
import type { Reading } from "./reading.ts";
import type { StoreFacts } from "./verify-store-file.ts";
import type { NodeLogRead } from "./verify-log.ts";

const STATEMENT_BYTES_MAX = 64 * 1024;
const REBUILD = "`ritma reindex` builds it again";

export async function verifyDerived(
  reading: Reading,
  facts: StoreFacts,
  log: NodeLogRead,
): Promise<void> {
  const paths = reading.under("").filter(isDerived);
  for (const path of paths) reading.name(path);
  const covered = new Set<string>();
  for (const path of paths.filter((each) => each.endsWith(`/${BUILD_STATEMENT}`))) {
    covered.add(path);
    const statement = await readStatement(reading, facts, log, path);
    if (statement === null) {
      // Its files are under suspicion with it, and no findings of their own.
      const folder = path.slice(0, -BUILD_STATEMENT.length);
      for (const each of paths) if (each.startsWith(folder)) covered.add(each);
      continue;
    }
    for (const file of statement.files) {
      const filePath = `${statement.folder}/${file.path}`;
      covered.add(filePath);
      if (!reading.has(filePath)) reading.ledger.notes.push(`${filePath}: absent; ${REBUILD}`);
      else await reading.readSealed(filePath, file.length, file.sha256, "derived/file");
    }
  }
  for (const path of paths) {
    if (covered.has(path)) continue;
    reading.ledger.notes.push(
      `${path}: no build statement covers it, so nothing reads it; ${REBUILD}`,
    );
  }
}

/** @returns null, with a finding, unless the statement holds. */
async function readStatement(
  reading: Reading,
  { file, keys }: StoreFacts,
  log: NodeLogRead,
  path: string,
): Promise<BuildStatement | null> {
  const bytes = await reading.read(path, STATEMENT_BYTES_MAX);
  if (bytes === null) return null;
  const { primitives, ledger } = reading;
  return reading.attempt("derived/statement", path, () => {
    const cose = parseCose1(bytes);
    ledger.counts.signatures += 1;
    const isSigned = keys.some(
      ({ role, keyId, publicKey }) =>
        role !== "log" &&
        equalBytes(keyId, cose.keyId) &&
        equalBytes(keyId, keyIdOf(primitives.sha256, publicKey)) &&
        verifyCose1(primitives, cose, publicKey),
    );
    if (!isSigned) throw new FormatError("bad-signature", 0, "not signed by a seal key");
    const statement = decodeBuildStatement(cose.payload);
    const { store, folder, logSize, logRoot } = statement;
    if (!equalBytes(store, file.store) || `${folder}/${BUILD_STATEMENT}` !== path) {
      throw new FormatError("wrong-type", 0, `speaks of ${folder}, or of another store`);
    }
    if (logSize > log.size) {
      const message = `built from ${logSize} entries of a node log that has ${log.size}`;
      throw new FormatError("out-of-range", 0, `${message}: its end was cut`);
    }
    const root = log.rootAt(logSize);
    if (root !== null && !equalBytes(root, logRoot)) {
      throw new FormatError("not-canonical", 0, "built from another node log");
    }
    return statement;
  });
}
