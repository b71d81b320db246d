/**
 * A session that is made of journal entries, and of nothing else.
 *
 * The recorder applies an entry once it is durable; after a crash the same entries are applied
 * again, from the session's first. What was sealed of them is known (the seals say how far it came)
 * and is not sealed twice; what was signed must come out the same, or nothing is signed any more.
 *
 * Not here: where entries come from (`live.ts`) and where they are kept (`flow/journal`).
 *
 * @module
 */
import { equalBytes, type InputMark } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import type { JournalEntry, JournalInput } from "../../flow/journal/entry.ts";
import type { Press } from "../../flow/seal/press.ts";
import type { OpenedStore, World } from "./data-root.ts";
import { LiveInputs } from "./live-input.ts";
import { Recording, type RecordingOptions } from "./recording.ts";

export type LiveOptions = Pick<RecordingOptions, "node" | "limits" | "threads">;

export class LiveSession {
  readonly recording: Recording;
  readonly #inputs: LiveInputs;
  /** What the newest seal of this session says of its inputs. */
  readonly #marks: readonly InputMark[];
  /** Stamps before this are recorded, up to those marks. */
  readonly #until: number;
  #begun = 0;
  /** Of the input at hand, until that place is reached. */
  #mark: InputMark | null = null;

  /** @param number of the session; the store's open one goes on when it has it */
  constructor(world: World, root: OpenedStore, press: Press, number: number, options: LiveOptions) {
    const { state, sessions, signed } = root.store;
    const continues = state.sessionOpen && state.session === number;
    const newest = sessions.at(-1);
    const isOurs = continues && newest?.isClosed === false && newest.header.session === number;
    this.#marks = isOurs ? newest.header.inputs : [];
    this.#until = isOurs ? newest.header.t2 : 0;
    this.#inputs = new LiveInputs(world.primitives);
    this.recording = new Recording(world, root, press, {
      ...options,
      continues,
      live: true,
      signed: continues ? signed : [],
    });
    if (this.recording.session === number) return;
    const found = this.recording.session;
    throw new RitmaError(
      "store/damaged",
      `the journal is of session ${number}, and the evidence store stands at session ${found}`,
    );
  }

  /** The followed log, and where reading it stands; null when none was followed. */
  get followed(): JournalInput | null {
    return this.#inputs.followed;
  }

  /** @throws RitmaError `store/damaged` when the journal is not what was sealed */
  apply(entry: JournalEntry): void {
    if (entry.kind === "input" || entry.kind === "endInput" || entry.kind === "end") {
      this.recording.endInput();
    }
    this.#inputs.apply(entry);
    if (entry.kind === "input") this.#beginInput(entry.input.digest.length);
    else if (entry.kind === "bytes") this.#take(entry.bytes);
    else if (entry.kind === "tick") this.recording.tick(entry.nowUs);
    else if (entry.kind === "lost") this.recording.lost(entry.count);
    else if (entry.kind === "containers") {
      for (const [pid, id] of entry.seen) this.recording.sawContainer(pid, id);
    } else if (entry.kind === "observed") {
      for (const process of entry.processes) this.recording.observed(process);
    } else if (entry.kind === "gone") {
      for (const pid of entry.pids) this.recording.seenGone(pid, entry.beforeUs);
    } else if (entry.kind === "end") this.recording.finish(entry.reason);
  }

  #beginInput(offset: number): void {
    const { digest } = this.#inputs;
    if (digest === null) throw new TypeError("an input that has not begun");
    const mark = this.#marks[this.#begun] ?? null;
    this.#mark = mark;
    this.#begun += 1;
    const until = this.#until;
    const known =
      mark === null ? [] : [{ length: mark.length - offset, delivered: mark.delivered, until }];
    this.recording.beginInput({ known, digest, offset, head: this.#inputs.headOf() });
  }

  #take(bytes: Uint8Array): void {
    const { digest } = this.#inputs;
    if (digest === null) throw new RitmaError("store/damaged", "the journal has bytes of no input");
    const mark = this.#mark;
    if (mark !== null && digest.length >= mark.length) {
      this.#mark = null;
      const isSame = equalBytes(digest.at(mark.length), mark.sha256);
      if (!isSame && this.#inputs.isDigestWhole) {
        const message = "the journal is not what the newest hour was sealed of";
        throw new RitmaError("store/damaged", message);
      }
    }
    this.recording.feed(bytes);
  }
}
