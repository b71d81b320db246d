/**
 * A store so small that it is made by hand: one hour, one window, a few atoms, fixed keys; and
 * proofs of what is in it, also of what no recorder would have sealed.
 *
 * @module
 */
import {
  AtomTable,
  commit,
  concatBytes,
  compareOpenings,
  encodeEntity,
  encodeHourEntry,
  encodeHourSeal,
  encodeKeyRecord,
  encodeLogEntry,
  encodeMicroHeader,
  encodeMicroSeal,
  encodePeriod,
  encodeStoreFile,
  type Entity,
  entitySalt,
  epochLeaf,
  type EventProof,
  eventTypeNumber,
  type EventType,
  formatCheckpoint,
  formatNote,
  type HourEntry,
  inclusionPathIn,
  jointPath,
  keyIdOf,
  leafHash,
  LeafHasher,
  type LogEntry,
  logOrigin,
  noteKeyId,
  periodRoot,
  type ProofEpoch,
  type ProofKey,
  type ProofLeaf,
  type Section,
  signCose1,
  STORE_FORMAT,
  treeLevels,
} from "@ritma/evidence";
import { keyFromSeed, type TestKey } from "../../packages/evidence/test/primitives.ts";
import { digestOf, hashes, NODE, STORE_ID, TIME } from "./vector.ts";

const { sha256 } = hashes;
const MINUTE = 60_000_000;
const SALT = digestOf("a generation salt");
const IDENTITY_SEED = 0x40;
export const IDENTITY: TestKey = keyFromSeed(IDENTITY_SEED);

/** Dictionary ids. */
export const PROCESS = 1;
export const PROGRAM = 2;
export const ARGUMENTS = 3;
export const SECRET_FILE = 4;
const OTHER_PROCESS = 5;

const text = (each: string): { hashed: boolean; bytes: Uint8Array } => {
  return { hashed: false, bytes: new TextEncoder().encode(each) };
};
const file = (...names: readonly string[]): Entity => {
  const path = { base: 0 as const, components: names.map((name) => text(name)) };
  return { kind: "file", path, inode: 7, device: [8, 1], mode: 0o100644, uid: 0, gid: 0 };
};
const program = { base: 0 as const, components: ["usr", "bin", "id"].map((name) => text(name)) };
const shell: Entity = {
  kind: "process",
  node: NODE,
  boot: 0,
  pid: 4303,
  start: TIME,
  serial: 77,
  birth: "exec",
  parent: { boot: 0, pid: 4303, start: TIME - 10_000, serial: 76 },
  executable: program,
  name: text("id"),
  credentials: null,
  container: null,
};
const ENTITIES: readonly Entity[] = [
  shell,
  file("usr", "bin", "id"),
  { kind: "arguments", whole: true, values: [text("id"), text("-u")] },
  file("etc", "shadow"),
  { ...shell, pid: 9, serial: 5 },
];

export interface Making {
  /** Numbers of the atoms in the instantiation that is proved. */
  readonly atoms: readonly number[];
  /** Ids of what is opened. */
  readonly open: readonly number[];
  /** Of the identity. */
  readonly seed?: number;
  readonly isLate?: boolean;
  /** Nothing else is in the store: one atom, one leaf, one window. */
  readonly isAlone?: boolean;
  readonly spareKey?: boolean;
  readonly signTwice?: boolean;
  readonly swapKeys?: boolean;
  readonly otherNode?: boolean;
  /** The second atom is of another process than the first. */
  readonly strangeAtom?: boolean;
  readonly earlyUs?: number;
  readonly fileAsProcess?: boolean;
  /** What the key records say falsely of themselves, though the identity signed it. */
  readonly keysSay?: "another store" | "another id";
  /** Hours have keys of their own, from that hour on. */
  readonly periodFrom?: number;
}

interface Signers {
  readonly identity: TestKey;
  readonly seal: TestKey;
  readonly log: TestKey;
}

const SEQUENCE = 0;
const END = TIME + 40 * MINUTE;

export function makeProof(making: Making): EventProof {
  const { seed = IDENTITY_SEED, swapKeys = false } = making;
  const [a, b] = [keyFromSeed(seed + 1), keyFromSeed(seed + 2)];
  const { periodFrom } = making;
  const hourKey = periodFrom === undefined ? null : keyFromSeed(HOUR_SEED);
  const signers = { identity: keyFromSeed(seed), seal: hourKey ?? (swapKeys ? b : a), log: b };
  const storeFile = storeFileOf(signers);
  const keys = keysOf(signers, making);
  const { microRoot, ...leaves } = leavesOf(making);
  const { place, header, entry } = windowOf(making, leaves, microRoot);
  const hourIndex = keys.length + 3;
  const { hourSeal, hourEntry, hourPath, sides } = hourOf(making, entry, hourIndex);
  const entries = [
    encodeLogEntry({ type: "genesis", store: STORE_ID, storeFile: sha256(storeFile) }),
    ...keys.map(({ record }) => encodeLogEntry({ type: "key", record: sha256(record) })),
    encodeLogEntry({ type: "open", session: 0, t: TIME }),
    encodeLogEntry({ type: "micro", ...place, header: sha256(header), microRoot }),
    encodeLogEntry(hourEntry),
    encodeLogEntry({ type: "close", session: 0, sequence: 0, t: END, reason: "end-of-input" }),
  ];
  const levels = levelsOf(entries);
  const indices = [0, ...keys.map(({ index }) => index), hourIndex - 1, hourIndex];
  const seal = encodeMicroSeal({ ...place, header: sha256(header), microRoot });
  const sign = (payload: Uint8Array): Uint8Array =>
    signCose1({ sha256, sign: signers.seal.sign, publicKey: signers.seal.publicKey }, payload);
  const { leafPath, proved } = leaves;
  const window = { index: hourIndex - 1, header, seal: sign(seal), sides, hourPath };
  return {
    store: storeFile,
    keys,
    checkpoint: checkpointOf(signers, making, entries.length, levels.slice(-32)),
    logPath: jointPath(levels, entries.length, indices),
    hours: [
      {
        index: hourIndex,
        seal: sign(hourSeal),
        epoch: hourKey === null ? null : epochOf(hourKey),
        windows: [{ ...window, leaves: [proved], leafPath }],
      },
    ],
    openings: openingsOf(making),
  };
}

function levelsOf(records: readonly Uint8Array[]): Uint8Array {
  return treeLevels(
    sha256,
    records.map((each) => leafHash(sha256, each)),
  );
}

interface Leaves {
  readonly atoms: number;
  readonly instantiations: number;
  readonly proved: ProofLeaf;
  readonly leafPath: readonly Uint8Array[];
}

function leavesOf(making: Making): Leaves & { readonly microRoot: Uint8Array } {
  const section = sectionOf(making);
  const hasher = hasherOf(making);
  const index = making.isAlone === true ? 0 : 1;
  const records = section.starts.slice(1).map((_, at) => hasher.instantiation(section, at));
  const levels = levelsOf(records);
  const instantiation = records[index] ?? new Uint8Array(0);
  return {
    atoms: section.atoms.length,
    instantiations: records.length,
    proved: { index, instantiation, ...atomsOf(hasher, section, index, making.atoms) },
    leafPath: jointPath(levels, records.length, [index]),
    microRoot: levels.slice(-32),
  };
}

function windowOf(
  { isLate = false, otherNode = false }: Making,
  { atoms, instantiations }: Leaves,
  microRoot: Uint8Array,
): {
  readonly place: { readonly store: Uint8Array; sequence: number; window: number | null };
  readonly header: Uint8Array;
  readonly entry: HourEntry;
} {
  const window = isLate ? null : 20;
  const place = { store: STORE_ID, sequence: SEQUENCE, window };
  const [t1, t2] = [TIME, isLate ? END : TIME + MINUTE];
  const header = encodeMicroHeader({
    ...place,
    namespace: "ns://example/web",
    node: otherNode ? text("web-2") : NODE,
    t1,
    t2,
    events: 4,
    atoms,
    instantiations,
    privacy: "raw",
    microRoot,
  });
  return { place, header, entry: { kind: isLate ? "late" : "window", window, t1, t2, microRoot } };
}

function hourOf(
  { isLate = false, isAlone = false }: Making,
  entry: HourEntry,
  logSize: number,
): {
  readonly hourSeal: Uint8Array;
  readonly hourEntry: LogEntry;
  readonly hourPath: readonly Uint8Array[];
  readonly sides: number;
} {
  const [t1, t2] = [TIME, isAlone ? entry.t2 : END];
  const rest = { kind: "empty", window: null, t2: END, microRoot: null } as const;
  const quiet: HourEntry = { ...rest, t1: isLate ? TIME : entry.t2 };
  const entries = isAlone ? [entry] : isLate ? [quiet, entry] : [entry, quiet];
  const levels = levelsOf(entries.map((each) => encodeHourEntry(each)));
  const sides = entries.indexOf(entry);
  const place = { sequence: SEQUENCE, t1, t2, hourRoot: levels.slice(-32) };
  const header = digestOf("an hour header");
  const hourSeal = encodeHourSeal({ ...place, store: STORE_ID, header, previous: null, logSize });
  return {
    hourSeal,
    hourEntry: { type: "hour", ...place, seal: sha256(hourSeal) },
    hourPath: inclusionPathIn(levels, entries.length, sides),
    sides,
  };
}

/** Instantiation 1 is the one that is proved; it has five atoms. */
function sectionOf({ isAlone = false, strangeAtom = false, earlyUs = 0 }: Making): Section {
  const atoms = new AtomTable();
  const add = (etype: EventType, process: number, object: number, arg: number): void => {
    const row = atoms.add();
    atoms.etype[row] = eventTypeNumber(etype);
    atoms.time[row] = TIME + row * 1000 - earlyUs;
    atoms.serial[row] = 77 + row;
    atoms.process[row] = process;
    atoms.object[row] = object;
    atoms.arg[row] = arg;
    atoms.num[row] = Number.NaN;
  };
  if (isAlone) {
    add("exec", PROCESS, PROGRAM, ARGUMENTS);
    return { window: 20, atoms, starts: [0, 1] };
  }
  add("fork", OTHER_PROCESS, 0, 0);
  add("exec", PROCESS, PROGRAM, ARGUMENTS);
  add("open", strangeAtom ? OTHER_PROCESS : PROCESS, SECRET_FILE, 0);
  add("open", PROCESS, PROGRAM, 0);
  add("open", PROCESS, SECRET_FILE, 0);
  add("exit", PROCESS, 0, 0);
  add("exit", OTHER_PROCESS, 0, 0);
  return { window: 20, atoms, starts: [0, 1, 6, 7] };
}

function entityOf(id: number, { fileAsProcess = false }: Making): Uint8Array {
  const at = id === PROCESS && fileAsProcess ? PROGRAM : id;
  const entity = ENTITIES[at - 1];
  if (entity === undefined) throw new TypeError(`no entity ${id}`);
  return encodeEntity(entity);
}

function hasherOf(making: Making): LeafHasher {
  return new LeafHasher(sha256, (writer, id) => {
    const bytes = entityOf(id, making);
    writer.bytes(commit(hashes, entitySalt(hashes, SALT, bytes), bytes));
  });
}

function openingsOf(making: Making): EventProof["openings"] {
  return making.open
    .map((id) => {
      const entity = entityOf(id, making);
      return { salt: entitySalt(hashes, SALT, entity), entity };
    })
    .toSorted(compareOpenings);
}

function atomsOf(
  hasher: LeafHasher,
  { atoms, starts }: Section,
  leaf: number,
  numbers: readonly number[],
): Pick<ProofLeaf, "atoms" | "atomPath"> {
  const [start, end] = [starts[leaf] ?? 0, starts[leaf + 1] ?? 0];
  const all = Array.from({ length: end - start }, (_, i) => hasher.atom(atoms, start + i, i));
  const levels = treeLevels(
    sha256,
    all.map((each) => leafHash(sha256, each)),
  );
  return {
    atoms: numbers.map((i) => all[i] ?? new Uint8Array(0)),
    atomPath: jointPath(levels, all.length, numbers),
  };
}

function storeFileOf({ identity }: Signers): Uint8Array {
  return encodeStoreFile({
    store: STORE_ID,
    format: STORE_FORMAT,
    namespace: "ns://example/web",
    node: NODE,
    created: TIME,
    privacy: "raw",
    windowSecs: 60,
    identity: identity.publicKey,
    schemas: [],
  });
}

function keysOf(
  { identity, seal, log }: Signers,
  { spareKey = false, swapKeys = false, keysSay, periodFrom }: Making,
): ProofKey[] {
  const record = (role: "seal" | "log", { publicKey }: TestKey): Uint8Array =>
    signCose1(
      { sha256, sign: identity.sign, publicKey: identity.publicKey },
      encodeKeyRecord({
        store: keysSay === "another store" ? digestOf("x").subarray(0, 16) : STORE_ID,
        keyId: keyIdOf(sha256, keysSay === "another id" ? digestOf("x") : publicKey),
        publicKey,
        role,
        first: 0,
        last: null,
      }),
    );
  const records = [
    periodFrom === undefined ? record("seal", seal) : periodRecord(identity, periodFrom),
    record(swapKeys ? "seal" : "log", log),
    ...(spareKey ? [record("seal", keyFromSeed(0xa0))] : []),
  ];
  return records.map((each, at) => ({ index: at + 1, record: each }));
}

const HOUR_SEED = 0xb0;
const EPOCHS = 4;

/** Public keys of the hours 0 to 3. */
function hourKeys(): Uint8Array {
  return concatBytes(
    ...Array.from({ length: EPOCHS }, (_, at) => keyFromSeed(HOUR_SEED + at).publicKey),
  );
}

function periodRecord(identity: TestKey, first: number): Uint8Array {
  const root = periodRoot(sha256, SEQUENCE, hourKeys());
  const period = encodePeriod({ store: STORE_ID, number: 0, first, epochs: EPOCHS, root });
  return signCose1({ sha256, sign: identity.sign, publicKey: identity.publicKey }, period);
}

function epochOf({ publicKey }: TestKey): ProofEpoch {
  const keys = hourKeys();
  const hashes = Array.from({ length: EPOCHS }, (_, at) =>
    leafHash(sha256, epochLeaf(at, keys.subarray(at * 32, at * 32 + 32))),
  );
  return { publicKey, path: inclusionPathIn(treeLevels(sha256, hashes), EPOCHS, SEQUENCE) };
}

function checkpointOf(
  { log, seal }: Signers,
  { signTwice = false }: Making,
  size: number,
  root: Uint8Array,
): Uint8Array {
  const name = logOrigin(STORE_ID);
  const note = formatCheckpoint({ origin: name, size, root });
  const lines = (signTwice ? [log, seal] : [log]).map(({ publicKey, sign }) => {
    const keyId = noteKeyId(sha256, name, 1, publicKey);
    return { name, keyId, signature: sign(new TextEncoder().encode(note)) };
  });
  return formatNote(note, lines);
}
