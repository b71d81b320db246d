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
import { equalBytes } from "@ritma/evidence";
import type { InputFile } from "../../base/disk/input-file.ts";
import { RitmaError } from "../../base/error.ts";
import { keepLedger } from "../../flow/keep/ledger.ts";
import type { SealedTotals } from "../../flow/seal/binder.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { OpenedStore, World } from "./data-root.ts";
import { InputDigest } from "./input-digest.ts";
import { openPress } from "./open-press.ts";
import { type Plan, type PlannedInput, planInputs } from "./plan.ts";
import { Recording, type RecordingOptions } from "./recording.ts";

export interface IngestOptions extends Pick<RecordingOptions, "node" | "limits" | "threads"> {
  /** Records also inputs that overlap recorded ones; else they are refused. */
  readonly overlap?: boolean;
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
  const { continues } = plan;
  const recording = new Recording(world, root, press, { ...options, continues });
  if (!plan.nothingNew) await readAll(recording, plan.inputs, options);
  await keepBooks(world, root);
  return reportOf(recording, root, plan);
}

/** Also when nothing was new: an earlier run may have died before. */
export async function keepBooks(
  { disk, primitives }: World,
  { out, keystore }: OpenedStore,
): Promise<void> {
  const reader = await StoreReader.open(disk, primitives, out);
  await keepLedger({ disk, primitives, key: keystore.seal, reader });
}

/** Reads the inputs to their ends, and seals what is new of them. */
async function readAll(
  recording: Recording,
  inputs: readonly PlannedInput[],
  { progress }: IngestOptions,
): Promise<void> {
  const total = inputs.reduce((sum, { file }) => sum + file.storedBytes, 0);
  let done = 0;
  for (const input of inputs) {
    await readOne(recording, input, () => progress?.(done + input.file.bytesRead(), total));
    done += input.file.storedBytes;
  }
  recording.finish("end-of-input");
  await recording.done();
}

async function readOne(
  recording: Recording,
  { file, known, prefix, ends, isApart, head }: PlannedInput,
  progress: () => void,
): Promise<void> {
  // What waits from the input before this one must not be taken for what is known of this one.
  if (isApart) recording.pipeline.end();
  const digest = new InputDigest();
  recording.beginInput({ known, digest, offset: 0, head: () => head });
  const cuts = [...new Set([...ends, prefix?.length ?? 0])].filter((cut) => cut > 0);
  let at = 0;
  for await (const chunk of file.chunks()) {
    digest.take(chunk);
    let from = 0;
    for (const cut of cuts.filter((cut) => cut > at && cut <= at + chunk.length)) {
      if (cut === prefix?.length) checkSame(file, digest.at(cut), prefix.sha256);
      recording.feed(chunk.subarray(from, cut - at));
      from = cut - at;
      if (ends.includes(cut)) recording.pipeline.end();
    }
    recording.feed(chunk.subarray(from));
    at += chunk.length;
    await recording.seal();
    progress();
  }
  recording.endInput();
}

function reportOf(
  recording: Recording,
  { store }: OpenedStore,
  { nothingNew, bytesKnown, copies }: Plan,
): IngestReport {
  const { counts } = recording.pipeline.parser;
  const { session } = recording.state;
  return {
    session: session > recording.session ? session - 1 : null,
    copies,
    bytes: counts.bytes,
    bytesKnown,
    lines: counts.lines,
    records: counts.records,
    uninterpreted: counts.uninterpreted,
    refused: counts.refused,
    events: counts.events,
    continuations: counts.continuations,
    recorded: recording.totals,
    recovered: store.recovered,
    nothingNew,
  };
}

/** @throws RitmaError `input/changed` */
function checkSame({ path }: InputFile, found: Uint8Array, planned: Uint8Array): void {
  if (equalBytes(found, planned)) return;
  throw new RitmaError("input/changed", `${path} was rewritten while it was read`);
}
