/**
 * Goal: the fields of `--json` are those that docs/cli.md and `--help --json` promise, no fewer and
 * no more.
 *
 * Method: each command runs once and what it prints is compared with its data.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMANDS } from "../../src/cli/catalogue.ts";
import { auditLog } from "./audit-log.ts";
import { Bench } from "./harness.ts";

test("each command prints the fields that it promises", async () => {
  using bench = new Bench();
  const log = bench.file("audit.log", auditLog({ events: 3 }));
  for (const line of ["init", `ingest ${log}`, "stats", "keys", "verify", "explain"]) {
    const document = await bench.json(line);
    const [name = ""] = line.split(" ");
    const promised = Object.keys(COMMANDS.find((each) => each.name === name)?.fields ?? {});
    assert.deepEqual(document.names().toSorted(), promised.toSorted(), name);
  }
});
