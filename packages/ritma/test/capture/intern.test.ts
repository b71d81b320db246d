/**
 * Goal: the table gives back what was put in for the same bytes, and stays within its bounds.
 * Method: many keys against a Map, with small bounds; then keys that all have one hash.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { InternTable } from "../../src/flow/capture/auditd/intern.ts";
import { Line } from "../../src/flow/capture/auditd/line.ts";

function lineOf(text: string): Line {
  const line = new Line();
  line.attach(Buffer.from(text, "latin1"));
  line.end = text.length;
  return line;
}

function fill(table: InternTable<string>, from: number, to: number): void {
  for (let key = from; key < to; key += 1) {
    const text = `key ${key} ${"y".repeat(key % 40)}`;
    const line = lineOf(text);
    if (table.get(line, 0, text.length) === undefined) table.set(line, 0, text.length, text);
  }
}

test("every value is found again, by search and by hint, and no other", () => {
  const table = new InternTable<string>({ entriesMax: 100_000, bytesMax: 10_000_000 });
  fill(table, 0, 20_000);
  assert.equal(table.size, 20_000);
  for (let key = 0; key < 20_000; key += 1) {
    const text = `key ${key} ${"y".repeat(key % 40)}`;
    assert.equal(table.get(lineOf(text), 0, text.length), text);
    assert.equal(table.getNear(key % 7, lineOf(text), 0, text.length), text);
  }
  assert.equal(table.get(lineOf("key 20001"), 0, 9), undefined);
  assert.equal(table.getNear(3, lineOf("other"), 0, 5), undefined);
});

test("entries are bounded", () => {
  const table = new InternTable<string>({ entriesMax: 100, bytesMax: 10_000_000 });
  fill(table, 0, 1_050);
  assert.equal(table.size, 50);
});

test("bytes are bounded, and a value that would fill the table is not kept", () => {
  const table = new InternTable<string>({ entriesMax: 1_000_000, bytesMax: 1_024 });
  fill(table, 0, 2_000);
  assert.ok(table.size < 200);
  const before = table.size;
  table.set(lineOf("z".repeat(200)), 0, 200, "large");
  assert.equal(table.size, before);
});

test("the table keeps its own copy of the bytes", () => {
  const table = new InternTable<string>({ entriesMax: 10, bytesMax: 1_024 });
  const bytes = Buffer.from("some text");
  const line = new Line();
  line.attach(bytes);
  line.end = bytes.length;
  table.set(line, 0, 9, "value");
  bytes.fill(0);
  assert.equal(table.get(lineOf("some text"), 0, 9), "value");
});
