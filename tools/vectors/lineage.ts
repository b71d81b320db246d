/**
 * Vectors of what an hour's lineage says: spec/23-lineage.md.
 *
 * @module
 */
import {
  CborWriter,
  decodeLineageHead,
  decodePostings,
  encodeLineageHead,
  encodePostings,
  type FormatFault,
  type LineageHead,
  type Posting,
} from "@ritma/evidence";
import { bad, badEnds, digestOf, good, int, uint } from "./vector.ts";

const HOUR = digestOf("an hour-seal");
const PAGES = 900;
const RANGE = 1;

/** The example of the page. */
const EXAMPLE: LineageHead = {
  hour: HOUR,
  generation: 2,
  late: 2,
  pages: [
    { leaf: 0, atoms: 2050, first: 1000, last: 1900 },
    { leaf: 12, atoms: 40, first: 1200, last: 2000 },
    { leaf: 0, atoms: 1, first: 700, last: 700 },
  ],
};

const HEADS: readonly (readonly [name: string, head: LineageHead])[] = [
  ["head, the example of the page", EXAMPLE],
  ["head, late atoms alone", { ...EXAMPLE, late: 0, pages: EXAMPLE.pages.slice(2) }],
  [
    "head, the largest of everything",
    {
      ...EXAMPLE,
      late: 1,
      pages: [{ leaf: 2 ** 32 - 1, atoms: 2 ** 32 - 1, first: 0, last: Number.MAX_SAFE_INTEGER }],
    },
  ],
];

/** The example of the page: of the ids 4097 to 8192. */
const SAID: readonly Posting[] = [
  { id: 4097, touches: 0, pages: [0, 1], relations: [1, 1] },
  { id: 4100, touches: 3, pages: [1], relations: [10] },
];

const POSTINGS: readonly (readonly [name: string, postings: readonly Posting[]])[] = [
  ["the example of the page", SAID],
  [
    "the first id and the last, all relations, the last page",
    [
      { id: 4097, touches: 2 ** 32 - 1, pages: [0], relations: [15] },
      { id: 8192, touches: 1, pages: [0, 7, PAGES - 1], relations: [8, 4, 2] },
    ],
  ],
];

export function makeLineageVectors(): object {
  return {
    description:
      "What an hour's lineage says: spec/23-lineage.md. `pages` are first leaf, atoms, times of " +
      "the earliest and of the latest atom; `postings` are of the ids 4097 to 8192 of an hour of " +
      "900 pages, unpacked: id, touches, and pages with what the id has to do with them.",
    good: HEADS.map(([name, head]) =>
      Object.assign(good(name, encodeLineageHead(head)), {
        generation: head.generation,
        late: head.late,
        pages: head.pages.map(({ leaf, atoms, first, last }) => [leaf, atoms, first, last]),
      }),
    ),
    bad: [
      ...badEnds(encodeLineageHead(EXAMPLE), decodeLineageHead),
      ...BAD_HEADS.map(([name, fault, changed]) =>
        bad(name, headWith(changed), fault, decodeLineageHead),
      ),
    ].map((vector) => Object.assign(vector, { record: "head" })),
    postings: {
      good: POSTINGS.map(([name, postings]) => ({
        name,
        hex: encodePostings(RANGE, postings).toHex(),
        ids: postings.map(({ id, touches, pages, relations }) => {
          return [id, touches, pages.map((page, at) => [page, relations[at]])];
        }),
      })),
      bad: BAD_POSTINGS.map(([name, fault, bytes]) => bad(name, bytes, fault, decodeSaid)),
    },
  };
}

function decodeSaid(bytes: Uint8Array): unknown {
  return decodePostings(bytes, RANGE, PAGES);
}

interface ChangedHead {
  readonly tag?: string;
  readonly late?: number;
  readonly columns?: Readonly<Record<number, Uint8Array>>;
}

/** The example, of which all can be replaced. */
function headWith({ tag, late = 2, columns = {} }: ChangedHead): Uint8Array {
  const plain = [uint(0, 12, 0), uint(2049, 39, 0), int(1000, 200, -500), uint(900, 800, 0)];
  const writer = new CborWriter()
    .array(5)
    .text(tag ?? "ritma/lineage@1")
    .bytes(HOUR);
  writer.uint(2).uint(late).array(plain.length);
  for (const [at, column] of plain.entries()) writer.bytes(columns[at] ?? column);
  return writer.finish();
}

const NOTHING = new Uint8Array(0);

const BAD_HEADS: readonly (readonly [string, FormatFault, ChangedHead])[] = [
  ["another tag", "wrong-type", { tag: "ritma/lineage@2" }],
  ["more late pages than there are", "out-of-range", { late: 4 }],
  ["no page", "out-of-range", { columns: { 0: NOTHING, 1: NOTHING, 2: NOTHING, 3: NOTHING } }],
  ["a leaf of 2^32", "out-of-range", { columns: { 0: uint(0, 2 ** 32, 0) } }],
  ["more atoms than can be counted", "out-of-range", { columns: { 1: uint(2 ** 32 - 2, 0, 0) } }],
  ["a time below 0", "out-of-range", { columns: { 2: int(1000, 200, -1201) } }],
  ["a time above all", "out-of-range", { columns: { 3: uint(900, 2 ** 53 - 1, 0) } }],
  ["fewer counts than pages", "truncated", { columns: { 1: uint(2049, 39) } }],
  ["more spans than pages", "trailing-bytes", { columns: { 3: uint(900, 800, 0, 0) } }],
  ["a padded leaf", "not-canonical", { columns: { 0: Uint8Array.of(0x80, 0, 12, 0) } }],
];

const BAD_POSTINGS: readonly (readonly [string, FormatFault, Uint8Array])[] = [
  ["nothing", "out-of-range", NOTHING],
  ["an id behind the range", "out-of-range", uint(4096, 0, 0, 1)],
  ["more touches than can be counted", "out-of-range", uint(0, 2 ** 32, 0, 1)],
  ["more pages than there are", "out-of-range", uint(0, 0, PAGES, 1)],
  ["a page that is none", "out-of-range", uint(0, 0, 0, 16 * PAGES + 1)],
  ["a page that it has nothing to do with", "out-of-range", uint(0, 0, 0, 16)],
  ["a page that is missing", "truncated", uint(0, 0, 1, 1)],
  ["an id without pages", "truncated", uint(0, 0)],
  ["a padded id", "not-canonical", Uint8Array.of(0x80, 0, 0, 0, 1)],
];
