/**
 * `ritma ingest`: log files in, sealed hours out.
 *
 * All inputs are looked at before anything is recorded. Then they are read as one stream, in the
 * order given, and every hour is durable before more than a chunk of the next is read. A crash, a
 * full disk or a damaged input leaves what was sealed before, and the same command goes on there.
 * What is derived from the sealed hours is brought up to date at the end.
 *
 * @module
 */
import { encodeUtf8, equalBytes, type InputMark } from "@ritma/evidence";
import type { InputFile } from "../../base/disk/input-file.ts";
import { RitmaError } from "../../base/error.ts";
import { ORDERS_WAITING_MAX } from "../../base/limits.ts";
import { Binder, type SealedTotals } from "../../flow/seal/binder.ts";
import type { SealLimits } from "../../flow/seal/chain-writer.ts";
import type { Press } from "../../flow/seal/press.ts";
import { Sealer } from "../../flow/seal/sealer.ts";
import { keepLedger } from "../../flow/keep/ledger.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { OpenedStore, World } from "./data-root.ts";
import { InputDigest } from "./input-digest.ts";
import { Pipeline } from "./pipeline.ts";
import { openPress } from "./open-press.ts";
import { type Plan, type PlannedInput, planInputs } from "./plan.ts";
import { auditdSensor } from "./sensor.ts";

export interface IngestOptions {
  /** Node name for lines without `node=`. */
  readonly node: string;
  /** Where hours and generations end, for tests; else as in base/limits.ts. */
  readonly limits?: Partial<SealLimits>;
  /** Records also inputs that overlap recorded ones; else they are refused. */
  readonly overlap?: boolean;
  /** Threads beside this one, for what the press does; the bytes are the same for any number. */
  readonly threads?: number;
  /** Called as bytes are consumed: stored bytes so far and in all. */
  readonly progress?: (done: number, total: number) => void;
}

export interface IngestReport {
  readonly session: number | null;
  /** Inputs with the bytes of another one, which were left out. */
  readonly copies: number;
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
  const { sha256 } = world.primitives;
  const plan = await planInputs(files, root.store.sessions, sha256, options);
  const threads = plan.nothingNew ? 0 : (options.threads ?? 0);
  await using press = openPress(world.primitives, root.store, threads);
  const session = new Session(world, root, press, options, plan.continues);
  if (!plan.nothingNew) await session.run(plan.inputs, options);
  await keepBooks(world, root);
  return session.report(plan);
}

/** Also when nothing was new: an earlier run may have died before. */
async function keepBooks(
  { disk, primitives }: World,
  { out, keystore }: OpenedStore,
): Promise<void> {
  const reader = await StoreReader.open(disk, primitives, out);
  await keepLedger({ disk, primitives, key: keystore.seal, reader });
}

class Session {
  readonly #root: OpenedStore;
  readonly #threads: number;
  readonly #press: Press;
  readonly #sealer: Sealer;
  readonly #binder: Binder;
  readonly #pipeline: Pipeline;
  /** Inputs that were read to their end, and the one at hand. */
  readonly #marks: InputMark[] = [];
  #digest: InputDigest | null = null;
  #head: Uint8Array = new Uint8Array(0);
  /** Number of the session that goes on or begins. */
  readonly #session: number;

  constructor(
    world: World,
    root: OpenedStore,
    press: Press,
    options: IngestOptions,
    continues: boolean,
  ) {
    this.#root = root;
    this.#press = press;
    const { store, privacy } = root;
    const now = store.state;
    const abandoned = now.sessionOpen && !continues;
    const state = abandoned ? { ...now, session: now.session + 1, sessionOpen: false } : now;
    this.#session = state.session;
    this.#sealer = new Sealer({
      primitives: world.primitives,
      storeFile: store.storeFile,
      interner: store.interner,
      state,
      press,
      generationSalt: (generation) => store.generationSalt(generation),
      inputs: () => this.#inputs(),
      limits: options.limits,
    });
    this.#threads = options.threads ?? 0;
    const { primitives } = world;
    const sensor = auditdSensor(primitives.sha256);
    const context = { primitives, storeFile: store.storeFile, sensor };
    this.#binder = new Binder(context, store, store.link);
    this.#pipeline = new Pipeline(this.#sealer, encodeUtf8(options.node), privacy);
  }

  async run(inputs: readonly PlannedInput[], { progress }: IngestOptions): Promise<void> {
    const total = inputs.reduce((sum, { file }) => sum + file.storedBytes, 0);
    let done = 0;
    for (const input of inputs) {
      await this.#read(input, () => progress?.(done + input.file.bytesRead(), total));
      done += input.file.storedBytes;
    }
    this.#pipeline.end();
    this.#sealer.finish("end-of-input");
    this.#binder.take(this.#sealer.takeOrders());
    await this.#binder.done();
  }

  async #read(input: PlannedInput, progress: () => void): Promise<void> {
    const { file, known, prefix, ends, isApart, head } = input;
    // What waits from the input before this one must not be taken for what is known of this one.
    if (isApart) this.#pipeline.end();
    const finished = this.#marks.pop();
    if (finished !== undefined) this.#marks.push(this.#withDelivered(finished));
    this.#pipeline.beginInput(known);
    const digest = new InputDigest();
    this.#digest = digest;
    this.#head = head;
    const cuts = [...new Set([...ends, prefix?.length ?? 0])].filter((cut) => cut > 0);
    let at = 0;
    for await (const chunk of file.chunks()) {
      digest.take(chunk);
      let from = 0;
      for (const cut of cuts.filter((cut) => cut > at && cut <= at + chunk.length)) {
        if (cut === prefix?.length) checkSame(file, digest.at(cut), prefix.sha256);
        this.#pipeline.parser.feed(chunk.subarray(from, cut - at));
        from = cut - at;
        if (ends.includes(cut)) this.#pipeline.end();
      }
      this.#pipeline.parser.feed(chunk.subarray(from));
      at += chunk.length;
      await this.#seal();
      progress();
    }
    this.#pipeline.parser.endOfFile();
    this.#marks.push(this.#markAt(digest, digest.length));
    this.#digest = null;
  }

  /** What is consumed, up to the end of the line at hand. */
  #inputs(): readonly InputMark[] {
    if (this.#digest !== null) {
      return [...this.#marks, this.#markAt(this.#digest, this.#pipeline.position)];
    }
    const last = this.#marks.at(-1);
    return last === undefined ? [] : [...this.#marks.slice(0, -1), this.#withDelivered(last)];
  }

  #markAt(digest: InputDigest, length: number): InputMark {
    return {
      length,
      sha256: digest.at(length),
      unterminated: digest.isUnterminated(length),
      head: this.#head,
      delivered: this.#pipeline.delivered,
    };
  }

  /** Events may be delivered at the end of an input after its last line: those in flight. */
  #withDelivered(mark: InputMark): InputMark {
    return { ...mark, delivered: this.#pipeline.delivered };
  }

  /** Sealing goes on behind, as long as it keeps up; without threads, nothing does. */
  async #seal(): Promise<void> {
    this.#binder.take(this.#sealer.takeOrders());
    await this.#press.ready();
    const mayWait = this.#threads === 0 ? 0 : ORDERS_WAITING_MAX;
    if (this.#binder.waiting >= mayWait) await this.#binder.done();
  }

  report({ nothingNew, bytesKnown, copies }: Plan): IngestReport {
    const { counts } = this.#pipeline.parser;
    const { session } = this.#sealer.state;
    return {
      session: session > this.#session ? session - 1 : null,
      copies,
      bytes: counts.bytes,
      bytesKnown,
      lines: counts.lines,
      records: counts.records,
      uninterpreted: counts.uninterpreted,
      refused: counts.refused,
      events: counts.events,
      continuations: counts.continuations,
      recorded: this.#binder.totals,
      recovered: this.#root.store.recovered,
      nothingNew,
    };
  }
}

/** @throws RitmaError `input/changed` */
function checkSame({ path }: InputFile, found: Uint8Array, planned: Uint8Array): void {
  if (equalBytes(found, planned)) return;
  throw new RitmaError("input/changed", `${path} was rewritten while it was read`);
}
