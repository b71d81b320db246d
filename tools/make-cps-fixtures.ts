/**
 * Makes fixtures/cps: reference frames of one branch and the blobs that they name, small ones, with
 * everything in them that a store has to carry.
 *
 *     frames/NN-name.frame     the frames of branch `fixtures`, each naming the one before
 *     cas/<b3 of the bytes>.blob
 *
 * They are what other programs and later versions are compared with, so they are written only when
 * that is asked for, and a test holds the encoder to them:
 *
 *     CEP_UPDATE_PAYLOAD_REF_FIXTURES=1 node tools/make-cps-fixtures.ts
 *
 * All is derived from constants; only what zlib makes of one payload differs between machines, so
 * that stream is taken from the files where it is there.
 *
 * @module
 */
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compareBytes } from "@ritma/evidence";
import { deflate, inflate } from "../packages/ritma/src/base/deflate.ts";
import { loadPrimitives, type NodePrimitives } from "../packages/ritma/src/base/primitives.ts";
import { type Cell, encodeCell } from "../packages/ritma/src/stores/beat/cell.ts";
import { chunksOf } from "../packages/ritma/src/stores/beat/chunk.ts";
import {
  encodeManifestDelta,
  encodeManifestHistory,
  encodeNameDelta,
  encodeOrderDelta,
} from "../packages/ritma/src/stores/beat/deltas.ts";
import { encodeFrame } from "../packages/ritma/src/stores/beat/frame-codec.ts";
import { encodePayloadHistory } from "../packages/ritma/src/stores/beat/history.ts";
import type { Payload } from "../packages/ritma/src/stores/beat/payload.ts";
import {
  type BeatRecord,
  type CellPath,
  recordKey,
} from "../packages/ritma/src/stores/beat/record.ts";
import type { Secmeta } from "../packages/ritma/src/stores/beat/secmeta.ts";
import { type SealWish, sealPayload } from "../packages/ritma/src/stores/beat/secure/seal.ts";

export const FIXTURES = join(import.meta.dirname, "..", "fixtures", "cps");
export const FIXTURE_BRANCH = "fixtures";
export const FIXTURE_STORE = Uint8Array.fromHex("00112233445566778899aabbccddeeff");
/** Opens the secured payloads. It is in every copy of this repository and protects nothing. */
export const FIXTURE_KEY = {
  id: Uint8Array.from({ length: 16 }, (_, at) => 0xa0 + at),
  bytes: Uint8Array.from({ length: 32 }, (_, at) => at),
};

/** What the cells hold, by the last name of their path. */
export const FIXTURE_PAYLOADS: Readonly<Record<string, Uint8Array>> = {
  inline: text("an inline payload"),
  plain: Uint8Array.from({ length: 200 }, (_, at) => (at * 7) & 0xff),
  deflated: text("a payload that says the same thing again; ".repeat(8)),
  secured: text("a payload that not everybody may read"),
  "secured-blob": text("a larger payload that not everybody may read; ".repeat(6)),
  chunked: Uint8Array.from({ length: 65_536 + 100 }, (_, at) => at >> 10),
};

/** Of payloads, for the rest. */
const SEALS: Readonly<Record<string, SealWish>> = {
  secured: { mode: "chacha20-poly1305", codec: "none", key: FIXTURE_KEY },
  "secured-blob": { mode: "aes-256-gcm", codec: "none", key: FIXTURE_KEY },
};

export interface CpsFixtures {
  /** By file name, in the order of their beats. */
  readonly frames: ReadonlyMap<string, Uint8Array>;
  /** By the hex of their digest. */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
}

/** @param stream what zlib made of the deflated payload; null makes it anew */
export function makeCpsFixtures(
  primitives: NodePrimitives,
  stream: Uint8Array | null,
): CpsFixtures {
  const making = new Making(primitives);
  const deflated = FIXTURE_PAYLOADS["deflated"] ?? text("");
  making.frame("inline", [making.cell("inline", "inline")]);
  making.frame("cas-plain", [making.cell("plain", "reference")]);
  making.frame("cas-deflate", [
    making.packedCell("deflated", stream ?? deflate(deflated), deflated),
  ]);
  making.frame("secured", [making.cell("secured", "chunks"), ...making.sealedChunks("secured")]);
  making.frame("secured-cas", [making.cell("secured-blob", "reference")]);
  making.frame("chunks", [making.cell("chunked", "chunks"), ...making.plainChunks("chunked")]);
  making.frame("history", historyRecords(primitives));
  making.frame("tombstone", [making.tombstone("inline")]);
  making.frame("forget", [], 2);
  return making;
}

function historyRecords({ blake3 }: NodePrimitives): BeatRecord[] {
  const [parent, page]: readonly [CellPath, Uint8Array] = [["cells"], new Uint8Array(4)];
  const [revision, beat] = [revisionOf(1), 1];
  const payload: Payload = { place: "inline", bytes: text("what it was") };
  const child = { name: "inline", flags: 0, revision };
  const plain = FIXTURE_PAYLOADS["plain"] ?? text("");
  const older: Payload = { place: "reference", length: plain.length, digest: blake3(plain) };
  const common = { payloadKind: "value", beat, secmeta: null } as const;
  return [
    {
      key: recordKey("payloadHistory", ["cells", "inline"], revision),
      body: encodePayloadHistory({ ...common, payload }),
    },
    {
      key: recordKey("payloadHistory", ["cells", "plain"], revision),
      body: encodePayloadHistory({ ...common, payload: older }),
    },
    {
      key: recordKey("manifest", parent, page),
      body: encodeManifestDelta({ epoch: 7, operations: [{ op: "add", ...child }] }),
    },
    {
      key: recordKey("order", parent, Uint8Array.of(1, ...page)),
      body: encodeOrderDelta({
        epoch: 7,
        operations: [{ op: "add", name: "inline", position: 0 }],
      }),
    },
    {
      key: recordKey("name", [], Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1)),
      body: encodeNameDelta({ isGlob: false, text: "fixture" }),
    },
    {
      key: recordKey("manifestHistory", parent, Uint8Array.of(...page, ...revision)),
      body: encodeManifestHistory({ epoch: 6, children: [child] }),
    },
  ];
}

class Making implements CpsFixtures {
  readonly frames = new Map<string, Uint8Array>();
  readonly blobs = new Map<string, Uint8Array>();
  readonly #primitives: NodePrimitives;
  #previous: Uint8Array = new Uint8Array(32);

  constructor(primitives: NodePrimitives) {
    this.#primitives = primitives;
  }

  get #beat(): number {
    return this.frames.size + 1;
  }

  frame(name: string, records: readonly BeatRecord[], forgetBefore = 0): void {
    const { blake3 } = this.#primitives;
    const [beat, previous] = [this.#beat, this.#previous];
    const head = { store: FIXTURE_STORE, branch: FIXTURE_BRANCH, beat, previous, forgetBefore };
    const sorted = records.toSorted((a, b) => compareBytes(a.key, b.key));
    const frame = encodeFrame(blake3, head, sorted);
    this.frames.set(`${String(beat).padStart(2, "0")}-${name}.frame`, frame);
    this.#previous = blake3(frame);
  }

  cell(name: string, place: Payload["place"]): BeatRecord {
    const { stored, secmeta } = this.#storedOf(name);
    return this.#cellOf(name, this.#payloadOf(place, stored), secmeta);
  }

  packedCell(name: string, stream: Uint8Array, raw: Uint8Array): BeatRecord {
    const secmeta: Secmeta = {
      mode: "none",
      codec: "deflate",
      rawLength: raw.length,
      storedLength: stream.length,
      fingerprint: this.#primitives.blake3(raw).slice(0, 16),
      sealing: null,
    };
    return this.#cellOf(name, this.#payloadOf("reference", stream), secmeta);
  }

  plainChunks(name: string): BeatRecord[] {
    return [...chunksOf(pathOf(name), FIXTURE_PAYLOADS[name] ?? text(""))];
  }

  sealedChunks(name: string): BeatRecord[] {
    return [...chunksOf(pathOf(name), this.#storedOf(name).stored)];
  }

  tombstone(name: string): BeatRecord {
    return this.#cellOf(name, null, null, { created: 1, isTombstone: true });
  }

  #storedOf(name: string): { readonly stored: Uint8Array; readonly secmeta: Secmeta | null } {
    const raw = FIXTURE_PAYLOADS[name] ?? text("");
    const wish = SEALS[name];
    if (wish === undefined) return { stored: raw, secmeta: null };
    const key = recordKey("cell", pathOf(name));
    const place = { store: FIXTURE_STORE, branch: FIXTURE_BRANCH, key };
    // A nonce for each payload, the same at every making: only here may it be no chance.
    const rng = { bytes: (count: number) => this.#primitives.blake3(key).slice(0, count) };
    return sealPayload({ primitives: this.#primitives, rng, notice: ignore }, place, raw, wish);
  }

  #payloadOf(place: Payload["place"], stored: Uint8Array): Payload {
    if (place === "inline") return { place, bytes: stored };
    const digest = this.#primitives.blake3(stored);
    if (place === "reference") this.blobs.set(digest.toHex(), stored);
    return { place, length: stored.length, digest };
  }

  #cellOf(
    name: string,
    payload: Payload | null,
    secmeta: Secmeta | null,
    change: Partial<Cell> = {},
  ): BeatRecord {
    const body = encodeCell({
      kind: "normal",
      payloadKind: "value",
      arrangement: 0,
      created: this.#beat,
      latest: this.#beat,
      revision: revisionOf(this.#beat),
      payload,
      secmeta,
      isTombstone: false,
      isVeiled: false,
      ...change,
    });
    return { key: recordKey("cell", pathOf(name)), body };
  }
}

/** @returns the blob in `folder` that unpacks to the deflated payload; null without one. */
export function deflatedFixture(folder: string): Uint8Array | null {
  const raw = FIXTURE_PAYLOADS["deflated"] ?? text("");
  for (const name of globSync("*.blob", { cwd: join(folder, "cas") })) {
    const bytes = new Uint8Array(readFileSync(join(folder, "cas", name)));
    if (bytes[0] !== 0x78) continue;
    if (Buffer.from(inflate(bytes, raw.length)).equals(raw)) return bytes;
  }
  return null;
}

function ignore(): void {
  // A fixture that does not seal throws, besides.
}

function pathOf(name: string): CellPath {
  return ["cells", name];
}

function revisionOf(beat: number): Uint8Array {
  return new Uint8Array(16).fill(beat);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function write(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  if (existsSync(folder)) rmSync(folder, { recursive: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
}

if (import.meta.main) {
  if (process.env["CEP_UPDATE_PAYLOAD_REF_FIXTURES"] === "1") {
    const { frames, blobs } = makeCpsFixtures(await loadPrimitives(), deflatedFixture(FIXTURES));
    write(join(FIXTURES, "frames"), frames);
    const named = [...blobs].map(([hex, bytes]) => [`${hex}.blob`, bytes] as const);
    write(join(FIXTURES, "cas"), new Map(named));
  } else {
    process.stdout.write("set CEP_UPDATE_PAYLOAD_REF_FIXTURES=1 to write the fixtures anew\n");
    process.exitCode = 64;
  }
}
