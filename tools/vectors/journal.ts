/**
 * Vectors of the payloads of the journal: each kind of entry, and what must be refused.
 *
 * @module
 */
import type { FormatFault } from "@ritma/evidence";
import {
  decodeEntries,
  encodeEntries,
  type JournalEntry,
} from "../../packages/ritma/src/flow/journal/entry.ts";
import { bad, good, TIME } from "./vector.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const PLACE = {
  identity: { device: 65_024, inode: 131 },
  offset: 4_096,
  mark: utf8("e=EOE\n"),
  modifiedUs: TIME,
  path: "/var/log/audit/audit.log",
};
const DIGEST = { length: 4_096, lastByte: 10, state: null };
const STREAM = { place: null, digest: { length: 0, lastByte: 10, state: null }, head: null };
const SHELL = { pid: 4_242, ppid: 912, startUs: TIME, name: utf8("bash") };

const GOOD: readonly (readonly [string, readonly JournalEntry[]])[] = [
  ["nothing", []],
  ["session", [{ kind: "session", session: 3 }]],
  [
    "followed log",
    [{ kind: "input", input: { place: PLACE, digest: DIGEST, head: utf8("head") } }],
  ],
  ["stream", [{ kind: "input", input: STREAM }]],
  ["lines", [{ kind: "bytes", bytes: utf8("type=EOE msg=audit(1.000:1):\n") }]],
  [
    "tick and losses",
    [
      { kind: "tick", nowUs: TIME },
      { kind: "lost", count: 7 },
    ],
  ],
  ["ends", [{ kind: "endInput" }, { kind: "end", reason: "stopped" }]],
  [
    "containers",
    [
      {
        kind: "containers",
        seen: [
          [4_242, utf8("c0ffee")],
          [1, null],
        ],
      },
    ],
  ],
  [
    "observed",
    [
      {
        kind: "observed",
        processes: [
          { ...SHELL, executable: utf8("/usr/bin/bash") },
          { pid: 2, ppid: 0, startUs: TIME, name: utf8("kthreadd"), executable: null },
        ],
      },
    ],
  ],
  ["gone", [{ kind: "gone", beforeUs: TIME, pids: [4_242, 4_243] }]],
  ["nobody gone", [{ kind: "gone", beforeUs: 0, pids: [] }]],
];

/** `["ritma/journal@1", …` without its list. */
const HEAD = "826f7269746d612f6a6f75726e616c4031";

/** Payloads that hold one entry at most. */
const BAD: readonly (readonly [name: string, hex: string, fault: FormatFault])[] = [
  ["another tag", "826f7269746d612f6a6f75726e616c403280", "wrong-type"],
  ["a kind that nobody knows", `${HEAD}81820a00`, "out-of-range"],
  ["an entry of three items", `${HEAD}8183090080`, "wrong-type"],
  ["observed without an executable", `${HEAD}81820881840100004161`, "wrong-type"],
  ["a name that is text", `${HEAD}81820881850100006161f6`, "wrong-type"],
  ["a pid below 0", `${HEAD}81820881852000004161f6`, "wrong-type"],
  ["a pid in more bytes than it needs", `${HEAD}8182098200811805`, "not-canonical"],
  ["gone without pids", `${HEAD}8182098100`, "wrong-type"],
  ["something behind the end", `${HEAD}8000`, "trailing-bytes"],
];

export function makeJournalVectors(): object {
  return {
    description:
      "Payloads of beats of the journal, spec/18-journal.md, before they are encrypted. A bad " +
      "one must be refused.",
    good: GOOD.map(([name, entries]) => good(name, encodeEntries(entries))),
    bad: BAD.map(([name, hex, fault]) => bad(name, Uint8Array.fromHex(hex), fault, decodeEntries)),
  };
}
