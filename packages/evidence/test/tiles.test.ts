/**
 * Goal: the files of a log are those of C2SP tlog-tiles, byte for byte; a writer that goes on from
 * its right edge writes what one that never stopped would; and a damaged edge is refused.
 *
 * Method: the published 300-entry log, made by other software. Then a log that is stopped and taken
 * up at many sizes, against one written in one go and against trees computed from all leaves, past
 * the first full tile of level 1 (65,536 entries).
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeUtf8,
  entriesPath,
  expectedTiles,
  leafHash,
  parseTilePath,
  type ReadLogFile,
  splitEntryBundle,
  toHex,
  TileLog,
  TreeHasher,
  tilePath,
} from "@ritma/evidence";
import * as fc from "fast-check";
import { faultOf } from "./fault.ts";
import { primitives } from "./primitives.ts";
import { readVectors } from "./vectors.ts";

const { sha256 } = primitives;
const vectors = readVectors("tiles.json");
const entries = Array.from({ length: 300 }, (_, at) => encodeUtf8(`leaf-${at}`));

type Files = Map<string, Uint8Array>;

function reader(files: Files): ReadLogFile {
  return (path) => {
    const bytes = files.get(path);
    assert.ok(bytes !== undefined, `${path} was asked for and is not there`);
    return bytes;
  };
}

/** Writes what the log gives, as a disk would, and removes what it calls obsolete. */
function store(log: TileLog, files: Files, previousSize: number): void {
  for (const { path, bytes, partial } of log.takeFiles()) {
    const present = files.get(path);
    if (present !== undefined) assert.deepEqual(bytes, present, `${path} was changed`);
    assert.equal(partial, path.includes(".p/"));
    files.set(path, bytes);
  }
  for (const path of log.obsoletePartials(previousSize)) {
    assert.ok(files.delete(path), `${path} is obsolete and was not there`);
  }
}

function asHex(files: Files): Record<string, string> {
  const pairs = [...files].map(([path, bytes]) => [path, toHex(bytes)] as const);
  return Object.fromEntries(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

test("the published log of 300 entries", () => {
  const published = new Map(
    vectors
      .at("files")
      .entries()
      .map(([path, bytes]) => [path, bytes.base64()] as const),
  );
  assert.deepEqual(asHex(expectedTiles(sha256, entries)), asHex(published));
  const log = TileLog.fromEdge(sha256, 300, reader(published));
  assert.equal(toHex(log.root()), vectors.at("roots").at("300").text());
  const [full, rest] = ["tile/entries/000", "tile/entries/001.p/44"].map((path) =>
    splitEntryBundle(reader(published)(path)),
  );
  assert.deepEqual([...(full ?? []), ...(rest ?? [])], entries);
});

test("256 entries give one full tile and one hash above it", () => {
  const log = TileLog.empty(sha256);
  for (const entry of entries.slice(0, 256)) log.append(entry);
  assert.equal(toHex(log.root()), vectors.at("roots").at("256").text());
  assert.deepEqual(
    log.takeFiles().map(({ path }) => path),
    ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"],
  );
  assert.deepEqual(log.obsoletePartials(255), ["tile/entries/000.p/255", "tile/0/000.p/255"]);
});

test("the empty log", () => {
  const log = TileLog.empty(sha256);
  assert.equal(log.size, 0);
  assert.deepEqual(log.takeFiles(), []);
  assert.deepEqual(log.root(), sha256(new Uint8Array(0)));
  assert.equal(expectedTiles(sha256, []).size, 0);
  assert.equal(TileLog.fromEdge(sha256, 0, reader(new Map())).append(encodeUtf8("a")), 0);
});

test("stopped and taken up again at every size, the files and roots are the same", () => {
  const files: Files = new Map();
  const hasher = new TreeHasher(sha256);
  for (let size = 0; size < 600; size += 1) {
    const log = TileLog.fromEdge(sha256, size, reader(files));
    const entry = encodeUtf8("x".repeat(size));
    assert.equal(log.append(entry), size);
    hasher.push(leafHash(sha256, entry));
    store(log, files, size);
    assert.deepEqual(log.root(), hasher.root());
    assert.deepEqual(log.takeFiles(), [], "nothing is new twice");
  }
  const all = Array.from({ length: 600 }, (_, size) => encodeUtf8("x".repeat(size)));
  assert.deepEqual(asHex(files), asHex(expectedTiles(sha256, all)));
});

test("70,000 entries in steps: right names, right roots, no file left over", () => {
  const files: Files = new Map();
  const hasher = new TreeHasher(sha256);
  const all: Uint8Array[] = [];
  let log = TileLog.empty(sha256);
  for (const step of [1, 254, 1, 1, 255, 65_023, 1, 1, 255, 4208]) {
    const previousSize = log.size;
    for (let left = step; left > 0; left -= 1) {
      const entry = Uint8Array.of(log.size >> 16, log.size >> 8, log.size);
      all.push(entry);
      hasher.push(leafHash(sha256, entry));
      log.append(entry);
    }
    store(log, files, previousSize);
    assert.deepEqual(log.root(), hasher.root());
    log = TileLog.fromEdge(sha256, log.size, reader(files));
    assert.deepEqual(log.root(), hasher.root());
  }
  assert.equal(log.size, 70_000);
  const partials = [...files.keys()].filter((path) => path.includes(".p/"));
  const named = vectors
    .at("partialsOf70000")
    .list()
    .map((path) => path.text());
  assert.deepEqual(new Set(partials), new Set(named));
  assert.equal([...files.keys()].filter((path) => path.startsWith("tile/0/")).length, 274);
  assert.ok(files.has("tile/1/000"));
  assert.deepEqual(asHex(files), asHex(expectedTiles(sha256, all)));
});

test("files come in an order that a crash may cut: bundles, then tiles from low to high", () => {
  const log = TileLog.empty(sha256);
  for (let at = 0; at < 66_000; at += 1) log.append(Uint8Array.of(at));
  const levels = log.takeFiles().map(({ path }) => parseTilePath(path).level);
  const numbers = levels.map((level) => (level === "entries" ? -1 : level));
  assert.deepEqual(
    numbers,
    numbers.toSorted((a, b) => a - b),
  );
});

test("a damaged edge is refused", () => {
  const all = Array.from({ length: 256 * 3 + 5 }, (_, at) => encodeUtf8(`entry ${at}`));
  const good = expectedTiles(sha256, all);
  const open = (path: string, bytes: Uint8Array): (() => unknown) => {
    const files = new Map(good).set(path, bytes);
    return () => TileLog.fromEdge(sha256, all.length, reader(files));
  };
  for (const path of ["tile/entries/003.p/5", "tile/0/003.p/5", "tile/0/002", "tile/1/000.p/3"]) {
    const bytes = good.get(path) ?? new Uint8Array(0);
    assert.equal(faultOf(open(path, bytes)), "ok");
    assert.notEqual(faultOf(open(path, bytes.subarray(1))), "ok", `${path} without a byte`);
    assert.notEqual(faultOf(open(path, new Uint8Array(0))), "ok", `${path} empty`);
    assert.notEqual(faultOf(open(path, new Uint8Array([...bytes, 0]))), "ok", `${path} longer`);
    // Of a tile of level 1 and above, only the last hash has a tile below it at the edge; the
    // others are in the root, which the caller compares with the checkpoint.
    const from = path.startsWith("tile/1") ? bytes.length - 32 : 0;
    for (let at = from; at < bytes.length; at += 5) {
      const flipped = bytes.with(at, (bytes[at] ?? 0) ^ 0x10);
      assert.notEqual(faultOf(open(path, flipped)), "ok", `${path}, byte ${at}`);
    }
  }
  const files = new Map(good);
  const wrong = files.get("tile/1/000.p/3")?.with(0, 0xee) ?? new Uint8Array(0);
  const opened = TileLog.fromEdge(sha256, all.length, reader(files.set("tile/1/000.p/3", wrong)));
  const right = TileLog.fromEdge(sha256, all.length, reader(good));
  assert.notDeepEqual(opened.root(), right.root());
});

test("an entry of 65,535 bytes goes in, one more byte does not, and nothing changes", () => {
  const log = TileLog.empty(sha256);
  log.append(encodeUtf8("first"));
  const before = log.root();
  assert.throws(() => log.append(new Uint8Array(65_536)), RangeError);
  assert.equal(log.size, 1);
  assert.deepEqual(log.root(), before);
  assert.equal(log.append(new Uint8Array(65_535)), 1);
  const bundle = log.takeFiles()[0]?.bytes ?? new Uint8Array(0);
  assert.deepEqual(
    splitEntryBundle(bundle).map((entry) => entry.length),
    [5, 65_535],
  );
});

test("the log keeps no memory of the caller's", () => {
  const log = TileLog.empty(sha256);
  const memory = encodeUtf8("entry");
  log.append(memory);
  memory.fill(0);
  const [first] = log.takeFiles();
  assert.deepEqual(splitEntryBundle(first?.bytes ?? memory), [encodeUtf8("entry")]);
});

test("published paths", () => {
  for (const pair of vectors.at("indices").list()) {
    const index = pair.at(0).number();
    assert.equal(tilePath(0, index), `tile/0/${pair.at(1).text()}`);
    assert.equal(entriesPath(index, 7), `tile/entries/${pair.at(1).text()}.p/7`);
  }
  for (const vector of vectors.at("goodPaths").list()) {
    const { level, index, width } = parseTilePath(vector.at("path").text());
    const wanted = [vector.at("index").number(), vector.at("width").number()];
    assert.deepEqual([index, width], wanted);
    assert.equal(
      level,
      level === "entries" ? vector.at("level").text() : vector.at("level").number(),
    );
  }
  for (const bad of vectors.at("badPaths").list()) {
    assert.equal(
      faultOf(() => parseTilePath(bad.text())),
      "not-canonical",
      bad.text(),
    );
  }
});

test("paths of all levels, indices and widths are read back", () => {
  const level = fc.integer({ min: 0, max: 63 });
  const index = fc.oneof(fc.nat(2000), fc.maxSafeNat());
  const width = fc.integer({ min: 1, max: 256 });
  const holds = fc.property(level, index, width, (level, index, width) => {
    assert.deepEqual(parseTilePath(tilePath(level, index, width)), { level, index, width });
    const bundle = { level: "entries", index, width };
    assert.deepEqual(parseTilePath(entriesPath(index, width)), bundle);
  });
  fc.assert(holds, { numRuns: 2000 });
  for (const bad of [-1, 0.5, 2 ** 53]) assert.throws(() => entriesPath(bad), RangeError);
  for (const bad of [-1, 64]) assert.throws(() => tilePath(bad, 0), RangeError);
  for (const bad of [0, 257, 1.5]) assert.throws(() => tilePath(0, 0, bad), RangeError);
});

test("bad bundles are refused", () => {
  for (const vector of vectors.at("badBundles").list()) {
    const got = faultOf(() => splitEntryBundle(vector.at("hex").hex()));
    assert.equal(got, vector.at("fault").text(), vector.at("name").text());
  }
});
