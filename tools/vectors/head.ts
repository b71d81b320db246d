/**
 * Vectors of kept heads and of requests for time stamps: spec/26-head-and-anchors.md.
 *
 * @module
 */
import {
  formatCheckpoint,
  formatNote,
  type HeadStanding,
  judgeHead,
  type KnownLog,
  leafHash,
  noteKeyId,
  parseHead,
  prefixRoot,
  treeLevels,
} from "@ritma/evidence";
import { keyFromSeed, primitives, type TestKey } from "../../packages/evidence/test/primitives.ts";
import { timeStampRequest } from "../../packages/ritma/src/services/anchor/timestamp-request.ts";
import { bad, type BadVector, digestOf, hashes } from "./vector.ts";

const ORIGIN = "ritma.invalid/node/00112233445566778899aabbccddeeff";
const ED25519 = 1;

const encoder = new TextEncoder();
const ENTRIES = Array.from({ length: 7 }, (_, at) => encoder.encode(`entry ${at}`));

const key = keyFromSeed(1);
const witness = keyFromSeed(2);

function rootOf(entries: readonly Uint8Array[], size: number): Uint8Array {
  if (size === 0) return hashes.sha256(new Uint8Array(0));
  const leaves = entries.map((entry) => leafHash(hashes.sha256, entry));
  return prefixRoot(hashes.sha256, treeLevels(hashes.sha256, leaves), leaves.length, size);
}

interface Written {
  readonly origin?: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly by?: TestKey;
  readonly also?: TestKey;
}

function headText({ origin = ORIGIN, size, root, by = key, also }: Written): string {
  const text = formatCheckpoint({ origin, size, root });
  const line = (name: string, each: TestKey): Parameters<typeof formatNote>[1][number] => ({
    name,
    keyId: noteKeyId(hashes.sha256, name, ED25519, each.publicKey),
    signature: each.sign(encoder.encode(text)),
  });
  const lines = [line(origin, by), ...(also === undefined ? [] : [line("witness.invalid", also)])];
  return new TextDecoder().decode(formatNote(text, lines));
}

const others = [...ENTRIES, encoder.encode("entry 7"), encoder.encode("entry 8")];
const forged = ENTRIES.with(2, encoder.encode("another entry"));
const newest = headText({ size: 7, root: rootOf(ENTRIES, 7) });

const HEADS: readonly (readonly [name: string, standing: HeadStanding, head: string])[] = [
  ["the newest", "held", newest],
  ["an older one", "held", headText({ size: 3, root: rootOf(ENTRIES, 3) })],
  ["a full subtree", "held", headText({ size: 4, root: rootOf(ENTRIES, 4) })],
  ["of no entries", "held", headText({ size: 0, root: rootOf(ENTRIES, 0) })],
  [
    "with the line of a witness",
    "held",
    headText({ size: 7, root: rootOf(ENTRIES, 7), also: witness }),
  ],
  ["of entries that are gone", "rollback", headText({ size: 9, root: rootOf(others, 9) })],
  ["of the same size and other entries", "fork", headText({ size: 7, root: rootOf(forged, 7) })],
  ["older, of other entries", "fork", headText({ size: 3, root: rootOf(forged, 3) })],
  ["older, before they differ", "held", headText({ size: 2, root: rootOf(forged, 2) })],
  ["of no entries, with a root", "fork", headText({ size: 0, root: rootOf(ENTRIES, 1) })],
  [
    "of another log",
    "other",
    headText({ origin: `${ORIGIN}0`, size: 7, root: rootOf(ENTRIES, 7) }),
  ],
  ["of another key", "other", headText({ size: 7, root: rootOf(ENTRIES, 7), by: witness })],
  ["with another size", "other", newest.replace("\n7\n", "\n6\n")],
];

const BAD: readonly (readonly [name: string, head: string, fault: BadVector["fault"]])[] = [
  ["empty", "", "truncated"],
  ["without a signature", newest.slice(0, newest.indexOf("\n\n") + 1), "truncated"],
  ["without the last newline", newest.slice(0, -1), "truncated"],
  ["with something above it", `Kept.\n${newest}`, "wrong-type"],
  ["with something below it", `${newest}Kept.\n`, "wrong-type"],
  ["with other ends of lines", newest.replaceAll("\n", "\r\n"), "truncated"],
  ["with a leading zero", newest.replace("\n7\n", "\n07\n"), "not-canonical"],
];

export function makeHeadVectors(): object {
  const log: KnownLog = {
    origin: ORIGIN,
    keys: [key.publicKey],
    size: ENTRIES.length,
    rootAt: (size) => rootOf(ENTRIES, size),
  };
  const digest = digestOf(newest);
  return {
    origin: ORIGIN,
    logKey: key.publicKey.toHex(),
    entries: ENTRIES.map((entry) => entry.toHex()),
    heads: HEADS.map(([name, standing, head]) => {
      const found = judgeHead(primitives, log, encoder.encode(head)).standing;
      if (found !== standing) throw new TypeError(`${name}: expected ${standing}, found ${found}`);
      return { name, head, standing };
    }),
    bad: BAD.map(([name, head, fault]) => bad(name, encoder.encode(head), fault, parseHead)),
    requests: [null, Uint8Array.fromHex("4000000000000001")].map((nonce) => ({
      stamped: newest,
      digest: digest.toHex(),
      nonce: nonce?.toHex() ?? null,
      request: timeStampRequest(digest, nonce).toHex(),
    })),
  };
}
