/**
 * What the files of an evidence store are for, and how much of it each kind takes.
 *
 * @module
 */
import { isDerived } from "@ritma/evidence";

/** First match counts; the last one takes what is left. */
export const KINDS = [
  { kind: "derived", word: "derived", matches: isDerived, what: "accounts, health, indexes" },
  {
    kind: "blocks",
    word: "blocks",
    matches: /^windows\/.*\/blocks\//u,
    what: "what happened",
  },
  {
    kind: "dictionary",
    word: "dictionary",
    matches: /^graph\/dict\//u,
    what: "names, files, processes",
  },
  {
    kind: "cones",
    word: "cones",
    matches: /^ctgf\/cones\//u,
    what: "what happened more than once",
  },
  {
    kind: "windows",
    word: "windows",
    matches: /^windows\/.*\/micro\//u,
    what: "roots and seals of micro-windows",
  },
  {
    kind: "hours",
    word: "hours",
    matches: /^windows\//u,
    what: "headers, proofs and seals of hours",
  },
  { kind: "nodeLog", word: "node log", matches: /^_tlog\//u, what: "the node log" },
  { kind: "meta", word: "meta", matches: /^_meta\//u, what: "the store, its keys and schemas" },
  { kind: "other", word: "other", matches: /(?:)/u, what: "what is not a store's" },
] as const;

export type BytesKind = (typeof KINDS)[number]["kind"];
export type BytesByKind = Readonly<Record<BytesKind | "total", number>>;

/** @param sizes of files, by path in the store */
export function bytesByKind(sizes: Iterable<readonly [path: string, bytes: number]>): BytesByKind {
  const bytes: Record<BytesKind | "total", number> = {
    derived: 0,
    blocks: 0,
    dictionary: 0,
    cones: 0,
    windows: 0,
    hours: 0,
    nodeLog: 0,
    meta: 0,
    other: 0,
    total: 0,
  };
  for (const [path, size] of sizes) {
    bytes[kindOf(path)] += size;
    bytes.total += size;
  }
  return bytes;
}

function kindOf(path: string): BytesKind {
  const found = KINDS.find(({ matches }) =>
    typeof matches === "function" ? matches(path) : matches.test(path),
  );
  return found?.kind ?? "other";
}
