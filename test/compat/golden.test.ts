/**
 * Goal: what was sealed under a closed format verifies for ever, and its roots never move.
 *
 * Method: the stored evidence is verified; each recording is sealed again under the same fixed
 * keys, and every hour root and micro root is compared with the committed ones. Bytes of blocks may
 * differ: they are encoding.
 */
import assert from "node:assert/strict";
import { mkdtempDisposableSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fingerprint, PRIVACY_MODES, verifyStore } from "@ritma/evidence";
import { RealDisk } from "../../packages/ritma/src/base/disk/real-disk.ts";
import { loadPrimitives } from "../../packages/ritma/src/base/primitives.ts";
import { diskTree, listTree } from "../../packages/ritma/src/services/verifier/disk-tree.ts";
import { KEPT, RECORDINGS, type Recording, ROOTS, rootsOf, seal, STORE } from "./golden.ts";

const roots: unknown = JSON.parse(readFileSync(ROOTS, "utf8"));

function committed(recording: Recording, privacy: string): { fingerprint: string; hours: unknown } {
  assert.ok(typeof roots === "object" && roots !== null);
  const found: unknown = Reflect.get(roots, `${recording} ${privacy}`);
  assert.ok(typeof found === "object" && found !== null);
  return {
    fingerprint: String(Reflect.get(found, "fingerprint")),
    hours: Reflect.get(found, "hours"),
  };
}

test("the golden store is VALID, and holds the committed roots", async () => {
  const { fingerprint: trusted, hours } = committed(KEPT.recording, KEPT.privacy);
  const disk = new RealDisk();
  const tree = diskTree(disk, STORE, await listTree(disk, STORE));
  const report = await verifyStore(tree, await loadPrimitives(), { trust: fingerprint(trusted) });
  assert.deepEqual(report.findings, []);
  assert.equal(report.result, "VALID");
  assert.deepEqual(await rootsOf(STORE), hours);
});

for (const recording of RECORDINGS) {
  for (const privacy of PRIVACY_MODES) {
    test(`${recording}, ${privacy}: sealed again, the same roots`, async () => {
      using work = mkdtempDisposableSync(join(tmpdir(), "ritma-golden-"));
      const again = await seal(join(work.path, "data"), recording, privacy);
      assert.deepEqual(again, committed(recording, privacy));
    });
  }
}
