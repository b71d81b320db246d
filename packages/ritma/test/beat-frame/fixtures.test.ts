/**
 * Goal: what the encoder writes today is what fixtures/cps holds, and the fixtures are a whole
 * branch: every frame follows the one before, every reference has its blob.
 *
 * Method: they are made again in memory and compared byte by byte; then they are read and replayed
 * as a reader would who has nothing but the files and the key.
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { concatBytes, equalBytes } from "@ritma/evidence";
import {
  deflatedFixture,
  FIXTURE_BRANCH,
  FIXTURE_KEY,
  FIXTURE_PAYLOADS,
  FIXTURE_STORE,
  FIXTURES,
  makeCpsFixtures,
} from "../../../../tools/make-cps-fixtures.ts";
import { loadPrimitives } from "../../src/base/primitives.ts";
import { realRng } from "../../src/base/rng.ts";
import type { Cell } from "../../src/stores/beat/cell.ts";
import { chunkCount, chunkKey, decodeChunk } from "../../src/stores/beat/chunk.ts";
import { decodeFrame } from "../../src/stores/beat/frame-codec.ts";
import { readRecordBody } from "../../src/stores/beat/record-body.ts";
import { recordKey } from "../../src/stores/beat/record.ts";
import { openPayload } from "../../src/stores/beat/secure/seal.ts";

const primitives = await loadPrimitives();
const { blake3 } = primitives;
const tools = { primitives, rng: realRng, notice: () => undefined };

function filesOf(folder: string): Map<string, Uint8Array> {
  const names = globSync("*", { cwd: join(FIXTURES, folder) }).toSorted();
  return new Map(
    names.map((name) => [name, new Uint8Array(readFileSync(join(FIXTURES, folder, name)))]),
  );
}

const frames = filesOf("frames");
const blobs = filesOf("cas");

test("the fixtures are what is written today", () => {
  const stream = deflatedFixture(FIXTURES);
  assert.ok(stream !== null, "the deflated blob is there, and unpacks to its payload");
  const made = makeCpsFixtures(primitives, stream);
  assert.deepEqual([...frames.keys()], [...made.frames.keys()]);
  for (const [name, bytes] of made.frames) assert.deepEqual(frames.get(name), bytes, name);
  const named = new Map([...made.blobs].map(([hex, bytes]) => [`${hex}.blob`, bytes]));
  assert.deepEqual([...blobs.keys()], [...named.keys()].toSorted());
  for (const [name, bytes] of named) assert.deepEqual(blobs.get(name), bytes, name);
});

test("blobs have the digest of their name", () => {
  assert.equal(blobs.size, 3);
  for (const [name, bytes] of blobs) assert.equal(`${blake3(bytes).toHex()}.blob`, name);
});

test("the frames are one branch, in which every payload is found and opens", () => {
  const bodies = new Map<string, Uint8Array>();
  const seen = new Set<string>();
  let previous: Uint8Array = new Uint8Array(32);
  for (const [at, bytes] of [...frames.values()].entries()) {
    const frame = decodeFrame(blake3, bytes);
    assert.deepEqual(frame.previous, previous);
    assert.deepEqual([frame.branch, frame.beat], [FIXTURE_BRANCH, at + 1]);
    assert.deepEqual(frame.store, FIXTURE_STORE);
    previous = frame.digest;
    for (const { key, body } of frame.records) bodies.set(key.toHex(), body);
    for (const record of frame.records) {
      const { path, content } = readRecordBody(record);
      seen.add(content.record);
      if (content.record !== "cell") continue;
      const name = path.at(-1) ?? "";
      if (content.isTombstone) seen.add("tombstone");
      else assert.deepEqual(payloadOf(name, content, bodies), FIXTURE_PAYLOADS[name], name);
    }
  }
  const kinds = ["cell", "chunk", "manifest", "manifestHistory", "name", "order"];
  assert.deepEqual([...seen].toSorted(), [...kinds, "payloadHistory", "tombstone"].toSorted());
});

function payloadOf(
  name: string,
  { payload, secmeta }: Cell,
  bodies: ReadonlyMap<string, Uint8Array>,
): Uint8Array {
  assert.ok(payload !== null);
  const path = ["cells", name];
  const stored =
    payload.place === "inline"
      ? payload.bytes
      : payload.place === "reference"
        ? blobs.get(`${payload.digest.toHex()}.blob`)
        : concatBytes(
            ...Array.from({ length: chunkCount(payload.length) }, (_, ordinal) => {
              const body = bodies.get(chunkKey(path, ordinal).toHex());
              assert.ok(body !== undefined);
              return decodeChunk(body, ordinal).bytes;
            }),
          );
  assert.ok(stored !== undefined);
  if (payload.place !== "inline") assert.ok(equalBytes(blake3(stored), payload.digest));
  if (secmeta === null) return stored;
  const place = { store: FIXTURE_STORE, branch: FIXTURE_BRANCH, key: recordKey("cell", path) };
  using view = openPayload(tools, place, { stored, secmeta }, () => FIXTURE_KEY);
  return view.bytes.slice();
}
