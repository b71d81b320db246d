/**
 * Goal: atoms are cut into instantiations by the rules of spec/05-record.md and by nothing else.
 *
 * Method: an oracle written from the page, without a table or a chain: sort, deal out by process,
 * cut each process's list, sort the pieces by their first atoms. Random atoms, then the limits.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cutSection } from "@ritma/evidence";
import { array, assert as forAll, constantFrom, integer, oneof, property } from "fast-check";
import { type AtomFields, atoms, rowsOf, tableOf } from "./arbitrary.ts";

type Piece = readonly { readonly atom: AtomFields; readonly came: number }[];

function naive(list: readonly AtomFields[]): AtomFields[][] {
  const inOrder = list
    .map((atom, came) => ({ atom, came }))
    .toSorted(
      (a, b) => a.atom.time - b.atom.time || a.atom.serial - b.atom.serial || a.came - b.came,
    );
  const pieces: Piece[] = [];
  for (const process of new Set(list.map((atom) => atom.process))) {
    let piece: { atom: AtomFields; came: number }[] = [];
    for (const each of inOrder.filter(({ atom }) => atom.process === process)) {
      const last = piece.at(-1)?.atom.time ?? each.atom.time;
      if (each.atom.time - last >= 1_000_000 || piece.length === 4096) {
        pieces.push(piece);
        piece = [];
      }
      piece.push(each);
    }
    pieces.push(piece);
  }
  const place = (piece: Piece): number => inOrder.findIndex((each) => each === piece[0]);
  return pieces
    .toSorted((a, b) => place(a) - place(b))
    .map((piece) => piece.map(({ atom }) => atom));
}

function check(list: readonly AtomFields[]): number {
  const section = cutSection(7, tableOf(list));
  const rows = rowsOf(section.atoms);
  const pieces = section.starts
    .slice(0, -1)
    .map((start, at) => rows.slice(start, section.starts[at + 1]));
  assert.equal(section.starts[0], 0);
  assert.equal(section.starts.at(-1), list.length, "every atom is in exactly one");
  assert.deepEqual(pieces, naive(list));
  return pieces.length;
}

const times = oneof(
  integer({ min: 0, max: 20 }).map((step) => step * 250_000),
  integer({ min: 0, max: 5_000_000 }),
  constantFrom(999_999, 1_000_000, 1_000_001),
);

test("random atoms are cut as the page says", () => {
  forAll(
    property(array(atoms(times, 3), { minLength: 1, maxLength: 60 }), (list) => void check(list)),
  );
});

const one: AtomFields = {
  time: 0,
  serial: 1,
  etype: 1,
  flags: 0,
  ret: 0,
  process: 1,
  object: 0,
  object2: 0,
  arg: 0,
  num: null,
};

test("an idle second cuts, a microsecond less does not", () => {
  assert.equal(check([one, { ...one, time: 999_999 }]), 1);
  assert.equal(check([one, { ...one, time: 1_000_000 }]), 2);
});

test("the 4,097th atom begins another", () => {
  for (const [count, pieces] of [
    [4096, 1],
    [4097, 2],
    [8193, 3],
  ] as const) {
    assert.equal(check(Array.from({ length: count }, () => one)), pieces);
  }
});

test("of equal atoms the one that came first stays first", () => {
  const list = [
    { ...one, object: 3 },
    { ...one, object: 1 },
    { ...one, object: 2 },
  ];
  const section = cutSection(null, tableOf(list));
  assert.deepEqual(
    rowsOf(section.atoms).map(({ object }) => object),
    [3, 1, 2],
  );
});
