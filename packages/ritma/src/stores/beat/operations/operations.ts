/**
 * Operations on a running store: boot, checkpoint, compaction, sync, shutdown.
 *
 * Each has an entry below /rt/ops that says how it ended, and a notice. Readiness is a state of the
 * boot: `ist:store`, which it has only when the counters are published, so whoever waits for it
 * finds them.
 *
 * Not here: what a checkpoint is (the engines), branch bundles (`bundle/`).
 *
 * @module
 */
import { toHex } from "@ritma/evidence";
import { RitmaError } from "../../../base/error.ts";
import type { BeatStore } from "../beat-store.ts";
import { decodeCell } from "../cell.ts";
import { beatFault } from "../frame-fault.ts";
import { decodePayloadHistory } from "../history.ts";
import type { Notice, NoticeSink, NoticeTopic } from "../notice.ts";
import type { Payload } from "../payload.ts";
import { type CellPath, parseRecordKey, recordPrefix } from "../record.ts";
import {
  beginOperation,
  endOperation,
  OPERATION_VERBS,
  type Operation,
  type OperationVerb,
  readOperations,
} from "./operation-log.ts";

export interface Compacted {
  /** Of the engine's files. */
  readonly bytes: number;
  /** Of blobs that nothing referred to. */
  readonly blobBytes: number;
  /** Pages of children that are not needed any more. */
  readonly pages: number;
}

const ALL_BRANCHES = "";
/** A parent's pages are written anew when at least so many of them would go. */
const PAGES_TO_FOLD = 4;

export class Operations {
  readonly #store: BeatStore;
  readonly #notice: NoticeSink;
  #isReady = false;

  constructor(store: BeatStore, notice: NoticeSink) {
    this.#store = store;
    this.#notice = notice;
  }

  /** Since `boot` has reached `ist:store`, until `shutdown`. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Makes the store ready. @returns operations that a process before this one left unfinished. */
  async boot(): Promise<readonly Operation[]> {
    const left: Operation[] = [];
    for (const verb of OPERATION_VERBS) {
      const [newest] = await readOperations(this.#store, verb);
      if (newest?.state === "ist:begun") left.push(newest);
    }
    const boot = await beginOperation(this.#store, "op/boot", "the store is opened");
    for (const operation of left) {
      const detail = "the process ended before the operation did";
      await endOperation(this.#store, operation, "ist:failed", detail);
      this.#say("persist.recover", "warning", `${operation.verb} ${operation.number}: ${detail}`);
    }
    await this.#store.publish();
    await endOperation(this.#store, boot, "ist:store", "counters are published");
    this.#isReady = true;
    this.#say("persist.bootstrap", "info", `ist:store at beat ${this.#store.lastBeat}`);
    return left;
  }

  /** Commits what waits and says that this end was meant. The store is closed afterwards. */
  async shutdown(): Promise<void> {
    this.#isReady = false;
    await this.run("op/shutdown", "the store is closed", async () => {
      await this.#store.flush();
      return `at beat ${this.#store.lastBeat}`;
    });
  }

  /** Bounds what the next opening reads. */
  async checkpoint(): Promise<void> {
    await this.run("op/checkpt", "asked for", async () => {
      await this.#store.engine.checkpoint();
      return `at beat ${this.#store.lastBeat}`;
    });
  }

  /** Gives back what was replaced, forgotten or is referred to by nothing. */
  async compact(): Promise<Compacted> {
    let compacted: Compacted = { bytes: 0, blobBytes: 0, pages: 0 };
    await this.run("op/compact", "asked for", async () => {
      const pages = await this.#foldPages();
      const blobBytes = await this.#sweepBlobs();
      compacted = { bytes: await this.#store.engine.compact(), blobBytes, pages };
      return `${compacted.bytes} bytes, ${blobBytes} of blobs, ${pages} pages`;
    });
    return compacted;
  }

  /**
   * Runs `work` as an operation.
   *
   * @param work returns a sentence on what was done
   */
  async run(verb: OperationVerb, begun: string, work: () => Promise<string>): Promise<void> {
    const operation = await beginOperation(this.#store, verb, begun);
    const topic = verb === "op/checkpt" || verb === "op/compact" ? "persist.checkpoint" : null;
    try {
      const done = await work();
      await endOperation(this.#store, operation, "ist:done", done);
      this.#say(topic ?? "persist.bootstrap", "info", `${verb} ${operation.number}: ${done}`);
    } catch (error) {
      if (!(error instanceof RitmaError)) throw error;
      this.#say(topic ?? "persist.bootstrap", "error", `${verb}: ${error.message}`);
      await this.#fail(operation, error);
      throw error;
    }
  }

  /** A store that refuses cannot say so in itself; the next boot will. */
  async #fail(operation: Operation, { code, message }: RitmaError): Promise<void> {
    try {
      await endOperation(this.#store, operation, "ist:failed", `${message} (${code})`);
    } catch (error) {
      if (!(error instanceof RitmaError)) throw error;
    }
  }

  /** Nobody puts anything meanwhile: what is put could refer to a blob that is about to go. */
  async #sweepBlobs(): Promise<number> {
    const beat = await this.#store.beginBeat();
    let bytes = 0;
    try {
      const branches = this.#store.engine.branches();
      // A branch may have what another one needs: the tree of blobs is one.
      const live = new Set<string>();
      for (const branch of branches) {
        for (const name of await liveBlobs(this.#store, branch)) live.add(name);
      }
      for (const branch of branches) {
        bytes += (await this.#store.casOf(branch)?.sweep(live)) ?? 0;
      }
    } finally {
      this.#store.abortBeat(beat);
    }
    return bytes;
  }

  async #foldPages(): Promise<number> {
    let pages = 0;
    for (const branch of this.#store.engine.branches()) {
      for (const path of await parentsOf(this.#store, branch)) {
        pages += await this.#store.apply(
          async (beat) => await this.#store.cells.foldLinks(beat, branch, path),
        );
      }
    }
    return pages;
  }

  #say(topic: NoticeTopic, severity: Notice["severity"], detail: string): void {
    this.#notice({ topic, severity, branch: ALL_BRANCHES, detail });
  }
}

/** Digests, in hex, of the blobs that cells of a branch refer to, or referred to in the past. */
async function liveBlobs(store: BeatStore, branch: string): Promise<ReadonlySet<string>> {
  const live = new Set<string>();
  const note = (payload: Payload | null): void => {
    if (payload?.place === "reference") live.add(toHex(payload.digest));
  };
  try {
    for await (const { body } of store.scan(branch, recordPrefix("cell", []))) {
      note(decodeCell(body).payload);
    }
    for await (const { body } of store.scan(branch, recordPrefix("payloadHistory", []))) {
      note(decodePayloadHistory(body).payload);
    }
  } catch (error) {
    // With one cell that cannot be read nobody knows what is referred to: nothing goes.
    throw beatFault(error, `branch ${branch}`);
  }
  return live;
}

/** Parents with so many pages of children that it is worth to look whether some can go. */
async function parentsOf(store: BeatStore, branch: string): Promise<readonly CellPath[]> {
  const pages = new Map<string, { readonly path: CellPath; count: number }>();
  for await (const { key } of store.scan(branch, recordPrefix("manifest", []))) {
    const { path } = parseRecordKey(key);
    const name = path.join("\0");
    const seen = pages.get(name) ?? { path, count: 0 };
    seen.count += 1;
    pages.set(name, seen);
  }
  return [...pages.values()].filter(({ count }) => count >= PAGES_TO_FOLD).map(({ path }) => path);
}
