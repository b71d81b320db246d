/**
 * What was done to the store and how it ended, as cells below /rt/ops:
 *
 *     /rt/ops/boot      number of the newest
 *     /rt/ops/boot/07   one of the last 64: verb, number, state, beat it began with, a sentence
 *
 * An entry is written when an operation begins and again when it ends. One that only ever began
 * belongs to a process that died; the next boot says so.
 *
 * @module
 */
import { decodeUtf8, encodeUtf8, FormatError } from "@ritma/evidence";
import { RitmaError } from "../../../base/error.ts";
import { OPERATIONS_KEPT } from "../../../base/limits.ts";
import type { BeatStore } from "../beat-store.ts";
import { type CellPath } from "../record.ts";

/** Append-only. */
export const OPERATION_VERBS = [
  "op/boot",
  "op/shutdown",
  "op/checkpt",
  "op/compact",
  "op/sync",
] as const;
export type OperationVerb = (typeof OPERATION_VERBS)[number];

/** "ist:store" is that of a boot: the store is ready. */
const OPERATION_STATES = ["ist:begun", "ist:store", "ist:done", "ist:failed"] as const;
export type OperationState = (typeof OPERATION_STATES)[number];

export interface Operation {
  readonly verb: OperationVerb;
  /** Of its verb, from 1. */
  readonly number: number;
  readonly state: OperationState;
  /** Newest beat when it began. */
  readonly since: number;
  readonly detail: string;
}

export const OPERATIONS_BRANCH = "rt";
const SLOT_DIGITS = String(OPERATIONS_KEPT - 1).length;

function verbPath(verb: OperationVerb): CellPath {
  return ["ops", verb.slice("op/".length)];
}

function entryPath({ verb, number }: Pick<Operation, "verb" | "number">): CellPath {
  const slot = String(number % OPERATIONS_KEPT).padStart(SLOT_DIGITS, "0");
  return [...verbPath(verb), slot];
}

/** Durable on return. */
export async function beginOperation(
  store: BeatStore,
  verb: OperationVerb,
  detail: string,
): Promise<Operation> {
  const newest = await newestNumber(store, verb);
  const operation: Operation = {
    verb,
    number: newest + 1,
    state: "ist:begun",
    since: store.lastBeat,
    detail,
  };
  await store.apply(async (beat) => {
    const number = encodeUtf8(String(operation.number));
    await store.cells.put(beat, OPERATIONS_BRANCH, verbPath(verb), number);
    const bytes = encodeOperation(operation);
    await store.cells.put(beat, OPERATIONS_BRANCH, entryPath(operation), bytes);
  });
  return operation;
}

/** Durable on return. */
export async function endOperation(
  store: BeatStore,
  operation: Operation,
  state: OperationState,
  detail: string,
): Promise<void> {
  const bytes = encodeOperation({ ...operation, state, detail });
  await store.apply(
    async (beat) => await store.cells.put(beat, OPERATIONS_BRANCH, entryPath(operation), bytes),
  );
}

/** Newest first. @throws RitmaError `beat/damaged` */
export async function readOperations(
  store: BeatStore,
  verb: OperationVerb,
): Promise<readonly Operation[]> {
  const newest = await newestNumber(store, verb);
  const operations: Operation[] = [];
  for (let number = newest; number > Math.max(0, newest - OPERATIONS_KEPT); number -= 1) {
    const path = entryPath({ verb, number });
    const read = await store.cells.get(OPERATIONS_BRANCH, path);
    if (read === null || read.bytes === null) continue;
    const operation = decodeOperation(read.bytes);
    if (operation === null || operation.number !== number) throw damaged(path);
    operations.push(operation);
  }
  return operations;
}

async function newestNumber(store: BeatStore, verb: OperationVerb): Promise<number> {
  const read = await store.cells.get(OPERATIONS_BRANCH, verbPath(verb));
  if (read === null || read.bytes === null) return 0;
  const text = decodeText(read.bytes) ?? "";
  if (!/^[1-9]\d{0,14}$/u.test(text)) throw damaged(verbPath(verb));
  return Number(text);
}

/** One line of JSON, its names always in this order. */
function encodeOperation({ verb, number, state, since, detail }: Operation): Uint8Array {
  return encodeUtf8(JSON.stringify({ verb, number, state, since, detail }));
}

function decodeOperation(bytes: Uint8Array): Operation | null {
  const text = decodeText(bytes);
  const fields = text === null ? null : fieldsOf(text);
  if (fields === null) return null;
  const verb = OPERATION_VERBS.find((each) => each === fields.get("verb"));
  const state = OPERATION_STATES.find((each) => each === fields.get("state"));
  const [number, since, detail] = ["number", "since", "detail"].map((name) => fields.get(name));
  if (verb === undefined || state === undefined) return null;
  if (typeof number !== "number" || typeof since !== "number") return null;
  return typeof detail === "string" ? { verb, number, state, since, detail } : null;
}

function fieldsOf(text: string): Map<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? new Map(Object.entries(value)) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function decodeText(bytes: Uint8Array): string | null {
  try {
    return decodeUtf8(bytes);
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

function damaged(path: CellPath): RitmaError {
  const place = [OPERATIONS_BRANCH, ...path].join("/");
  return new RitmaError("beat/damaged", `/${place} does not hold an operation`);
}
