/**
 * The tree of all branches, as one who walks through the running system sees it:
 *
 *     /data/...      the branch "data", below it /data/persist with the counters of now
 *     /journal/...   the branch "journal"
 *     /rt/ops/...    operations and their outcomes, in the branch "rt"
 *     /cas/<hex>     every blob of any branch, by its BLAKE3-256
 *     /NAME/...      any other branch
 *
 * So the first name is a branch, and the rest a cell's path in it; "cas" is no branch. What is
 * written goes through `cells` of the store: the tree only shows.
 *
 * A path is written with "/" between names; in a name "%2F" stands for "/" and "%25" for "%".
 *
 * @module
 */
import { encodeUtf8, toHex } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import type { BeatStore } from "./beat-store.ts";
import { PAYLOAD_FLAGS } from "./capabilities.ts";
import { METRIC_NAMES, metricPath, METRICS_BRANCH } from "./metrics.ts";
import { type CellPath, parseRecordKey, recordKey, recordPrefix } from "./record.ts";

/** No branch may have this name. */
export const CAS_NAME = "cas";

const DIGEST = /^[0-9a-f]{64}$/u;

export interface TreeEntry {
  readonly name: string;
  /** Whether something may be below it. */
  readonly hasChildren: boolean;
}

export class BeatTree {
  readonly #store: BeatStore;

  constructor(store: BeatStore) {
    this.#store = store;
  }

  /** @throws RitmaError `beat/missing`, `beat/damaged` */
  async list(path: CellPath): Promise<readonly TreeEntry[]> {
    const [branch, ...rest] = path;
    if (branch === undefined) {
      const names = [...this.#store.engine.branches(), CAS_NAME];
      return names.toSorted().map((name) => ({ name, hasChildren: true }));
    }
    if (branch === CAS_NAME && rest.length === 0) {
      return [...(await this.#blobNames())]
        .toSorted()
        .map((name) => ({ name, hasChildren: false }));
    }
    const children = await this.#store.cells.children(branch, rest);
    if (children.length === 0) {
      const found = await this.#unlinked(branch, rest);
      if (found.length === 0 && !(await this.#isThere(branch, rest))) throw missing(path);
      return found;
    }
    const entries: TreeEntry[] = [];
    for (const { name } of children) {
      const below = await this.#store.cells.children(branch, [...rest, name]);
      entries.push({ name, hasChildren: below.length > 0 });
    }
    return entries;
  }

  /**
   * The bytes of a cell or blob; null for a cell without a payload.
   *
   * @throws RitmaError `beat/missing`, `beat/damaged`
   */
  async read(path: CellPath): Promise<Uint8Array | null> {
    const [branch = "", ...rest] = path;
    if (branch === CAS_NAME) return await this.#blob(rest);
    const counter = branch === METRICS_BRANCH ? this.#counter(rest) : null;
    if (counter !== null) return encodeUtf8(counter);
    const read = await this.#store.cells.get(branch, rest);
    if (read === null) throw missing(path);
    return read.bytes;
  }

  /** Cells that nobody linked to a parent, as in the recorder's journal: told by their keys. */
  async #unlinked(branch: string, path: CellPath): Promise<readonly TreeEntry[]> {
    const entries = new Map<string, TreeEntry>();
    for await (const { key, body } of this.#store.scan(branch, recordPrefix("cell", path))) {
      const below = parseRecordKey(key).path.slice(path.length);
      const [name] = below;
      if (name === undefined || isTombstone(body)) continue;
      const hasChildren = below.length > 1 || (entries.get(name)?.hasChildren ?? false);
      entries.set(name, { name, hasChildren });
    }
    return [...entries.values()];
  }

  async #isThere(branch: string, path: CellPath): Promise<boolean> {
    if (path.length === 0) return this.#store.engine.branches().includes(branch);
    return (await this.#store.cells.describe(branch, path)) !== null;
  }

  async #blob(rest: CellPath): Promise<Uint8Array> {
    const [name = ""] = rest;
    if (rest.length === 1 && DIGEST.test(name)) {
      for (const branch of this.#store.engine.branches()) {
        const found = (await this.#store.casOf(branch)?.check(name)) ?? null;
        if (found !== null && found !== "damaged") return found;
      }
    }
    throw missing([CAS_NAME, ...rest]);
  }

  async #blobNames(): Promise<Set<string>> {
    const names = new Set<string>();
    for (const branch of this.#store.engine.branches()) {
      for (const { name } of (await this.#store.casOf(branch)?.list()) ?? []) names.add(name);
    }
    return names;
  }

  /** Of now, not of the last beat that has them. */
  #counter(path: CellPath): string | null {
    const { metrics, engine } = this.#store;
    const branch = path[1] ?? "";
    if (!engine.branches().includes(branch)) return null;
    const place = keyOf(path);
    if (keyOf(metricPath(branch, null)) === place) return engine.name;
    const name = METRIC_NAMES.find((each) => keyOf(metricPath(branch, each)) === place);
    return name === undefined ? null : String(metrics.of(branch)[name]);
  }
}

/** @throws RangeError for what is no path of a cell. */
export function parseTreePath(text: string): CellPath {
  const names = text.split("/").filter((part) => part !== "");
  const path = names.map((part) => part.replaceAll(/%2F/giu, "/").replaceAll("%25", "%"));
  // Refuses what no record can be named.
  recordKey("cell", path);
  return path;
}

/** "a/b%2Fc"; what a terminal would obey is left as it is. */
export function formatTreePath(path: CellPath): string {
  return path.map((name) => name.replaceAll("%", "%25").replaceAll("/", "%2F")).join("/");
}

/** What cannot be read is shown: reading it says what is wrong. */
function isTombstone(body: Uint8Array): boolean {
  return ((body[0] ?? 0) & PAYLOAD_FLAGS.tombstone) !== 0;
}

function keyOf(path: CellPath): string {
  return toHex(recordKey("cell", path));
}

function missing(path: CellPath): RitmaError {
  return new RitmaError("beat/missing", `/${escapeText(formatTreePath(path))} is not there`);
}
