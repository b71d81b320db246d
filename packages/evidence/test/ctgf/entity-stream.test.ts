/**
 * Goal: every list of entities comes back as it was, cut into whatever frames, and whoever read the
 * frames goes on writing them as if it had never stopped.
 *
 * Method: random entities of all kinds that have much or nothing in common; the golden store; the
 * borders of what the model takes (long paths, large entities); both ways in which it resets; the
 * vectors.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeEntity, type Path } from "@ritma/evidence";
import { assert as forAll, nat, property } from "fast-check";
import { EntityModel } from "../../src/ctgf/entity-model.ts";
import { EntityReader, EntityWriter, frameRoom } from "../../src/ctgf/entity-stream.ts";
import { faultOf } from "../fault.ts";
import { readVectors } from "../vectors.ts";
import { goldenEntities, plain, story } from "./entity-story.ts";

/** Models are large, and begin anew at id 1. */
const writing = new EntityModel();
const reading = new EntityModel();

function roundTrip(entities: readonly Uint8Array[]): Uint8Array {
  const coded = new EntityWriter(writing).write(entities, 1);
  assert.deepEqual(new EntityReader(reading).read(coded, entities.length, 1), entities);
  return coded;
}

function pathOf(components: number): Path {
  return { base: 0, components: Array.from({ length: components }, (_, at) => plain(`${at}`)) };
}

function fileOf(path: Path): Uint8Array {
  const nothing = { inode: null, device: null, mode: null, uid: null, gid: null };
  return encodeEntity({ kind: "file", path, ...nothing });
}

function stringOf(at: number): Uint8Array {
  return encodeEntity({ kind: "string", value: plain(`string ${at % 1000}`) });
}

function line(text: string, sizeBytes: number): Uint8Array {
  const bytes = new TextEncoder().encode(text.repeat(Math.ceil(sizeBytes / text.length)));
  const value = { hashed: false, bytes: bytes.subarray(0, sizeBytes) };
  return encodeEntity({ kind: "line", length: sizeBytes, value });
}

test("random entities", () => {
  forAll(
    property(story, (entities) => void roundTrip(entities)),
    { numRuns: 300 },
  );
});

test("stopped anywhere and gone on by whoever read it: the same bytes", () => {
  forAll(
    property(story, nat(), nat(), (entities, a, b) => {
      const cuts = [0, a % entities.length, b % entities.length, entities.length];
      cuts.sort((x, y) => x - y);
      const writer = new EntityWriter(writing);
      const reader = new EntityReader(reading);
      for (let at = 1; at < cuts.length; at += 1) {
        const [from, to] = [cuts[at - 1] ?? 0, cuts[at] ?? 0];
        if (from === to) continue;
        const piece = entities.slice(from, to);
        const coded = writer.write(piece, from + 1);
        const next = new EntityModel();
        const follower = new EntityReader(next);
        // What was written so far is read again by one who then writes the piece itself.
        for (const { firstId, list, bytes } of written) follower.read(bytes, list.length, firstId);
        assert.deepEqual(new EntityWriter(next).write(piece, from + 1), coded);
        written.push({ firstId: from + 1, list: piece, bytes: coded });
        assert.deepEqual(reader.read(coded, piece.length, from + 1), piece);
      }
      written.length = 0;
    }),
    { numRuns: 40 },
  );
});
const written: { firstId: number; list: readonly Uint8Array[]; bytes: Uint8Array }[] = [];

test("the entities of the golden store, in fewer bytes than any of them has", () => {
  const entities = goldenEntities();
  assert.ok(entities.length > 100);
  assert.ok(roundTrip(entities).length < entities.length * 16);
});

test("paths and entities that the model just takes, and those that it does not", () => {
  for (const components of [0, 1, 255, 256, 3000]) {
    const entity = fileOf(pathOf(components));
    roundTrip([entity, fileOf(pathOf(2)), entity, fileOf(pathOf(components + 1))]);
  }
  const flow = { kind: "flow", family: 1, port: null, scope: null } as const;
  roundTrip([encodeEntity({ ...flow, address: pathOf(256) })]);
  const fits = line("xy", 2 ** 21 - 25);
  assert.equal(fits.length, 2 ** 21 - 1, "a line of 26 bytes more than its text");
  const sizes = [fits, line("xy", 2 ** 21 - 24), line("xy", 2 ** 21 - 23)].map((entity) => {
    return roundTrip([entity, line("xy", 9)]).length;
  });
  const [small = 0, same = 0, large = 0] = sizes;
  assert.ok(small < 3000 && same < 3000 && large > small * 2, sizes.join());
});

test("no entity above 16 MiB, no frame above 32 MiB", () => {
  const value = { hashed: false, bytes: new Uint8Array(16 * 1024 * 1024) };
  const entity = encodeEntity({ kind: "string", value });
  assert.equal(
    faultOf(() => new EntityWriter(writing).write([entity], 1)),
    "out-of-range",
  );
  assert.throws(() => new EntityWriter(writing).write([entity, entity], 1), RangeError);
});

test("at a border the model forgets, and is read from there alone", () => {
  const segment = Array.from({ length: 65_536 }, (_, at) => stringOf(at));
  const writer = new EntityWriter(writing);
  assert.equal(frameRoom(1), 65_536);
  assert.equal(frameRoom(65_536), 1);
  assert.throws(() => writer.write([...segment, stringOf(0)], 1), RangeError);
  writer.write(segment, 1);
  const behind = writer.write(segment.slice(0, 50), 65_537);
  assert.deepEqual(behind, new EntityWriter().write(segment.slice(0, 50), 1));
  assert.deepEqual(new EntityReader().read(behind, 50, 65_537), segment.slice(0, 50));
});

test("after 16 MiB the model forgets", () => {
  const large = Array.from({ length: 9 }, (_, at) => line(`${at}-`, 2_000_000));
  const small = [line("x", 30), line("y", 40)];
  const [writer, reader] = [new EntityWriter(writing), new EntityReader(reading)];
  const first = writer.write([...small, ...large], 1);
  const second = writer.write(small, 12);
  assert.deepEqual(second, new EntityWriter().write(small, 1));
  assert.deepEqual(reader.read(first, 11, 1), [...small, ...large]);
  assert.deepEqual(reader.read(second, 2, 12), small);
});

test("what does not follow is refused", () => {
  const [entity] = goldenEntities();
  assert.ok(entity !== undefined);
  const writer = new EntityWriter(writing);
  const coded = writer.write([entity], 1);
  assert.throws(() => writer.write([entity], 3), RangeError);
  for (const firstId of [0, -1, 0.5, 2 ** 53]) {
    assert.throws(() => writer.write([entity], firstId), RangeError);
    assert.equal(
      faultOf(() => new EntityReader(reading).read(coded, 1, firstId)),
      "out-of-range",
    );
  }
  assert.throws(() => writer.write([], 2), RangeError);
  const reader = new EntityReader(reading);
  for (const count of [0, 65_537, Number.NaN]) {
    assert.equal(
      faultOf(() => reader.read(coded, count, 1)),
      "out-of-range",
    );
  }
  reader.read(coded, 1, 1);
  assert.equal(
    faultOf(() => reader.read(coded, 1, 3)),
    "out-of-range",
  );
  const next = writer.write([entity], 2);
  assert.equal(
    faultOf(() => reader.read(Uint8Array.of(...next, 7), 1, 2)),
    "trailing-bytes",
  );
  assert.throws(() => reader.read(next, 1, 2), /not behind the last one/u, "behind a fault");
  assert.equal(
    faultOf(() => writer.write([Uint8Array.of(1)], 3)),
    "wrong-type",
  );
});

test("the vectors", () => {
  const vectors = readVectors("entities.json");
  for (const vector of vectors.at("good").list()) {
    const [writer, reader] = [new EntityWriter(writing), new EntityReader(reading)];
    for (const frame of vector.at("frames").list()) {
      const firstId = frame.at("first_id").number();
      const coded = frame.at("coded").hex();
      const entities = frame
        .at("entities")
        .list()
        .map((entity) => entity.hex());
      const name = vector.at("name").text();
      assert.deepEqual(reader.read(coded, entities.length, firstId), entities, name);
      assert.deepEqual(writer.write(entities, firstId), coded, name);
    }
  }
  for (const vector of vectors.at("bad").list()) {
    const [coded, count] = [vector.at("coded").hex(), vector.at("count").number()];
    const firstId = vector.at("first_id").number();
    const fault = faultOf(() => new EntityReader(reading).read(coded, count, firstId));
    assert.equal(fault, vector.at("fault").text(), vector.at("name").text());
  }
});
