/**
 * Facts as `name   text` rows: what is null is left out, what is nested stands on one line.
 *
 *     object   file, path /etc/shadow, inode 103, device 254:1, mode 0100644
 *     ret      13 (EACCES)
 *
 * Texts in facts are escaped where they were made (`timeline/json-event.ts`).
 *
 * @module
 */
type Facts = Readonly<Record<string, unknown>>;

/** Told elsewhere, or beside another one. */
const SILENT: ReadonlySet<string> = new Set(["type", "argsWhole", "error", "hashed"]);

export function fieldRows(facts: Facts): (readonly [string, string])[] {
  const rows: (readonly [string, string])[] = [];
  for (const [name, value] of Object.entries(facts)) {
    if (SILENT.has(name) || value === null || value === undefined) continue;
    rows.push([name, rowText(facts, name, value)]);
  }
  const { hashed } = facts;
  if (Array.isArray(hashed) && hashed.length > 0) rows.push(["hashed", hashed.join(", ")]);
  return rows;
}

function rowText(facts: Facts, name: string, value: unknown): string {
  if (name === "ret") return retText(value, facts["error"]);
  if (name !== "args") return factText(value);
  return `${factText(value)}${facts["argsWhole"] === false ? " …, some are missing" : ""}`;
}

function retText(ret: unknown, error: unknown): string {
  return typeof error === "string" ? `${String(ret)} (${error})` : String(ret);
}

function factText(value: unknown): string {
  if (Array.isArray(value)) return value.map(listedText).join(" ");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .filter(([, each]) => each !== null)
    .map(([name, each]) => namedText(name, each))
    .join(", ");
}

function namedText(name: string, value: unknown): string {
  if (name === "kind") return String(value);
  if (name === "mode" && typeof value === "number") return `mode 0${value.toString(8)}`;
  if (name === "device" && Array.isArray(value)) return `device ${value.join(":")}`;
  return `${name} ${factText(value)}`;
}

/** An argument, or a field of a record: its name and what it holds. */
function listedText(value: unknown): string {
  if (!Array.isArray(value)) return quoted(value);
  const [name, held] = value;
  return `${String(name)}=${quoted(held)}`;
}

/** So that one argument does not look like two. */
function quoted(value: unknown): string {
  const text = String(value);
  return /^[^\s'"]+$/u.test(text) ? text : `'${text.replaceAll("'", "\\'")}'`;
}
