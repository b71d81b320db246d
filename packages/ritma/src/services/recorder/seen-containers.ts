/**
 * Looks at the processes that a live log speaks of, while they are there to be looked at.
 *
 * @module
 */
import { encodeUtf8 } from "@ritma/evidence";
import type { ReadCgroup } from "../../base/disk/proc-files.ts";
import { CONTAINER_LAG_MS, CONTAINERS_SEEN_MAX, CONTAINER_SEEN_MS } from "../../base/limits.ts";
import { containerIn } from "../../flow/capture/tail/cgroup.ts";
import type { JournalEntry } from "../../flow/journal/entry.ts";
import { newestMs, pidsIn } from "./speakers.ts";

interface Seen {
  readonly id: string | null;
  readonly atMs: number;
}

export class SeenContainers {
  readonly #readCgroup: ReadCgroup;
  readonly #seen: Map<number, Seen> = new Map();

  constructor(readCgroup: ReadCgroup) {
    this.#readCgroup = readCgroup;
  }

  /**
   * @param nowMs of the clock that the log is stamped with
   * @returns what is new of the processes in these lines; null when nothing is, or when the lines
   * are so old that another process may have the pid by now
   */
  async lookAt(lines: Uint8Array, nowMs: number): Promise<JournalEntry | null> {
    if (nowMs - newestMs(lines) > CONTAINER_LAG_MS) return null;
    const seen: [pid: number, id: Uint8Array | null][] = [];
    for (const pid of pidsIn(lines)) {
      const before = this.#seen.get(pid);
      if (before !== undefined && nowMs - before.atMs < CONTAINER_SEEN_MS) continue;
      const cgroup = await this.#readCgroup(pid);
      // Gone: what was seen of it before is all there is.
      if (cgroup === null) continue;
      const id = containerIn(cgroup);
      this.#seen.delete(pid);
      this.#seen.set(pid, { id, atMs: nowMs });
      if (before?.id !== id) seen.push([pid, id === null ? null : encodeUtf8(id)]);
    }
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= CONTAINERS_SEEN_MAX) break;
      this.#seen.delete(oldest);
    }
    return seen.length === 0 ? null : { kind: "containers", seen };
  }
}
