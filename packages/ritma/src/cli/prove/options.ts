/**
 * What the flags and operands of `ritma prove` ask for, as far as no store is needed.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import { PROOF_FIELDS, type ProofField } from "../../services/prover/withholding.ts";
import type { Context } from "../command.ts";

export interface Operands {
  /** Null for all events of a span. */
  readonly what: string | null;
  readonly path: string | null;
}

/** @throws RitmaError `usage/bad-argument` */
export function operandsOf(context: Context): Operands {
  const [first = null, second = null] = context.operands;
  const hasSpan = context.text("since") !== null || context.text("until") !== null;
  const isPath = first !== null && second === null && /^\.{1,2}$|\//u.test(first);
  const what = hasSpan && isPath ? null : first;
  if (what === null && !hasSpan) {
    const message = "name an event or a process, or a span with --since and --until";
    throw new RitmaError("usage/bad-argument", message);
  }
  return { what, path: what === null ? first : second };
}

/** @throws RitmaError `usage/bad-argument` */
export function withheldAsked(context: Context): ReadonlySet<ProofField> {
  const text = context.text("withhold");
  if (text === null) return new Set();
  const fields = text.split(",").map((part) => {
    const field = PROOF_FIELDS.find((each) => each === part.trim());
    if (field !== undefined) return field;
    const shown = escapeText(part.trim().slice(0, 100));
    const message = `"${shown}" is none of ${PROOF_FIELDS.join(", ")}, which --withhold knows`;
    throw new RitmaError("usage/bad-argument", message);
  });
  return new Set(fields);
}
