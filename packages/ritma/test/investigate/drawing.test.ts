/**
 * Goal: a drawing ends, whatever a store says of who began whom and however much it says; each
 * process is in it once, and no line is longer for a deeper tree.
 *
 * Method: lives made by hand, as no recorder makes them: a circle, a chain of thirty thousand,
 * and more side by side than a call takes arguments.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProcessEntity, Value } from "@ritma/evidence";
import { palette } from "../../src/base/colour.ts";
import { tableLines } from "../../src/cli/investigate/table.ts";
import { daysOf, type Surface, traceLines } from "../../src/cli/investigate/trace-drawing.ts";
import { treeLines } from "../../src/cli/investigate/tree-drawing.ts";
import { textLines } from "../../src/cli/report/as-text.ts";
import { columnsOf } from "../../src/cli/timeline/columns.ts";
import { Namer } from "../../src/cli/timeline/names.ts";
import type { Life } from "../../src/flow/investigate/lives.ts";
import type { Step } from "../../src/flow/investigate/trace.ts";

const MANY = 130_000;
const CHAIN = 30_000;
const BEGIN = 1_795_169_508_008_000;
const PAINT = palette(false, {});

function surface(columns: number | null): Surface {
  return { paint: PAINT, namer: new Namer(8), columns };
}

function value(text: string): Value {
  return { hashed: false, bytes: new TextEncoder().encode(text) };
}

function processOf(pid: number): ProcessEntity {
  return {
    kind: "process",
    node: value("n"),
    boot: 0,
    pid,
    start: BEGIN + pid,
    serial: pid,
    birth: "exec",
    parent: null,
    executable: null,
    name: value("x"),
    credentials: null,
    container: null,
  };
}

function life(pid: number, children: readonly number[]): readonly [string, Life] {
  const entity = processOf(pid);
  const nothing = { end: null, launch: null, credentials: null, isOfSpan: true };
  const begun = children.map((child) => `p${child}`);
  const thing = { name: `p${pid}`, entity };
  return [`p${pid}`, { thing, begin: entity.start, ...nothing, children: begun }];
}

/** Stems and names, without the day above them. */
function shape(lines: readonly string[]): string[] {
  return lines.slice(1).map((line) => /^.*?\]/u.exec(line)?.[0] ?? line);
}

test("who began his own parent is drawn once", () => {
  const lives = new Map([life(1, [2, 3]), life(2, [1, 2]), life(3, [])]);
  const lines = treeLines(surface(80), lives, ["p1", "p1"], true);
  assert.deepEqual(shape(lines), ["x[1]", "├─ x[2]", "└─ x[3]"]);
});

test("a tree is drawn from above, each below who began it", () => {
  const lives = new Map([life(1, [2, 5]), life(2, [3, 4]), life(3, []), life(4, []), life(5, [])]);
  assert.deepEqual(shape(treeLines(surface(80), lives, ["p1"], true)), [
    "x[1]",
    "├─ x[2]",
    "│  ├─ x[3]",
    "│  └─ x[4]",
    "└─ x[5]",
  ]);
});

test("a long chain has a drawing, and its lines an end", () => {
  const lives = new Map(
    Array.from({ length: CHAIN }, (_, pid) => life(pid, pid + 1 < CHAIN ? [pid + 1] : [])),
  );
  const lines = treeLines(surface(80), lives, ["p0"], true);
  assert.equal(lines.length, CHAIN + 1);
  assert.equal(shape(lines)[13], `${" ".repeat(36)}└─ x[13]`);
  assert.equal(shape(lines)[14], "14 ⋮ └─ x[14]");
  assert.equal(shape(lines).at(-1), "29999 ⋮ └─ x[29999]");
  assert.ok(lines.every((line) => columnsOf(line) <= 80));
});

test("more than a call takes arguments, side by side or in one line", () => {
  const all = Array.from({ length: MANY }, (_, pid) => life(pid, []));
  const names = all.map(([name]) => name);
  assert.equal(treeLines(surface(80), new Map(all), names, true).length, MANY + 1);
  const launched = all.map(([name, own]) => {
    const launch = { time: BEGIN, serial: 1, file: null, arguments: null, flags: 0 };
    const seat = { sequence: 0, window: 0, leaf: 0 };
    return [name, { ...own, launch: { ...launch, seat } }] as const;
  });
  const [, folded = ""] = treeLines(surface(80), new Map(launched), names, false);
  assert.match(folded, /^x ×130,000 {2}/u);
});

test("so many rows of a table, and steps of a trace", () => {
  const row = { heading: null, cells: ["a", "b"], isBad: false };
  const rows = Array.from({ length: MANY }, () => row);
  assert.equal(tableLines(surface(80), rows).length, MANY);
  const groups = [{ heading: "", rows }];
  const columns = [
    { name: "A", kind: "name" },
    { name: "B", kind: "name" },
  ] as const;
  const table = { kind: "table", caption: "c", columns, groups } as const;
  const facts = { kind: "facts", rows: rows.map(() => ["a", "b"] as const) } as const;
  const sections = [{ id: "s", title: "s", blocks: [table, facts] }];
  const page = { title: "t", subtitle: "s", sections, imprint: "i" };
  assert.ok(textLines(page, PAINT, 80).length > 2 * MANY);
  const thing = { name: "p1", entity: processOf(1) };
  const link = { kind: "began", time: BEGIN, acts: [] } as const;
  const steps = Array.from({ length: MANY }, (_, at) => stepOf(thing, at === 0 ? null : link));
  assert.equal(daysOf({ steps, cuts: [] }), "2026-11-20 UTC");
  assert.equal(traceLines(surface(80), { steps, cuts: [] }, "forward", new Map()).length, MANY);
});

function stepOf(thing: Step["thing"], link: Step["link"]): Step {
  return { thing, link, from: link === null ? null : 0, depth: 1, again: null };
}
