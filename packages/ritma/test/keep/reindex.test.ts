/**
 * Goal: whatever is derived can be deleted and built again with the same content; a wrong one that
 * is signed all the same is found by building it again.
 *
 * Method: stores on a real disk with all that is derived; each file deleted, built again, replaced
 * by a lie under a good signature.
 */
import assert from "node:assert/strict";
import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  ACCOUNT_FILE,
  accountFolder,
  BUILD_STATEMENT,
  CATALOG_FILE,
  catalogFolder,
  COMPACTION_FILE,
  conesPath,
  decodeAccount,
  decodeCatalog,
  decodeCompaction,
  decodeConeIndex,
  decodeJumps,
  decodeRefs,
  decodeRolling,
  EDGE_REFS_FILE,
  encodeAccount,
  encodeCatalog,
  encodeConeIndex,
  encodeJumps,
  encodeRefs,
  encodeRolling,
  HEALTH_FOLDER,
  indexFolder,
  jumpsFile,
  ROLLING_FILE,
} from "@ritma/evidence";
import { compareDerived } from "../../src/flow/keep/compare-derived.ts";
import { hoursWithoutIndexes, keepIndexes } from "../../src/flow/keep/hour-indexes.ts";
import { reindex } from "../../src/flow/keep/reindex.ts";
import { writeDerived } from "../../src/flow/keep/write-derived.ts";
import { buildNames } from "../../src/stores/names/names-builder.ts";
import { bytesOf, memoryInput, opened } from "../recorder/audit-lines.ts";
import { primitives, recorded } from "../recorder/recording.ts";
import { kept, onDisk, TIME_US } from "./on-disk.ts";

const UNPACKED_MAX = 1 << 20;
const ACCOUNT_FOLDER = accountFolder("2026-11-20");
const CATALOG_FOLDER = catalogFolder("2026-11-20");
const INDEX_FOLDER = indexFolder("windows/2026/11/20/09");
const CONES_FOLDER = conesPath(1).slice(0, conesPath(1).lastIndexOf("/"));
const NAMES_FOLDER = "graph/dict";
const NAMES_FILE = "dict.lmdb";

const log = Array.from({ length: 40 }, (_, at) =>
  opened(`09:${10 + at}:00`, at + 1, { path: `/tmp/${at % 9}`, pid: 100 + at }),
);
const simulated = await recorded([[memoryInput(bytesOf(...log), 300)]]);

test("a statement that does not hold is replaced here alone, and told", async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), "ritma-reindex-"));
  const reindexing = await onDisk(simulated, folder.path);
  assert.deepEqual((await reindex(reindexing)).replaced, []);
  const path = `${INDEX_FOLDER}/${BUILD_STATEMENT}`;
  writeFileSync(join(folder.path, "out", path), new Uint8Array(90));
  const { reader } = reindexing;
  await assert.rejects(hoursWithoutIndexes(reader), { code: "store/damaged" });
  await assert.rejects(keepIndexes(reindexing, reader.hours), { code: "store/damaged" });
  assert.deepEqual((await reindex(reindexing)).replaced, [path]);
  assert.deepEqual((await reindex(reindexing)).replaced, []);
});

test("everything derived, built and compared; deleted and built again the same", async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), "ritma-reindex-"));
  const reindexing = await onDisk(simulated, folder.path);
  const built = await reindex(reindexing);
  assert.deepEqual([built.hours, built.accounts, built.jumps], [1, 1, 1]);
  assert.ok(built.cones > 0 && built.names.entities > 40, JSON.stringify(built));
  assert.deepEqual(
    { ...(await compareDerived(reindexing.reader)) },
    {
      compared: 11,
      findings: [],
      notes: [],
    },
  );
  const files = [
    [ACCOUNT_FOLDER, ACCOUNT_FILE],
    [CATALOG_FOLDER, CATALOG_FILE],
    [HEALTH_FOLDER, ROLLING_FILE],
    [CONES_FOLDER, "cone_index.cbor"],
    [INDEX_FOLDER, jumpsFile(1)],
    [INDEX_FOLDER, EDGE_REFS_FILE],
  ] as const;
  for (const [where, name] of files) {
    const before = await kept(reindexing, where, name);
    await reindexing.disk.remove(join(folder.path, "out", where, name));
    await reindex(reindexing);
    assert.deepEqual(await kept(reindexing, where, name), before);
  }
  const compaction = decodeCompaction(await kept(reindexing, HEALTH_FOLDER, COMPACTION_FILE));
  assert.equal(compaction.time, TIME_US);
  assert.equal(compaction.bytesAfter, built.names.bytes);
  assert.ok(compaction.bytesBefore >= compaction.bytesAfter);
});

test("a lie under a good signature is found by building it again", async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), "ritma-reindex-"));
  const reindexing = await onDisk(simulated, folder.path);
  await reindex(reindexing);
  const { zstd, unzstd } = primitives;
  const account = decodeAccount(
    unzstd(await kept(reindexing, ACCOUNT_FOLDER, ACCOUNT_FILE), UNPACKED_MAX),
  );
  const rolling = decodeRolling(
    unzstd(await kept(reindexing, HEALTH_FOLDER, ROLLING_FILE), UNPACKED_MAX),
  );
  const index = decodeConeIndex(await kept(reindexing, CONES_FOLDER, "cone_index.cbor"));
  const hours = account.hours.map((hour) => ({ ...hour, lost: hour.lost + 1 }));
  const days = rolling.days.map((day) => ({ ...day, events: day.events + 1 }));
  const cones = index.cones.map((cone) => ({ ...cone, uses: cone.uses + 1 }));
  const catalog = decodeCatalog(
    unzstd(await kept(reindexing, CATALOG_FOLDER, CATALOG_FILE), UNPACKED_MAX),
  );
  const jumps = decodeJumps(await kept(reindexing, INDEX_FOLDER, jumpsFile(10)));
  const edges = decodeRefs(await kept(reindexing, INDEX_FOLDER, EDGE_REFS_FILE), "edge");
  const [bucket, ...others] = jumps.buckets;
  assert.ok(bucket !== undefined);
  const earlier = [{ ...bucket, number: bucket.number - 1 }, ...others];
  const counts = edges.counts.map((count) => count + 1);
  const lies = [
    [
      CATALOG_FOLDER,
      CATALOG_FILE,
      zstd(encodeCatalog({ ...catalog, gaps: [{ t1: 1, t2: 2 }] }), 3),
    ],
    [INDEX_FOLDER, jumpsFile(10), encodeJumps({ ...jumps, buckets: earlier })],
    [INDEX_FOLDER, EDGE_REFS_FILE, encodeRefs({ ...edges, counts })],
    [ACCOUNT_FOLDER, ACCOUNT_FILE, zstd(encodeAccount({ ...account, hours }), 3)],
    [HEALTH_FOLDER, ROLLING_FILE, zstd(encodeRolling({ ...rolling, days }), 3)],
    [CONES_FOLDER, "cone_index.cbor", encodeConeIndex({ ...index, cones })],
  ] as const;
  for (const [where, name, bytes] of lies) {
    const truth = await kept(reindexing, where, name);
    await writeDerived(reindexing, where, [{ path: name, bytes }]);
    const { findings } = await compareDerived(reindexing.reader);
    assert.deepEqual(
      findings.map((finding) => [finding.code, finding.where]),
      [["derived/content", `${where}/${name}`]],
    );
    await writeDerived(reindexing, where, [{ path: name, bytes: truth }]);
  }
  const { disk, scratch, reader } = reindexing;
  const path = join(reader.files.out, NAMES_FOLDER, NAMES_FILE);
  await writeDerived(reindexing, NAMES_FOLDER, [], async () => {
    const empty = await buildNames({ disk, path, scratch }, primitives, []);
    return [{ path: NAMES_FILE, length: empty.length, sha256: empty.sha256 }];
  });
  const { findings } = await compareDerived(reader);
  assert.deepEqual(
    findings.map(({ where }) => where),
    [`${NAMES_FOLDER}/${NAMES_FILE}`],
  );
});
