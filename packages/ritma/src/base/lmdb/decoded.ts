/**
 * What the bytes of a sealed table mean.
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import { RitmaError } from "../error.ts";

/**
 * A fault of the format is damage: the digest was right, so what was built was wrong.
 *
 * @throws RitmaError `index/damaged`
 */
export function decoded<Value>(path: string, decode: () => Value): Value {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new RitmaError("index/damaged", `${path}: ${error.message}`, { cause: error });
  }
}
