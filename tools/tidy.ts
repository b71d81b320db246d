/**
 * House rules that no general linter knows. Run by `tidy.test.ts`, so `npm test` is the only gate.
 *
 * Each rule is a few lines, looks at one file where it can, and says what to do instead. A rule
 * that needs an exception gets it here, by path, where a reviewer sees it.
 *
 * Limits: imports are read by a regular expression over static specifiers, and `deadExports` looks
 * at words, not at scopes.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Rows of packages/ritma/src, bottom first. A file imports from its own part or from a lower row.
 */
const ROWS: readonly string[] = ["base", "stores", "flow", "services", "cli"];

const FILE_LINES_MAX = 500;
const LINE_COLUMNS_MAX = 100;

const EVIDENCE = "packages/evidence/src/";
const CODE = /\.(?:ts|mjs|js)$/u;
const FILE_NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test|\.d)?\.(?:ts|mjs|js)$/u;

interface Ban {
  readonly text: RegExp;
  readonly instead: string;
  /** Where it holds: in what is shipped, where tests and tools may touch the real world, or all. */
  readonly where: "src" | "all";
  /** Beginnings of paths where it does not. */
  readonly except: readonly string[];
}

const BASE = "packages/ritma/src/base/";
const OURSELVES = ["tools/tidy.ts", "tools/tidy.test.ts"];

const BANS: readonly Ban[] = [
  {
    text: /(?:from |import\()"(?:node:)?fs(?:\/promises)?"/u,
    instead: "the Disk port (base/disk)",
    where: "src",
    except: [`${BASE}disk/`, "packages/ritma/src/cli/main.ts"],
  },
  {
    text: /(?:from |import\()"node:sqlite"/u,
    instead: "base/sqlite.ts, the one place that will follow its renaming",
    where: "src",
    except: [`${BASE}sqlite.ts`],
  },
  {
    text: /\bDate\.now\(|\bnew Date\(\)/u,
    instead: "the Clock port (base/clock.ts)",
    where: "src",
    except: [`${BASE}clock.ts`],
  },
  {
    text: /\bMath\.random\(/u,
    instead: "the Rng port (base/rng.ts), or a seed",
    where: "all",
    except: OURSELVES,
  },
  {
    text: /\bconsole\.\w+\(/u,
    instead: "the Log (base/log.ts) or the command's output",
    where: "all",
    except: OURSELVES,
  },
  {
    text: /\b(?:FIXME|TODO|XXX)\b/u,
    instead: "an issue, or the fix",
    where: "all",
    except: OURSELVES,
  },
];

/** @returns one line per broken rule, `path: message`, in the order of the rules. */
export function tidy(path: string, text: string): string[] {
  const wrong = [...badName(path), ...badHeader(path, text), ...badSize(text)];
  const code = withoutCommentLines(text);
  for (const ban of BANS) {
    if (ban.where === "src" && !path.includes("/src/")) continue;
    if (ban.except.some((place) => path.startsWith(place))) continue;
    const found = ban.text.exec(ban.where === "src" ? code : text);
    if (found !== null) wrong.push(`${found[0]} is banned, use ${ban.instead}`);
  }
  wrong.push(...badImports(path, code));
  return wrong.map((message) => `${path}: ${message}`);
}

/** Checks what git knows or would take up, below `root`. @returns one line per broken rule. */
export function tidyTree(root: string): string[] {
  const paths = pathsOf(root);
  const texts = new Map<string, string>();
  for (const path of paths) {
    if (CODE.test(path)) texts.set(path, readFileSync(join(root, path), "utf8"));
  }
  const wrong = [...texts].flatMap(([path, text]) => tidy(path, text));
  wrong.push(...deadExports(texts), ...compiledBesideSource(paths), ...uncitedPages(paths, texts));
  const map = join(root, "ARCHITECTURE.md");
  wrong.push(...missingFromMap(paths, existsSync(map) ? readFileSync(map, "utf8") : null));
  return wrong;
}

/**
 * An export that no other file mentions is dead, or should lose its `export`. Comparing words is
 * crude and enough: it errs only where two things share a name, which we do not want either. A type
 * may also be there for the signature that it stands in.
 */
export function deadExports(files: ReadonlyMap<string, string>): string[] {
  const words = [...files].map(([path, text]) => ({ path, seen: new Set(text.match(/\w+/gu)) }));
  const declared = /^export (?:async )?(class|const|function\*?|interface|type) (\w+)/gmu;
  return [...files].flatMap(([path, text]) =>
    [...text.matchAll(declared)]
      .filter(([, kind, name = ""]) => {
        const isType = kind === "interface" || kind === "type";
        if (isType && text.split(new RegExp(`\\b${name}\\b`, "u")).length > 2) return false;
        return !words.some((other) => other.path !== path && other.seen.has(name));
      })
      .map(([, , name = ""]) => `${path}: ${name} is exported and nobody imports it`),
  );
}

/** A build that went wrong leaves JavaScript next to its source, and Node.js may then run that. */
export function compiledBesideSource(paths: readonly string[]): string[] {
  const all = new Set(paths);
  return paths
    .filter((path) => all.has(path.replace(/\.(?:js|js\.map|d\.ts)$/u, ".ts")))
    .filter((path) => /\.(?:js|js\.map|d\.ts)$/u.test(path))
    .map((path) => `${path}: is compiled from the .ts beside it, remove it`);
}

/** A page of the specification that no code names is not what the code does. */
export function uncitedPages(
  paths: readonly string[],
  texts: ReadonlyMap<string, string>,
): string[] {
  return paths
    .filter((path) => /^spec\/[^/]+\.md$/u.test(path) && path !== "spec/README.md")
    .filter((page) => ![...texts.values()].some((text) => text.includes(page)))
    .map((page) => `${page}: no code cites it`);
}

/** @param map the text of ARCHITECTURE.md, null when there is none. */
export function missingFromMap(paths: readonly string[], map: string | null): string[] {
  if (map === null) return ["ARCHITECTURE.md: is missing"];
  const folders = new Set<string>();
  for (const path of paths) {
    const parts = path.split("/").slice(0, -1);
    if (parts[0] !== undefined && !parts[0].startsWith(".")) folders.add(parts[0]);
    if (parts[0] === "packages" && parts[2] === "src") {
      for (const folder of parts.slice(3)) folders.add(folder);
    }
  }
  const named = new Set(map.match(/[\w.-]+(?=\/)/gu));
  return [...folders]
    .filter((folder) => !named.has(folder))
    .map((folder) => `ARCHITECTURE.md: does not name the folder ${folder}/`);
}

function badName(path: string): string[] {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return FILE_NAME.test(name) ? [] : ["is not named in kebab-case"];
}

function badHeader(path: string, text: string): string[] {
  const [, header] = /^(?:#!.*\n)?\/\*\*\n(.*?)\*\//su.exec(text) ?? [];
  if (header === undefined) return ["starts without a module comment"];
  if (!path.endsWith(".test.ts")) {
    return /^ \* @module$/mu.test(header) ? [] : ["its first comment does not end with @module"];
  }
  return /\bGoal:/u.test(header) && /\bMethod:/u.test(header)
    ? []
    : ["its first comment does not state Goal: and Method:"];
}

function badSize(text: string): string[] {
  const wrong: string[] = [];
  const lines = text.split("\n");
  if (lines.length > FILE_LINES_MAX + 1) {
    wrong.push(`${lines.length - 1} lines, at most ${FILE_LINES_MAX}`);
  }
  for (const [index, line] of lines.entries()) {
    if (line.length > LINE_COLUMNS_MAX && !line.includes("https://")) {
      wrong.push(`line ${index + 1} has ${line.length} columns, at most ${LINE_COLUMNS_MAX}`);
    }
  }
  return wrong;
}

function badImports(path: string, code: string): string[] {
  const wrong: string[] = [];
  for (const specifier of importsOf(code)) {
    const to = specifier.startsWith(".") ? resolve(path, specifier) : specifier;
    if (path.startsWith(EVIDENCE)) {
      if (!to.startsWith(EVIDENCE)) wrong.push(`imports ${to}; evidence imports only itself`);
    } else if (path.includes("/src/") && to.startsWith(EVIDENCE)) {
      wrong.push(`imports ${to}, use "@ritma/evidence"`);
    } else if (!mayImport(path, to)) {
      wrong.push(`imports ${to}, which is not below it`);
    }
  }
  return wrong;
}

function mayImport(from: string, to: string): boolean {
  const [a, b] = [partOf(from), partOf(to)];
  if (a === undefined || b === undefined) return true;
  return b.row < a.row || b.part === a.part;
}

/**
 * The part a file belongs to: the row for `base` and `cli`, one folder deeper for the rows between.
 */
function partOf(path: string): { row: number; part: string } | undefined {
  const [, name = "", child = ""] = /^packages\/ritma\/src\/([^/]+)\/([^/]+)/u.exec(path) ?? [];
  const row = ROWS.indexOf(name);
  if (row === -1) return undefined;
  return { row, part: row === 0 || row === ROWS.length - 1 ? name : `${name}/${child}` };
}

function importsOf(code: string): string[] {
  const specifiers = /(?:\bfrom|\bimport\(|^import)\s*"([^"]+)"/gmu;
  return [...code.matchAll(specifiers)].map((match) => match[1] ?? "");
}

function resolve(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

/** A comment may name what code may not use. */
function withoutCommentLines(text: string): string {
  return text.replaceAll(/^\s*(?:\/?\*|\/\/).*$/gmu, "");
}

/** Without git (an unpacked archive) every file counts that is not installed. */
function pathsOf(root: string): string[] {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { status, stdout } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  const paths =
    status === 0
      ? stdout.split("\0").filter((path) => path !== "" && existsSync(join(root, path)))
      : globSync("**/*.*", { cwd: root, exclude: ["**/node_modules/**", "**/dist/**"] });
  return paths.toSorted();
}
