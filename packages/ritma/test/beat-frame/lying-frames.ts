/**
 * Frames that say one thing that no frame may say, everything that covers it computed over the lie:
 * what the tests refuse, and what spec/vectors/beat-frame.json has as bad ones.
 *
 * @module
 */
import { BEAT_BYTES_MAX } from "../../src/base/limits.ts";
import { ascii, type ForgedFrame, type ForgedRecord, join, ZEROS } from "./forge-frame.ts";

export const A: ForgedRecord = { key: Uint8Array.of(2, 97), body: ascii("first") };
const B: ForgedRecord = { key: Uint8Array.of(2, 98), body: ascii("second") };
export const CELL: ForgedRecord = { key: Uint8Array.of(1, 0), body: Uint8Array.of(3 | 4 | 8 | 16) };
/** Table, and branch named. */
export const PLAIN = (1 << 9) | (1 << 10);
/** What `CELL` makes use of. */
export const SECURED = PLAIN | 1 | (1 << 2) | (1 << 8) | (1 << 18) | (1 << 19);

/** Name, fault ("unsupported" for what a newer build wrote, "ok" for none), and what is told. */
export const LIES: readonly (readonly [string, string, ForgedFrame])[] = [
  ["nothing false", "ok", { records: [A, B] }],
  ["nothing false, of secured payloads", "ok", { records: [CELL], capabilities: SECURED }],
  ["records that are swapped", "not-canonical", { records: [B, A] }],
  ["a record twice", "not-canonical", { records: [A, A] }],
  ["another count", "truncated", { records: [A, B], count: 3 }],
  ["another count, and table", "not-canonical", { records: [A], count: 2, offsets: [16, 16] }],
  ["a count of many", "out-of-range", { records: [A], count: 2 ** 40 }],
  ["another table", "not-canonical", { records: [A, B], offsets: [16, 17] }],
  ["a short table", "truncated", { records: [A, B], offsets: [16] }],
  ["a long table", "trailing-bytes", { records: [A], offsets: [16, 32] }],
  ["bytes behind the table", "trailing-bytes", { records: [A], behindTable: ascii("x") }],
  ["another sum of bytes", "not-canonical", { records: [A], payloadBytes: 4 }],
  ["another root", "not-canonical", { records: [A], root: ZEROS }],
  ["beat 0", "out-of-range", { records: [A], beat: 0 }],
  ["forgetting the future", "out-of-range", { records: [A], beat: 3, forgetBefore: 4 }],
  ["no record and nothing forgotten", "not-canonical", { records: [], capabilities: 1 << 10 }],
  ["a branch without a name", "out-of-range", { records: [A], branch: "" }],
  ["a branch with a slash", "out-of-range", { records: [A], branch: "a/b" }],
  ["a branch that begins with a dot", "out-of-range", { records: [A], branch: ".a" }],
  ["a branch of 64 letters", "out-of-range", { records: [A], branch: "a".repeat(64) }],
  ["a record type 8", "unsupported", { records: [{ ...A, type: 8 }] }],
  ["a record type 0", "unsupported", { records: [{ ...A, type: 0 }] }],
  ["a record of version 2", "unsupported", { records: [{ ...A, version: 2 }] }],
  ["a record of version 0", "unsupported", { records: [{ ...A, version: 0 }] }],
  ["a record with a flag", "unsupported", { records: [{ ...A, flags: 0x100 }] }],
  ["a trailer of version 2", "unsupported", { records: [A], trailerVersion: 2 }],
  ["a trailer with a flag", "unsupported", { records: [A], trailerFlags: 1 }],
  ["a trailer with a key", "wrong-type", { records: [A], trailerKey: ascii("x") }],
  ["a trailer that is none", "wrong-type", { records: [A], trailerMagic: "RBFS" }],
  ["a key of another type", "wrong-type", { records: [{ ...A, type: 3 }] }],
  [
    "a padded length",
    "not-canonical",
    {
      records: [{ ...A, lengths: Uint8Array.of(0x82, 0x00, 5) }],
    },
  ],
  [
    "a key of 1,025 bytes",
    "out-of-range",
    {
      records: [{ key: new Uint8Array(1025).fill(2), body: ascii("") }],
    },
  ],
  [
    "a body of 2^40 bytes",
    "out-of-range",
    {
      records: [
        { ...A, lengths: join(Uint8Array.of(2), Uint8Array.of(128, 128, 128, 128, 128, 32)) },
      ],
    },
  ],
  [
    "a body of 15 MiB that is not there",
    "truncated",
    {
      records: [{ ...A, lengths: Uint8Array.of(2, 0x80, 0x80, 0xc0, 0x07) }],
    },
  ],
  ["an unknown capability", "unsupported", { records: [A], capabilities: PLAIN | (1 << 20) }],
  ["capability 5, a packed frame", "unsupported", { records: [A], capabilities: PLAIN | 32 }],
  ["the highest capability", "unsupported", { records: [A], capabilities: 0x8000_0600 }],
  ["a frame of version 2", "unsupported", { records: [A], magic: "RITMABF2" }],
  ["another magic", "wrong-type", { records: [A], magic: "RITMABG1" }],
  ["a length above the limit", "out-of-range", { records: [A], length: BEAT_BYTES_MAX + 1 }],
  ["a length of 4 GiB", "out-of-range", { records: [A], length: 0xffff_ffff }],
  ["a length beyond the end", "truncated", { records: [A], length: 1000 }],
  ["a length before the end", "trailing-bytes", { records: [A], length: 100 }],
  ["a length of nothing", "trailing-bytes", { records: [A], length: 0 }],
];
