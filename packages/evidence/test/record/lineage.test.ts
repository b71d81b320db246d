/**
 * Goal: a lineage's head and postings give back what went in and have one spelling; pages hold all
 * instantiations of an hour, each once, and say where they are.
 *
 * Method: random ones; the published vectors, changed and cut; sections cut into pages of any size.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ACTS,
  AtomTable,
  decodeLineageHead,
  decodePostings,
  encodeLineageHead,
  encodePostings,
  eventTypeNumber,
  FLOWED_IN,
  FLOWED_OUT,
  idRangeOf,
  type LineageHead,
  lineagePlace,
  PageCutter,
  type Posting,
  PostingTally,
  type Section,
  TOUCHED,
} from "@ritma/evidence";
import { array, assert as forAll, integer, nat, property, tuple, uniqueArray } from "fast-check";
import { faultOf } from "../fault.ts";
import { readVectors } from "../vectors.ts";
import { testSpellings } from "./one-spelling.ts";

const HOUR = Uint8Array.from({ length: 32 }, (_, at) => at);
const PAGES = 900;
const OPEN = eventTypeNumber("open");
const RENAME = eventTypeNumber("rename");
const NAME = eventTypeNumber("name");

testSpellings(readVectors("lineage.json"), {
  head: (bytes) => encodeLineageHead(decodeLineageHead(bytes)),
});

function again(bytes: Uint8Array): Uint8Array {
  return encodePostings(1, decodePostings(bytes, 1, PAGES).values());
}

test("postings: the published ones have one spelling, and the bad ones are refused", () => {
  const vectors = readVectors("lineage.json").at("postings");
  for (const vector of vectors.at("good").list()) {
    const bytes = vector.at("hex").hex();
    assert.deepEqual(again(bytes), bytes, vector.at("name").text());
    for (let at = 0; at < bytes.length; at += 1) {
      for (const mask of [0x01, 0x10, 0x80, 0xff]) {
        const changed = bytes.with(at, (bytes[at] ?? 0) ^ mask);
        if (faultOf(() => again(changed)) === "ok") assert.deepEqual(again(changed), changed);
      }
    }
  }
  for (const vector of vectors.at("bad").list()) {
    const fault = faultOf(() => again(vector.at("hex").hex()));
    assert.equal(fault, vector.at("fault").text(), vector.at("name").text());
  }
});

const page = tuple(nat(90), integer({ min: 1, max: 5_000 }), nat(1_000_000), nat(5_000)).map(
  ([leaf, atoms, first, span]) => ({ leaf, atoms, first, last: first + span }),
);
const heads = tuple(array(page, { minLength: 1, maxLength: 30 }), nat(9), nat(30)).map(
  ([pages, generation, late]): LineageHead => {
    return { hour: HOUR, generation, late: Math.min(late, pages.length), pages };
  },
);

test("a head gives back what went in", () => {
  forAll(
    property(heads, (head) => {
      assert.deepEqual(decodeLineageHead(encodeLineageHead(head)), head);
    }),
  );
});

const postings = uniqueArray(integer({ min: 4097, max: 8192 }), { minLength: 1, maxLength: 40 })
  .map((ids) => ids.toSorted((a, b) => a - b))
  .chain((ids) =>
    tuple(
      ...ids.map((id) =>
        tuple(
          nat(9_000),
          uniqueArray(nat(PAGES - 1), { minLength: 1, maxLength: 5 }),
          array(integer({ min: 1, max: 15 }), { minLength: 5, maxLength: 5 }),
        ).map(([touches, pages, relations]): Posting => {
          const sorted = pages.toSorted((a, b) => a - b);
          return { id, touches, pages: sorted, relations: relations.slice(0, pages.length) };
        }),
      ),
    ),
  );

test("postings give back what went in", () => {
  forAll(
    property(postings, (each) => {
      assert.deepEqual([...decodePostings(encodePostings(1, each), 1, PAGES).values()], each);
    }),
  );
});

test("an id of another range, and a page that the hour has not, are refused", () => {
  const posting = { id: 8192, touches: 0, pages: [7], relations: [ACTS] };
  const bytes = encodePostings(1, [posting]);
  assert.equal(decodePostings(bytes, 1, 8).get(8192)?.pages[0], 7);
  assert.equal(
    faultOf(() => decodePostings(bytes, 1, 7)),
    "out-of-range",
  );
  const beyond = encodePostings(1, [{ ...posting, id: 8193 }]);
  assert.equal(
    faultOf(() => decodePostings(beyond, 1, 8)),
    "out-of-range",
  );
  assert.deepEqual([idRangeOf(4096), idRangeOf(4097)], [0, 1]);
});

interface Row {
  readonly process: number;
  readonly object?: number;
  readonly object2?: number;
  readonly etype?: number;
  readonly flags?: number;
  readonly ret?: number;
  readonly time?: number;
}

function sectionOf(window: number | null, instantiations: readonly (readonly Row[])[]): Section {
  const atoms = new AtomTable(8);
  const starts = [0];
  for (const rows of instantiations) {
    for (const { process, object = 0, object2 = 0, etype = OPEN, ...row } of rows) {
      const at = atoms.add();
      atoms.process[at] = process;
      atoms.object[at] = object;
      atoms.object2[at] = object2;
      atoms.etype[at] = etype;
      atoms.flags[at] = row.flags ?? 1;
      atoms.ret[at] = row.ret ?? 0;
      atoms.time[at] = row.time ?? 0;
    }
    starts.push(atoms.length);
  }
  return { window, atoms, starts };
}

test("pages hold every instantiation once, in order, and know its leaf", () => {
  const sizes = array(array(integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 }), {
    minLength: 1,
    maxLength: 5,
  });
  forAll(
    property(sizes, integer({ min: 1, max: 12 }), (windows, full) => {
      let process = 0;
      const sections = windows.map((counts, window) =>
        sectionOf(
          window,
          counts.map((count) => {
            process += 1;
            return Array.from({ length: count }, (_, at) => ({ process, time: 100 * window + at }));
          }),
        ),
      );
      const cutter = new PageCutter(full);
      const pages = sections.flatMap((each) => Array.from(cutter.add(each)));
      pages.push(...cutter.end());
      const seats: string[] = [];
      for (const [at, { sections: parts, place }] of pages.entries()) {
        const sum = parts.reduce((total, { atoms }) => total + atoms.length, 0);
        assert.equal(place.atoms, sum);
        assert.ok(at === pages.length - 1 || sum >= full, "full, but for the last");
        const times = parts.flatMap(({ atoms }) => [...atoms.time.subarray(0, atoms.length)]);
        assert.deepEqual([place.first, place.last], [Math.min(...times), Math.max(...times)]);
        for (const [number, { window, starts, atoms }] of parts.entries()) {
          for (let k = 0; k + 1 < starts.length; k += 1) {
            const leaf = (number === 0 ? place.leaf : 0) + k;
            const length = (starts[k + 1] ?? 0) - (starts[k] ?? 0);
            seats.push([window, leaf, atoms.process[starts[k] ?? 0], length].join(" "));
          }
        }
      }
      let own = 0;
      const want = windows.flatMap((counts, window) =>
        counts.map((count, leaf) => {
          own += 1;
          return [window, leaf, own, count].join(" ");
        }),
      );
      assert.deepEqual(seats, want);
    }),
  );
});

test("a window whose atoms are in two sections is in two pages, and its leaves go on", () => {
  const cutter = new PageCutter();
  const half = sectionOf(3, [[{ process: 1 }], [{ process: 2 }]]);
  const pages = [...cutter.add(half), ...cutter.add(half), ...cutter.end()];
  assert.deepEqual(
    pages.map(({ place }) => place.leaf),
    [0, 2],
  );
});

test("what ids have to do with a page is what its atoms say", () => {
  const tally = new PostingTally();
  tally.add([
    sectionOf(0, [
      [
        { process: 5, object: 7 },
        { process: 5, object: 7, ret: 13 },
        { process: 5, object: 8, object2: 9, etype: RENAME },
        { process: 5, object: 9, object2: 9, etype: RENAME },
        { process: 5, object: 6, etype: NAME },
      ],
    ]),
  ]);
  tally.add([sectionOf(1, [[{ process: 7, object: 5000 }]])]);
  const found = [...tally.ranges()].map(({ range, postings: each }) => ({ range, each }));
  assert.deepEqual(found, [
    {
      range: 0,
      each: [
        { id: 5, touches: 0, pages: [0], relations: [ACTS] },
        { id: 7, touches: 2, pages: [0, 1], relations: [FLOWED_IN | TOUCHED, ACTS] },
        { id: 8, touches: 1, pages: [0], relations: [FLOWED_OUT] },
        { id: 9, touches: 2, pages: [0], relations: [FLOWED_OUT] },
      ],
    },
    { range: 1, each: [{ id: 5000, touches: 1, pages: [1], relations: [FLOWED_IN] }] },
  ]);
});

test("a lineage stands beside those of the other hours of its day", () => {
  assert.deepEqual(lineagePlace("windows/2026/11/20/09-12"), {
    folder: "graph/edges/2026/11/20",
    name: "09-12.edges.lmdb",
  });
});
