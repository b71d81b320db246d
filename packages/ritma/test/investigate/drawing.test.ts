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
import { daysOf, traceLines } from "../../src/cli/investigate/trace-drawing.ts";
import { treeLines } from "../../src/cli/investigate/tree-drawing.ts";
import type { Surface } from "../../src/cli/surface.ts";
import { textLines } from "../../src/cli/report/as-text.ts";
import { Calendar } from "../../src/cli/timeline/calendar.ts";
import { columnsOf } from "../../src/cli/timeline/columns.ts";
import { Namer } from "../../src/cli/timeline/names.ts";
import type { Life } from "../../src/flow/investigate/lives.ts";
import type { Step } from "../../src/flow/investigate/trace.ts";

const MANY = 130_000;
const CHAIN = 30_000;
const BEGIN = 1_795_169_508_008_000;
const PAINT = palette(false, {});

function surface(columns: number | null): Surface {
  return { paint: PAINT, namer: new Namer(8), calendar: new Calendar(), columns };
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

/** The same of one that ran a program, for a second. */
function ran(pid: number, name: string): readonly [string, Life] {
  const path = { base: 0, components: [value(name)] } as const;
  const unknown = { inode: null, device: null, mode: null, uid: null, gid: null };
  const file = { kind: "file", path, ...unknown } as const;
  const seat = { sequence: 0, window: 0, leaf: 0 };
  const launch = { time: BEGIN, serial: 1, seat, file, arguments: null, flags: 0 };
  const [key, own] = life(pid, []);
  const begin = BEGIN + pid * 600_000_000;
  return [key, { ...own, begin, end: begin + 1_000_000, launch }];
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

test("what was run stands in one column, however long it takes to tell a life", () => {
  const lives = new Map([ran(0, "run"), ran(1, "run"), ran(2, "run"), ran(3, "run")]);
  const [parent, began] = [ran(9, "run")[1], ran(8, "run")[1]];
  lives.set("p9", { ...parent, children: ["p8"] }).set("p8", began);
  const lines = treeLines(surface(100), lives, ["p0", "p1", "p2", "p3", "p9"], false);
  assert.match(lines.join("\n"), /^x ×4 .* over 30 min 0 s {2}\/run …$/mu);
  const columns = lines.slice(1).map((line) => line.indexOf("/run"));
  assert.equal(columns.length, 3);
  assert.equal(new Set(columns).size, 1, lines.join("\n"));
});

test("one that is told by its number alone says why", () => {
  const [name, own] = life(7, []);
  const nameless = { ...own, thing: { name, entity: { ...processOf(7), name: null } } };
  const lines = treeLines(surface(80), new Map([[name, nameless]]), [name], false);
  assert.match(lines[1] ?? "", /^pid 7 .* \(name not known\)$/u);
  const [, named = ""] = treeLines(surface(80), new Map([[name, own]]), [name], false);
  assert.doesNotMatch(named, /name not known/u);
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
  assert.equal(daysOf(new Calendar(), { steps }), "2026-11-20 UTC");
  assert.equal(traceLines(surface(80), { steps, cuts: [] }, "forward", new Map()).length, MANY);
});

test("a trace of a long chain has a drawing, and its lines an end", () => {
  const steps = Array.from({ length: CHAIN }, (_, at): Step => {
    const thing = { name: `p${at}`, entity: processOf(at) };
    const link = at === 0 ? null : ({ kind: "began", time: BEGIN, acts: [] } as const);
    return { thing, link, from: at === 0 ? null : at - 1, depth: at, again: null };
  });
  const cuts = [{ step: CHAIN - 1, edges: 7, why: "depth" }] as const;
  const lines = traceLines(surface(80), { steps, cuts }, "forward", new Map());
  assert.equal(lines.length, CHAIN + 1);
  assert.match(lines[13] ?? "", /^ {36}└─ began {2}x\[13\] /u);
  assert.match(lines[14] ?? "", /^14 ⋮ └─ began {2}x\[14\] /u);
  assert.match(lines.at(-2) ?? "", /^29999 ⋮ └─ began {2}x\[29999\] /u);
  assert.equal(lines.at(-1), "30000 ⋮ └─ … 7 deeper (--depth)");
  assert.ok(lines.every((line) => columnsOf(line) <= 80));
});

function stepOf(thing: Step["thing"], link: Step["link"]): Step {
  return { thing, link, from: link === null ? null : 0, depth: 1, again: null };
}
