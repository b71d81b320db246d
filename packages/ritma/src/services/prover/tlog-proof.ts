/**
 * The entry of an hour in the node log as a C2SP tlog-proof, for other people's software.
 *
 *     c2sp.org/tlog-proof@v1
 *     extra <base64 of the entry, from which the leaf hash is made>
 *     index <number of the entry>
 *     <base64 of a hash>                 one a line
 *
 *     <the checkpoint>
 *
 * Format: spec/25-event-proof.md, "As tlog-proof".
 *
 * @module
 */
import { concatBytes, encodeUtf8, toBase64 } from "@ritma/evidence";
import type { SealedHour } from "../../stores/sealed/sealed-log.ts";
import type { ProofLog } from "./proof-log.ts";

export type LoggedHour = Pick<SealedHour, "entry">;

export function tlogProof(log: ProofLog, { entry: index }: LoggedHour): Uint8Array {
  const lines = [
    "c2sp.org/tlog-proof@v1",
    `extra ${toBase64(log.entry(index))}`,
    `index ${index}`,
    ...log.auditPath(index).map(toBase64),
    "",
  ];
  const text = lines.map((line) => `${line}\n`).join("");
  return concatBytes(encodeUtf8(text), log.head.signed);
}
