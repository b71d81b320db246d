/**
 * How the person who reads this starts Ritma, for lines that are copied.
 *
 * Rule: `npx ritma` when npm or npx started this process, when it was started out of a
 * node_modules/.bin, or when it is a checkout and no link to it; else it lies where the shell finds
 * it: `ritma`.
 *
 * @module
 */
const ALONE = "ritma";
const BY_NPX = "npx ritma";
const NAMES =
  "init|ingest|record|status|timeline|log|show|tag|tree|trace|who|diff|blame|bisect|report|" +
  "cones|stats|account|reindex|verify|beat|keys|demo|explain|COMMAND";
const COMMAND = new RegExp(`(?<![\\w./-])(?<!npx )ritma (?=(?:${NAMES})\\b)`, "gu");

export interface Started {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The script as it was named, `process.argv[1]`. */
  readonly script: string;
  /** Where this code lies. */
  readonly code: string;
}

/** @returns what stands before the name of a command. */
export function programName({ environment, script, code }: Started): string {
  const byNpm = (environment["npm_execpath"] ?? "") !== "";
  const isCheckout = !code.includes("/node_modules/") && !script.endsWith(`/${ALONE}`);
  return byNpm || isCheckout || script.includes("/node_modules/.bin/") ? BY_NPX : ALONE;
}

/** A text of ours with its commands as this person types them. Never for what was recorded. */
export function asStarted(text: string, program: string): string {
  return program === ALONE ? text : text.replaceAll(COMMAND, `${program} `);
}
