/**
 * Vectors of what a store consists of beside blocks and entities: headers, seals, entries.
 *
 * @module
 */
import {
  buildHourTree,
  CborWriter,
  decodeEntitiesFrame,
  decodeHourHeader,
  decodeHourSeal,
  decodeHourTree,
  decodeIntent,
  decodeKeyRecord,
  decodeKeysFile,
  decodeLogEntry,
  decodeMicroHeader,
  decodeSchemaFile,
  decodeStoreFile,
  encodeChain,
  encodeEntitiesFrame,
  encodeHourHeader,
  encodeHourSeal,
  encodeHourTree,
  encodeIntent,
  encodeKeyRecord,
  encodeKeysFile,
  encodeLogEntry,
  encodeMicroHeader,
  encodeMicroSeal,
  encodeSchemaFile,
  encodeStoreFile,
  STORE_FORMAT,
  type HourHeader,
} from "@ritma/evidence";
import {
  bad,
  badEnds,
  type BadVector,
  digestOf,
  good,
  hashes,
  NODE,
  STORE_ID,
  TIME,
} from "./vector.ts";

const MINUTE = 60_000_000;
const store = STORE_ID;
const root = digestOf("a root");
const digest = digestOf("a digest");
const key = digestOf("a public key");
const namespace = "ns://example/web";
const place = { store, sequence: 2, window: 20 };
const privacy = "hash-only" as const;

const header: HourHeader = {
  store,
  namespace,
  node: NODE,
  sequence: 2,
  session: 0,
  t1: TIME,
  t2: TIME + 40 * MINUTE,
  generation: {
    number: 1,
    offset: 300,
    length: 120,
    sha256: digest,
    firstId: 10,
    entities: 3,
    root,
    begun: TIME,
  },
  counts: {
    events: 5,
    records: 20,
    atoms: 6,
    instantiations: 2,
    lost: 0,
    late: 1,
    evicted: 0,
    uninterpreted: 0,
    refused: 0,
    incomplete: 0,
  },
  sensor: { name: "auditd", version: 1, projection: digest },
  rules: null,
  privacy,
  cones: { offset: 0, length: 0, sha256: digest, firstId: 1, cones: 0 },
  inputs: [{ length: 4096, sha256: digest, unterminated: false, head: digest, delivered: 1 }],
  files: [
    { path: "blocks/inst_0000.cbor.zst", length: 200, sha256: digest },
    { path: "micro/w020.cbor", length: 130, sha256: digest },
  ],
};

const micro = {
  ...place,
  namespace,
  node: NODE,
  t1: TIME,
  t2: TIME + MINUTE,
  events: 5,
  atoms: 6,
  instantiations: 2,
  privacy,
  microRoot: root,
};

const entries = [
  { kind: "window", window: 20, t1: TIME, t2: TIME + MINUTE, microRoot: root },
  { kind: "empty", window: null, t1: TIME + MINUTE, t2: header.t2, microRoot: null },
  { kind: "late", window: null, t1: TIME, t2: header.t2, microRoot: digest },
] as const;

const tree = buildHourTree(hashes.sha256, store, 2, entries);
const link = { store, sequence: 2, previous: digest, logSize: 9 };
const seal = { ...link, t1: header.t1, t2: header.t2, hourRoot: tree.hourRoot, header: digest };
const keyRecord = { store, keyId: key.slice(0, 8), publicKey: key, role: "seal" as const };
const intent = {
  store,
  phase: 1 as const,
  files: header.files,
  growing: [
    { path: "graph/dict/v0001/entities.cbor.zst", before: 300, after: 420, sha256: digest },
  ],
  sign: [
    {
      path: "micro/w020.sig",
      payload: encodeMicroSeal({ ...place, header: digest, microRoot: root }),
    },
  ],
  plain: [{ path: "proofs/chain.cbor", bytes: encodeChain(link) }],
  logSize: 9,
  entries: [encodeLogEntry({ type: "gap", t1: TIME, t2: header.t2 })],
};

/** What encodes to a record, and the decoder that must read it; null where none is needed. */
const RECORDS: readonly (readonly [string, Uint8Array, ((bytes: Uint8Array) => unknown) | null])[] =
  [
    [
      "store-file",
      encodeStoreFile({
        store,
        format: STORE_FORMAT,
        namespace,
        node: NODE,
        created: TIME,
        privacy,
        windowSecs: 60,
        identity: key,
        schemas: [["event", digest]],
      }),
      decodeStoreFile,
    ],
    ["schema-file", encodeSchemaFile("event", "value = bstr\n"), decodeSchemaFile],
    ["key-record", encodeKeyRecord({ ...keyRecord, first: 0, last: null }), decodeKeyRecord],
    [
      "key-record, of some hours",
      encodeKeyRecord({ ...keyRecord, role: "log", first: 3, last: 7 }),
      decodeKeyRecord,
    ],
    ["keys-file", encodeKeysFile(store, [Uint8Array.of(1, 2, 3)]), decodeKeysFile],
    [
      "entities-frame",
      encodeEntitiesFrame({
        store,
        generation: 1,
        firstId: 1,
        salt: digest,
        entities: [Uint8Array.of(0x80)],
      }),
      decodeEntitiesFrame,
    ],
    [
      "entities-frame, a later one",
      encodeEntitiesFrame({
        store,
        generation: 1,
        firstId: 2,
        salt: null,
        entities: [Uint8Array.of(0x80)],
      }),
      decodeEntitiesFrame,
    ],
    ["micro", encodeMicroHeader(micro), decodeMicroHeader],
    ["micro, late", encodeMicroHeader({ ...micro, window: null }), decodeMicroHeader],
    ["micro-seal", encodeMicroSeal({ ...place, header: digest, microRoot: root }), null],
    ["hour-header", encodeHourHeader(header), decodeHourHeader],
    ["hour-tree", encodeHourTree(tree), decodeHourTree],
    ["hour-seal", encodeHourSeal(seal), decodeHourSeal],
    ["hour-seal, the first", encodeHourSeal({ ...seal, previous: null }), decodeHourSeal],
    ["chain", encodeChain(link), null],
    ["intent", encodeIntent(intent), decodeIntent],
    [
      "intent, of nothing",
      encodeIntent({ ...intent, phase: 0, files: [], growing: [], sign: [], plain: [] }),
      decodeIntent,
    ],
    [
      "log entry: genesis",
      encodeLogEntry({ type: "genesis", store, storeFile: digest }),
      decodeLogEntry,
    ],
    ["log entry: key record", encodeLogEntry({ type: "key", record: digest }), decodeLogEntry],
    [
      "log entry: micro seal",
      encodeLogEntry({ type: "micro", sequence: 2, window: 20, header: digest, microRoot: root }),
      decodeLogEntry,
    ],
    [
      "log entry: late",
      encodeLogEntry({ type: "micro", sequence: 2, window: null, header: digest, microRoot: root }),
      decodeLogEntry,
    ],
    [
      "log entry: hour",
      encodeLogEntry({
        type: "hour",
        sequence: 2,
        t1: TIME,
        t2: header.t2,
        hourRoot: root,
        seal: digest,
      }),
      decodeLogEntry,
    ],
    ["log entry: gap", encodeLogEntry({ type: "gap", t1: TIME, t2: header.t2 }), decodeLogEntry],
    [
      "log entry: close",
      encodeLogEntry({
        type: "close",
        session: 0,
        sequence: 2,
        t: header.t2,
        reason: "end-of-input",
      }),
      decodeLogEntry,
    ],
    [
      "log entry: close without an hour",
      encodeLogEntry({ type: "close", session: 0, sequence: null, t: 0, reason: "end-of-input" }),
      decodeLogEntry,
    ],
    ["log entry: open", encodeLogEntry({ type: "open", session: 0, t: TIME }), decodeLogEntry],
  ];

export function makeStoreVectors(): object {
  const refused = RECORDS.flatMap(([name, bytes, decode]) =>
    decode === null || name.includes(",") ? [] : record(name, badEnds(bytes, decode)),
  );
  return {
    description:
      "Records of spec/06-store.md and spec/07-node-log.md. `record` says which decoder must " +
      "refuse a bad one, with the named fault. Digests and keys stand for nothing.",
    good: RECORDS.map(([name, bytes]) => good(name, bytes)),
    bad: [...refused, ...badHours(), ...badOthers()],
  };
}

function record(name: string, vectors: readonly BadVector[]): object[] {
  return vectors.map((vector) => Object.assign({ record: name }, vector));
}

function badHours(): object[] {
  const files = header.files.toReversed();
  const twice = [...header.files, ...header.files.slice(1)];
  const wrongKind = { ...tree, entries: [{ ...entries[1], microRoot: root }] };
  const noEntry = { ...tree, entries: [] };
  const noNumber = { ...tree, entries: [{ ...entries[0], window: null }] };
  const lateNumber = { ...tree, entries: [{ ...entries[2], window: 3 }] };
  const noRoot = { ...tree, entries: [{ ...entries[0], microRoot: null }] };
  return [
    ...record("hour-header", [
      bad(
        "files out of order",
        encodeHourHeader({ ...header, files }),
        "not-canonical",
        decodeHourHeader,
      ),
      bad(
        "a file twice",
        encodeHourHeader({ ...header, files: twice }),
        "not-canonical",
        decodeHourHeader,
      ),
    ]),
    ...record("hour-tree", [
      bad("an empty run with a root", encodeHourTree(wrongKind), "wrong-type", decodeHourTree),
      bad("no entry", encodeHourTree(noEntry), "out-of-range", decodeHourTree),
      bad("a window without a number", encodeHourTree(noNumber), "wrong-type", decodeHourTree),
      bad("late atoms with a number", encodeHourTree(lateNumber), "wrong-type", decodeHourTree),
      bad("a window without a root", encodeHourTree(noRoot), "wrong-type", decodeHourTree),
    ]),
  ];
}

function badOthers(): object[] {
  const long = "x".repeat(33);
  return [
    ...record("store-file", [
      bad(
        "windows of 7 s",
        encodeStoreFile({
          store,
          format: STORE_FORMAT,
          namespace,
          node: NODE,
          created: 0,
          privacy,
          windowSecs: 7,
          identity: key,
          schemas: [],
        }),
        "out-of-range",
        decodeStoreFile,
      ),
    ]),
    ...record("entities-frame", [
      bad(
        "no entity",
        new CborWriter()
          .array(6)
          .text("ritma/entities@1")
          .bytes(store)
          .uint(1)
          .uint(1)
          .bytes(digest)
          .array(0)
          .finish(),
        "out-of-range",
        decodeEntitiesFrame,
      ),
    ]),
    ...record("log entry: gap", [
      bad("type 7", Uint8Array.of(0x82, 7, 0x80), "out-of-range", decodeLogEntry),
      bad("201 bytes", new Uint8Array(201), "out-of-range", decodeLogEntry),
    ]),
    ...record("log entry: close", [
      bad(
        "a reason of 33 bytes",
        encodeLogEntry({ type: "close", session: 0, sequence: 2, t: 0, reason: long }),
        "out-of-range",
        decodeLogEntry,
      ),
    ]),
  ];
}
