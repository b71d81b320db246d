/**
 * Goal: what the README says to type works, on a host whose log was rotated and on one whose was
 * not.
 *
 * Method: each command of the README is parsed; those that record log files are run, with a folder
 * in place of the host's and the fingerprint that `init` printed.
 */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { COMMANDS } from "../../src/cli/catalogue.ts";
import { parseArguments } from "../../src/cli/parse.ts";
import { auditLog } from "./audit-log.ts";
import { Bench, runMain } from "./harness.ts";
import { Json } from "./json-document.ts";

const README = readFileSync(join(import.meta.dirname, "../../../../README.md"), "utf8");
const SURFACE = { version: "0", columns: 80, program: "ritma" };
const RECORDING = "## Record log files\n";
const LINE = /^ {4}(?:sudo )?npx ritma (?<words>[^#\n]*)/gmu;

function commandsIn(text: string): string[][] {
  return text
    .matchAll(LINE)
    .map(({ groups }) => (groups?.["words"] ?? "").trim().split(/ +/u))
    .toArray();
}

test("every command of the README is one", () => {
  const commands = commandsIn(README);
  assert.ok(commands.length >= 7);
  for (const words of commands) parseArguments(words, COMMANDS, SURFACE);
});

for (const [name, files] of [
  ["never rotated", { "audit.log": auditLog({ events: 9 }) }],
  [
    "rotated just now",
    { "audit.log": "", "audit.log.1": auditLog({ events: 9 }), "ritma.txt": "no log" },
  ],
] as const) {
  test(`its lines record a log that was ${name}`, async () => {
    using bench = new Bench();
    const logs = join(bench.dir, "audit");
    mkdirSync(logs);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(logs, file), text);
    const section = README.slice(README.indexOf(RECORDING)).split("\n## ")[0] ?? "";
    const commands = commandsIn(section);
    assert.deepEqual(
      commands.map(([command]) => command),
      ["init", "ingest", "timeline", "verify"],
    );
    let fingerprint = "";
    for (const words of commands) {
      const meant = words.map((word) =>
        word
          .replace("./my-data", bench.root)
          .replace("/var/log/audit", logs)
          .replace("FINGERPRINT", fingerprint),
      );
      const { status, out, err } = await runMain([...meant, "--json"], {});
      assert.equal(status, 0, err);
      const document = new Json(out);
      if (words[0] === "init") fingerprint = document.text("fingerprint");
      if (words[0] === "timeline") assert.ok(document.list("events").length > 0, out);
    }
  });
}
