/**
 * Vectors of derived files: build statements, accounts, health.
 *
 * @module
 */
import {
  type Account,
  type BuildStatement,
  type Compaction,
  CborWriter,
  decodeAccount,
  decodeBuildStatement,
  decodeCompaction,
  decodeRolling,
  encodeAccount,
  encodeBuildStatement,
  encodeCompaction,
  encodeRolling,
  type HourAccount,
  type Rolling,
} from "@ritma/evidence";
import { bad, badEnds, type BadVector, digestOf, good, STORE_ID, TIME } from "./vector.ts";

const store = STORE_ID;

const statement: BuildStatement = {
  store,
  folder: "_meta/health",
  logSize: 5,
  logRoot: digestOf("a root"),
  files: [
    { path: "last_compaction.cbor", length: 60, sha256: digestOf("a file") },
    { path: "stats_rolling_7d.cbor.zst", length: 70, sha256: digestOf("another file") },
  ],
};

const hour: HourAccount = {
  sequence: 2,
  events: 5,
  lost: 1,
  late: 0,
  records: 20,
  atoms: 6,
  instantiations: 2,
  entities: 3,
  cones: 1,
  rawBytes: 4000,
  files: 9,
  blockBytes: 300,
  windowBytes: 700,
  proofBytes: 900,
  dictionaryBytes: 120,
  coneBytes: 60,
};

const account: Account = { store, day: "2026-03-01", hours: [hour, { ...hour, sequence: 3 }] };

const sum = {
  hours: 2,
  events: 10,
  atoms: 12,
  lost: 2,
  late: 0,
  rawBytes: 8000,
  storedBytes: 4160,
};
const rolling: Rolling = {
  store,
  days: [
    { day: "2026-03-01", ...sum },
    { day: "2026-03-04", ...sum },
  ],
};

const compaction: Compaction = {
  store,
  time: TIME,
  path: "graph/dict/dict.lmdb",
  bytesBefore: 40_960,
  bytesAfter: 24_576,
};

function record(name: string, vectors: readonly BadVector[]): object[] {
  return vectors.map((vector) => ({ record: name, ...vector }));
}

export function makeDerivedVectors(): object {
  const bytes = {
    statement: encodeBuildStatement(statement),
    account: encodeAccount(account),
    rolling: encodeRolling(rolling),
    compaction: encodeCompaction(compaction),
  };
  return {
    description:
      "Payloads of build statements, and accounts and health as they are before compression, " +
      "spec/13-derived.md. Bad ones must be refused.",
    good: [
      good("build-statement", bytes.statement),
      good("account", bytes.account),
      good("rolling", bytes.rolling),
      good("compaction", bytes.compaction),
    ],
    bad: [
      ...record("build-statement", badEnds(bytes.statement, decodeBuildStatement)),
      ...record("build-statement", badStatements()),
      ...record("account", badEnds(bytes.account, decodeAccount)),
      ...record("account", badAccounts()),
      ...record("rolling", badEnds(bytes.rolling, decodeRolling)),
      ...record("rolling", badRollings()),
      ...record("compaction", badEnds(bytes.compaction, decodeCompaction)),
    ],
  };
}

function badStatements(): BadVector[] {
  const [first, second] = statement.files;
  if (first === undefined || second === undefined) throw new TypeError("two files");
  const of = (changed: Partial<BuildStatement>): Uint8Array =>
    encodeBuildStatement({ ...statement, ...changed });
  const decode = decodeBuildStatement;
  return [
    bad("of the folder above", of({ folder: "_meta" }), "out-of-range", decode),
    bad("of a folder that goes up", of({ folder: "_meta/health/.." }), "out-of-range", decode),
    bad("another folder's file", of({ folder: "graph/dict" }), "out-of-range", decode),
    bad("from no entry", of({ logSize: 0 }), "out-of-range", decode),
    bad("on no file", of({ files: [] }), "out-of-range", decode),
    bad("files out of order", of({ files: [second, first] }), "not-canonical", decode),
    bad("a file twice", of({ files: [first, first] }), "not-canonical", decode),
    bad("itself", of({ files: [{ ...first, path: "derived.stmt" }] }), "out-of-range", decode),
  ];
}

function accountWith(changed: Partial<Account>): Uint8Array {
  return encodeAccount({ ...account, ...changed });
}

function rollingOf(days: Rolling["days"]): Uint8Array {
  return encodeRolling({ store, days });
}

function badAccounts(): BadVector[] {
  const short = new CborWriter()
    .array(4)
    .text("ritma/account@1")
    .bytes(store)
    .text("2026-03-01")
    .array(1)
    .array(1)
    .uint(2)
    .finish();
  return [
    bad("no hour", accountWith({ hours: [] }), "out-of-range", decodeAccount),
    bad("an hour twice", accountWith({ hours: [hour, hour] }), "not-canonical", decodeAccount),
    bad("a day without a month", accountWith({ day: "2026-03" }), "wrong-type", decodeAccount),
    bad("a day with a time", accountWith({ day: "2026-03-01T10" }), "out-of-range", decodeAccount),
    bad("an hour of one number", short, "wrong-type", decodeAccount),
  ];
}

function badRollings(): BadVector[] {
  const [first] = rolling.days;
  if (first === undefined) throw new TypeError("a day");
  const eight = Array.from({ length: 8 }, (_, at) => ({ ...first, day: `2026-03-0${at + 1}` }));
  return [
    bad("no day", rollingOf([]), "out-of-range", decodeRolling),
    bad("eight days", rollingOf(eight), "out-of-range", decodeRolling),
    bad("a day twice", rollingOf([first, first]), "not-canonical", decodeRolling),
  ];
}
