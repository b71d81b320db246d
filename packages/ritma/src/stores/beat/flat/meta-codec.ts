/**
 * `meta` of a branch: where it stood at its last checkpoint, and which runs hold it, the newest
 * first. It is replaced whole, and last, so it never names what is not durable.
 *
 * Format: spec/17-beat-store.md, "Meta".
 *
 * @module
 */
import { FormatError } from "@ritma/evidence";
import { STORE_BYTES } from "../trailer.ts";
import { FieldReader, FieldWriter, magicOf } from "./fields.ts";
import { type BranchState, readState, writeState } from "./segment-codec.ts";

const META = magicOf("RITMABM1");
const RUNS_MAX = 4_096;
export const META_BYTES_MAX = 128 * 1024;

export interface RunReference {
  readonly sequence: number;
  readonly since: number;
  readonly records: number;
  readonly datBytes: number;
}

export interface Meta {
  readonly store: Uint8Array;
  readonly state: BranchState;
  readonly runs: readonly RunReference[];
}

export function encodeMeta({ store, state, runs }: Meta): Uint8Array {
  const writer = new FieldWriter(META);
  writer.raw(store);
  writeState(writer, state);
  writer.u32(runs.length);
  for (const { sequence, since, records, datBytes } of runs) {
    writer.u32(sequence);
    writer.u32(since);
    writer.u32(records);
    writer.u64(datBytes);
  }
  return writer.finish();
}

/** @throws FormatError */
export function decodeMeta(bytes: Uint8Array): Meta {
  const reader = new FieldReader(META, bytes);
  const store = reader.raw(STORE_BYTES);
  const state = readState(reader);
  const count = reader.u32();
  if (count > RUNS_MAX) throw new FormatError("out-of-range", 0, `${count} runs`);
  const runs = Array.from({ length: count }, (): RunReference => {
    const [sequence, since, records] = [reader.u32(), reader.u32(), reader.u32()];
    return { sequence, since, records, datBytes: reader.u64() };
  });
  reader.finish();
  let above = Number.MAX_SAFE_INTEGER;
  for (const { sequence, since } of runs) {
    if (since > sequence || sequence >= above) {
      throw new FormatError("not-canonical", 0, "runs that are not in order");
    }
    above = since;
  }
  return { store, state, runs };
}
