/**
 * Goal: frames of the public CEP format are read as CEP reads them; what ours may not do is listed;
 * nobody can make the reader do more than read.
 *
 * Method: its three published fixtures, built from their description down to checksums and roots;
 * one frame for each thing that CEP accepts and each that it refuses, everything around it true.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { FormatError } from "@ritma/evidence";
import { assert as forAll, nat, property, uint8Array } from "fast-check";
import { loadPrimitives } from "../../src/base/primitives.ts";
import { looksLikeCep, readCepFrame } from "../../src/stores/beat/cep/cep-frame.ts";
import {
  cepCell,
  cepChunk,
  cepChunks,
  cepContainer,
  type CepFrameSpec,
  type CepRecordSpec,
  forgeCep,
  segment,
  u64,
} from "./forge-cep.ts";
import { ascii, join, u32 } from "./forge-frame.ts";

const { blake3 } = await loadPrimitives();

const INLINE = ascii("inline-payload-fixture-01");
const PLAIN = Uint8Array.from({ length: 64 }, (_, at) => 0x10 + at);
const DEFLATED = ascii(
  ["A", "B", "C", "D", "E", "F"].map((letter) => `CAS-DEFLATE-01-${letter}`).join(""),
);

const FIXTURES = {
  inline: forgeCep({
    records: [
      {
        type: 1,
        key: Uint8Array.of(0x11, 1),
        body: cepCell({ inline: INLINE, reference: [0, 0, 0, INLINE] }),
      },
    ],
  }),
  plain: forgeCep({
    records: [
      { type: 1, key: Uint8Array.of(0x22, 1), body: cepCell({ reference: [1, 0, 3, PLAIN] }) },
    ],
  }),
  deflated: forgeCep({
    records: [
      { type: 1, key: Uint8Array.of(0x23, 2), body: cepCell({ reference: [1, 1, 3, DEFLATED] }) },
    ],
  }),
} as const;

test("the published fixtures are read, with the roots and checksums that are known", () => {
  const { inline, plain, deflated } = FIXTURES;
  assert.equal(inline.length, 169);
  assert.equal(inline.subarray(99, 103).toHex(), "be384517");
  assert.equal(inline.subarray(-4).toHex(), "6a37c671");
  const roots = [inline, plain, deflated].map((frame) => {
    const { trailer, records, deviations } = readCepFrame(blake3, frame);
    assert.equal(records.length, 1);
    assert.equal(trailer.capabilities, 0x300);
    assert.deepEqual(
      deviations.map(({ code }) => code),
      ["key-type"],
    );
    return trailer.root.toHex();
  });
  assert.match(roots[0] ?? "", /^29034274bf.*5ade$/u);
  assert.match(roots[1] ?? "", /^d2149180e6.*cfe5$/u);
  assert.match(roots[2] ?? "", /^6ad8f79799.*6e1b$/u);
  assert.match(blake3(PLAIN).toHex(), /^667ec40c.*a027$/u);
  assert.match(blake3(DEFLATED).toHex(), /^9c1d18e4.*d658$/u);
});

const PATH = segment("CEP", "data");
const cell = (tag: string): CepRecordSpec => ({
  key: join(Uint8Array.of(1), segment("CEP", tag)),
  body: cepCell({ inline: ascii(tag) }),
});
const [A, B, C] = [cell("a"), cell("b"), cell("c")];

/** What CEP accepts, and what is said of it. */
const ACCEPTED: readonly (readonly [string, string, CepFrameSpec])[] = [
  ["nothing of note", "", { records: [A, B] }],
  ["nothing of note, with a branch", "", { records: [A], branch: true }],
  ["no records", "toc", { records: [], toc: "none" }],
  ["no records, and told so", "", { records: [], toc: "none", capabilities: 0 }],
  ["CRC-32C without its ends", "", { records: [A], checksum: 1 }],
  ["CRC-32 where CRC-32C is told", "checksum", { records: [A], checksum: 1, computed: 0 }],
  ["records in another order", "order", { records: [B, A] }],
  ["three records", "weak-root", { records: [A, B, C] }],
  ["the last of three again", "duplicate", { records: [A, B, C, C] }],
  ["an unknown type", "unknown-type", { records: [{ ...A, type: 9 }] }],
  ["another version", "unknown-version", { records: [{ ...A, version: 7 }] }],
  ["flags", "unknown-flags", { records: [{ ...A, flags: 256 }] }],
  ["unknown capabilities", "unknown-capability", { records: [A], capabilities: 0x8000_0300 }],
  ["no table", "toc", { records: [A], toc: "none", capabilities: 0x100 }],
  ["another table", "toc", { records: [A], toc: "wrong" }],
  ["a past payload of garbage", "", { records: [{ key: Uint8Array.of(6, 1), body: ascii("?") }] }],
];

for (const [name, code, told] of ACCEPTED) {
  test(`accepted: ${name}`, () => {
    const { deviations, records } = readCepFrame(blake3, forgeCep(told));
    assert.equal(records.length, told.records.length);
    const codes = new Set<string>(deviations.map((each) => each.code));
    if (code === "") assert.deepEqual([...codes], []);
    else assert.ok(codes.has(code), [...codes].join());
  });
}

const chunk = (ordinal: number, total: number, offset: number, bytes: string): CepRecordSpec => ({
  key: join(Uint8Array.of(2), PATH, Uint8Array.of(ordinal)),
  body: cepChunk(total, offset, ascii(bytes)),
});

const REFUSED: readonly (readonly [string, CepFrameSpec])[] = [
  ["another checksum", { records: [A], computed: 1 }],
  ["another root", { records: [A], root: new Uint8Array(32) }],
  ["another count", { records: [A], count: 2 }],
  ["bytes in the trailer", { records: [A], inTrailer: Uint8Array.of(0) }],
  ["bytes behind the trailer", { records: [A], behindTrailer: Uint8Array.of(0) }],
  ["a second trailer", { records: [A], behindTrailer: forgeCep({ records: [] }) }],
  ["a chunk that is missing", { records: [chunk(0, 4, 0, "ab")] }],
  ["chunks in another order", { records: [chunk(1, 4, 2, "cd"), chunk(0, 4, 0, "ab")] }],
  ["a chunk twice", { records: [chunk(0, 4, 0, "ab"), chunk(0, 4, 0, "ab")] }],
  ["chunks with two totals", { records: [chunk(0, 4, 0, "ab"), chunk(1, 5, 2, "cd")] }],
  ["a chunk at another place", { records: [chunk(0, 4, 0, "ab"), chunk(1, 4, 1, "cd")] }],
  ["a chunk behind the last", { records: [chunk(0, 2, 0, "ab"), chunk(1, 2, 2, "c")] }],
  ["a chunk of nothing", { records: [chunk(0, 0, 0, "")] }],
];

for (const [name, told] of REFUSED) {
  test(`refused: ${name}`, () => {
    assert.throws(() => readCepFrame(blake3, forgeCep(told)), FormatError);
  });
}

test("every bit counts but those of reserved bytes", () => {
  const frame = forgeCep({ records: [A, B] });
  for (let bit = 0; bit < frame.length * 8; bit += 1) {
    const flipped = frame.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.throws(() => readCepFrame(blake3, flipped), FormatError, `bit ${bit}`);
  }
  for (let at = 0; at < frame.length; at += 1) {
    assert.throws(() => readCepFrame(blake3, frame.subarray(0, at)), FormatError, `cut at ${at}`);
  }
});

test("a payload of 129 chunks is read, which CEP writes and does not read", () => {
  const bytes = Uint8Array.from({ length: 129 * 4096 }, (_, at) => at % 251);
  const { records } = readCepFrame(blake3, forgeCep({ records: cepChunks(PATH, bytes) }));
  assert.equal(records.length, 129);
});

test("the ordinal of a chunk is what stands behind the segments, whatever they end with", () => {
  const path = PATH.with(16, 0x81);
  const records = [0, 1].map((ordinal) => ({
    key: join(Uint8Array.of(2), path, Uint8Array.of(ordinal)),
    body: cepChunk(4, ordinal * 2, ascii("ab")),
  }));
  assert.equal(readCepFrame(blake3, forgeCep({ records })).records.length, 2);
});

test("padded varints are read and listed", () => {
  const { key, body } = chunk(0, 2, 0, "ab");
  const padded = join(Uint8Array.of(1, 0x82, 0), body.subarray(2));
  const { deviations } = readCepFrame(blake3, forgeCep({ records: [{ key, body: padded }] }));
  assert.ok(deviations.some(({ code }) => code === "varint"));
});

test("a container is unpacked, in bounds", () => {
  const frame = forgeCep({ records: [A, B] });
  const { records, deviations } = readCepFrame(blake3, cepContainer(frame));
  assert.equal(records.length, 2);
  assert.deepEqual(
    deviations.map(({ code }) => code),
    ["container"],
  );
  const trailing = readCepFrame(blake3, join(cepContainer(frame), ascii("more")));
  assert.equal(trailing.deviations.length, 2);
  const container = cepContainer(frame);
  for (const claimed of [frame.length - 1, frame.length + 1, 0, 2 ** 40, 2 ** 52]) {
    assert.throws(() => readCepFrame(blake3, cepContainer(frame, claimed)), FormatError);
  }
  for (let at = 4; at < container.length; at += 1) {
    assert.throws(() => readCepFrame(blake3, container.subarray(0, at)), FormatError, `${at}`);
  }
  // Before it is unpacked, whatever is in it.
  const claim = { fault: "out-of-range", message: /a container of 1099511627776 bytes/u };
  assert.throws(() => readCepFrame(blake3, cepContainer(frame, 2 ** 40)), claim);
  const stored = container.with(5, 0);
  assert.throws(() => readCepFrame(blake3, stored), FormatError, "compression 0");
});

test("a bomb in a container is stopped at the length it claims", () => {
  const packed = new Uint8Array(deflateSync(new Uint8Array(128 * 1024 * 1024), { level: 9 }));
  const lengths = join(u64(1000n), u64(BigInt(packed.length)));
  const bomb = join(ascii("TLFC"), Uint8Array.of(1, 1, 0, 0), lengths, packed);
  const before = process.memoryUsage().rss;
  assert.throws(() => readCepFrame(blake3, bomb), FormatError);
  assert.ok(process.memoryUsage().rss - before < 32 * 1024 * 1024);
});

test("claims of many entries and long fields cost nothing", () => {
  const many = join(u32(0x4345_5046), Uint8Array.of(1, 1, 0, 0, 1, 0, 0, 32), new Uint8Array(32));
  const body = join(many, Uint8Array.of(0xff, 0xff, 0x3f), Uint8Array.of(0, 0, 0));
  const head = join(Uint8Array.of(0xff, 1, 0, 0, 0, body.length), body);
  const before = process.memoryUsage().arrayBuffers;
  const claim = { fault: "out-of-range", message: /a table of 1048575 entries/u };
  assert.throws(() => readCepFrame(blake3, join(head, u32(0))), claim);
  const long = Uint8Array.of(2, 1, 0, 0, ...Array.from({ length: 9 }, () => 255), 1, 0);
  assert.throws(() => readCepFrame(blake3, long), FormatError);
  assert.ok(process.memoryUsage().arrayBuffers - before < 1024 * 1024);
});

test("a list of deviations has an end", () => {
  const records = Array.from({ length: 3000 }, () => ({ ...A, version: 9 }));
  const { deviations } = readCepFrame(blake3, forgeCep({ records }));
  assert.equal(deviations.length, 1001);
  assert.equal(deviations.at(-1)?.code, "more");
});

test("frames are guessed by their first bytes", () => {
  const frame = forgeCep({ records: [A] });
  for (const bytes of [frame, cepContainer(frame), FIXTURES.plain]) assert.ok(looksLikeCep(bytes));
  for (const text of ["", "RITMABF1", "type=SYSCALL"]) assert.ok(!looksLikeCep(ascii(text)));
});

test("any bytes are read or refused with a FormatError", () => {
  const frame = forgeCep({ records: [A, B, C] });
  forAll(
    property(uint8Array({ maxLength: 200 }), nat(frame.length), (bytes, at) => {
      for (const input of [bytes, join(frame.subarray(0, at), bytes)]) {
        try {
          readCepFrame(blake3, input);
        } catch (error) {
          assert.ok(error instanceof FormatError, String(error));
        }
      }
    }),
    { numRuns: 1000 },
  );
});
