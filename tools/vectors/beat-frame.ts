/**
 * Vectors of frames of beats and of the bodies in them: spec/16-beat-frame.md.
 *
 * @module
 */
import { blake3 } from "@noble/hashes/blake3.js";
import { concatBytes, FormatError } from "@ritma/evidence";
import {
  FALSE_BODIES,
  NO_REVISION,
  SUFFIXES,
} from "../../packages/ritma/test/beat-frame/false-bodies.ts";
import { forgeFrame } from "../../packages/ritma/test/beat-frame/forge-frame.ts";
import { LIES } from "../../packages/ritma/test/beat-frame/lying-frames.ts";
import { encodeCell } from "../../packages/ritma/src/stores/beat/cell.ts";
import { chunksOf } from "../../packages/ritma/src/stores/beat/chunk.ts";
import {
  encodeManifestDelta,
  encodeManifestHistory,
  encodeNameDelta,
  encodeOrderDelta,
} from "../../packages/ritma/src/stores/beat/deltas.ts";
import { UnsupportedError } from "../../packages/ritma/src/stores/beat/frame-fault.ts";
import {
  decodeFrame,
  encodeFrame,
  type FrameHead,
} from "../../packages/ritma/src/stores/beat/frame-codec.ts";
import { encodePayloadHistory } from "../../packages/ritma/src/stores/beat/history.ts";
import { readRecordBody } from "../../packages/ritma/src/stores/beat/record-body.ts";
import {
  type BeatRecord,
  type RecordKind,
  recordKey,
} from "../../packages/ritma/src/stores/beat/record.ts";
import { STORE_ID } from "./vector.ts";

const ZEROS = new Uint8Array(32);
const REVISION = Uint8Array.fromHex(NO_REVISION);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** The example of the page. */
const CELL = encodeCell({
  kind: "normal",
  payloadKind: "value",
  arrangement: 0,
  created: 7,
  latest: 7,
  revision: REVISION,
  payload: { place: "inline", bytes: text("hello") },
  secmeta: null,
  isTombstone: false,
  isVeiled: false,
});

const EXAMPLE: readonly BeatRecord[] = [{ key: recordKey("cell", ["greeting"]), body: CELL }];
const HEAD: FrameHead = {
  store: STORE_ID,
  branch: "data",
  beat: 7,
  previous: ZEROS,
  forgetBefore: 0,
};

/** One of each type, in the order of their keys. */
function everyType(): BeatRecord[] {
  const [path, page] = [["a", "b"], Uint8Array.of(0, 0, 0, 1)];
  const children = [{ name: "c", flags: 2, revision: REVISION }];
  const operations = children.map((child) => Object.assign({ op: "add" as const }, child));
  const moved = [{ op: "add" as const, name: "c", position: 300 }];
  const payload = { place: "reference" as const, length: 5, digest: blake3(text("hello")) };
  const past = { payloadKind: "data" as const, beat: 3, payload, secmeta: null };
  const made: readonly (readonly [RecordKind, Uint8Array, Uint8Array])[] = [
    ["manifest", page, encodeManifestDelta({ epoch: 7, operations })],
    [
      "order",
      concatBytes(Uint8Array.of(1), page),
      encodeOrderDelta({ epoch: 7, operations: moved }),
    ],
    ["payloadHistory", REVISION, encodePayloadHistory(past)],
    ["manifestHistory", concatBytes(page, REVISION), encodeManifestHistory({ epoch: 6, children })],
  ];
  const name = { key: recordKey("name", [], new Uint8Array(8)), body: named() };
  const rest = made.map(([kind, suffix, body]) => ({ key: recordKey(kind, path, suffix), body }));
  return [
    { key: recordKey("cell", path), body: CELL },
    ...chunksOf(path, text("a payload in one piece")),
    ...rest.slice(0, 2),
    name,
    ...rest.slice(2),
  ];
}

function named(): Uint8Array {
  return encodeNameDelta({ isGlob: true, text: "*.log" });
}

export function makeBeatFrameVectors(): object {
  const first = goodFrame("the example of the page", HEAD, EXAMPLE);
  const previous = Uint8Array.fromHex(first.digest);
  return {
    description:
      "Frames of beats and bodies of records, spec/16-beat-frame.md. A fault of `unsupported` is " +
      "what a newer build wrote. Bodies stand with the key of their type and an empty path, its " +
      "suffix all zeros.",
    good: [
      first,
      goodFrame(
        "the next of its branch, with every type",
        { ...HEAD, beat: 8, previous },
        everyType(),
      ),
      goodFrame("nothing but forgetting", { ...HEAD, beat: 8, previous, forgetBefore: 8 }, []),
    ],
    bad: LIES.filter(([, fault]) => fault !== "ok").map(([name, fault, told]) => {
      const bytes = forgeFrame(told);
      mustGive(name, fault, () => decodeFrame(blake3, bytes));
      return { name, hex: bytes.toHex(), fault };
    }),
    bodies: FALSE_BODIES.map(([kind, name, fault, hex]) => {
      const body = Uint8Array.fromHex(hex.replaceAll(" ", ""));
      const suffix = new Uint8Array(new Map(SUFFIXES).get(kind) ?? 0);
      const key = recordKey(kind, [], suffix);
      mustGive(name, fault, () => readRecordBody({ key, body }));
      return { type: key[0], name, hex: body.toHex(), fault };
    }),
  };
}

function goodFrame(name: string, head: FrameHead, records: readonly BeatRecord[]) {
  const bytes = encodeFrame(blake3, head, records);
  const frame = decodeFrame(blake3, bytes);
  for (const record of frame.records) readRecordBody(record);
  return {
    name,
    hex: bytes.toHex(),
    store: frame.store.toHex(),
    branch: frame.branch,
    beat: frame.beat,
    previous: frame.previous.toHex(),
    forget_before: frame.forgetBefore,
    capabilities: frame.capabilities,
    records: frame.records.map(({ key, body }) => ({ key: key.toHex(), body: body.toHex() })),
    root: frame.root.toHex(),
    digest: frame.digest.toHex(),
  };
}

/** @throws TypeError when it gives another fault */
function mustGive(name: string, fault: string, decode: () => unknown): void {
  let found = "ok";
  try {
    decode();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    found = error instanceof UnsupportedError ? "unsupported" : error.fault;
  }
  if (found !== fault) throw new TypeError(`${name}: expected ${fault}, found ${found}`);
}
