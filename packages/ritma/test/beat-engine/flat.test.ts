/**
 * Goal: the flat engine is what the port says, on a real disk and on the simulated one.
 *
 * Method: the conformance suite, with segments so small that every test has many.
 */
import { globSync, mkdtempDisposableSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimDisk } from "../../src/base/disk/sim-disk.ts";
import { loadPrimitives } from "../../src/base/primitives.ts";
import { openFlatEngine } from "../../src/stores/beat/flat/open-flat.ts";
import type { Notice } from "../../src/stores/beat/notice.ts";
import { engineSuite } from "./conformance.ts";
import { STORE } from "./records.ts";

engineSuite({
  name: "flat",
  make: async (context) => {
    const scratch = mkdtempDisposableSync(join(tmpdir(), "ritma-flat-"));
    context.after(() => scratch[Symbol.dispose]());
    const primitives = await loadPrimitives();
    const notices: Notice[] = [];
    const notice = (each: Notice): void => void notices.push(each);
    const dir = join(scratch.path, "branches");
    return {
      notices,
      open: async (store = STORE) => await openFlatEngine({ dir, primitives, store, notice }),
      damage: async (bytes) => {
        let places = 0;
        for (const path of globSync(`${dir}/**`)) {
          if (statSync(path).isFile()) places += flipIn(path, bytes);
        }
        return places;
      },
    };
  },
});

engineSuite({
  name: "flat, simulated",
  modelRuns: 100,
  make: async () => {
    const primitives = await loadPrimitives();
    const notices: Notice[] = [];
    const notice = (each: Notice): void => void notices.push(each);
    let fails = false;
    const disk = new SimDisk({
      failAt: (_, operation) => {
        const hit = fails && (operation === "sync" || operation === "write");
        fails &&= !hit;
        return hit ? "eio" : null;
      },
    });
    return {
      notices,
      open: async (store = STORE) =>
        await openFlatEngine({
          disk,
          dir: "branches",
          primitives,
          store,
          notice,
          segmentBytes: 1_500,
          checkpointBytes: 6_000,
        }),
      failNext: () => {
        fails = true;
      },
    };
  },
});

function flipIn(path: string, bytes: Uint8Array): number {
  const content = readFileSync(path);
  let places = 0;
  for (let at = content.indexOf(bytes); at !== -1; at = content.indexOf(bytes, at + 1)) {
    const middle = at + (bytes.length >> 1);
    content[middle] = (content[middle] ?? 0) ^ 1;
    places += 1;
  }
  if (places > 0) writeFileSync(path, content);
  return places;
}
