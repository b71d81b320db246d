/**
 * Goal: entries of the journal have one spelling, and what its page refuses is refused; a journal
 * of an earlier build is read.
 *
 * Method: the published vectors, read and written again.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError } from "@ritma/evidence";
import { readVectors } from "../../../evidence/test/vectors.ts";
import { decodeEntries, encodeEntries } from "../../src/flow/journal/entry.ts";

const vectors = readVectors("journal.json");

/** What each kind of entry begins with: the position is on disk. */
const NUMBERS = {
  session: 0,
  input: 1,
  bytes: 2,
  tick: 3,
  lost: 4,
  endInput: 5,
  end: 6,
  containers: 7,
  observed: 8,
  gone: 9,
} as const;

const ENTRIES_AT = 18;

for (const vector of vectors.at("good").list()) {
  test(`good: ${vector.at("name").text()}`, () => {
    const bytes = vector.at("hex").hex();
    const entries = decodeEntries(bytes);
    assert.deepEqual(encodeEntries(entries), bytes);
    const [first] = entries;
    if (first !== undefined) assert.equal(bytes[ENTRIES_AT + 1], NUMBERS[first.kind]);
  });
}

for (const vector of vectors.at("bad").list()) {
  test(`bad: ${vector.at("name").text()}`, () => {
    assert.throws(
      () => decodeEntries(vector.at("hex").hex()),
      (error) => error instanceof FormatError && error.fault === vector.at("fault").text(),
    );
  });
}
