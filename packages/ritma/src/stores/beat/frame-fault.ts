/**
 * Two ways in which bytes are no frame of ours: damaged, or of a newer build.
 *
 * Both are refused before anything is written, and they ask for different things of whoever gave
 * them: another copy, or another version of Ritma. Bytes count as a newer build's only when their
 * checksum holds.
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";

/** A capability, a type, a version or a flag that this build does not know. */
export class UnsupportedError extends FormatError {
  /** @param what "a record of type 9" */
  constructor(offset: number, what: string) {
    super("out-of-range", offset, `${what}, which this build does not know`);
  }
}

/**
 * What a decoder threw, as the engine and the store throw it at their edge. What is no FormatError
 * comes back as it is.
 *
 * @param where what was read: "the frame of beat 7 of branch data"
 */
export function beatFault(error: unknown, where: string): unknown {
  if (!(error instanceof FormatError)) return error;
  const code = error instanceof UnsupportedError ? "beat/unsupported" : "beat/damaged";
  return new RitmaError(code, `${where}: ${error.message}`, { cause: error });
}
