/**
 * Goal: what was sealed in an older form verifies, is read and is recorded behind for ever, and its
 * roots never move.
 *
 * Method: the stored evidence of each form is verified and shown. Under the same fixed keys a
 * recording goes on in a copy of it; and each recording is sealed again, and every hour root and
 * micro root is compared with the committed ones. Bytes of blocks may differ: they are encoding.
 */
import assert from "node:assert/strict";
import { cpSync, globSync, mkdtempDisposableSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  BLOCK_UNPACKED_MAX,
  CborReader,
  entitiesPath,
  fingerprint,
  FRAME_UNPACKED_MAX,
  PRIVACY_MODES,
  type Report,
  splitFrames,
  verifyStore,
} from "@ritma/evidence";
import { RealDisk } from "../../packages/ritma/src/base/disk/real-disk.ts";
import { loadPrimitives } from "../../packages/ritma/src/base/primitives.ts";
import { unzstd } from "../../packages/ritma/src/base/zstd.ts";
import { diskTree, listTree } from "../../packages/ritma/src/services/verifier/disk-tree.ts";
import { runMain } from "../../packages/ritma/test/cli/harness.ts";
import {
  FORMS,
  KEPT,
  makeRoot,
  RECORDINGS,
  type Recording,
  recordInto,
  type Roots,
  rootsOf,
  rootsPathOf,
  seal,
  storeOf,
} from "./golden.ts";

const EVENTS = { "pod-pidns": 1379, "odd-raw": 591 } as const;
const MADE = FORMS.map((form) => ({ form, out: storeOf(form), roots: readRoots(form) }));

function readRoots(form: (typeof FORMS)[number]): unknown {
  return JSON.parse(readFileSync(rootsPathOf(form), "utf8"));
}

function committed(roots: unknown, recording: Recording, privacy: string): Roots {
  assert.ok(typeof roots === "object" && roots !== null);
  const found: unknown = Reflect.get(roots, `${recording} ${privacy}`);
  assert.ok(isRoots(found));
  return found;
}

function isRoots(found: unknown): found is Roots {
  return typeof found === "object" && found !== null && "fingerprint" in found && "hours" in found;
}

async function verify(out: string, trusted: string): Promise<Report> {
  const disk = new RealDisk();
  const tree = diskTree(disk, out, await listTree(disk, out));
  return await verifyStore(tree, await loadPrimitives(), { trust: fingerprint(trusted) });
}

/** Every event of a store, one after another. */
async function show(store: string): Promise<string> {
  const argv = ["timeline", store, "--all", "--limit", "0", "--json"];
  const { status, out, err } = await runMain(argv, {});
  assert.equal(status, 0, err);
  return out;
}

/** The text that a piece of content opens with. */
function tagOf(content: Uint8Array): string {
  const reader = new CborReader(content);
  reader.array();
  return reader.text();
}

for (const { form, out, roots } of MADE) {
  const kept = committed(roots, KEPT.recording, KEPT.privacy);

  test(`store-${form} is in form ${form}`, () => {
    const blocks = globSync("windows/**/blocks/*", { cwd: out });
    assert.ok(blocks.length > 0);
    for (const path of blocks) {
      const content = unzstd(new Uint8Array(readFileSync(join(out, path))), BLOCK_UNPACKED_MAX);
      assert.equal(tagOf(content), `ritma/block@${form}`);
    }
    for (const frame of splitFrames(new Uint8Array(readFileSync(join(out, entitiesPath(1)))))) {
      assert.equal(tagOf(unzstd(frame, FRAME_UNPACKED_MAX)), `ritma/entities@${form}`);
    }
  });

  test(`store-${form} is VALID, and holds the committed roots`, async () => {
    const report = await verify(out, kept.fingerprint);
    assert.deepEqual(report.findings, []);
    assert.equal(report.result, "VALID");
    assert.equal(report.counts.events, EVENTS[KEPT.recording]);
    assert.deepEqual(await rootsOf(out), kept.hours);
  });

  test(`store-${form} is shown as the others are`, async () => {
    const text = await show(out);
    assert.ok(text.split("\n").length > EVENTS[KEPT.recording], `${text.length} characters`);
    for (const other of MADE) assert.equal(await show(other.out), text);
  });

  test(`recording goes on behind store-${form}`, async () => {
    using work = mkdtempDisposableSync(join(tmpdir(), "ritma-golden-"));
    const root = await makeRoot(join(work.path, "data"), KEPT.privacy);
    assert.equal(root.fingerprint, kept.fingerprint);
    rmSync(root.out, { recursive: true });
    cpSync(out, root.out, { recursive: true });
    // A data root of that time has signed this log, and no keys of hours.
    for (const name of ["epoch.key", "node-log.lock"]) rmSync(join(root.data, "keys", name));
    const known = await recordInto(root, KEPT.recording);
    assert.ok(known.nothingNew, "what it was made of is known");
    assert.equal((await recordInto(root, "odd-raw")).recorded.events, EVENTS["odd-raw"]);
    const report = await verify(root.out, kept.fingerprint);
    assert.deepEqual(report.findings, []);
    assert.equal(report.result, "VALID");
    assert.equal(report.counts.events, EVENTS["pod-pidns"] + EVENTS["odd-raw"]);
    const { [Object.keys(kept.hours)[0] ?? ""]: before } = await rootsOf(root.out);
    assert.deepEqual([before], Object.values(kept.hours));
  });
}

for (const recording of RECORDINGS) {
  for (const privacy of PRIVACY_MODES) {
    test(`${recording}, ${privacy}: sealed again, the same roots`, async () => {
      using work = mkdtempDisposableSync(join(tmpdir(), "ritma-golden-"));
      const again = await seal(join(work.path, "data"), recording, privacy);
      for (const { roots } of MADE) assert.deepEqual(again, committed(roots, recording, privacy));
    });
  }
}
