/**
 * `ritma ingest`: log files in, sealed hours out.
 *
 * All inputs are looked at before anything is recorded. Then they are read as one stream, in the
 * order given, and every hour is durable before more than a chunk of the next is read. A crash, a
 * full disk or a damaged input leaves what was sealed before, and the same command goes on there.
 *
 * @module
 */
import { encodeUtf8, type InputMark } from "@ritma/evidence";
import type { InputFile } from "../../base/disk/input-file.ts";
import { RitmaError } from "../../base/error.ts";
import { NOT_AUDIT_BYTES, ZSTD_LEVEL_BLOCK } from "../../base/limits.ts";
import { escapeBytes } from "../../base/text.ts";
import { AuditParser } from "../../flow/capture/auditd/parser.ts";
import { joinBatches } from "../../flow/seal/batch.ts";
import type { SealedTotals, SealLimits } from "../../flow/seal/chain-writer.ts";
import { Sealer } from "../../flow/seal/sealer.ts";
import type { OpenedStore, World } from "./data-root.ts";
import { InputDigest } from "./input-digest.ts";
import { Pipeline } from "./pipeline.ts";
import { type Plan, type PlannedInput, planInputs } from "./plan.ts";
import { auditdSensor } from "./sensor.ts";

export interface IngestOptions {
  /** Node name for lines without `node=`. */
  readonly node: string;
  /** Where hours and generations end, for tests; else as in base/limits.ts. */
  readonly limits?: Partial<SealLimits>;
  /** Called as bytes are consumed: stored bytes so far and in all. */
  readonly progress?: (done: number, total: number) => void;
}

export interface IngestReport {
  readonly session: number | null;
  /** Uncompressed bytes read, known prefixes included. */
  readonly bytes: number;
  readonly bytesKnown: number;
  readonly lines: number;
  readonly records: number;
  readonly uninterpreted: number;
  readonly refused: number;
  readonly events: number;
  readonly continuations: number;
  /** What was recorded now: without what was known before. */
  readonly recorded: SealedTotals;
  /** True when an earlier crash was finished or undone before. */
  readonly recovered: "clean" | "undone" | "finished";
  /** True when every input was known already. */
  readonly nothingNew: boolean;
}

/** @throws RitmaError `input/…`, `store/…`, of the disk; what was sealed before stays */
export async function ingest(
  world: World,
  root: OpenedStore,
  files: readonly InputFile[],
  options: IngestOptions,
): Promise<IngestReport> {
  for (const file of files) await refuseOther(file);
  const { store } = root;
  const plan = await planInputs(files, store.sessions);
  const session = new Session(world, root, options, plan.continues);
  if (!plan.nothingNew) {
    let lines = 0;
    for (const repeated of plan.repeats) lines += await store.linesOf(repeated);
    await session.run(plan.inputs, lines, options);
  }
  return session.report(plan);
}

/** @throws RitmaError `input/not-audit` when no line at the start looks like an audit record */
async function refuseOther(file: InputFile): Promise<void> {
  let left = NOT_AUDIT_BYTES;
  let first: Uint8Array | null = null;
  const take = (line: Uint8Array): void => {
    first ??= line.slice(0, 80);
  };
  const sink = { event: () => {}, uninterpreted: take, refused: take };
  // Records are counted here and events are not, so it needs no room for them.
  const parser = new AuditParser(sink, { inFlightEventsMax: 1, recentEventsMax: 1 });
  for await (const chunk of file.chunks()) {
    parser.feed(chunk.subarray(0, left));
    left -= chunk.length;
    if (parser.counts.records > 0) return;
    if (left <= 0) break;
  }
  parser.end();
  if (parser.counts.records > 0) return;
  if (parser.counts.bytes === 0) throw new RitmaError("input/empty", `${file.path} is empty`);
  const line = first === null ? "blank" : quoted(first);
  throw new RitmaError("input/not-audit", `${file.path} is not an audit log: line 1 is ${line}`);
}

function quoted(line: Uint8Array): string {
  return `"${escapeBytes(line)}"`;
}

class Session {
  readonly #root: OpenedStore;
  readonly #sealer: Sealer;
  readonly #pipeline: Pipeline;
  /** Inputs that were read to their end, and the one at hand. */
  readonly #marks: InputMark[] = [];
  #digest: InputDigest | null = null;
  /** True when the input before the one at hand ended with bytes that nobody knew. */
  #tailIsNew = false;
  /** Bytes of the inputs before the one at hand. */
  #base = 0;
  /** Number of the session that goes on or begins. */
  readonly #session: number;

  constructor(world: World, root: OpenedStore, options: IngestOptions, continues: boolean) {
    this.#root = root;
    const { store, privacy } = root;
    const now = store.state;
    const abandoned = now.sessionOpen && !continues;
    const state = abandoned ? { ...now, session: now.session + 1, sessionOpen: false } : now;
    this.#session = state.session;
    this.#sealer = new Sealer({
      primitives: world.primitives,
      storeFile: store.storeFile,
      dictionary: store.dictionary,
      state,
      sensor: auditdSensor(world.primitives.sha256),
      generationSalt: (generation) => store.generationSalt(generation),
      inputs: () => this.#inputs(),
      zstdLevel: ZSTD_LEVEL_BLOCK,
      limits: options.limits,
    });
    this.#pipeline = new Pipeline(this.#sealer, encodeUtf8(options.node), privacy);
  }

  /** @param lines at the begin that are recorded already */
  async run(
    inputs: readonly PlannedInput[],
    lines: number,
    { progress }: IngestOptions,
  ): Promise<void> {
    this.#pipeline.repeat(lines);
    const total = inputs.reduce((sum, { file }) => sum + file.storedBytes, 0);
    let done = 0;
    for (const input of inputs) {
      await this.#read(input, () => progress?.(done + input.file.bytesRead(), total));
      done += input.file.storedBytes;
    }
    this.#pipeline.end();
    this.#sealer.finish("end-of-input");
    await this.#write();
  }

  async #read(input: PlannedInput, progress: () => void): Promise<void> {
    const { file, knownBytes, sealedUntil, ends, isWhole } = input;
    const digest = new InputDigest();
    this.#digest = digest;
    const cuts = [...new Set([...ends, knownBytes])].filter((cut) => cut > 0);
    let at = 0;
    if (knownBytes > 0) {
      // What waits from an input before this one is new, and must leave before known events come.
      if (this.#tailIsNew) this.#pipeline.end();
      this.#pipeline.beginKnown(sealedUntil);
    }
    for await (const chunk of file.chunks()) {
      digest.take(chunk);
      let from = 0;
      for (const cut of cuts.filter((cut) => cut > at && cut <= at + chunk.length)) {
        this.#pipeline.parser.feed(chunk.subarray(from, cut - at));
        from = cut - at;
        if (ends.includes(cut)) this.#pipeline.end();
        if (cut === knownBytes && !isWhole) this.#pipeline.endKnown();
      }
      this.#pipeline.parser.feed(chunk.subarray(from));
      at += chunk.length;
      await this.#write();
      progress();
    }
    this.#pipeline.parser.endOfFile();
    this.#pipeline.endKnown();
    this.#tailIsNew = !isWhole;
    this.#marks.push(digest.markAt(digest.length));
    this.#digest = null;
    this.#base += digest.length;
  }

  /** What is consumed, up to the end of the line at hand. */
  #inputs(): readonly InputMark[] {
    if (this.#digest === null) return this.#marks;
    return [...this.#marks, this.#digest.markAt(this.#pipeline.parser.position - this.#base)];
  }

  async #write(): Promise<void> {
    const batches = joinBatches(this.#sealer.takeBatches());
    for (const batch of batches) await this.#root.store.write(batch);
  }

  report({ nothingNew, bytesKnown }: Plan): IngestReport {
    const { counts } = this.#pipeline.parser;
    const { session } = this.#sealer.state;
    return {
      session: session > this.#session ? session - 1 : null,
      bytes: counts.bytes,
      bytesKnown,
      lines: counts.lines,
      records: counts.records,
      uninterpreted: counts.uninterpreted,
      refused: counts.refused,
      events: counts.events,
      continuations: counts.continuations,
      recorded: this.#sealer.totals,
      recovered: this.#root.store.recovered,
      nothingNew,
    };
  }
}
