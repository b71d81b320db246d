/**
 * Puts the CDDL of the specification into packages/evidence/src/record/schemas.ts.
 *
 *     node tools/make-schemas.ts
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const SOURCE = join(ROOT, "packages/evidence/src/record/schemas.ts");

/** In the order in which `store.cbor` names them. */
export const SCHEMA_PAGES = [
  { name: "event", page: "spec/05-record.md" },
  { name: "proof", page: "spec/06-store.md" },
] as const;

/** @returns the cddl blocks of a page, with an empty line between two. */
export function cddlOf(page: string): string {
  const text = readFileSync(join(ROOT, page), "utf8");
  const blocks = [...text.matchAll(/^```cddl\n(.*?)^```$/gmsu)].map((match) => match[1] ?? "");
  return blocks.join("\n");
}

if (import.meta.main) {
  let source = readFileSync(SOURCE, "utf8");
  for (const { name, page } of SCHEMA_PAGES) {
    const constant = new RegExp(`(const ${name.toUpperCase()}_SCHEMA = \`)[^\`]*(\`;)`, "u");
    if (!constant.test(source)) throw new TypeError(`no constant for the schema ${name}`);
    source = source.replace(constant, (_, open: string, end: string) => open + cddlOf(page) + end);
  }
  writeFileSync(SOURCE, source);
}
