/**
 * Goal: facts are those of the entities, and images count by first appearance.
 *
 * Method: random entities, compared with what their decoder says; processes that are none.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CborWriter, decodeEntity, encodeEntity, type Entity, Facts } from "@ritma/evidence";
import { type Arbitrary, array, assert as forAll, constantFrom, property } from "fast-check";
import { faultOf } from "../fault.ts";
import { entities } from "../record/arbitrary.ts";

const PID_MAX = 0xffff_ffff;

/** Executables and names of few kinds, so that images repeat. */
const repeated: Arbitrary<Entity> = entities.chain((entity): Arbitrary<Entity> =>
  entity.kind === "process"
    ? constantFrom(null, entity.executable).map((executable) =>
        Object.assign({}, entity, { executable }),
      )
    : constantFrom(entity),
);

test("of a process its image, pid, start and serial; of the rest nothing", () => {
  forAll(
    property(array(repeated, { maxLength: 60 }), (list) => {
      const facts = new Facts();
      const images: string[] = [];
      for (const entity of list) facts.add(encodeEntity(entity));
      assert.equal(facts.size, list.length);
      for (const [at, entity] of list.entries()) {
        const found = [facts.image, facts.pid, facts.start, facts.serial].map(
          (column) => column[at + 1],
        );
        if (entity.kind !== "process") {
          assert.deepEqual(found, [0, 0, 0, 0]);
          continue;
        }
        const { executable, name, pid, start, serial } = entity;
        const key = JSON.stringify([executable, name], (_, value: unknown) =>
          value instanceof Uint8Array ? value.toHex() : value,
        );
        if (!images.includes(key)) images.push(key);
        assert.deepEqual(found, [images.indexOf(key) + 1, pid > PID_MAX ? 0 : pid, start, serial]);
      }
    }),
  );
});

test("facts of thousands stay where they are", () => {
  const facts = new Facts();
  const process = encodeEntity({
    kind: "process",
    node: { hashed: true, bytes: new Uint8Array(16) },
    boot: 1,
    pid: 2,
    start: 3,
    serial: 4,
    birth: "exec",
    parent: { boot: 1, pid: 1, start: 1, serial: 1 },
    executable: null,
    name: null,
    credentials: null,
    container: null,
  });
  while (facts.size < 5000) facts.add(facts.size % 2 === 0 ? process : new Uint8Array(0));
  for (let id = 1; id <= 5000; id += 1) assert.equal(facts.image[id], id % 2);
  for (const id of [1, 1023, 1025, 4999]) {
    assert.deepEqual([facts.pid[id], facts.start[id], facts.serial[id]], [2, 3, 4]);
  }
});

test("what begins as a process and is none is refused, and has no id", () => {
  const facts = new Facts();
  const head = new CborWriter().array(12).text("ritma/process@1").finish();
  assert.equal(
    faultOf(() => facts.add(head)),
    "truncated",
  );
  assert.equal(
    faultOf(() => facts.add(Uint8Array.of(...head, 0x40, 0xf6))),
    "wrong-type",
  );
  assert.equal(facts.size, 0);
  const other = encodeEntity(
    decodeEntity(
      encodeEntity({
        kind: "line",
        length: 1,
        value: {
          hashed: false,
          bytes: head,
        },
      }),
    ),
  );
  facts.add(other);
  assert.equal(facts.size, 1);
});
