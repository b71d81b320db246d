/**
 * Goal: every program start of a real log is in the timeline, failed ones included, and nothing is
 * there that is not in the log.
 *
 * Method: the committed capture, and those of a data set beside the checkout if there is one, are
 * recorded; how many execve and execveat each holds was counted by others, in its INDEX.
 *
 *     RITMA_DATASETS=DIR   where `captures/INDEX` is
 *     RITMA_FULL=1         the largest capture as well
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { skipLoudly } from "../../../../tools/skip.ts";
import { DEMO_LOG } from "../../src/cli/demo/steps.ts";
import { Bench } from "../cli/harness.ts";

const DATASETS =
  process.env["RITMA_DATASETS"] ?? join(import.meta.dirname, "../../../../../shared/data");
const FULL = process.env["RITMA_FULL"] === "1";
const LARGEST = "web-steady";
const EVENTS_COLUMN = 4;
const EXECS_COLUMN = 5;

async function check(files: readonly string[], events: number, execs: number): Promise<void> {
  using bench = new Bench();
  await bench.init("--privacy", "raw");
  const ingested = await bench.run("ingest", ...files);
  assert.equal(ingested.status, 0, ingested.err);
  const document = await bench.json("timeline --type exec --limit 0");
  const found = document.list("events");
  assert.equal(found.length, execs);
  assert.equal(document.number("more"), 0);
  // The rest of the log: what is not a program start is hidden, and neither lost nor doubled.
  assert.equal(document.number("hidden") + found.length, events);
  for (const event of found) {
    assert.ok(typeof event === "object" && event !== null && "type" in event && "object" in event);
    assert.equal(event.type, "exec");
  }
}

test("the recorded attack that comes with the demo", async () => {
  await check([DEMO_LOG], 57_454, 2_871);
});

const INDEX = join(DATASETS, "captures/INDEX");
const MISSING = `data sets (RITMA_DATASETS, now ${DATASETS})`;

if (!existsSync(INDEX)) {
  test("captures of a data set", (context) => skipLoudly(context, MISSING));
} else {
  for (const row of readFileSync(INDEX, "utf8").split("\n")) {
    const columns = row.split("\t");
    const [name = "", files = ""] = columns;
    if (row.startsWith("#") || columns.length <= EXECS_COLUMN) continue;
    if (name === LARGEST && !FULL) continue;
    test(`the capture ${name}`, async () => {
      const paths = files.split(",").map((file) => join(DATASETS, "captures", name, file));
      await check(paths, Number(columns[EVENTS_COLUMN]), Number(columns[EXECS_COLUMN]));
    });
  }
}
