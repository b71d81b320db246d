/**
 * Writing a batch, and finishing one that a crash cut short.
 *
 * The order is the whole point; what a crash leaves at each step, and what recovery does:
 *
 *     intent, phase 0     files may be missing       named files are removed, the log piece is cut
 *     files, log piece    same                       same
 *     intent, phase 1     all bytes are there        forward: everything below, again
 *     proofs, signatures  same bytes if repeated     forward
 *     tiles, lock, checkpoint                        forward, or only the sweep
 *     sweep, no intent                               keys of sealed hours are forgotten
 *
 * Nothing is signed before phase 1 is durable, and from then on only those bytes are, so there are
 * never two signed roots for one sequence number.
 *
 * Format: spec/06-store.md, "Sealing".
 *
 * @module
 */
import {
  concatBytes,
  decodeIntent,
  encodeIntent,
  equalBytes,
  FormatError,
  type Growth,
  INTENT_PATH,
  type Intent,
  sealedSequence,
  signCose1,
} from "@ritma/evidence";
import {
  DRAFT_SUFFIX,
  parentOf,
  removeAllDurably,
  removeDurably,
  writeAllDurably,
  writeDurably,
} from "../../base/disk/disk.ts";
import { RitmaError } from "../../base/error.ts";
import { FILE_BYTES_MAX } from "../../base/limits.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import { escapeText } from "../../base/text.ts";
import type { Batch, Grown } from "./batch.ts";
import type { NodeLog } from "./node-log.ts";
import type { HourKeys } from "./periods.ts";
import { intentLockOf, type Place } from "./place.ts";

/** What a batch may write. An intent is unsigned, and whoever planted one must not have us remove
 * or write anything elsewhere. */
const SEALED_PATH =
  /^(?:windows|graph\/dict|ctgf\/cones|_meta\/keys\/periods)(?:\/[a-z0-9][\w-]*(?:\.[\w-]+)*)+$/u;

const PHASES = [0, 1] as const;

export interface Writing {
  readonly place: Place;
  readonly primitives: NodePrimitives;
  readonly hours: HourKeys;
  readonly store: Uint8Array;
  readonly log: NodeLog;
}

/** Durable on return, checkpoint included. @throws RitmaError of the disk */
export async function writeBatch(writing: Writing, batch: Batch): Promise<void> {
  const { place, primitives, store, log } = writing;
  if (batch.logSize !== log.size) throw new TypeError("a batch for another state of the node log");
  const { disk, out } = place;
  const { growing } = batch;
  const intent: Intent = {
    store,
    phase: 0,
    files: batch.files.map(({ path, bytes }) => ({
      path,
      length: bytes.length,
      sha256: primitives.sha256(bytes),
    })),
    growing: growing.map(({ path, before, bytes }) => ({
      path,
      before,
      after: before + bytes.length,
      sha256: primitives.sha256(bytes),
    })),
    sign: batch.sign,
    plain: batch.plain,
    logSize: batch.logSize,
    entries: batch.entries,
  };
  await promise(writing, intent);
  await writeDurably(disk, `${out}/${INTENT_PATH}`, encodeIntent(intent));
  await writeAllDurably(
    disk,
    batch.files.map(({ path, bytes }) => ({ path: `${out}/${path}`, bytes })),
  );
  for (const grown of growing) await grow(place, grown);
  await writeDurably(disk, `${out}/${INTENT_PATH}`, encodeIntent({ ...intent, phase: 1 }));
  await goForward(writing, intent);
}

/**
 * Keeps the digests of both phases in the keystore, which whoever writes the evidence store cannot
 * write: recovery signs what stands in an intent, so it must know that this recorder made it.
 */
async function promise({ place, primitives }: Writing, intent: Intent): Promise<void> {
  const digests = PHASES.map((phase) => primitives.sha256(encodeIntent({ ...intent, phase })));
  await writeDurably(place.disk, intentLockOf(place), concatBytes(...digests));
}

/** @throws RitmaError `store/damaged` for an intent that this recorder is not carrying out */
async function checkPromised(writing: Writing, { intent, bytes }: FoundIntent): Promise<void> {
  const { place, primitives, log } = writing;
  const lock = intentLockOf(place);
  const promised = (await place.disk.size(lock)) === null ? null : await place.disk.read(lock);
  const digest = primitives.sha256(bytes);
  const at = intent.phase * digest.length;
  const isOurs = promised !== null && equalBytes(promised.subarray(at, at + digest.length), digest);
  const isDone = intent.phase === 0 && log.size !== intent.logSize;
  if (isOurs && !isDone) return;
  throw new RitmaError(
    "store/damaged",
    `${place.out}/${INTENT_PATH} is not one that this recorder is carrying out`,
  );
}

/** Appends to a generation log, cutting off what an earlier crash left behind. */
async function grow(place: Place, { path, before, bytes }: Grown): Promise<void> {
  const full = `${place.out}/${path}`;
  await place.disk.makeDir(parentOf(full));
  const size = (await place.disk.size(full)) ?? 0;
  if (size < before) throw new RitmaError("store/damaged", `${path} has lost its end`);
  if (size > before) await place.disk.truncate(full, before);
  await using folder = await place.disk.openDir(parentOf(full));
  await using file = await place.disk.append(full);
  await file.write(bytes);
  await file.sync();
  await folder.sync();
}

/** Steps 4 and 5: signatures, node log, sweep. Repeating them gives the same bytes. */
async function goForward(writing: Writing, intent: Intent): Promise<void> {
  const { place, primitives, hours, log } = writing;
  const { disk, out } = place;
  const { sha256 } = primitives;
  let next = 0;
  const signatures = intent.sign.map(({ path, payload }) => {
    const sequence = sealedSequence(payload);
    next = Math.max(next, sequence + 1);
    const bytes = signCose1({ sha256, ...hours.signer(sequence) }, payload);
    return { path: `${out}/${path}`, bytes };
  });
  const plain = intent.plain.map(({ path, bytes }) => ({ path: `${out}/${path}`, bytes }));
  await writeAllDurably(disk, [...plain, ...signatures]);
  if (log.size === intent.logSize) await log.publish(intent.entries);
  else if (log.size === intent.logSize + intent.entries.length) await log.republish(intent.logSize);
  else throw new RitmaError("store/damaged", "the node log is not the one the intent was made for");
  await removeDurably(disk, `${out}/${INTENT_PATH}`);
  await hours.sealed(next);
}

/**
 * Finishes or undoes what a crash cut short. Idempotent: it may itself be cut short anywhere.
 *
 * What it finds is visible and need not be durable: a recorder that was killed, or whose sync
 * failed, leaves it so. Therefore whatever it goes by (intent, checkpoint, a file's absence) it
 * first makes durable by doing it again. What came before the phase 1 intent was synced before.
 *
 * @returns what was done, for the log.
 * @throws RitmaError `store/damaged` when files are not what a crash could have left
 */
export async function recover(writing: Writing): Promise<"clean" | "undone" | "finished"> {
  const { place, primitives, store } = writing;
  const path = `${place.out}/${INTENT_PATH}`;
  const found = await readIntent(place, store);
  await removeIfThere(place, `${path}${DRAFT_SUFFIX}`);
  if (found === null) return "clean";
  await checkPromised(writing, found);
  await writeDurably(place.disk, path, found.bytes);
  const { intent } = found;
  if (intent.phase === 0) {
    await undo(place, intent);
    return "undone";
  }
  for (const file of intent.files) {
    const bytes = await place.disk.read(`${place.out}/${file.path}`, FILE_BYTES_MAX);
    if (bytes.length !== file.length || !equalBytes(primitives.sha256(bytes), file.sha256)) {
      throw new RitmaError("store/damaged", `${file.path} is not what was about to be sealed`);
    }
  }
  for (const growth of intent.growing) await checkGrowth(writing, growth);
  await goForward(writing, intent);
  return "finished";
}

/** An intent, and how it is spelt: earlier builds wrote others. */
interface FoundIntent {
  readonly intent: Intent;
  readonly bytes: Uint8Array;
}

async function readIntent(place: Place, store: Uint8Array): Promise<FoundIntent | null> {
  const path = `${place.out}/${INTENT_PATH}`;
  if ((await place.disk.size(path)) === null) return null;
  try {
    const bytes = await place.disk.read(path);
    const intent = decodeIntent(bytes);
    if (!equalBytes(intent.store, store)) {
      throw new RitmaError("store/damaged", `${path} belongs to another store`);
    }
    const strange = pathsOf(intent).find((named) => !SEALED_PATH.test(named));
    if (strange === undefined) return { intent, bytes };
    throw new RitmaError("store/damaged", `${path} names ${escapeText(strange)}`);
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new RitmaError("store/damaged", `${path}: ${cause.message}`, { cause });
  }
}

function pathsOf({ files, growing, sign, plain }: Intent): string[] {
  return [...files, ...growing, ...sign, ...plain].map(({ path }) => path);
}

async function undo({ disk, out }: Place, { files, growing }: Intent): Promise<void> {
  const paths = files.flatMap(({ path }) => [`${out}/${path}${DRAFT_SUFFIX}`, `${out}/${path}`]);
  for (const { path, before } of growing) if (before === 0) paths.push(`${out}/${path}`);
  await removeAllDurably(disk, paths);
  // Cut even where it has this length already, which need not be durable.
  for (const { path, before } of growing) {
    if (before > 0) await disk.truncate(`${out}/${path}`, before);
  }
  await removeDurably(disk, `${out}/${INTENT_PATH}`);
}

async function removeIfThere(place: Place, full: string): Promise<void> {
  if ((await place.disk.size(full)) !== null) await removeDurably(place.disk, full);
}

async function checkGrowth(writing: Writing, growing: Growth): Promise<void> {
  const { place, primitives } = writing;
  const length = growing.after - growing.before;
  const full = `${place.out}/${growing.path}`;
  const bytes = await place.disk.readRange(full, growing.before, length);
  if (bytes.length === length && equalBytes(primitives.sha256(bytes), growing.sha256)) return;
  throw new RitmaError("store/damaged", `${growing.path} is not what was about to be sealed`);
}
