/**
 * Vectors of the proof of an event: a little store of fixed keys, proofs of what is in it, and
 * proofs that lie.
 *
 * @module
 */
import {
  encodeEventProof,
  type EventProof,
  decodeEventProof,
  type FindingCode,
  fingerprintOf,
  type FormatFault,
  type ProofEpoch,
  type ProofLeaf,
  type ProofOpening,
  type ProofReport,
  type ProofWindow,
  type ProvedEntity,
  verifyEventProof,
} from "@ritma/evidence";
import { primitives } from "../../packages/evidence/test/primitives.ts";
import { ARGUMENTS, IDENTITY, makeProof, PROCESS, PROGRAM, SECRET_FILE } from "./small-store.ts";
import { bad, digestOf, hashes } from "./vector.ts";

const TRUST = fingerprintOf(hashes.sha256, IDENTITY.publicKey);

/** The first event, an exec, with all that it names. */
const whole = makeProof({ atoms: [0], open: [PROCESS, PROGRAM, ARGUMENTS] });
/** Two events apart, one of them with a file that is not shown. */
const several = makeProof({ atoms: [0, 3], open: [PROCESS, PROGRAM, ARGUMENTS] });

/** The same, of a store whose hours have keys of their own. */
const ofHour = makeProof({ atoms: [0], open: [PROCESS, PROGRAM, ARGUMENTS], periodFrom: 0 });

const GOOD: readonly (readonly [string, EventProof])[] = [
  ["one event, all opened", whole],
  ["its arguments withheld", makeProof({ atoms: [0], open: [PROCESS, PROGRAM] })],
  ["nothing opened", makeProof({ atoms: [0], open: [] })],
  ["several events", several],
  ["all events", makeProof({ atoms: [0, 1, 2, 3, 4], open: [PROCESS, SECRET_FILE] })],
  ["a late event", makeProof({ atoms: [0], open: [PROCESS], isLate: true })],
  ["sealed by the key of its hour", ofHour],
  ["the only event", makeProof({ atoms: [0], open: [PROCESS], isAlone: true })],
];

function withWindow(proof: EventProof, change: Partial<ProofWindow>): EventProof {
  const [hour] = proof.hours;
  const [window] = hour?.windows ?? [];
  if (hour === undefined || window === undefined) throw new TypeError("a proof without a window");
  return { ...proof, hours: [{ ...hour, windows: [{ ...window, ...change }] }] };
}

function windowOf(proof: EventProof): ProofWindow {
  const window = proof.hours[0]?.windows[0];
  if (window === undefined) throw new TypeError("a proof without a window");
  return window;
}

function leafOf(proof: EventProof): ProofLeaf {
  const [leaf] = windowOf(proof).leaves;
  if (leaf === undefined) throw new TypeError("a proof without a leaf");
  return leaf;
}

function withLeaf(proof: EventProof, change: Partial<ProofLeaf>): EventProof {
  return withWindow(proof, { leaves: [{ ...leafOf(proof), ...change }] });
}

/** Its last byte is another one. */
function altered(bytes: Uint8Array): Uint8Array {
  return bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1);
}

const [first, second] = [leafOf(several).atoms[0], leafOf(several).atoms[1]];
const stranger = makeProof({ atoms: [0], open: [PROCESS], seed: 0x90 });
const { index: keyIndex } = whole.keys[0] ?? { index: 1 };

const WRONG: readonly (readonly [string, EventProof, FindingCode])[] = [
  ["another store.cbor", { ...whole, store: stranger.store }, "key/record"],
  ["a store.cbor that is none", { ...whole, store: Uint8Array.of(0xf6) }, "store/file"],
  ["the keys of another store", { ...whole, keys: stranger.keys }, "key/record"],
  ["a key that signed nothing", makeProof({ atoms: [0], open: [], spareKey: true }), "key/record"],
  [
    "keys for another store",
    makeProof({ atoms: [0], open: [], keysSay: "another store" }),
    "key/record",
  ],
  [
    "keys under another id",
    makeProof({ atoms: [0], open: [], keysSay: "another id" }),
    "key/record",
  ],
  ["without the log key", { ...whole, keys: whole.keys.slice(0, 1) }, "log/checkpoint"],
  ["without the seal key", { ...whole, keys: whole.keys.slice(1) }, "hour/seal"],
  ["a key at another place", { ...whole, keys: moved(whole, keyIndex) }, "log/root"],
  ["another checkpoint", { ...whole, checkpoint: stranger.checkpoint }, "log/checkpoint"],
  [
    "a checkpoint with two lines",
    makeProof({ atoms: [0], open: [], signTwice: true }),
    "log/checkpoint",
  ],
  [
    "a checkpoint signed by the seal key",
    makeProof({ atoms: [0], open: [], swapKeys: true }),
    "log/checkpoint",
  ],
  ["an hour of another store", { ...whole, hours: stranger.hours }, "hour/seal"],
  ["a seal changed at its end", withSeal(altered), "hour/seal"],
  ["an hour at another entry", atEntry(6), "hour/seal"],
  ["a window behind its hour", withWindow(whole, { index: 40 }), "log/order"],
  ["a window at another entry", withWindow(whole, { index: 3 }), "log/root"],
  [
    "a header changed at its end",
    withWindow(whole, { header: altered(windowOf(whole).header) }),
    "micro/seal",
  ],
  [
    "a header with a byte more",
    withWindow(whole, { header: Uint8Array.of(...windowOf(whole).header, 0) }),
    "micro/header",
  ],
  [
    "a window of another node",
    makeProof({ atoms: [0], open: [], otherNode: true }),
    "micro/header",
  ],
  [
    "a window seal of the hour",
    withWindow(whole, { seal: whole.hours[0]?.seal ?? new Uint8Array(0) }),
    "micro/seal",
  ],
  ["the other side", withWindow(whole, { sides: windowOf(whole).sides ^ 1 }), "hour/tree"],
  ["a shorter path to the hour", withWindow(whole, { sides: 0, hourPath: [] }), "hour/tree"],
  ["a leaf at another place", withLeaf(whole, { index: leafOf(whole).index + 1 }), "micro/root"],
  [
    "a leaf path that goes on",
    withWindow(whole, { leafPath: [...windowOf(whole).leafPath, digestOf("x")] }),
    "micro/root",
  ],
  [
    "a changed instantiation",
    withLeaf(whole, { instantiation: altered(leafOf(whole).instantiation) }),
    "micro/root",
  ],
  [
    "a changed atom",
    withLeaf(whole, { atoms: [renumbered(leafOf(whole).atoms[0])] }),
    "proof/atom",
  ],
  [
    "an atom path that goes on",
    withLeaf(whole, { atomPath: [...leafOf(whole).atomPath, digestOf("x")] }),
    "proof/atom",
  ],
  [
    "an atom path swapped",
    withLeaf(whole, { atomPath: leafOf(whole).atomPath.toReversed() }),
    "proof/atom",
  ],
  ["atoms out of order", withLeaf(several, { atoms: list(second, first) }), "proof/atom"],
  ["an atom twice", withLeaf(several, { atoms: list(first, first) }), "proof/atom"],
  [
    "an atom of another process",
    makeProof({ atoms: [1], open: [], strangeAtom: true }),
    "proof/atom",
  ],
  [
    "an atom before its window",
    makeProof({ atoms: [0], open: [], earlyUs: 90_000_000 }),
    "micro/time",
  ],
  ["another salt", { ...whole, openings: whole.openings.map(withOtherSalt) }, "proof/opening"],
  [
    "an opening of nothing here",
    { ...makeProof({ atoms: [1], open: [PROCESS] }), openings: whole.openings },
    "proof/opening",
  ],
  [
    "a process that is a file",
    makeProof({ atoms: [0], open: [PROCESS], fileAsProcess: true }),
    "proof/opening",
  ],
  ["an hour without its key", withEpoch(() => null), "hour/seal"],
  [
    "an hour with the key of another",
    withEpoch(({ path }) => ({ path, publicKey: digestOf("a key") })),
    "hour/seal",
  ],
  [
    "an hour key whose path is swapped",
    withEpoch(({ publicKey, path }) => ({ publicKey, path: path.toReversed() })),
    "hour/seal",
  ],
  [
    "an hour key whose path is cut",
    withEpoch(({ publicKey, path }) => ({ publicKey, path: path.slice(1) })),
    "hour/seal",
  ],
  ["a period that begins later", makeProof({ atoms: [0], open: [], periodFrom: 1 }), "hour/seal"],
  ["an hour key where none is named", { ...whole, hours: ofHour.hours }, "hour/seal"],
  ["the period of another store", { ...ofHour, keys: stranger.keys }, "key/record"],
  ["a path to the checkpoint cut", { ...whole, logPath: whole.logPath.slice(0, -1) }, "log/root"],
  [
    "a path to the checkpoint that goes on",
    { ...whole, logPath: [...whole.logPath, digestOf("x")] },
    "log/root",
  ],
];

function withEpoch(change: (epoch: ProofEpoch) => ProofEpoch | null): EventProof {
  const hours = ofHour.hours.map((hour) => {
    return { ...hour, epoch: hour.epoch === null ? null : change(hour.epoch) };
  });
  return { ...ofHour, hours };
}

/** The key at `index` claims the next entry, which is nobody's here. */
function moved(proof: EventProof, index: number): EventProof["keys"] {
  const away = proof.keys.map((key) => (key.index === index ? { ...key, index: 3 } : key));
  return away.toSorted((a, b) => a.index - b.index);
}

function withSeal(change: (seal: Uint8Array) => Uint8Array): EventProof {
  return { ...whole, hours: whole.hours.map((hour) => ({ ...hour, seal: change(hour.seal) })) };
}

function atEntry(index: number): EventProof {
  return { ...whole, hours: whole.hours.map((hour) => ({ ...hour, index })) };
}

function withOtherSalt(opening: ProofOpening): ProofOpening {
  return { ...opening, salt: altered(opening.salt) };
}

function list(...atoms: readonly (Uint8Array | undefined)[]): Uint8Array[] {
  return atoms.map((atom) => atom ?? new Uint8Array(0));
}

/** Byte 14 of an atom is its number: array, text of 12 bytes. */
function renumbered(atom: Uint8Array | undefined): Uint8Array {
  return (atom ?? new Uint8Array(0)).with(14, 1);
}

function wrong(name: string, proof: EventProof, code: FindingCode): object {
  const bytes = encodeEventProof(proof);
  const report = verified(bytes);
  const codes = report.findings.map((finding) => finding.code);
  if (report.result !== "TAMPERED" || !codes.includes(code)) {
    throw new TypeError(`${name}: expected ${code}, found ${codes.join(", ")}`);
  }
  return { name, hex: bytes.toHex(), code };
}

function verified(bytes: Uint8Array): ProofReport {
  return verifyEventProof(bytes, primitives, { trust: TRUST });
}

function good(name: string, proof: EventProof): object {
  const bytes = encodeEventProof(proof);
  const { result, findings, atoms, windows } = verified(bytes);
  if (result !== "VALID") throw new TypeError(`${name}: ${JSON.stringify(findings)}`);
  return {
    name,
    hex: bytes.toHex(),
    windows: windows.length,
    atoms: atoms.map(({ time, serial, etype, leaf, i, process, object, object2, arg }) => ({
      time,
      serial,
      etype,
      leaf,
      i,
      process: kindOf(process),
      object: kindOf(object),
      object2: kindOf(object2),
      arg: kindOf(arg),
    })),
  };
}

function kindOf(named: ProvedEntity | null): string {
  return named === null ? "none" : (named.entity?.kind ?? "withheld");
}

function check(name: string, proof: EventProof, fault: FormatFault): object {
  return bad(name, encodeEventProof(proof), fault, decodeEventProof);
}

function badBytes(): object[] {
  const bytes = encodeEventProof(whole);
  const twice = { ...whole, keys: whole.keys.map((key) => ({ ...key, index: 1 })) };
  const longPath = Array.from({ length: 14 }, () => digestOf("x"));
  return [
    bad("empty", new Uint8Array(0), "truncated", decodeEventProof),
    bad("cut by one byte", bytes.subarray(0, -1), "truncated", decodeEventProof),
    bad("a byte too many", Uint8Array.of(...bytes, 0), "trailing-bytes", decodeEventProof),
    check("no key", { ...whole, keys: [] }, "out-of-range"),
    check("no hour", { ...whole, hours: [] }, "out-of-range"),
    check("no leaf", withWindow(whole, { leaves: [] }), "out-of-range"),
    check("no atom", withLeaf(whole, { atoms: [] }), "out-of-range"),
    check("keys of one number", twice, "not-canonical"),
    check("keys out of order", { ...whole, keys: whole.keys.toReversed() }, "not-canonical"),
    check(
      "openings out of order",
      { ...whole, openings: whole.openings.toReversed() },
      "not-canonical",
    ),
    check(
      "an opening twice",
      { ...whole, openings: whole.openings.flatMap((each) => [each, each]) },
      "not-canonical",
    ),
    check(
      "a path to an hour key of 17",
      withEpoch(({ publicKey }) => ({
        publicKey,
        path: [...longPath, ...longPath.slice(0, 3)],
      })),
      "out-of-range",
    ),
    check("sides of more hashes", withWindow(whole, { sides: 64 }), "out-of-range"),
    check("a path to the hour of 14", withWindow(whole, { hourPath: longPath }), "out-of-range"),
    check(
      "a salt of 31 bytes",
      { ...whole, openings: whole.openings.map(withShortSalt) },
      "wrong-type",
    ),
    check("a hash of 31 bytes", { ...whole, logPath: [new Uint8Array(31)] }, "wrong-type"),
  ];
}

function withShortSalt({ salt, entity }: ProofOpening): ProofOpening {
  return { salt: salt.subarray(1), entity };
}

export function makeEventProofVectors(): object {
  return {
    description:
      "Proofs of spec/25-event-proof.md. Those in `good` are VALID under `trust`, and say what " +
      "beside them; `bad` are no proofs, for the named fault; those in `wrong` are TAMPERED, and " +
      "`code` is among what is found.",
    trust: TRUST,
    good: GOOD.map(([name, proof]) => good(name, proof)),
    bad: badBytes(),
    wrong: WRONG.map(([name, proof, code]) => wrong(name, proof, code)),
  };
}
