/**
 * Checks the periods of a store: the keys of its hours, named by the identity before they sealed.
 *
 * Format: spec/27-epochs.md. Not here: where they stand in the node log (`log-story.ts`).
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import { parseCose1, verifyCose1 } from "../proof/cose.ts";
import {
  decodePeriod,
  decodePeriodFile,
  type Period,
  periodPath,
  type PeriodKeys,
  periodRoot,
  PERIODS_FOLDER,
} from "../record/period.ts";
import type { StoreFile } from "../record/store-file.ts";
import type { Reading } from "./reading.ts";

/** A period, as far as it could be read. */
export interface FoundPeriod {
  readonly path: string;
  readonly isThere: boolean;
  /** SHA-256 of the signed period, which the node log names; null when it could not be read. */
  readonly digest: Uint8Array | null;
  /** Null when it is not one of this store. */
  readonly period: PeriodKeys | null;
}

/** Numbers that may lack before one that is there; behind more it is nobody's. */
const ABSENT_MAX = 16;

/** Names none of the files: whoever finds one in the node log does. */
export async function verifyPeriods(reading: Reading, file: StoreFile): Promise<FoundPeriod[]> {
  const found: FoundPeriod[] = [];
  const { length } = reading.under(`${PERIODS_FOLDER}/`);
  let end: number | null = null;
  for (let number = 0; number < length + ABSENT_MAX; number += 1) {
    const path = periodPath(number);
    const bytes = await reading.peek(path);
    const next =
      bytes === null
        ? null
        : reading.attempt("key/period", path, () => readPeriod(reading, file, path, bytes));
    found.push(next ?? { path, isThere: reading.has(path), digest: null, period: null });
    // Said already; the sweep of unknown files has nothing to add.
    if (bytes !== null && next === null) reading.name(path);
    const period = next?.period ?? null;
    if (period === null) continue;
    if (period.number !== number) {
      reading.ledger.add("key/period", path, `is period ${period.number}`);
    } else if (end !== null && period.first !== end) {
      reading.ledger.add("key/period", path, `begins with hour ${period.first}, not ${end}`);
    }
    end = period.first + period.epochs;
  }
  return found.slice(0, found.findLastIndex(({ isThere }) => isThere) + 1);
}

function readPeriod(
  { primitives, ledger }: Reading,
  { store, identity }: StoreFile,
  path: string,
  bytes: Uint8Array,
): FoundPeriod {
  const { signed, keys } = decodePeriodFile(bytes);
  const cose = parseCose1(signed);
  ledger.counts.signatures += 1;
  const period = decodePeriod(cose.payload);
  const fault = faultOf(period);
  if (fault !== null) ledger.add("key/period", path, fault);
  const digest = primitives.sha256(signed);
  return { path, isThere: true, digest, period: fault === null ? { ...period, keys } : null };

  function faultOf({ first, epochs, root }: Period): string | null {
    if (!verifyCose1(primitives, cose, identity)) return "not signed by the identity key";
    if (!equalBytes(period.store, store)) return "belongs to another store";
    const isWhole = keys.length === epochs * root.length;
    if (isWhole && equalBytes(periodRoot(primitives.sha256, first, keys), root)) return null;
    return "its keys are not those that the identity signed";
  }
}
