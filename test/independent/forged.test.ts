/**
 * Goal: the checks of docs/verify-by-hand.md are more than comparing digests: what the wrong key
 * signed, or the right key in the wrong place, is refused; and the page is right about what it
 * does not see.
 *
 * Method: stores forged with keys in hand, written to disk, and the commands of the page.
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import {
  CHECKPOINT_PATH,
  decodeLogEntry,
  encodeLogEntry,
  HOUR_SEAL,
  type LogEntry,
  parseCose1,
} from "@ritma/evidence";
import type { Signer } from "../../packages/ritma/src/base/primitives.ts";
import { skipLoudly } from "../../tools/skip.ts";
import { bytesAt, lastHour, logEntries, resealLast, signed, withLog } from "../tamper/forge.ts";
import type { Files } from "../tamper/memory-tree.ts";
import { sealStore, SMALL } from "../tamper/reference-store.ts";
import { type Change, TALL_CHANGES } from "./changes.ts";
import { missingComponent, type Verdict, verifyByHand } from "./hands.ts";

const store = await sealStore(SMALL);
const stranger = await sealStore({ ...SMALL, keySeed: 21 });
const { files, storeFile, keystore } = store;
const story = logEntries(files).map(decodeLogEntry);

function logSignedBy(key: Signer, entries: readonly LogEntry[] = story): Files {
  return withLog(files, storeFile, key, entries.map(encodeLogEntry));
}

/** The last hour's seal with the same payload under another key. */
function sealedBy(key: Signer): Files {
  const path = `${lastHour(files)}/${HOUR_SEAL}`;
  return new Map(files).set(path, signed(key, parseCose1(bytesAt(files, path)).payload));
}

function without(type: LogEntry["type"]): Files {
  const at = story.findLastIndex((entry) => entry.type === type);
  return logSignedBy(keystore.log, story.toSpliced(at, 1));
}

interface Forgery {
  readonly name: string;
  readonly files: Files;
  readonly status: number;
  readonly step: number;
  readonly says: RegExp;
}

const FORGERIES: readonly Forgery[] = [
  refused("a log signed by the seal key", logSignedBy(keystore.seal), 3, /no verifiable sign/u),
  refused("a log signed by the identity", logSignedBy(keystore.identity), 3, /no verifiable sign/u),
  refused("a log signed by a stranger", logSignedBy(stranger.keystore.log), 3, /no verifiable/u),
  refused("an hour sealed by the log key", sealedBy(keystore.log), 4, /another key than/u),
  refused("an hour sealed by the identity", sealedBy(keystore.identity), 4, /another key than/u),
  refused("an hour sealed by a stranger", sealedBy(stranger.keystore.seal), 4, /another key than/u),
  refused("a store of a stranger", stranger.files, 1, /identity\.raw: FAILED/u),
  refused("a log without a gap", without("gap"), 4, /does not tile time/u),
  refused("a log without an hour", without("hour"), 4, /micro seals without their hour/u),
  refused("a log without a window", without("micro"), 4, /at this place of the node log/u),
  refused("a log without a key record", without("key"), 4, /does not hold the periods/u),
  refused(
    "a header of another session",
    resealLast(store, { header: (header) => ({ ...header, session: 7 }) }),
    4,
    /hour_header\.cbor: is of another hour/u,
  ),
  refused(
    "a window with other counts",
    resealLast(store, { micro: (micro) => ({ ...micro, atoms: micro.atoms + 1 }) }),
    4,
    /hour_header\.cbor: its counts are not the sums/u,
  ),
  refused(
    "a seal that skips the hour before",
    resealLast(store, { seal: (seal) => ({ ...seal, previous: null }) }),
    4,
    /hour_root\.sig: does not seal this header/u,
  ),
  {
    name: "a log without its close is left open",
    files: without("close"),
    status: 2,
    step: 4,
    says: /incomplete: the log does not end with a close/u,
  },
  {
    name: "a root that the atoms of a coded block do not have is not seen, as the page says",
    files: resealLast(store, { micro: (micro) => ({ ...micro, microRoot: new Uint8Array(32) }) }),
    status: 0,
    step: 6,
    says: /windows hashed again from their atoms; \d+ in coded blocks, not looked into/u,
  },
];

function refused(name: string, forged: Files, step: number, says: RegExp): Forgery {
  return { name: `${name} is refused`, files: forged, status: 1, step, says };
}

/** A log with more entries than a tile has hashes: sessions in which nothing happened. */
function tall(): Files {
  const [close] = story.slice(-1);
  assert.ok(close?.type === "close");
  const idle = Array.from({ length: 150 }, (_, more): LogEntry[] => {
    const session = close.session + 1 + more;
    return [
      { type: "open", session, t: close.t },
      { ...close, session },
    ];
  });
  return logSignedBy(keystore.log, [...story, ...idle.flat()]);
}

interface More {
  /** A state of the store whose checkpoint is still there. */
  readonly kept?: Files;
  /** What somebody without the keys did then. */
  readonly change?: Change;
}

async function verdictOn(forged: Files, { kept, change }: More = {}): Promise<Verdict> {
  using folder = mkdtempDisposableSync(join(tmpdir(), "ritma-by-hand-"));
  const path = join(folder.path, "store");
  for (const [name, bytes] of forged) {
    if (bytes === null) continue;
    const target = join(path, name);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
  const older = kept === undefined ? "" : join(folder.path, "older");
  if (kept !== undefined) writeFileSync(older, bytesAt(kept, CHECKPOINT_PATH));
  change?.make({ store: path, earlier: path });
  return await verifyByHand({ store: path, fingerprint: store.trust, older });
}

/** A test that needs all of what the page names. */
function handTest(name: string, run: () => Promise<void>): void {
  test(name, async (context) => {
    const missing = missingComponent();
    if (missing === null) await run();
    else skipLoudly(context, missing);
  });
}

void describe("forged with keys in hand", { concurrency: 2 }, () => {
  for (const { name, files: forged, status, step, says } of FORGERIES) {
    handTest(name, async () => {
      const verdict = await verdictOn(forged);
      assert.match(verdict.said, says);
      assert.deepEqual([verdict.status, verdict.step], [status, step], verdict.said);
    });
  }

  handTest("a log that did not grow from a checkpoint under the same key is refused", async () => {
    const grown = await verdictOn(files, { kept: logSignedBy(keystore.log, story.slice(0, 5)) });
    assert.equal(grown.status, 0, grown.said);
    const other = logSignedBy(keystore.log, story.slice(0, 5).toReversed());
    const verdict = await verdictOn(files, { kept: other });
    assert.match(verdict.said, /not grown from the older checkpoint/u);
    assert.deepEqual([verdict.status, verdict.step], [1, 3], verdict.said);
  });

  handTest("a log of more entries than a tile has hashes is accepted", async () => {
    const { status, said } = await verdictOn(tall(), { kept: files });
    assert.equal(status, 0, said);
  });

  for (const change of TALL_CHANGES) {
    handTest(`the same with ${change.name} is refused`, async () => {
      const verdict = await verdictOn(tall(), { change });
      assert.match(verdict.said, change.says);
      assert.deepEqual([verdict.status, verdict.step], [1, change.step], verdict.said);
    });
  }
});
