/**
 * `npm run campaign:exact`: is what is sealed what was recorded?
 *
 * Records every capture of the dataset folder in both privacy modes, keeps what the sealer handed
 * to the press, decodes the sealed store, and compares atom by atom and entity by entity. Prints a
 * line for each; ends with status 1 when anything was missing, changed or too much, or nothing was
 * there to record. Works on one core, some minutes; what was given stays in memory.
 *
 *     node tools/exact-campaign.ts [--data DIR] [CAPTURE...]     DIR/captures/INDEX lists them
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PRIVACY_MODES, type PrivacyMode } from "@ritma/evidence";
import { type InputFile, openInput } from "../packages/ritma/src/base/disk/input-file.ts";
import { compare } from "../test/exact/compare.ts";
import { recordKeeping } from "../test/exact/recorded.ts";

const DATA = process.env["RITMA_DATASETS"] ?? join(import.meta.dirname, "../../shared/data");

interface Capture {
  readonly name: string;
  /** In reading order. */
  readonly files: readonly string[];
}

function capturesIn(dir: string): readonly Capture[] {
  const index = join(dir, "INDEX");
  if (!existsSync(index)) return [];
  const lines = readFileSync(index, "utf8").split("\n");
  return lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [name = "", files = ""] = line.split("\t");
      return { name, files: files.split(",").map((file) => join(dir, name, file)) };
    });
}

async function check({ name, files }: Capture, privacy: PrivacyMode): Promise<number> {
  await using opened = new AsyncDisposableStack();
  const inputs: InputFile[] = [];
  for (const path of files) inputs.push(opened.use(await openInput(path)));
  const { events, given, files: sealed } = await recordKeeping(inputs, privacy);
  const { atoms, entities, mismatches } = compare(given, sealed);
  row(name, privacy, events, atoms, entities, mismatches);
  return mismatches;
}

function row(...cells: readonly (string | number)[]): void {
  const text = cells.map((cell, at) => (at < 2 ? `${cell}`.padEnd(13) : `${cell}`.padStart(11)));
  process.stdout.write(`${text.join(" ")}\n`);
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    options: { data: { type: "string", default: DATA } },
    allowPositionals: true,
  });
  const dir = join(values.data, "captures");
  const captures = capturesIn(dir).filter(
    ({ name }) => positionals.length === 0 || positionals.includes(name),
  );
  let mismatches = 0;
  row("capture", "privacy", "events", "atoms", "entities", "mismatches");
  for (const capture of captures) {
    for (const privacy of PRIVACY_MODES) mismatches += await check(capture, privacy);
  }
  if (captures.length === 0) process.stdout.write(`no captures in ${dir} (--data DIR)\n`);
  process.stdout.write(`${mismatches} mismatches\n`);
  process.exitCode = mismatches === 0 && captures.length > 0 ? 0 : 1;
}
