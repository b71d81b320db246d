/**
 * Goal: nothing is sealed that reads back as something else than was recorded.
 *
 * Method: a press whose coder has a bug: it leaves out a section or an entity, changes one, or
 * writes what no decoder reads. The press must write the plain form instead, count it, and give the
 * same records back; and what comes behind must be read, too.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AtomTable,
  cutSection,
  encodeEntity,
  type EntityWriter,
  Generation,
  sameSection,
  splitFrames,
} from "@ritma/evidence";
import { FilePress, type PressCoders } from "../../src/flow/seal/file-press.ts";
import type { PressedFiles } from "../../src/flow/seal/press.ts";
import { unzstd } from "../../src/base/zstd.ts";
import { primitives } from "../recorder/recording.ts";

const STORE = new Uint8Array(16).fill(7);
const SALT = new Uint8Array(32).fill(9);
const UNPACKED_MAX = 1 << 20;

const SOUND: PressCoders = {
  sections: ({ writer }) => writer,
  entities: ({ entityWriter }) => entityWriter,
};

function table(count: number): AtomTable {
  const atoms = new AtomTable();
  for (let at = 0; at < count; at += 1) {
    const row = atoms.add();
    atoms.time[row] = 1_772_360_400_000_000 + at * 1000;
    atoms.serial[row] = 100 + at;
    atoms.etype[row] = 4;
    atoms.process[row] = 1 + (at % 3);
    atoms.num[row] = Number.NaN;
  }
  return atoms;
}

function sectionOf(window: number) {
  return cutSection(window, table(10));
}

/** Five entities: strings, those of hour `hour`. */
function entitiesOf(hour: number): Uint8Array[] {
  return ["a", "b", "c", "d", "e"].map((text) => {
    const bytes = new TextEncoder().encode(`/usr/${text}/${hour}`);
    return encodeEntity({ kind: "string", value: { hashed: false, bytes } });
  });
}

/** Two hours of two windows each. */
function pressed(coders: PressCoders): PressedFiles[] {
  using press = new FilePress(primitives, STORE, null, coders);
  return [0, 1].map((sequence) => {
    const entities = entitiesOf(sequence);
    press.entities({
      generation: 1,
      salt: SALT,
      firstId: 1 + sequence * entities.length,
      bytes: Buffer.concat(entities),
      ends: Uint32Array.from(entities, (_, at) =>
        entities.slice(0, at + 1).reduce((sum, { length }) => sum + length, 0),
      ),
    });
    for (const window of [3, 4]) {
      press.window({ sequence, generation: 1, section: sectionOf(window) });
    }
    return press.finish(sequence);
  });
}

function checkReads(hours: readonly PressedFiles[]): void {
  using reading = Generation.of(STORE, 1);
  for (const [hour, { blocks, frames, cones }] of hours.entries()) {
    for (const frame of splitFrames(frames)) {
      const { entities } = reading.addEntities(unzstd(frame, UNPACKED_MAX));
      assert.deepEqual(entities, entitiesOf(hour));
    }
    for (const frame of splitFrames(cones.frames)) reading.addCones(unzstd(frame, UNPACKED_MAX));
    assert.equal(blocks.length, 1);
    const { sections } = reading.block(unzstd(blocks[0]?.bytes ?? SALT, UNPACKED_MAX));
    assert.equal(sections.length, 2);
    for (const [at, section] of sections.entries()) {
      assert.ok(sameSection(sectionOf(3 + at), section), `section ${at}`);
    }
  }
}

function plainOf(hours: readonly PressedFiles[]): number[] {
  return hours.map(({ plainPieces }) => plainPieces);
}

test("a sound coder is believed", () => {
  const hours = pressed(SOUND);
  assert.deepEqual(plainOf(hours), [0, 0]);
  checkReads(hours);
});

type SectionCoder = ReturnType<PressCoders["sections"]>;
type EntityCoder = Pick<EntityWriter, "begin" | "add" | "finish">;

const SECTION_BUGS: Readonly<Record<string, (coder: SectionCoder) => SectionCoder>> = {
  "a section is left out": (coder) => ({
    add: (section, size) => {
      if (section.window !== 3) coder.add(section, size);
    },
    finish: (place) => coder.finish(place),
  }),
  "an atom is changed": (coder) => ({
    add: (section, size) => {
      const changed = table(10);
      changed.ret[4] = 13;
      coder.add(section.window === 3 ? cutSection(3, changed) : section, size);
    },
    finish: (place) => coder.finish(place),
  }),
  "what was written cannot be read": () => ({
    add: () => {},
    finish: () => Uint8Array.of(0x80),
  }),
};

const ENTITY_BUGS: Readonly<Record<string, (coder: EntityCoder) => EntityCoder>> = {
  "an entity is left out": (coder) => {
    let added = 0;
    return {
      begin: (firstId) => coder.begin(firstId),
      add: (entity) => {
        added += 1;
        if (added !== 2) coder.add(entity);
      },
      finish: () => coder.finish(),
    };
  },
  "an entity is changed": (coder) => {
    let added = 0;
    return {
      begin: (firstId) => coder.begin(firstId),
      add: (entity) => {
        added += 1;
        coder.add(added === 2 ? (entitiesOf(9)[0] ?? entity) : entity);
      },
      finish: () => coder.finish(),
    };
  },
  "a frame of entities cannot be read": (coder) => {
    let finished = 0;
    return {
      begin: (firstId) => coder.begin(firstId),
      add: (entity) => coder.add(entity),
      finish: () => {
        finished += 1;
        const coded = coder.finish();
        return finished === 1 ? coded.subarray(1) : coded;
      },
    };
  },
};

for (const [name, bug] of Object.entries(SECTION_BUGS)) {
  test(`${name}: plain columns, and counted`, () => {
    const hours = pressed({ ...SOUND, sections: ({ writer }) => bug(writer) });
    assert.deepEqual(plainOf(hours), [1, 1]);
    checkReads(hours);
  });
}

for (const [name, bug] of Object.entries(ENTITY_BUGS)) {
  test(`${name}: the frame as it is, counted, and the next is coded again`, () => {
    const hours = pressed({ ...SOUND, entities: ({ entityWriter }) => bug(entityWriter) });
    assert.deepEqual(plainOf(hours), [1, 0]);
    checkReads(hours);
  });
}
