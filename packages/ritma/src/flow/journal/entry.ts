/**
 * What the journal holds: everything that a session was made from, in its order.
 *
 * A session is a pure function of these entries. So what is sealed after a crash is what would have
 * been sealed without it, byte for byte.
 *
 * Format: spec/18-journal.md.
 *
 * @module
 */
import { CborReader, CborWriter, FormatError } from "@ritma/evidence";
import { JOURNAL_ENTRIES_MAX } from "../../base/limits.ts";
import type { TailPlace } from "../../base/disk/log-files.ts";
import type { ObservedProcess } from "../../base/disk/process-table.ts";

/** Where the digest of a file stands that is gone on with. */
interface KeptDigest {
  readonly length: number;
  readonly lastByte: number;
  readonly state: Uint8Array | null;
}

/** A file, or a stream without one, from a place on. */
export interface JournalInput {
  /** Null for a stream. */
  readonly place: TailPlace | null;
  readonly digest: KeptDigest;
  /** Digest of its first record; null while that is to come. */
  readonly head: Uint8Array | null;
}

export type JournalEntry =
  /** Number of the session that all entries up to the next of these belong to. */
  | { readonly kind: "session"; readonly session: number }
  | { readonly kind: "input"; readonly input: JournalInput }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** Time has come to this with nothing more in the log. Microseconds. */
  | { readonly kind: "tick"; readonly nowUs: number }
  /** Records that the kernel says it lost. */
  | { readonly kind: "lost"; readonly count: number }
  /** The input has ended; another one follows. */
  | { readonly kind: "endInput" }
  /** Containers in which processes were seen before they speak; null for none. */
  | {
      readonly kind: "containers";
      readonly seen: readonly (readonly [pid: number, id: Uint8Array | null])[];
    }
  /** Processes that were observed to live. */
  | { readonly kind: "observed"; readonly processes: readonly ObservedProcess[] }
  /** Of these pids, the processes that began before that time have ended, whoever tells of it. */
  | { readonly kind: "gone"; readonly beforeUs: number; readonly pids: readonly number[] }
  /** The session ends here. */
  | { readonly kind: "end"; readonly reason: string };

const TAG = "ritma/journal@1";
/** Of an entry that is not bytes, mostly. */
const ENTRY_BYTES = 64;
/** Append-only: the position is on disk. */
const KINDS = [
  "session",
  "input",
  "bytes",
  "tick",
  "lost",
  "endInput",
  "end",
  "containers",
  "observed",
  "gone",
] as const;

/** @returns the payload of one beat. */
export function encodeEntries(entries: readonly JournalEntry[]): Uint8Array {
  const size = entries.reduce((sum, entry) => sum + roomFor(entry), ENTRY_BYTES);
  const writer = new CborWriter(size).array(2).text(TAG).array(entries.length);
  for (const entry of entries) writeEntry(writer, entry);
  return writer.view();
}

/** Most of a beat is bytes of the log: with room for them the writer need not grow. */
function roomFor(entry: JournalEntry): number {
  return ENTRY_BYTES + (entry.kind === "bytes" ? entry.bytes.length : 0);
}

/** @throws FormatError for bytes that `encodeEntries` would not make */
export function decodeEntries(bytes: Uint8Array): JournalEntry[] {
  const reader = new CborReader(bytes);
  reader.array(2);
  reader.textTag(TAG);
  const length = reader.array();
  if (length > JOURNAL_ENTRIES_MAX) throw new FormatError("out-of-range", 0, "too many entries");
  const entries = Array.from({ length }, () => readEntry(reader));
  reader.finish();
  return entries;
}

/** An input by itself: what is kept of a journal that was emptied. */
export function encodeInput(input: JournalInput): Uint8Array {
  const writer = new CborWriter();
  writeInput(writer, input);
  return writer.finish();
}

/** @throws FormatError */
export function decodeInput(bytes: Uint8Array): JournalInput {
  const reader = new CborReader(bytes);
  const input = readInput(reader);
  reader.finish();
  return input;
}

function writeEntry(writer: CborWriter, entry: JournalEntry): void {
  writer.array(entry.kind === "endInput" ? 1 : 2).uint(KINDS.indexOf(entry.kind));
  switch (entry.kind) {
    case "session":
      writer.uint(entry.session);
      break;
    case "input":
      writeInput(writer, entry.input);
      break;
    case "bytes":
      writer.bytes(entry.bytes);
      break;
    case "tick":
      writer.uint(entry.nowUs);
      break;
    case "lost":
      writer.uint(entry.count);
      break;
    case "end":
      writer.text(entry.reason);
      break;
    case "containers":
      writer.array(entry.seen.length);
      for (const [pid, id] of entry.seen) writer.array(2).uint(pid).bytesOrNull(id);
      break;
    case "observed":
      writer.array(entry.processes.length);
      for (const process of entry.processes) writeObserved(writer, process);
      break;
    case "gone":
      writer.array(2).uint(entry.beforeUs).array(entry.pids.length);
      for (const pid of entry.pids) writer.uint(pid);
      break;
    case "endInput":
      break;
  }
}

function readEntry(reader: CborReader): JournalEntry {
  const length = reader.array();
  const kind = KINDS[reader.uint()];
  if (length !== (kind === "endInput" ? 1 : 2)) {
    throw new FormatError("wrong-type", 0, "a journal entry of another length");
  }
  switch (kind) {
    case "session":
      return { kind, session: reader.uint() };
    case "input":
      return { kind, input: readInput(reader) };
    case "bytes":
      return { kind, bytes: reader.bytes() };
    case "tick":
      return { kind, nowUs: reader.uint() };
    case "lost":
      return { kind, count: reader.uint() };
    case "end":
      return { kind, reason: reader.text() };
    case "endInput":
      return { kind };
    case "containers":
      return { kind, seen: readSeen(reader) };
    case "observed":
      return { kind, processes: readList(reader, readObserved) };
    case "gone":
      reader.array(2);
      return { kind, beforeUs: reader.uint(), pids: readList(reader, (each) => each.uint()) };
    case undefined:
      break;
  }
  throw new FormatError("out-of-range", 0, "an unknown kind of journal entry");
}

function readSeen(reader: CborReader): readonly (readonly [number, Uint8Array | null])[] {
  return readList(reader, (each) => {
    each.array(2);
    return [each.uint(), each.bytesOrNull()] as const;
  });
}

function readList<Item>(reader: CborReader, readItem: (reader: CborReader) => Item): Item[] {
  const length = reader.array();
  if (length > JOURNAL_ENTRIES_MAX) throw new FormatError("out-of-range", 0, "too many processes");
  return Array.from({ length }, () => readItem(reader));
}

function writeObserved(writer: CborWriter, process: ObservedProcess): void {
  const { pid, ppid, startUs, name, executable } = process;
  writer.array(5).uint(pid).uint(ppid).uint(startUs).bytes(name).bytesOrNull(executable);
}

function readObserved(reader: CborReader): ObservedProcess {
  reader.array(5);
  const [pid, ppid, startUs] = [reader.uint(), reader.uint(), reader.uint()];
  return { pid, ppid, startUs, name: reader.bytes(), executable: reader.bytesOrNull() };
}

function writeInput(writer: CborWriter, { place, digest, head }: JournalInput): void {
  writer.array(5);
  if (place === null) writer.null();
  else {
    const { identity, offset, mark, modifiedUs, path } = place;
    writer.array(6).uint(identity.device).uint(identity.inode).uint(offset);
    writer.bytes(mark).uint(modifiedUs).text(path);
  }
  writer.uint(digest.length).uint(digest.lastByte).bytesOrNull(digest.state).bytesOrNull(head);
}

function readInput(reader: CborReader): JournalInput {
  reader.array(5);
  const place = readPlace(reader);
  const digest = { length: reader.uint(), lastByte: reader.uint(), state: reader.bytesOrNull() };
  return { place, digest, head: reader.bytesOrNull() };
}

function readPlace(reader: CborReader): TailPlace | null {
  if (reader.isNull()) {
    reader.null();
    return null;
  }
  reader.array(6);
  const identity = { device: reader.uint(), inode: reader.uint() };
  const offset = reader.uint();
  const mark = reader.bytes();
  return { identity, offset, mark, modifiedUs: reader.uint(), path: reader.text() };
}
