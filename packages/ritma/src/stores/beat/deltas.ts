/**
 * What changed among the children of a cell: which came and went (manifest), where they stand
 * (order), and what they were at a past beat (manifest history); and names with a number (name).
 *
 *     manifest          epoch  count  (op name [flags revision])*        names ascending
 *     order             epoch  count  (op name [position])*              as it happened
 *     manifest history  epoch  count  (name flags revision)*             names ascending
 *     name              flags  text
 *
 * `op` is 1 (add) or 2 (remove); what is in brackets stands with add only. A page has at most 256
 * operations; more go on in the next page, whose number is the suffix of the key, u32be. Names
 * ascend by their bytes, each once, so that a page has one spelling and is searched by halves.
 *
 * Format: spec/16-beat-frame.md, "Deltas".
 *
 * @module
 */
import { compareBytes, decodeUtf8, encodeUtf8, FormatError } from "@ritma/evidence";
import { BodyReader, BodyWriter, mustHaveLength } from "./body-codec.ts";
import { REVISION_BYTES } from "./cell.ts";

export interface Child {
  readonly name: string;
  /** Bit 0 tombstone, bit 1 veiled. */
  readonly flags: number;
  /** 16 bytes: the child's. */
  readonly revision: Uint8Array;
}

export type ManifestOperation =
  | (Child & { readonly op: "add" })
  | { readonly op: "remove"; readonly name: string };

export interface ManifestDelta {
  /** The beat that the page belongs to. */
  readonly epoch: number;
  readonly operations: readonly ManifestOperation[];
}

export type OrderOperation =
  | { readonly op: "add"; readonly name: string; readonly position: number }
  | { readonly op: "remove"; readonly name: string };

export interface OrderDelta {
  readonly epoch: number;
  readonly operations: readonly OrderOperation[];
}

/** All children of a page as they were at a past beat. */
export interface ManifestHistory {
  readonly epoch: number;
  readonly children: readonly Child[];
}

export interface NameDelta {
  /** The text is a pattern. */
  readonly isGlob: boolean;
  /** 1 to 4,096 bytes of UTF-8. */
  readonly text: string;
}

export const PAGE_OPERATIONS_MAX = 256;

const ADD = 1;
const REMOVE = 2;
const CHILD_FLAGS_MAX = 3;
const TEXT_BYTES_MAX = 4_096;

export function encodeManifestDelta({ epoch, operations }: ManifestDelta): Uint8Array {
  const writer = pageWriter(epoch, operations.length);
  mustAscend(operations);
  for (const operation of operations) {
    if (operation.op === "add") writeChild(writer.u8(ADD), operation);
    else writer.u8(REMOVE).name(operation.name);
  }
  return writer.finish();
}

/** @throws FormatError */
export function decodeManifestDelta(body: Uint8Array): ManifestDelta {
  const { reader, epoch, count } = pageReader(body);
  const operations: ManifestOperation[] = [];
  for (let index = 0; index < count; index += 1) {
    const start = reader.offset;
    const isAdd = readOp(reader);
    const operation: ManifestOperation = isAdd
      ? { op: "add", ...readChild(reader) }
      : { op: "remove", name: reader.name() };
    checkAscends(operations.at(-1), operation, start);
    operations.push(operation);
  }
  reader.finish();
  return { epoch, operations };
}

export function encodeOrderDelta({ epoch, operations }: OrderDelta): Uint8Array {
  const writer = pageWriter(epoch, operations.length);
  for (const operation of operations) {
    writer.u8(operation.op === "add" ? ADD : REMOVE).name(operation.name);
    if (operation.op === "add") writer.uint(operation.position);
  }
  return writer.finish();
}

/** @throws FormatError */
export function decodeOrderDelta(body: Uint8Array): OrderDelta {
  const { reader, epoch, count } = pageReader(body);
  const operations: OrderOperation[] = [];
  for (let index = 0; index < count; index += 1) {
    const isAdd = readOp(reader);
    const name = reader.name();
    operations.push(isAdd ? { op: "add", name, position: reader.uint() } : { op: "remove", name });
  }
  reader.finish();
  return { epoch, operations };
}

export function encodeManifestHistory({ epoch, children }: ManifestHistory): Uint8Array {
  const writer = pageWriter(epoch, children.length);
  mustAscend(children);
  for (const child of children) writeChild(writer, child);
  return writer.finish();
}

/** @throws FormatError */
export function decodeManifestHistory(body: Uint8Array): ManifestHistory {
  const { reader, epoch, count } = pageReader(body);
  const children: Child[] = [];
  for (let index = 0; index < count; index += 1) {
    const start = reader.offset;
    const child = readChild(reader);
    checkAscends(children.at(-1), child, start);
    children.push(child);
  }
  reader.finish();
  return { epoch, children };
}

export function encodeNameDelta({ isGlob, text }: NameDelta): Uint8Array {
  const bytes = encodeUtf8(text);
  if (bytes.length === 0 || bytes.length > TEXT_BYTES_MAX) {
    throw new RangeError(`a name of ${bytes.length} bytes`);
  }
  return new BodyWriter()
    .u8(isGlob ? 1 : 0)
    .bytes(bytes)
    .finish();
}

/** @throws FormatError */
export function decodeNameDelta(body: Uint8Array): NameDelta {
  const reader = new BodyReader(body);
  const isGlob = reader.choice([false, true], "flags of a name");
  const length = reader.left;
  if (length === 0 || length > TEXT_BYTES_MAX) {
    throw new FormatError("out-of-range", 1, `a name of ${length} bytes`);
  }
  return { isGlob, text: decodeUtf8(reader.bytes(length)) };
}

function pageWriter(epoch: number, count: number): BodyWriter {
  if (count > PAGE_OPERATIONS_MAX) throw new RangeError(`${count} operations in a page`);
  return new BodyWriter().uint(epoch).uint(count);
}

function pageReader(body: Uint8Array): {
  readonly reader: BodyReader;
  readonly epoch: number;
  readonly count: number;
} {
  const reader = new BodyReader(body);
  const epoch = reader.uint();
  return { reader, epoch, count: reader.uintUpTo(PAGE_OPERATIONS_MAX, "operations") };
}

function writeChild(writer: BodyWriter, { name, flags, revision }: Child): void {
  if (flags < 0 || flags > CHILD_FLAGS_MAX) throw new RangeError(`flags ${flags} of a child`);
  mustHaveLength(revision, REVISION_BYTES, "revision");
  writer.name(name).u8(flags).bytes(revision);
}

function readChild(reader: BodyReader): Child {
  const name = reader.name();
  const start = reader.offset;
  const flags = reader.u8();
  if (flags > CHILD_FLAGS_MAX) {
    throw new FormatError("out-of-range", start, `flags ${flags} of a child`);
  }
  return { name, flags, revision: reader.bytes(REVISION_BYTES) };
}

/** @returns whether it adds. */
function readOp(reader: BodyReader): boolean {
  const start = reader.offset;
  const op = reader.u8();
  if (op === ADD || op === REMOVE) return op === ADD;
  throw new FormatError("out-of-range", start, `operation ${op}`);
}

interface Named {
  readonly name: string;
}

function ascends(before: Named | undefined, { name }: Named): boolean {
  return before === undefined || compareBytes(encodeUtf8(before.name), encodeUtf8(name)) < 0;
}

function checkAscends(before: Named | undefined, next: Named, at: number): void {
  if (ascends(before, next)) return;
  throw new FormatError("not-canonical", at, "names that do not ascend");
}

function mustAscend(list: readonly Named[]): void {
  for (const [index, next] of list.entries()) {
    if (!ascends(list[index - 1], next)) throw new RangeError("names that do not ascend");
  }
}
