/**
 * Vectors of the printed page of an hour: texts of what others named, and pages from facts.
 *
 * @module
 */
import { encodeEntity, type Entity, type FlowEntity, type Path, type Value } from "@ritma/evidence";
import { type PrintFacts, printPage } from "../../packages/ritma/src/flow/keep/print-page.ts";
import { fitted, objectText } from "../../packages/ritma/src/flow/keep/print-text.ts";
import { digestOf, STORE_ID, TIME } from "./vector.ts";

const HOUR_US = 3_600_000_000;
const ROOM = 24;

function value(text: string): Value {
  return { hashed: false, bytes: new TextEncoder().encode(text) };
}

function bytes(hex: string): Value {
  return { hashed: false, bytes: Uint8Array.fromHex(hex) };
}

function hash(text: string): Value {
  return { hashed: true, bytes: digestOf(text).subarray(0, 16) };
}

function file(base: Path["base"], ...components: readonly Value[]): Entity {
  const unknown = { inode: null, device: null, mode: null, uid: null, gid: null };
  return { kind: "file", path: { base, components }, ...unknown };
}

function flow(family: number, address: Value | Path, port: number | null): FlowEntity {
  return { kind: "flow", family, address, port, scope: null };
}

const LOCAL6 = "00000000000000000000000000000001";
const TEXTS: readonly (readonly [string, Entity])[] = [
  ["a path", file(0, value("srv"), value("web"))],
  ["the root", file(0)],
  ["a long path", file(0, value("srv"), value("a".repeat(20)), value("end"))],
  ["somewhere", file(1, value("x"))],
  ["in memory", file(2, value("x"))],
  ["hashed", file(0, value("home"), hash("anna"), hash("a file"))],
  ["what looks like a hash", file(0, value(`\\#${"ab".repeat(16)}`))],
  ["what looks like a cut", file(0, value("\\..."))],
  ["no ASCII", file(0, value("caf\u{e9}"), value("\u{1f600}"))],
  ["right to left", file(0, value("a\u{202e}b"))],
  ["control", file(0, value("a\u{1b}[31m\n\r\t\u{7}\u{7f}"))],
  ["no UTF-8", file(0, bytes("61ff62c3"))],
  ["escapes at the cut", file(0, value(`abcd${"\u{1f600}".repeat(4)}`))],
  ["version 4", flow(2, bytes("7f000001"), 8081)],
  ["version 4, no port", flow(2, bytes("7f000001"), null)],
  ["version 6", flow(10, bytes(LOCAL6), 443)],
  ["hashed address", flow(10, hash("::1"), 443)],
  ["a socket", flow(1, { base: 0, components: [value("run"), value("x")] }, null)],
  ["an abstract socket", flow(1, { base: 2, components: [value("x")] }, null)],
  ["a socket without a name", flow(1, { base: 2, components: [] }, null)],
  ["of another family", flow(17, bytes("0102"), null)],
  ["of an unknown family", flow(99, bytes(""), null)],
];

const counts: PrintFacts["counts"] = {
  events: 57_454,
  records: 210_493,
  atoms: 62_235,
  instantiations: 4_000,
  lost: 12,
  late: 4,
  evicted: 1,
  uninterpreted: 2,
  refused: 3,
  incomplete: 5,
};

function many(textOf: (at: number) => string): PrintFacts["tables"]["users"] {
  return Array.from({ length: 20 }, (_, at) => ({ count: 2_000 - at, text: textOf(at) }));
}

const whole: PrintFacts = {
  node: "web-1",
  namespace: "ns://acme/prod",
  privacy: "raw",
  store: STORE_ID.toHex(),
  fingerprint: digestOf("an identity").toHex(),
  hourRoot: digestOf("an hour root").toHex(),
  seal: digestOf("an hour seal").toHex(),
  entry: 1_234,
  sequence: 12,
  session: 3,
  folder: "windows/2026/03/01/10",
  t1: TIME,
  t2: TIME + HOUR_US + 94_001,
  gap: { t1: TIME - HOUR_US, t2: TIME - 500_000 },
  windows: 60,
  hasLate: true,
  counts,
  tables: {
    programs: many((at) => `/bin/p${at}`),
    users: many((at) => `uid ${at}`),
    destinations: many((at) => `10.0.0.${at}:443`),
    signIns: many((at) => `USER_LOGIN  root from 198.51.100.${at}, failed`),
    refused: many((at) => `open  /home/\\#${"ab".repeat(16)}/${"a".repeat(90)}${at}`),
  },
};

const few: PrintFacts["tables"] = {
  programs: [{ count: 1_000_000, text: "/bin/sh" }],
  users: [
    { count: 3, text: "uid 0" },
    { count: 1, text: "uid 33" },
  ],
  destinations: [],
  signIns: [],
  refused: [{ count: 2, text: `open  /home/\\#${"ab".repeat(16)}/x` }],
};
const none = { programs: [], users: [], destinations: [], signIns: [], refused: [] };
const PAGES: readonly (readonly [string, PrintFacts])[] = [
  ["all there is", whole],
  ["a quiet hour", { ...whole, gap: null, hasLate: false, tables: few }],
  ["of late events alone", { ...whole, t2: TIME, gap: null, windows: 0, tables: none }],
  ["of a long name", { ...whole, node: "n".repeat(300), hasLate: false, tables: none }],
];

export function makePrintVectors(): object {
  return {
    description:
      "The page of an hour: spec/24-print.md. `texts` are entities in hex (spec/05-record.md), " +
      `their text, and what is told of it in ${ROOM} characters. \`pages\` are lines from facts; ` +
      "texts in tables are whole.",
    texts: TEXTS.map(([name, entity]) => {
      const text = objectText(entity);
      return { name, hex: encodeEntity(entity).toHex(), text, cut: fitted(text, ROOM) };
    }),
    pages: PAGES.map(([name, facts]) => ({ name, facts, lines: printPage(facts).split("\n") })),
  };
}
