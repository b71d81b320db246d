/**
 * Goal: what a CEP frame says is what our records say, and what they cannot say is listed and not
 * guessed.
 *
 * Method: frames with every type of record, built from the format's description, read back by our
 * own codecs; then records that are wrong in one thing.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compareBytes, concatBytes } from "@ritma/evidence";
import { loadPrimitives } from "../../src/base/primitives.ts";
import { readCepFrame } from "../../src/stores/beat/cep/cep-frame.ts";
import { type CepImport, importCepFrame } from "../../src/stores/beat/cep/cep-import.ts";
import { decodeFrame, encodeFrame } from "../../src/stores/beat/frame-codec.ts";
import { type RecordBody, readRecordBody } from "../../src/stores/beat/record-body.ts";
import {
  acronym,
  cepCell,
  cepChunk,
  cepChunks,
  type CepRecordSpec,
  forgeCep,
  segment,
  u64,
  word,
} from "./forge-cep.ts";
import { ascii, join, STORE, varint, ZEROS } from "./forge-frame.ts";

const { blake3 } = await loadPrimitives();

function importOf(...records: readonly CepRecordSpec[]): CepImport {
  const made = importCepFrame(blake3, readCepFrame(blake3, forgeCep({ records, beat: 7 })));
  for (const [at, { key }] of made.records.entries()) {
    const before = made.records[at - 1];
    if (before !== undefined) assert.ok(compareBytes(before.key, key) < 0);
  }
  // Whatever it is, a frame of ours can hold it and every body is of its type.
  if (made.records.length > 0) {
    const head = { store: STORE, branch: "cep", beat: made.beat, previous: ZEROS, forgetBefore: 0 };
    const frame = decodeFrame(blake3, encodeFrame(blake3, head, made.records));
    for (const record of frame.records) readRecordBody(record);
  }
  return made;
}

function contents({ records }: CepImport): Record<string, RecordBody> {
  return Object.fromEntries(
    records.map((record) => {
      const { path, suffix, content } = readRecordBody(record);
      return [`${content.record} /${path.join("/")} ${suffix.toHex()}`.trim(), content];
    }),
  );
}

/** Without what is said of the frame: numbers in keys do not sort as their bytes do. */
const codes = ({ deviations }: CepImport): string[] =>
  deviations.map(({ code }) => code).filter((code) => code !== "order" && code !== "weak-root");

const id = (kind: bigint, value: bigint): bigint => (kind << 56n) | value;
const named = (domain: bigint, tag: bigint, glob = 0): Uint8Array =>
  join(u64(domain), u64(tag), Uint8Array.of(glob));

const DATA = segment("CEP", "data");
const APP = segment("CEP", "app");
const REVISION = Uint8Array.from({ length: 16 }, (_, at) => at);
const cellOf = (path: Uint8Array, told: Parameters<typeof cepCell>[0]): CepRecordSpec => ({
  key: join(Uint8Array.of(1), path),
  body: cepCell(told),
});

test("cells, their paths, marks and inline payloads", () => {
  const made = importOf(
    cellOf(new Uint8Array(0), { kind: 1 }),
    cellOf(DATA, { kind: 1, created: 3, latest: 9, mask: 2 }),
    cellOf(join(DATA, APP), { kind: 3, mask: 1 }),
    cellOf(APP, { inline: ascii("hello"), payloadKind: 1, reference: [0, 0, 0, ascii("hello")] }),
  );
  assert.deepEqual(codes(made), []);
  const read = contents(made);
  assert.deepEqual(Object.keys(read), [
    "cell /",
    "cell /CEP:app",
    "cell /CEP:data",
    "cell /CEP:data/CEP:app",
  ]);
  const [data, app, gone] = ["CEP:data", "CEP:app", "CEP:data/CEP:app"].map(
    (name) => read[`cell /${name}`],
  );
  assert.ok(data?.record === "cell" && app?.record === "cell" && gone?.record === "cell");
  assert.deepEqual([data.created, data.latest, data.isVeiled, data.kind], [3, 9, true, "normal"]);
  assert.deepEqual([gone.isTombstone, gone.kind], [true, "link"]);
  assert.deepEqual(app.payload, { place: "inline", bytes: ascii("hello") });
  assert.deepEqual([app.payloadKind, made.beat], ["data", 7]);
});

for (const length of [65, 4096, 4097, 65_537, 600_000]) {
  test(`a payload of ${length} bytes in chunks`, () => {
    const bytes = Uint8Array.from({ length }, (_, at) => at % 253);
    const cell = cellOf(DATA, { reference: [0, 0, 0, bytes] });
    const made = importOf(cell, ...cepChunks(DATA, bytes));
    const read = Object.values(contents(made));
    const chunks = read.flatMap((each) => (each.record === "chunk" ? [each.bytes] : []));
    assert.deepEqual(Buffer.from(concatBytes(...chunks)), Buffer.from(bytes));
    const [first] = read;
    assert.ok(first?.record === "cell");
    assert.deepEqual(first.payload, { place: "chunks", length, digest: blake3(bytes) });
  });
}

test("a payload that is not what its cell says is left out, and said so", () => {
  const cell = cellOf(DATA, { reference: [0, 0, 0, ascii("other".repeat(20))] });
  const made = importOf(cell, ...cepChunks(DATA, ascii("bytes".repeat(20))));
  assert.deepEqual([codes(made), made.records.length], [["body"], 0]);
});

test("references are wanted from the content store by the digest of their plain bytes", () => {
  const made = importOf(
    cellOf(DATA, { reference: [1, 0, 0, ascii("plain")] }),
    cellOf(APP, { reference: [1, 1, 3, ascii("packed")] }),
  );
  assert.deepEqual(made.wanted, [
    { digest: blake3(ascii("plain")), length: 5, isDeflated: false },
    { digest: blake3(ascii("packed")), length: 6, isDeflated: true },
  ]);
  assert.deepEqual(codes(made), ["encrypted"]);
  const read = Object.values(contents(made));
  assert.ok(read.every((each) => each.record === "cell" && each.payload?.place === "reference"));
});

test("what is encrypted in chunks is left out, and its cell has no payload", () => {
  const secret = {
    key: join(Uint8Array.of(2), DATA, Uint8Array.of(0)),
    body: cepChunk(3, 0, ascii("abc"), 2),
  };
  const made = importOf(cellOf(DATA, { reference: [0, 0, 2, ascii("abc")] }), secret);
  assert.deepEqual(codes(made), ["encrypted"]);
  const [cell] = Object.values(contents(made));
  assert.ok(cell?.record === "cell" && cell.payload === null);
});

const add = (child: Uint8Array, mask = 0): Uint8Array =>
  join(Uint8Array.of(1), child, Uint8Array.of(mask, 0), REVISION);
const remove = (child: Uint8Array): Uint8Array =>
  join(Uint8Array.of(2), child, Uint8Array.of(0, 0), REVISION);
const manifest = (...operations: readonly Uint8Array[]): Uint8Array =>
  join(Uint8Array.of(5, 0, 17), DATA, Uint8Array.of(0), varint(operations.length), ...operations);

test("pages of children and of their order, and past ones", () => {
  const page = join(DATA, Uint8Array.of(2));
  const body = manifest(remove(segment("CEP", "z")), add(segment("CEP", "b"), 3));
  const order = join(
    Uint8Array.of(1, 5, 0, 2, 1),
    DATA,
    Uint8Array.of(4, 0, 2),
    APP,
    Uint8Array.of(1, 0),
  );
  const made = importOf(
    { key: join(Uint8Array.of(3), page), body },
    { key: join(Uint8Array.of(4), DATA, Uint8Array.of(1, 2)), body: order },
    { key: join(Uint8Array.of(7), page, REVISION), body: manifest(add(APP)) },
  );
  assert.ok(
    codes(made).every((code) => code === "weak-root"),
    codes(made).join(),
  );
  const read = contents(made);
  assert.deepEqual(read["manifest /CEP:data 00000002"], {
    record: "manifest",
    epoch: 5,
    operations: [
      { op: "add", name: "CEP:b", flags: 3, revision: REVISION },
      { op: "remove", name: "CEP:z" },
    ],
  });
  assert.deepEqual(read["order /CEP:data 0100000002"], {
    record: "order",
    epoch: 5,
    operations: [
      { op: "add", name: "CEP:data", position: 4 },
      { op: "remove", name: "CEP:app" },
    ],
  });
  assert.deepEqual(read[`manifestHistory /CEP:data 00000002${REVISION.toHex()}`], {
    record: "manifestHistory",
    epoch: 5,
    children: [{ name: "CEP:app", flags: 0, revision: REVISION }],
  });
});

test("past payloads, in the record and as blobs", () => {
  const [short, long] = [ascii("before"), new Uint8Array(70_000).fill(9)];
  const keyOf = (path: Uint8Array, ordinal: number): Uint8Array =>
    join(Uint8Array.of(6), path, REVISION, varint(ordinal));
  const made = importOf(
    { key: keyOf(DATA, 0), body: join(varint(300), cepChunk(6, 0, short)) },
    { key: keyOf(APP, 0), body: join(varint(4), cepChunk(70_000, 0, long.subarray(0, 40_000))) },
    { key: keyOf(APP, 1), body: join(varint(4), cepChunk(70_000, 40_000, long.subarray(40_000))) },
  );
  const read = contents(made);
  const past = read[`payloadHistory /CEP:data ${REVISION.toHex()}`];
  assert.ok(past?.record === "payloadHistory");
  assert.deepEqual([past.beat, past.payload], [300, { place: "inline", bytes: short }]);
  assert.deepEqual(made.blobs, [{ digest: blake3(long), bytes: long }]);
});

test("names: words, acronyms, numbers, references and what is none of them", () => {
  const pool = join(varint(5), Uint8Array.of(1), ascii("a*b/c"));
  const made = importOf(
    cellOf(named(acronym("CEP"), id(3n, 42n)), {}),
    cellOf(named(word("store"), id(2n, 77n), 1), {}),
    cellOf(named(word("store"), id(2n, 78n)), {}),
    cellOf(named(0n, word("a.b")), {}),
    cellOf(named(1n << 60n, word("a")), {}),
    { key: join(Uint8Array.of(5), u64(77n)), body: pool },
  );
  const read = contents(made);
  assert.deepEqual(
    Object.keys(read).toSorted(),
    [
      "cell /%0:a.b",
      "cell /%r1000000000000000:a",
      "cell /CEP:%n42",
      "cell /store:%r20000000000004e",
      "cell /store:a*b/c%g",
      "name / 000000000000004d",
    ].toSorted(),
  );
});

test("records that say nothing we know are listed, and nothing of them is made", () => {
  const wrong: readonly CepRecordSpec[] = [
    { key: join(Uint8Array.of(1), DATA), body: ascii("no cell") },
    cellOf(DATA, { kind: 9 }),
    cellOf(DATA, { payloadKind: 9 }),
    { key: join(Uint8Array.of(3), DATA, Uint8Array.of(0)), body: ascii("no page") },
    { key: join(Uint8Array.of(3), DATA), body: manifest() },
    { key: Uint8Array.of(5, 1), body: ascii("no name") },
    { key: Uint8Array.of(6, 1), body: ascii("no past") },
    { key: join(Uint8Array.of(7), DATA, Uint8Array.of(0)), body: manifest() },
  ];
  for (const record of wrong) {
    const made = importOf(record);
    assert.deepEqual([codes(made), made.records.length], [["body"], 0], record.key.toHex());
  }
  const unknown = importOf({ key: Uint8Array.of(9), body: ascii("?") });
  assert.deepEqual([codes(unknown), unknown.records.length], [["unknown-type", "unknown-type"], 0]);
  const orphan = importOf(...cepChunks(DATA, ascii("abc")));
  assert.deepEqual([codes(orphan), orphan.records.length], [["body"], 0]);
  const older = importOf(cellOf(DATA, { created: 5, latest: 2, mask: 0x80 }));
  assert.deepEqual([codes(older), older.records.length], [["changed", "changed"], 1]);
});

test("of two cells with one name the last is taken, and said so", () => {
  const made = importOf(cellOf(DATA, { inline: ascii("1") }), cellOf(DATA, { inline: ascii("2") }));
  assert.equal(made.records.length, 1);
  const twins = importOf(
    cellOf(named(word("."), word("a")), { inline: ascii("1") }),
    cellOf(named(acronym("."), word("a")), { inline: ascii("2") }),
  );
  assert.deepEqual([codes(twins), twins.records.length], [["duplicate"], 1]);
});
