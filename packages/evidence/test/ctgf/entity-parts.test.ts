/**
 * Goal: parts of the model do what the whole needs of them, in corners that random entities miss.
 *
 * Method: tables full of what an attacker made to fall together, against maps; the border of what
 * is remembered; each single decision of a few entities changed.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CREDENTIAL_IDS, encodeEntity, type Entity } from "@ritma/evidence";
import { Probabilities, RangeWriter } from "../../src/ctgf/coder.ts";
import { DOMAINS, ENTITY_CONTEXTS } from "../../src/ctgf/entity-contexts.ts";
import { EntityModel } from "../../src/ctgf/entity-model.ts";
import { ProcessTable } from "../../src/ctgf/entity-processes.ts";
import { mix } from "../../src/ctgf/guesses.ts";
import { NameCoder } from "../../src/ctgf/name-coder.ts";
import { PairTable } from "../../src/ctgf/name-pairs.ts";
import { lieOnce } from "./entity-liar.ts";
import { plain } from "./entity-story.ts";

test("pairs that fall together are found all the same", () => {
  const table = new PairTable();
  const expected = new Map<number, number>();
  for (let first = 0; expected.size < 300; first += 1) {
    if ((mix(first, 5) & 0xfff) === 77) expected.set(first, expected.size);
  }
  for (const [first, value] of expected) table.set(first, 5, value);
  for (let other = 0; other < 9000; other += 1) table.set(other, 6, other);
  for (const [first, value] of expected) assert.equal(table.get(first, 5), value);
  for (let other = 0; other < 9000; other += 1) assert.equal(table.get(other, 6), other);
  for (const [first] of expected) table.set(first, 5, 9);
  for (const [first] of expected) assert.equal(table.get(first, 5), 9);
  assert.equal(table.get(1, 7), -1);
  table.clear();
  for (const [first] of expected) assert.equal(table.get(first, 5), -1);
});

/** As `name-table.ts` has it: an attacker can read it there, too. */
function hashOf(text: string): number {
  let hash = 0x811c_9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x0100_0193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

test("values that fall together are found all the same", () => {
  const names = new NameCoder();
  const coder = new RangeWriter(new Probabilities(ENTITY_CONTEXTS));
  const texts: string[] = [];
  for (let at = 0; texts.length < 200; at += 1) {
    if ((hashOf(`v${at}`) & 0xfff) === 77) texts.push(`v${at}`);
  }
  for (let at = 0; at < 5000; at += 1) texts.push(`other ${at}`);
  for (const [at, text] of texts.entries()) {
    assert.equal(names.codePlain(coder, DOMAINS.name, plain(text)), at);
  }
  for (const [at, text] of texts.entries()) assert.equal(names.table.find(plain(text)), at);
  assert.equal(names.table.find({ ...plain("0123456789abcdef"), hashed: true }), -1);
});

test("256 processes are remembered, in the order in which they were mentioned", () => {
  const table = new ProcessTable();
  const rest = { boot: 0, start: 0, serial: 0, image: 0, credentials: -1, container: -1 };
  for (let pid = 0; pid < 300; pid += 1) table.add({ ...rest, pid, lastChild: -1 }, -1);
  assert.equal(table.recentCount, 256);
  assert.deepEqual(
    [299, 44, 43].map((number) => table.rankOf(number)),
    [0, 255, -1],
  );
  assert.equal(table.take(255), 44);
  table.add({ ...rest, pid: 300, lastChild: -1 }, 44);
  assert.deepEqual(
    [300, 44, 299, 46, 45].map((number) => table.rankOf(number)),
    [0, 1, 2, 255, -1],
  );
  assert.equal(table.find({ ...rest, pid: 299 }), 299);
  assert.equal(table.find({ ...rest, pid: 299, boot: 1 }), -1);
  assert.equal(table.find({ ...rest, pid: 299 + 2 ** 32 }), -1);
});

const file = { kind: "file", path: null, inode: null, device: null, mode: 1, uid: 0 } as const;
const process = {
  kind: "process",
  node: plain("a"),
  boot: 0,
  pid: 1,
  start: 0,
  serial: 0,
  birth: "fork",
  parent: null,
  executable: null,
  credentials: null,
  container: null,
} as const;
const credentials = {
  kind: "credentials",
  ids: CREDENTIAL_IDS.map(() => null),
  label: null,
} as const;

/** Entities told, and one that a single decision makes into something told before. */
const NEIGHBOURS: readonly (readonly Entity[])[] = [
  [
    { kind: "string", value: plain("b") },
    { ...process, name: plain("a") },
    { ...process, pid: 2, name: plain("b") },
  ],
  [
    { kind: "string", value: plain("b") },
    { ...credentials, terminal: plain("a") },
    { ...credentials, terminal: plain("b") },
  ],
  [
    { ...file, gid: 0 },
    { ...file, gid: 1 },
  ],
  [
    { ...process, name: plain("a"), credentials: { ...credentials, terminal: null } },
    { ...process, pid: 3, name: plain("a"), credentials: { ...credentials, terminal: plain("a") } },
  ],
];

test("each decision changed: refused, or what a writer decides", () => {
  const [writing, reading] = [new EntityModel(), new EntityModel()];
  const read = NEIGHBOURS.map((neighbours) => {
    const told = neighbours.map((entity) => encodeEntity(entity));
    const last = told.pop() ?? new Uint8Array(0);
    let accepted = 0;
    for (let seed = 0; seed < 600; seed += 1) {
      const { fault, entities, writer } = lieOnce(writing, reading, told, last, seed);
      if (fault !== "ok") continue;
      accepted += 1;
      writing.begin(1);
      const honest = new RangeWriter(writing.probabilities);
      for (const entity of entities) writing.write(honest, entity);
      assert.deepEqual(honest.finish(), writer.finish());
    }
    return accepted;
  });
  assert.ok(Math.min(...read) > 50, read.join());
});
