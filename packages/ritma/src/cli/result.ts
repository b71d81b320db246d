/**
 * Results of a verification as exit statuses: a contract with scripts.
 *
 * @module
 */
import type { Result } from "@ritma/evidence";

export const RESULT_EXITS: Readonly<Record<Result, number>> = {
  VALID: 0,
  TAMPERED: 1,
  INCOMPLETE: 2,
  UNTRUSTED: 3,
};
