/**
 * Bodies that no encoder writes, and a few that one does: type, what is false, fault, hex.
 *
 * @module
 */
import type { RecordKind } from "../../src/stores/beat/record.ts";

export const NO_REVISION = "00112233445566778899aabbccddeeff";

/** Of each type, as the page has them. */
export const SUFFIXES: readonly (readonly [RecordKind, number])[] = [
  ["cell", 0],
  ["chunk", 4],
  ["manifest", 4],
  ["order", 5],
  ["name", 8],
  ["payloadHistory", 16],
  ["manifestHistory", 20],
];

const rev = NO_REVISION;
const digest = "11".repeat(32);
const print = "22".repeat(16);
const seal = "33".repeat(16) + "44".repeat(12) + "55".repeat(32);
const sealed = (head: string, told: string): string =>
  `${head} 00 00 0000 01 00 ${rev} 11 ${digest} ${told} ${print} ${seal}`;
const inline = (head: string, told: string): string =>
  `${head} 00 00 0000 01 00 ${rev} 01 ff ${told} ${print}`;

/** The fault is "ok" where nothing is false. */
export const FALSE_BODIES: readonly (readonly [RecordKind, string, string, string])[] = [
  ["cell", "nothing", "truncated", ""],
  ["cell", "as it should be", "ok", `00 00 00 0000 01 00 ${rev}`],
  ["cell", "a reserved flag", "out-of-range", `80 00 00 0000 01 00 ${rev}`],
  ["cell", "an unknown kind", "out-of-range", `00 04 00 0000 01 00 ${rev}`],
  ["cell", "an unknown kind of payload", "out-of-range", `00 00 04 0000 01 00 ${rev}`],
  ["cell", "a padded beat", "not-canonical", `00 00 00 0000 8100 00 ${rev}`],
  ["cell", "an age beyond numbers", "out-of-range", `00 00 00 0000 01 ffffffffffffff0f ${rev}`],
  ["cell", "a cut revision", "truncated", `00 00 00 0000 01 00 ${rev.slice(2)}`],
  ["cell", "a byte too many", "trailing-bytes", `00 00 00 0000 01 00 ${rev} 00`],
  ["cell", "65 bytes inline", "out-of-range", `01 00 00 0000 01 00 ${rev} 41 ${"00".repeat(65)}`],
  ["cell", "bytes that are not there", "truncated", `01 00 00 0000 01 00 ${rev} 05 00`],
  ["cell", "chunks of nothing", "out-of-range", `02 00 00 0000 01 00 ${rev} 00 ${digest}`],
  ["cell", "a tombstone with a payload", "not-canonical", `21 00 00 0000 01 00 ${rev} 01 ff`],
  ["cell", "metadata of no payload", "not-canonical", `04 00 00 0000 01 00 ${rev}`],
  ["cell", "deflated without metadata", "not-canonical", `09 00 00 0000 01 00 ${rev} 01 ff`],
  ["cell", "plain metadata", "ok", inline("05", "00 00 01")],
  ["cell", "plain metadata, flags deflated", "not-canonical", inline("0d", "00 00 01")],
  ["cell", "deflated metadata, flags plain", "not-canonical", inline("05", "00 01 01")],
  ["cell", "plain with two lengths", "out-of-range", inline("05", "00 00 02")],
  ["cell", "an unknown codec", "out-of-range", inline("05", "00 02 01")],
  ["cell", "sealed", "ok", sealed("17", "01 00 01")],
  ["cell", "sealed metadata, flags plain", "not-canonical", sealed("07", "01 00 01")],
  ["cell", "an unknown mode", "out-of-range", sealed("17", "03 00 01")],
  ["cell", "sealed with another length", "out-of-range", sealed("17", "01 00 02")],
  [
    "cell",
    "sealed without room for a tag",
    "out-of-range",
    `17 00 00 0000 01 00 ${rev} 0f ${digest} 01 01 01 ${print} ${seal}`,
  ],
  ["chunk", "as it should be", "ok", "01 00 61"],
  ["chunk", "another place", "out-of-range", "05 01 61"],
  ["chunk", "beyond its payload", "out-of-range", "00 00"],
  ["chunk", "fewer bytes than told", "truncated", "02 00 61"],
  ["chunk", "more bytes than told", "trailing-bytes", "01 00 61 62"],
  ["chunk", "2^48 + 1 bytes", "out-of-range", "81808080808040 00 61"],
  ["manifest", "names that descend", "not-canonical", "01 02 02 01 62 02 01 61"],
  ["manifest", "a name twice", "not-canonical", "01 02 02 01 61 02 01 61"],
  ["manifest", "an unknown operation", "out-of-range", "01 01 03 01 61"],
  ["manifest", "an empty name", "out-of-range", "01 01 02 00"],
  ["manifest", "a name with NUL", "out-of-range", "01 01 02 01 00"],
  ["manifest", "a name that is no UTF-8", "wrong-type", "01 01 02 01 ff"],
  ["manifest", "257 operations", "out-of-range", "01 8102 02 01 61"],
  ["manifest", "fewer operations than told", "truncated", "01 02 02 01 61"],
  ["manifest", "flags of a child", "out-of-range", `01 01 01 01 61 04 ${rev}`],
  ["order", "an unknown operation", "out-of-range", "01 01 00 01 61 05"],
  ["order", "more than told", "trailing-bytes", "01 01 01 01 61 05 05"],
  ["name", "another flag", "out-of-range", "02 61"],
  ["name", "an empty text", "out-of-range", "00"],
  ["payloadHistory", "no payload", "out-of-range", "00 00 01"],
  ["payloadHistory", "in chunks", "out-of-range", `02 00 01 05 ${digest}`],
  ["payloadHistory", "a tombstone", "out-of-range", "20 00 01"],
  [
    "manifestHistory",
    "names that descend",
    "not-canonical",
    `01 02 01 62 00 ${rev} 01 61 00 ${rev}`,
  ],
];
