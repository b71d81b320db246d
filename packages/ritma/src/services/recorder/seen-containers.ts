/**
 * Looks at the processes that a live log speaks of, while they are there to be looked at.
 *
 * @module
 */
import { encodeUtf8 } from "@ritma/evidence";
import type { ReadCgroup } from "../../base/disk/proc-files.ts";
import { CONTAINERS_SEEN_MAX, CONTAINER_SEEN_MS } from "../../base/limits.ts";
import { containerIn } from "../../flow/capture/tail/cgroup.ts";
import type { JournalEntry } from "../../flow/journal/entry.ts";

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
   * @param pids of those who speak now (`speakersIn`)
   * @returns what is new of them; null when nothing is
   */
  async lookAt(pids: ReadonlySet<number>, nowMs: number): Promise<JournalEntry | null> {
    const seen: [pid: number, id: Uint8Array | null][] = [];
    for (const pid of pids) {
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
