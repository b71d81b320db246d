/**
 * Makes spec/vectors/{leaf,entity,block,store}.json: the records of spec/05, 06 and 07, good ones
 * and bad ones, as plain JSON for readers in any language.
 *
 * Run it after a format changed, and read the difference: what it writes is what everybody else
 * compares with. The tests of packages/evidence check the files, the leaf by an implementation that
 * shares no code with the package.
 *
 *     node tools/make-vectors.ts [--check]
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeBeatFrameVectors } from "./vectors/beat-frame.ts";
import { makeBlockVectors } from "./vectors/block.ts";
import { makeBlocksVectors } from "./vectors/blocks.ts";
import { makeCatalogVectors } from "./vectors/catalog.ts";
import { makeCoderVectors } from "./vectors/coder.ts";
import { makeConeIndexVectors } from "./vectors/cone-index.ts";
import { makeConesVectors } from "./vectors/cones.ts";
import { makeDerivedVectors } from "./vectors/derived.ts";
import { makeCodedEntitiesVectors } from "./vectors/entities.ts";
import { makeEntityVectors } from "./vectors/entity.ts";
import { makeEpochVectors } from "./vectors/epochs.ts";
import { makeEventProofVectors } from "./vectors/event-proof.ts";
import { makeHeadVectors } from "./vectors/head.ts";
import { makeJournalVectors } from "./vectors/journal.ts";
import { makeJumpsVectors } from "./vectors/jumps.ts";
import { makeLeafVectors } from "./vectors/leaf.ts";
import { makeLineageVectors } from "./vectors/lineage.ts";
import { makePrintVectors } from "./vectors/print.ts";
import { makeStoreVectors } from "./vectors/store.ts";

const FOLDER = join(import.meta.dirname, "..", "spec", "vectors");

const MAKERS: Readonly<Record<string, () => object>> = {
  "leaf.json": makeLeafVectors,
  "entity.json": makeEntityVectors,
  "entities.json": makeCodedEntitiesVectors,
  "block.json": makeBlockVectors,
  "blocks.json": makeBlocksVectors,
  "cones.json": makeConesVectors,
  "cone-index.json": makeConeIndexVectors,
  "coder.json": makeCoderVectors,
  "store.json": makeStoreVectors,
  "derived.json": makeDerivedVectors,
  "catalog.json": makeCatalogVectors,
  "jumps.json": makeJumpsVectors,
  "lineage.json": makeLineageVectors,
  "print.json": makePrintVectors,
  "beat-frame.json": makeBeatFrameVectors,
  "journal.json": makeJournalVectors,
  "epochs.json": makeEpochVectors,
  "event-proof.json": makeEventProofVectors,
  "head.json": makeHeadVectors,
};

/** @returns names of files that are not what would be written. */
export function staleVectors(): string[] {
  return Object.entries(MAKERS)
    .filter(([name, make]) => readFileSync(join(FOLDER, name), "utf8") !== textOf(make()))
    .map(([name]) => name);
}

function textOf(vectors: object): string {
  return `${JSON.stringify(vectors, null, 2)}\n`;
}

if (import.meta.main) {
  if (process.argv.includes("--check")) {
    const stale = staleVectors();
    process.stdout.write(stale.length === 0 ? "up to date\n" : `stale: ${stale.join(", ")}\n`);
    process.exitCode = stale.length === 0 ? 0 : 1;
  } else {
    for (const [name, make] of Object.entries(MAKERS)) {
      writeFileSync(join(FOLDER, name), textOf(make()));
    }
  }
}
