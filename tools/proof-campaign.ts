/**
 * Changes every byte of proofs of events in three ways, and verifies after each: none may be VALID.
 *
 *     node tools/proof-campaign.ts [FILE...]        default: the good proofs of spec/vectors
 *
 * A proof is verified under the identity that it names, so that nothing else refuses it.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  decodeEventProof,
  decodeStoreFile,
  fingerprintOf,
  fromHex,
  verifyEventProof,
} from "@ritma/evidence";
import { loadPrimitives } from "../packages/ritma/src/base/primitives.ts";

const VECTORS = join(import.meta.dirname, "..", "spec", "vectors", "event-proof.json");
const MASKS = [0x01, 0x80, 0xff];

function proofsAsked(): readonly (readonly [name: string, bytes: Uint8Array])[] {
  const files = process.argv.slice(2);
  if (files.length > 0) return files.map((file) => [file, new Uint8Array(readFileSync(file))]);
  const text = readFileSync(VECTORS, "utf8").split('"bad": [')[0] ?? "";
  return [...text.matchAll(/"name": "([^"]*)",\s*"hex": "([0-9a-f]*)"/gu)].map(
    ([, name = "", hex = ""]) => [name, fromHex(hex)],
  );
}

const primitives = await loadPrimitives();
let [tried, missed] = [0, 0];
for (const [name, bytes] of proofsAsked()) {
  const { identity } = decodeStoreFile(decodeEventProof(bytes).store);
  const trust = fingerprintOf(primitives.sha256, identity);
  const resultOf = (each: Uint8Array): string =>
    verifyEventProof(each, primitives, { trust }).result;
  if (resultOf(bytes) !== "VALID") throw new Error(`${name} is ${resultOf(bytes)}`);
  for (let at = 0; at < bytes.length; at += 1) {
    for (const mask of MASKS) {
      tried += 1;
      if (resultOf(bytes.with(at, (bytes[at] ?? 0) ^ mask)) !== "VALID") continue;
      missed += 1;
      process.stdout.write(`MISSED ${name}: byte ${at} ^ ${mask}\n`);
    }
  }
}
process.stdout.write(`${tried} changes of one byte: ${missed} missed\n`);
process.exitCode = missed === 0 ? 0 : 1;
