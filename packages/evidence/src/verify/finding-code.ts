/**
 * Every code that a verification can report, what it means, and the result it leads to.
 *
 * The table is a contract: scripts match on codes. docs/findings.md is made from it.
 *
 * @module
 */
import type { Result } from "../proof/finding.ts";

export interface FindingRow {
  readonly result: Exclude<Result, "VALID">;
  readonly meaning: string;
}

const tampered = (meaning: string): FindingRow => ({ result: "TAMPERED", meaning });

export const FINDINGS = {
  "store/file": tampered(
    "`_meta/store.cbor` is missing, malformed, or not the one in the genesis.",
  ),
  "store/schema": tampered("A schema file is not the one that `store.cbor` names."),
  "store/version": {
    result: "INCOMPLETE",
    meaning: "The store is of a format that this build cannot check.",
  },
  "store/intent": {
    result: "INCOMPLETE",
    meaning: "Something was being sealed when the store was read, or the recorder died doing so.",
  },
  "key/record": tampered(
    "A key record is malformed, not signed by the identity, or not in the log.",
  ),
  "key/period": tampered(
    "A period of hour keys is malformed, not signed by the identity, or its keys are others.",
  ),
  "file/missing": tampered("A file that was sealed is not there."),
  "file/unknown": tampered("A file is there that nothing in the store names."),
  "file/kind": tampered("A link, device or socket lies where only files belong."),
  "file/digest": tampered("A file's length or digest is not what was sealed."),
  "log/checkpoint": tampered("The checkpoint is missing, malformed or not signed by a log key."),
  "log/root": tampered("The entries of the node log do not hash to its checkpoint."),
  "log/tile": tampered("A tile or entry bundle of the node log does not hold what it must."),
  "log/entry": tampered("An entry of the node log is malformed or differs from its tile."),
  "log/order": tampered("Entries of the node log stand in an order that no recorder writes."),
  "log/time": tampered("Hours and gaps do not tile time: one overlaps another or leaves a hole."),
  "log/open": {
    result: "INCOMPLETE",
    meaning:
      "The log does not end with a close: the recorder still runs, died, or the end was cut.",
  },
  "hour/header": tampered("An hour's header is malformed or contradicts the store or the log."),
  "hour/seal": tampered("An hour's seal is malformed, badly signed, or not the one in the log."),
  "hour/tree": tampered("An hour's tree does not hash to its root or does not tile the hour."),
  "hour/chain": tampered("An hour's link to the one before is wrong."),
  "hour/counts": tampered("An hour's counts are not those of its contents."),
  "micro/header": tampered("A micro-window's header is malformed or contradicts its hour."),
  "micro/seal": tampered("A micro-window's seal is malformed, badly signed, or of other bytes."),
  "micro/root": tampered("The records of a micro-window do not hash to its root."),
  "micro/time": tampered("An atom lies outside the time that its window was sealed for."),
  "block/format": tampered("A block does not decode, or holds windows that are not its hour's."),
  "dictionary/piece": tampered(
    "A piece of the generation log is cut, malformed or not the sealed one.",
  ),
  "cones/piece": tampered("A piece of the log of cones is cut, malformed or not the sealed one."),
  "dictionary/root": tampered("The entities of a generation do not hash to the sealed root."),
  "derived/statement": tampered(
    "A build statement is malformed, badly signed, or not of this store and folder and node log.",
  ),
  "derived/file": tampered("A derived file is not the one that its build statement names."),
  "derived/content": tampered(
    "A derived file, signed as it is, says something else than the sealed files do.",
  ),
  "trust/unknown": {
    result: "UNTRUSTED",
    meaning: "Nobody said which identity to trust, so anyone could have made this store.",
  },
  "trust/other": {
    result: "UNTRUSTED",
    meaning: "The store was made under another identity than the trusted one.",
  },
  "head/rollback": tampered(
    "The store is older than a head of it that was kept elsewhere: what was signed last is gone.",
  ),
  "head/fork": tampered(
    "A head that was kept elsewhere and the store, both signed, tell two different histories.",
  ),
  "head/other": {
    result: "UNTRUSTED",
    meaning: "A head that was kept elsewhere is of another store, or no log key of it signed it.",
  },
  "anchor/receipt": tampered(
    "What an anchor keeps is damaged, is not of this store, or is not over the head beside it.",
  ),
  "anchor/missing": {
    result: "INCOMPLETE",
    meaning: "An anchor cannot be read, or keeps nothing of this store.",
  },
  "anchor/signer": {
    result: "UNTRUSTED",
    meaning: "The signer of a time stamp does not lead to an authority that you said you trust.",
  },
  "proof/format": tampered("The proof of an event does not have the form of one."),
  "proof/version": {
    result: "INCOMPLETE",
    meaning: "The proof of an event is of a version that this build cannot check.",
  },
  "proof/atom": tampered("An atom of a proof is not one of the instantiation that was sealed."),
  "proof/opening": tampered("What a proof opens is not what stands in its atoms."),
} as const satisfies Record<string, FindingRow>;

export type FindingCode = keyof typeof FINDINGS;
