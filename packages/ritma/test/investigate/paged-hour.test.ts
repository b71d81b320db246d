/**
 * Goal: an hour that is read page by page says of everything that it is asked about what the hour
 * says that is read as a whole: the same rows in the same order, in the same seats.
 *
 * Method: random logs with late events; every node, every relation, random spans; pages of a few
 * atoms, and of one.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ABOUT, ACTS, FLOWED_IN, FLOWED_OUT, relationOf, TOUCHED } from "@ritma/evidence";
import { array, assert as forAll, asyncProperty, constantFrom, integer } from "fast-check";
import type { HourEdges } from "../../src/flow/investigate/hour-edges.ts";
import type { Span } from "../../src/flow/investigate/investigation.ts";
import { Nodes } from "../../src/flow/investigate/nodes.ts";
import { PagedHour } from "../../src/flow/investigate/paged-hour.ts";
import { readWholeHour } from "../../src/flow/investigate/whole-hour.ts";
import { bytesOf, memoryInput } from "../recorder/audit-lines.ts";
import { recorded } from "../recorder/recording.ts";
import { openReader } from "../sealed/searching.ts";
import { lineageInMemory } from "./memory-lineage.ts";
import { choicesOf, randomLog } from "./random-log.ts";

const EVERYTHING: Span = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
const CHOICES = choicesOf({ least: 20, most: 80 }, [0, 1, 4, 400, 60_000]);
const PARTS = array(integer({ min: 0, max: 1_000 }), { minLength: 2, maxLength: 2 });

/** One row, without its number, which is another in every table. */
function told(edges: HourEdges, row: number): string {
  const { time, serial, etype, process, object, object2 } = edges.atoms;
  const columns = [time, serial, etype, process, object, object2].map((column) => column[row]);
  const { window, leaf } = edges.seat(row);
  return [...columns, window, leaf].join(" ");
}

/** Rows about a node of which a question wants some. */
function wantedRows(edges: HourEdges, node: number, relations: number, span: Span): string[] {
  const { time, etype, flags, ret } = edges.atoms;
  return [...edges.rowsAbout(node)]
    .filter((row) => {
      const relation = relationOf(etype[row] ?? 0, flags[row] ?? 0, ret[row] ?? 0);
      const at = time[row] ?? 0;
      return (relation & relations) !== 0 && at >= span.since && at < span.until;
    })
    .map((row) => told(edges, row));
}

test("pages say what the whole hour says", async () => {
  let [byPages, asWhole] = [0, 0];
  await forAll(
    asyncProperty(CHOICES, PARTS, constantFrom(1, 3, 9), async (choices, parts, pageAtoms) => {
      const log = memoryInput(bytesOf(randomLog(choices)));
      const disk = await recorded([[log]], { windowSecs: 60 });
      const reader = await openReader(disk);
      for (const hour of reader.hours) {
        const header = await reader.header(hour);
        if (header.counts.atoms === 0) continue;
        const nodes = new Nodes(await reader.entities(header));
        nodes.grow();
        const whole = await readWholeHour(reader, hour, nodes);
        // Exactly at atoms, and one beside.
        const at = (part: number): number =>
          (whole.atoms.time[part % whole.atoms.length] ?? 0) + (part % 2);
        const [since = 0, until = 0] = parts.map(at).toSorted((a, b) => a - b);
        const lineage = await lineageInMemory(reader, hour, pageAtoms);
        await using paged = new PagedHour(hour, nodes, lineage);
        for (const span of [{ since, until }, EVERYTHING]) {
          for (let node = 1; node <= nodes.size; node += 1) {
            for (const relations of [ACTS, FLOWED_IN, FLOWED_OUT, TOUCHED, ABOUT]) {
              if (!(await paged.reach([node], relations, span))) {
                asWhole += 1;
                continue;
              }
              byPages += 1;
              if (relations === ACTS) {
                const own = (edges: HourEdges): string[] =>
                  [...edges.rowsOf(node)]
                    .filter((row) => {
                      const time = edges.atoms.time[row] ?? 0;
                      return time >= span.since && time < span.until;
                    })
                    .map((row) => told(edges, row));
                assert.deepEqual(own(paged), own(whole));
                continue;
              }
              assert.ok(paged.atoms.length <= whole.atoms.length);
              assert.deepEqual(
                wantedRows(paged, node, relations, span),
                wantedRows(whole, node, relations, span),
              );
              for (const row of paged.rowsAbout(node)) {
                const other = nodes.of(paged.atoms.process[row] ?? 0);
                for (const each of [node, other]) {
                  assert.equal(paged.touches(each), whole.touches(each));
                }
              }
            }
          }
        }
      }
    }),
    { numRuns: 30, seed: 11 },
  );
  assert.ok(byPages > 1_000 && asWhole > 30, `${byPages} by pages, ${asWhole} as a whole`);
});

test("what was asked for one reason is still there when it is asked for another", async () => {
  const choices = { kind: 4, who: 0, what: 0, how: 0, after: 1, late: 5 };
  const log = randomLog([choices, { ...choices, kind: 7 }, { ...choices, kind: 0 }]);
  const reader = await openReader(await recorded([[memoryInput(bytesOf(log))]]));
  const [hour] = reader.hours;
  assert.ok(hour);
  const nodes = new Nodes(await reader.entities(await reader.header(hour)));
  nodes.grow();
  await using paged = new PagedHour(hour, nodes, await lineageInMemory(reader, hour, 100));
  const [process] = nodes.find(({ kind }) => kind === "process", false);
  assert.ok(process !== undefined);
  assert.ok(await paged.reach([process], ACTS, EVERYTHING));
  const own = [...paged.rowsOf(process)];
  assert.ok(own.length > 0);
  assert.ok(await paged.reach([process], FLOWED_OUT, EVERYTHING));
  assert.deepEqual([...paged.rowsOf(process)], own);
});

test("what was not asked about is not answered", async () => {
  const choices = { kind: 0, who: 0, what: 0, how: 0, after: 1, late: 5 };
  const log = randomLog([choices, { ...choices, who: 1 }]);
  const reader = await openReader(await recorded([[memoryInput(bytesOf(log))]]));
  const [hour] = reader.hours;
  assert.ok(hour);
  const nodes = new Nodes(await reader.entities(await reader.header(hour)));
  nodes.grow();
  await using paged = new PagedHour(hour, nodes, await lineageInMemory(reader, hour, 1));
  assert.throws(() => paged.rowsOf(1), RangeError);
  assert.throws(() => paged.rowsAbout(1), RangeError);
});
