/**
 * The commands of docs/verify-by-hand.md, taken from the page itself.
 *
 * Invariant: nothing of a step is written anywhere else; what a test runs is what a reader types.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const REPOSITORY = join(import.meta.dirname, "..", "..");
const PAGE = join(REPOSITORY, "docs", "verify-by-hand.md");
/** The programs that the page refers to. */
export const PROGRAMS = join(REPOSITORY, "docs", "verify-by-hand");

/** One heading with a number, and what is typed under it. */
export interface Step {
  readonly number: number;
  readonly commands: string;
}

export interface HandPage {
  /** Debian packages that the page wants. */
  readonly packages: readonly string[];
  /** Variables that a reader sets. */
  readonly values: readonly string[];
  /** How the shell is set up, before any step. */
  readonly shell: string;
  /** What is done once, whatever the stores. */
  readonly once: string;
  readonly steps: readonly Step[];
}

/** @throws Error when a block of the page is of a kind that no test would run */
export function readPage(): HandPage {
  const found = { packages: "", values: "", once: "", shell: "" };
  const steps: Step[] = [];
  const text = readFileSync(PAGE, "utf8");
  for (const section of text.split(/^## /mu)) {
    const number = Number.parseInt(section, 10);
    for (const [, kind = "", commands = ""] of section.matchAll(/^```(.*)\n([^`]*)^```$/gmu)) {
      if (kind === "sh packages") found.packages += commands;
      else if (kind === "sh values") found.values += commands;
      else if (kind === "sh once") found.once += commands;
      else if (kind !== "sh") throw new Error(`a block of kind ${JSON.stringify(kind)}`);
      else if (Number.isNaN(number)) found.shell += commands;
      else steps.push({ number, commands });
    }
  }
  return {
    packages: found.packages.trim().split(/\s+/u).slice(2),
    values: [...found.values.matchAll(/^(\w+)=/gmu)].map((match) => match[1] ?? ""),
    shell: found.shell,
    once: found.once,
    steps,
  };
}
