/**
 * Vectors of what leads into the blocks of an hour: spec/22-jumps.md.
 *
 * @module
 */
import {
  CborWriter,
  decodeJumps,
  decodeRefs,
  encodeJumps,
  encodeRefs,
  type FormatFault,
  type JumpBucket,
  type Jumps,
  type Refs,
} from "@ritma/evidence";
import { bad, badEnds, type BadVector, digestOf, good, int, uint } from "./vector.ts";

const HOUR = digestOf("an hour-seal");

/** The example of the page. */
const EXAMPLE: Jumps = {
  hour: HOUR,
  seconds: 1,
  blocks: [3, 2],
  buckets: [bucket(10, 0, 2), bucket(11, 1, 2), bucket(73, 4, 1)],
  seen: [[{ process: 4, credentials: 9 }]],
};

const JUMPS: readonly (readonly [name: string, jumps: Jumps])[] = [
  ["jumps, the example of the page", EXAMPLE],
  [
    "jumps, the same by minutes",
    { ...EXAMPLE, seconds: 60, buckets: [bucket(0, 0, 4), bucket(1, 4, 1)] },
  ],
  [
    "jumps, the largest of everything",
    {
      hour: HOUR,
      seconds: 10,
      blocks: [Number.MAX_SAFE_INTEGER - 2, 1, 1],
      buckets: [
        bucket(0, Number.MAX_SAFE_INTEGER - 1, 1),
        bucket(900_719_925, 0, Number.MAX_SAFE_INTEGER - 1),
      ],
      seen: [
        [
          { process: 1, credentials: 0xffff_ffff },
          { process: 0xffff_ffff, credentials: 1 },
        ],
        [],
      ],
    },
  ],
];

const EDGE: Refs = {
  kind: "edge",
  hour: HOUR,
  generation: 2,
  runs: [
    { first: 1, last: 2 },
    { first: 9, last: 9 },
    { first: 0xffff_fffe, last: 0xffff_ffff },
  ],
  counts: [1, 300, 2, 7, 4_000_000],
};

const REFS: readonly (readonly [name: string, refs: Refs])[] = [
  ["edge-refs, ids from before and the last that there can be", EDGE],
  ["cone-refs, one cone", { ...EDGE, kind: "cone", runs: runsTo(65_536), counts: [3] }],
  ["edge-refs, a hundred ids used once", { ...EDGE, runs: runsTo(100, 1), counts: ones(100) }],
];

function bucket(number: number, place: number, atoms: number): JumpBucket {
  return { number, place, atoms };
}

function runsTo(last: number, first = last): Refs["runs"] {
  return [{ first, last }];
}

function ones(length: number): number[] {
  return Array.from({ length }, () => 1);
}

export function makeJumpsVectors(): object {
  return {
    description:
      "Where the seconds of an hour are, and what it refers to: spec/22-jumps.md. `buckets` are " +
      "number, place and atoms; `seen` are, by block, process and credentials; `runs` first and " +
      "last ids.",
    good: [
      ...JUMPS.map(([name, jumps]) =>
        Object.assign(good(name, encodeJumps(jumps)), {
          seconds: jumps.seconds,
          blocks: jumps.blocks,
          buckets: jumps.buckets.map(({ number, place, atoms }) => [number, place, atoms]),
          seen: jumps.seen.map((block) =>
            block.map(({ process, credentials }) => [process, credentials]),
          ),
        }),
      ),
      ...REFS.map(([name, refs]) =>
        Object.assign(good(name, encodeRefs(refs)), {
          generation: refs.generation,
          runs: refs.runs.map(({ first, last }) => [first, last]),
          counts: refs.counts,
        }),
      ),
    ],
    bad: [...badJumps(), ...badRefs()],
  };
}

interface ChangedJumps {
  readonly tag?: string;
  readonly seconds?: number;
  readonly columns?: Readonly<Record<number, Uint8Array>>;
}

/** The example, of which all can be replaced. */
function jumpsWith({ tag, seconds = 1, columns = {} }: ChangedJumps): Uint8Array {
  const plain = [
    uint(3, 2),
    uint(10, 0, 61),
    int(0, 1, 3),
    uint(1, 1, 0),
    uint(1),
    uint(3),
    uint(8),
  ];
  const writer = new CborWriter()
    .array(4)
    .text(tag ?? "ritma/jumps@1")
    .bytes(HOUR);
  writer.uint(seconds).array(plain.length);
  for (const [at, column] of plain.entries()) writer.bytes(columns[at] ?? column);
  return writer.finish();
}

const BAD_JUMPS: readonly (readonly [string, FormatFault, ChangedJumps])[] = [
  ["another tag", "wrong-type", { tag: "ritma/jumps@2" }],
  ["buckets of two seconds", "out-of-range", { seconds: 2 }],
  ["no block", "out-of-range", { columns: { 0: uint() } }],
  ["a block of no atom", "out-of-range", { columns: { 0: uint(5, 0) } }],
  ["more atoms than can be counted", "out-of-range", { columns: { 0: uint(2 ** 53 - 1, 1) } }],
  ["no bucket", "out-of-range", { columns: { 1: uint(), 2: int(), 3: uint() } }],
  ["a time above all", "out-of-range", { columns: { 1: uint(10, 0, 9_007_199_254) } }],
  ["more buckets than places", "truncated", { columns: { 1: uint(10, 0, 61, 0) } }],
  ["fewer buckets than places", "out-of-range", { columns: { 1: uint(10, 0) } }],
  ["a place below 0", "out-of-range", { columns: { 2: int(0, -1, 3) } }],
  ["a place behind the last block", "out-of-range", { columns: { 2: int(0, 1, 4) } }],
  ["places that go on", "trailing-bytes", { columns: { 2: int(0, 1, 3, 0) } }],
  ["more atoms than in the blocks", "out-of-range", { columns: { 3: uint(1, 1, 1) } }],
  ["fewer atoms than in the blocks", "out-of-range", { columns: { 3: uint(1, 0, 0) } }],
  ["no word on a block", "truncated", { columns: { 4: uint() } }],
  ["a word on the last block", "trailing-bytes", { columns: { 4: uint(1, 0) } }],
  ["a process of id 2^32", "out-of-range", { columns: { 5: uint(2 ** 32 - 1) } }],
  ["a process nobody counted", "trailing-bytes", { columns: { 5: uint(3, 0) } }],
  ["credentials of id 2^32", "out-of-range", { columns: { 6: uint(2 ** 32 - 1) } }],
  ["a padded number", "not-canonical", { columns: { 0: Uint8Array.of(0x83, 0, 2) } }],
];

function decodeEdges(bytes: Uint8Array): Refs {
  return decodeRefs(bytes, "edge");
}

function record(name: string, vectors: readonly BadVector[]): object[] {
  return vectors.map((vector) => ({ record: name, ...vector }));
}

function badJumps(): object[] {
  return record("jumps", [
    ...badEnds(encodeJumps(EXAMPLE), decodeJumps),
    ...BAD_JUMPS.map(([name, fault, changed]) => bad(name, jumpsWith(changed), fault, decodeJumps)),
  ]);
}

interface ChangedRefs {
  readonly tag?: string;
  readonly ids?: Uint8Array;
  readonly counts?: Uint8Array;
}

const TWO_ONES = countsOf(encodeRefs({ ...EDGE, runs: runsTo(2, 1), counts: [1, 1] }));

/** Ids 1 and 2, each used once; of it all can be replaced. */
function refsWith({ tag, ids, counts }: ChangedRefs): Uint8Array {
  const writer = new CborWriter()
    .array(5)
    .text(tag ?? "ritma/edge-refs@1")
    .bytes(HOUR);
  return writer
    .uint(2)
    .bytes(ids ?? uint(0, 1))
    .bytes(counts ?? TWO_ONES)
    .finish();
}

/** What stands behind the byte string of `ids`, which is two bytes long, and its own head. */
function countsOf(refs: Uint8Array): Uint8Array {
  const before = new CborWriter().array(5).text("ritma/edge-refs@1").bytes(HOUR).uint(2);
  return refs.subarray(before.bytes(uint(0, 1)).finish().length + 1);
}

const BAD_REFS: readonly (readonly [string, FormatFault, ChangedRefs])[] = [
  ["another kind", "wrong-type", { tag: "ritma/cone-refs@1" }],
  ["no id", "out-of-range", { ids: uint(), counts: new Uint8Array(0) }],
  ["a run without an end", "truncated", { ids: uint(0) }],
  ["two runs that are one", "not-canonical", { ids: uint(0, 0, 0, 0) }],
  ["an id of 2^32", "out-of-range", { ids: uint(2 ** 32 - 2, 1) }],
  ["more ids than a coding can tell", "out-of-range", { ids: uint(0, 2048 * 80) }],
  ["ids and no counts", "out-of-range", { counts: new Uint8Array(0) }],
  ["a count too many", "trailing-bytes", { counts: Uint8Array.of(...TWO_ONES, 0) }],
  ["a coding that goes on behind its end", "truncated", { counts: Uint8Array.of(200) }],
  ["a padded gap", "not-canonical", { ids: Uint8Array.of(0x80, 0, 1) }],
];

function badRefs(): object[] {
  return record("edge-refs", [
    ...badEnds(encodeRefs(EDGE), decodeEdges),
    ...BAD_REFS.map(([name, fault, changed]) => bad(name, refsWith(changed), fault, decodeEdges)),
  ]);
}
