/**
 * Which fields of proved atoms name something that was not opened.
 *
 * @module
 */
import type { ProvedAtom } from "@ritma/evidence";
import { PROOF_FIELDS, type ProofField } from "../../services/prover/withholding.ts";

/** In the order of `PROOF_FIELDS`. */
export function withheldFields(atoms: readonly ProvedAtom[]): readonly ProofField[] {
  return PROOF_FIELDS.filter((field) => atoms.some((atom) => isWithheld(atom, field)));
}

function isWithheld(atom: ProvedAtom, field: ProofField): boolean {
  const named = atom[field === "args" ? "arg" : field];
  return named !== null && named.entity === null;
}
