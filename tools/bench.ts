/**
 * `npm run bench -- SUITE`: runs a suite of bench/.
 *
 * @module
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const FOLDER = join(import.meta.dirname, "..", "bench");
const suites = readdirSync(FOLDER).filter((name) => name !== "shared");
const suite = process.argv[2] ?? "";
if (suites.includes(suite)) {
  process.argv.splice(2, 1);
  await import(pathToFileURL(join(FOLDER, suite, "benchmark.ts")).href);
} else {
  process.stderr.write(`usage: npm run bench -- ${suites.join("|")}\n`);
  process.exitCode = 64;
}
