/**
 * Goal: tools that are not ours accept every store that we sealed, and refuse every changed one, at
 * the step of docs/verify-by-hand.md that says so.
 *
 * Method: the commands of the page are typed in a shell on a store that two ingests made, on the
 * golden stores and on a store of before; then on copies of which one thing was changed. Debian's
 * openssl, Go with golang.org/x/mod, and Python with cbor2 and cryptography do the checking.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  cpSync,
  globSync,
  mkdtempDisposableSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { decodeStoreFile, STORE_PATH } from "@ritma/evidence";
import { auditLog, type LogOptions } from "../../packages/ritma/test/cli/audit-log.ts";
import { skipLoudly } from "../../tools/skip.ts";
import { FORMS, rootsPathOf, storeOf } from "../compat/golden.ts";
import { madePlace, ritma } from "../e2e/processes.ts";
import { type Change, CHANGES, type Stores } from "./changes.ts";
import { missingComponent, verifyByHand } from "./hands.ts";

/** A few windows in each of several hours, in two ingests: the log of the second goes on. */
const WINDOWS = 12;
const LOGS: readonly LogOptions[] = [5, WINDOWS].map((events) => ({ events, step: 900 }));

const TOGETHER = { concurrency: 2 };

interface Made extends Stores {
  /** SHA-256 of the identity. */
  readonly fingerprint: string;
}

let made: Made | undefined;

/** A store that grew once; kept for all tests of the file, which work on copies. */
function madeStores(): Made {
  if (made !== undefined) return made;
  const place = madePlace();
  process.once("exit", () => place[Symbol.dispose]());
  const earlier = join(place.dir, "earlier");
  for (const options of LOGS) {
    rmSync(earlier, { recursive: true, force: true });
    cpSync(place.out, earlier, { recursive: true });
    const path = place.file("audit.log", auditLog(options));
    const { status, err } = ritma(["ingest", path, "--data", place.root]);
    assert.equal(status, 0, err);
  }
  const { identity } = decodeStoreFile(readFileSync(join(place.out, STORE_PATH)));
  const fingerprint = createHash("sha256").update(identity).digest("hex");
  made = { store: place.out, earlier, fingerprint };
  return made;
}

/** A test that needs all of what the page names, on stores that it leaves as they are. */
function handTest(name: string, run: (stores: Made) => Promise<void>): void {
  test(name, async (context: TestContext) => {
    const missing = missingComponent();
    if (missing === null) await run(madeStores());
    else skipLoudly(context, missing);
  });
}

function changeTest({ name, step, says, make }: Change): void {
  handTest(name, async ({ store, earlier, fingerprint }) => {
    using copy = mkdtempDisposableSync(join(tmpdir(), "ritma-by-hand-"));
    const changed = { store: join(copy.path, "store"), earlier, fingerprint };
    cpSync(store, changed.store, { recursive: true });
    make(changed);
    const verdict = await verifyByHand(changed);
    assert.match(verdict.said, says);
    assert.deepEqual([verdict.status === 0, verdict.step], [false, step], verdict.said);
  });
}

function goldenFingerprint(form: (typeof FORMS)[number]): string {
  const roots = readFileSync(rootsPathOf(form), "utf8");
  return /"fingerprint": "([0-9a-f]{64})"/u.exec(roots)?.[1] ?? "";
}

void describe("stores that are accepted", TOGETHER, () => {
  handTest("one that grew, beside the checkpoint of before", async (stores) => {
    const { store, earlier, fingerprint } = stores;
    const older = join(earlier, "_tlog", "checkpoint");
    const { status, said } = await verifyByHand({ store, fingerprint, older });
    assert.equal(status, 0, said);
    assert.match(said, new RegExp(`, ${WINDOWS} windows down to their micro roots`, "u"));
  });

  handTest("one as it was before it grew", async ({ earlier, fingerprint }) => {
    const { status, said } = await verifyByHand({ store: earlier, fingerprint });
    assert.equal(status, 0, said);
  });

  for (const form of FORMS) {
    handTest(`golden store ${form}`, async () => {
      const asked = { store: storeOf(form), fingerprint: goldenFingerprint(form) };
      const { status, said } = await verifyByHand(asked);
      assert.equal(status, 0, said);
      assert.match(said, form === 1 ? /good: 1 windows hashed again/u : /; 1 in coded blocks/u);
    });
  }
});

void describe("stores that were changed", TOGETHER, () => {
  for (const change of CHANGES) changeTest(change);
});

void describe("stores that only what was kept elsewhere can refuse", TOGETHER, () => {
  handTest("under another fingerprint", async ({ store }) => {
    const verdict = await verifyByHand({ store, fingerprint: "ab".repeat(32) });
    assert.deepEqual([verdict.status, verdict.step], [1, 1], verdict.said);
  });

  handTest("put back to an earlier state", async ({ store, earlier, fingerprint }) => {
    const older = join(store, "_tlog", "checkpoint");
    const verdict = await verifyByHand({ store: earlier, fingerprint, older });
    assert.deepEqual([verdict.status, verdict.step], [1, 3], verdict.said);
    assert.match(verdict.said, /rolled back: it had \d+ entries, now it has \d+/u);
  });

  handTest("beside the checkpoint of another store", async ({ store, fingerprint }) => {
    const older = join(storeOf(1), "_tlog", "checkpoint");
    const verdict = await verifyByHand({ store, fingerprint, older });
    assert.deepEqual([verdict.status, verdict.step], [1, 3], verdict.said);
  });
});

void describe("plain blocks whose atoms are not those of the root", TOGETHER, () => {
  const rows: readonly (readonly [string, string, (bytes: Uint8Array) => Uint8Array])[] = [
    ["block", "blocks/inst_0000.cbor.zst", (bytes) => repacked(bytes)],
    ["micro root", "micro/w026.cbor", (bytes) => flipped(bytes, -1)],
  ];
  for (const [what, name, change] of rows) {
    handTest(`another ${what}`, async () => {
      using copy = mkdtempDisposableSync(join(tmpdir(), "ritma-by-hand-"));
      const store = join(copy.path, "store");
      cpSync(storeOf(1), store, { recursive: true });
      const path = join(store, globSync(`windows/*/*/*/*/${name}`, { cwd: store })[0] ?? "");
      writeFileSync(path, change(readFileSync(path)));
      const verdict = await verifyByHand({ store, fingerprint: "", from: 6 });
      assert.deepEqual([verdict.status, verdict.step], [1, 6], verdict.said);
      assert.match(verdict.said, /do not hash to its micro root/u);
    });
  }
});

/** The same block with another return value somewhere: well-formed, and never sealed. */
function repacked(bytes: Uint8Array): Uint8Array {
  const block = zstdDecompressSync(bytes);
  const zeros = block.lastIndexOf(Buffer.alloc(64));
  assert.ok(zeros > 0, "a column of zeros");
  block[zeros] = 1;
  return zstdCompressSync(block);
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  const offset = (at + bytes.length) % bytes.length;
  changed[offset] = (changed[offset] ?? 0) ^ 0x01;
  return changed;
}
