/**
 * Verifies what a beat store holds now: every record says something, every payload is there and is
 * what its cell says, and parents and children know each other. A branch without any links (the
 * recorder's journal is one) has cells that are found by their path alone.
 *
 * It runs to the end and lists what it finds; it writes nothing. What was replaced or forgotten is
 * not looked at.
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import { STORE_FAULTS_MAX } from "../../base/limits.ts";
import type { BeatStore } from "./beat-store.ts";
import { shown } from "./cells/cell-store.ts";
import { readRecordBody } from "./record-body.ts";
import { type BeatRecord, type CellPath } from "./record.ts";

export interface StoreFault {
  /** "/branch/path". */
  readonly place: string;
  readonly message: string;
}

export interface VerifiedBranch {
  readonly branch: string;
  readonly records: number;
  readonly cells: number;
  /** Of all cells together, as stored. */
  readonly payloadBytes: number;
}

export interface VerifiedStore {
  readonly branches: readonly VerifiedBranch[];
  readonly faults: readonly StoreFault[];
}

/** @throws RitmaError of the disk; what is damaged is a fault */
export async function verifyBeatStore(
  store: BeatStore,
  only: string | null,
): Promise<VerifiedStore> {
  const faults: StoreFault[] = [];
  const branches: VerifiedBranch[] = [];
  for (const branch of store.engine.branches()) {
    if (only !== null && branch !== only) continue;
    branches.push(await new BranchCheck(store, branch, faults).run());
  }
  return { branches, faults };
}

class BranchCheck {
  readonly #store: BeatStore;
  readonly #branch: string;
  readonly #faults: StoreFault[];
  #records = 0;
  #cells = 0;
  #payloadBytes = 0;
  #hasLinks = false;

  constructor(store: BeatStore, branch: string, faults: StoreFault[]) {
    this.#store = store;
    this.#branch = branch;
    this.#faults = faults;
  }

  async run(): Promise<VerifiedBranch> {
    const branch = this.#branch;
    const live = new Set<string>();
    await this.#caught([], async () => {
      for await (const record of this.#store.scan(branch, new Uint8Array(0))) {
        this.#records += 1;
        await this.#record(record, live);
      }
    });
    if (this.#hasLinks) {
      await this.#links([], live);
      for (const name of live) this.#fault(name.split("\0"), "no parent has it among its children");
    }
    const [records, cells] = [this.#records, this.#cells];
    return { branch, records, cells, payloadBytes: this.#payloadBytes };
  }

  async #record(record: BeatRecord, live: Set<string>): Promise<void> {
    await this.#caught([], async () => {
      const { path, content } = readRecordBody(record);
      if (content.record === "payloadHistory" && content.beat > 0) {
        await this.#caught(path, async () => {
          await this.#store.cells.pastBytes(this.#branch, path, content);
        });
      }
      if (content.record === "manifest" || content.record === "order") this.#hasLinks = true;
      if (content.record !== "cell" || content.isTombstone) return;
      this.#cells += 1;
      live.add(path.join("\0"));
      await this.#caught(path, async () => {
        const read = await this.#store.cells.get(this.#branch, path);
        this.#payloadBytes += read?.bytes?.length ?? 0;
      });
    });
  }

  /** Strikes out of `live` what is found from the root. */
  async #links(path: CellPath, live: Set<string>): Promise<void> {
    await this.#caught(path, async () => {
      const children = await this.#store.cells.children(this.#branch, path);
      const came = await this.#store.cells.childrenAsTheyCame(this.#branch, path);
      if (
        came.toSorted().join("\0") !==
        children
          .map(({ name }) => name)
          .toSorted()
          .join("\0")
      ) {
        this.#fault(path, "its children by name and in their order are not the same");
      }
      for (const { name } of children) {
        const child = [...path, name];
        if (!live.delete(child.join("\0"))) this.#fault(child, "is a child, and is not there");
        else await this.#links(child, live);
      }
    });
  }

  async #caught(path: CellPath, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const isFault =
        error instanceof FormatError ||
        (error instanceof RitmaError && error.code.startsWith("beat/"));
      if (!isFault) throw error;
      this.#fault(path, error.message);
    }
  }

  #fault(path: CellPath, message: string): void {
    if (this.#faults.length === STORE_FAULTS_MAX) return;
    this.#faults.push({ place: shown(this.#branch, path), message });
  }
}
