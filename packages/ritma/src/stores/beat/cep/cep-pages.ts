/**
 * Pages of changes and names of a CEP frame as records of ours.
 *
 * @module
 */
import { compareBytes, encodeUtf8, FormatError } from "@ritma/evidence";
import { ordinalSuffix } from "../chunk.ts";
import {
  type Child,
  encodeManifestDelta,
  encodeManifestHistory,
  encodeNameDelta,
  encodeOrderDelta,
  type ManifestOperation,
} from "../deltas.ts";
import { type BeatRecord, recordKey } from "../record.ts";
import { type CepChange, type CepPage, readManifest, readOrder } from "./cep-bodies.ts";
import { SEGMENT_BYTES } from "./cep-chunks.ts";
import { type NamePool, pathOf, readPoolEntry, segmentName } from "./cep-names.ts";
import { CepReader } from "./cep-reader.ts";
import type { CepRecord } from "./cep-record.ts";
import type { Deviations } from "./deviations.ts";

type PageKind = "manifest" | "order" | "manifestHistory";

const REVISION_BYTES = 16;
const MASK_KNOWN = 3;

/** @throws FormatError; RangeError for what no record of ours can hold */
export function pageRecord(
  kind: PageKind,
  { key, body, offset }: CepRecord,
  pool: NamePool,
  deviations: Deviations,
): BeatRecord {
  const { segments, suffix } = splitPageKey(kind, key, deviations);
  const path = pathOf(segments, pool);
  const reader = new CepReader(body, deviations);
  if (kind === "order") {
    const { epoch, changes } = readOrder(reader);
    const operations = changes.map((change) => {
      const name = segmentName(change.segment, pool);
      if (!change.isAdd) return { op: "remove" as const, name };
      return { op: "add" as const, name, position: change.position };
    });
    return { key: recordKey(kind, path, suffix), body: encodeOrderDelta({ epoch, operations }) };
  }
  const page = readManifest(reader);
  const sorted = sortedByName(page, pool, offset, deviations);
  const made =
    kind === "manifest"
      ? encodeManifestDelta({ epoch: page.epoch, operations: sorted.map(operationOf) })
      : encodeManifestHistory({ epoch: page.epoch, children: sorted.map(childOf) });
  return { key: recordKey(kind, path, suffix), body: made };
}

/** @throws FormatError; RangeError for an empty or too long name */
export function nameRecord({ key, body }: CepRecord): BeatRecord {
  const { id, isGlob, text } = readPoolEntry(key, body);
  const suffix = Uint8Array.fromHex(id.toString(16).padStart(16, "0"));
  return { key: recordKey("name", [], suffix), body: encodeNameDelta({ isGlob, text }) };
}

/** Segments, and the suffix of our key: page, or projection and page, or page and revision. */
function splitPageKey(
  kind: PageKind,
  key: Uint8Array,
  deviations: Deviations,
): { readonly segments: Uint8Array; readonly suffix: Uint8Array } {
  const fixed = kind === "manifestHistory" ? REVISION_BYTES : 0;
  const rest = (key.length - 1 - fixed) % SEGMENT_BYTES;
  const end = key.length - fixed - rest;
  if (key.length <= fixed || rest === 0) {
    throw new FormatError("wrong-type", 0, "the key of a page is not made of segments");
  }
  const reader = new CepReader(key, deviations, end, end + rest);
  const projection = kind === "order" ? [reader.varint()] : [];
  const page = ordinalSuffix(reader.varint());
  reader.finish();
  const segments = key.subarray(1, end);
  return { segments, suffix: Uint8Array.of(...projection, ...page, ...key.subarray(end + rest)) };
}

interface NamedChange {
  readonly name: string;
  readonly change: CepChange;
}

/** Of several changes of one child in a page the last is what remains. */
function sortedByName(
  { changes }: CepPage,
  pool: NamePool,
  offset: number,
  deviations: Deviations,
): NamedChange[] {
  const last = new Map<string, CepChange>();
  for (const change of changes) {
    const name = segmentName(change.segment, pool);
    if (last.has(name)) deviations.add("changed", offset, `"${name}" changes twice in a page`);
    if ((change.mask & ~MASK_KNOWN) !== 0) {
      deviations.add(
        "changed",
        offset,
        `marks 0x${change.mask.toString(16)} of "${name}" were cut`,
      );
    }
    last.set(name, change);
  }
  return [...last]
    .map(([name, change]) => ({ name, change }))
    .toSorted((a, b) => compareBytes(encodeUtf8(a.name), encodeUtf8(b.name)));
}

function operationOf(named: NamedChange): ManifestOperation {
  if (!named.change.isAdd) return { op: "remove", name: named.name };
  return { op: "add", ...childOf(named) };
}

function childOf({ name, change }: NamedChange): Child {
  return { name, flags: change.mask & MASK_KNOWN, revision: change.revision };
}
