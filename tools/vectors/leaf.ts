/**
 * The worked example of spec/05-record.md: three atoms of one process, from entities to leaf.
 *
 * Computed by the naive implementation of the tests, so that the package is compared with another.
 *
 * @module
 */
import { encodeEntity, type Entity, eventTypeNumber, type Value } from "@ritma/evidence";
import {
  commitmentOf,
  generationSalt,
  naiveLeaf,
  saltOf,
} from "../../packages/evidence/test/record/naive-leaf.ts";
import { NODE, STORE_ID, STORE_SECRET, TIME } from "./vector.ts";

const utf8 = new TextEncoder();
const value = (text: string): Value => ({ hashed: false, bytes: utf8.encode(text) });

function file(path: string, inode: number, mode: number): Entity {
  return {
    kind: "file",
    path: { base: 0, components: path.split("/").slice(1).map(value) },
    inode,
    device: [8, 1],
    mode,
    uid: 0,
    gid: 0,
  };
}

/** Named as the atoms below name them. */
const ENTITIES = {
  process: {
    kind: "process",
    node: NODE,
    boot: 0,
    pid: 4242,
    start: TIME,
    serial: 77,
    birth: "exec",
    parent: { boot: 0, pid: 4242, start: TIME - 2000, serial: 76 },
    executable: { base: 0, components: ["usr", "bin", "id"].map(value) },
    name: value("id"),
    credentials: null,
    container: null,
  },
  program: file("/usr/bin/id", 131_089, 0o100_755),
  arguments: { kind: "arguments", whole: true, values: [value("id"), value("-u")] },
  secret: file("/etc/shadow", 262_402, 0o100_640),
} as const satisfies Record<string, Entity>;

interface ExampleAtom {
  readonly t: number;
  readonly serial: number;
  readonly etype: number;
  readonly flags_class: number;
  readonly ret: number;
  readonly object: string | null;
  readonly object2: string | null;
  readonly num: number | null;
  readonly arg: string | null;
}

const nothing = { object: null, object2: null, num: null, arg: null };

/** Runs /usr/bin/id, opens a file that it may not read (EACCES), exits with status 1. */
const ATOMS: readonly ExampleAtom[] = [
  {
    ...nothing,
    t: TIME,
    serial: 77,
    etype: eventTypeNumber("exec"),
    flags_class: 0,
    ret: 0,
    object: "program",
    arg: "arguments",
  },
  {
    ...nothing,
    t: TIME + 3000,
    serial: 78,
    etype: eventTypeNumber("open"),
    flags_class: 1,
    ret: 13,
    object: "secret",
  },
  {
    ...nothing,
    t: TIME + 5000,
    serial: 79,
    etype: eventTypeNumber("exit"),
    flags_class: 1,
    ret: 0,
    num: 1,
  },
];

export function makeLeafVectors(): object {
  const generation = 1;
  const salt = generationSalt(STORE_SECRET, STORE_ID, generation);
  const encoded = new Map(
    Object.entries(ENTITIES).map(([name, entity]) => [name, encodeEntity(entity)]),
  );
  const entityOf = (name: string | null): Uint8Array | null =>
    name === null ? null : (encoded.get(name) ?? null);
  const naive = naiveLeaf(
    salt,
    encodeEntity(ENTITIES.process),
    ATOMS.map((atom) => ({
      t: atom.t,
      serial: atom.serial,
      etype: atom.etype,
      flags: atom.flags_class,
      ret: atom.ret,
      object: entityOf(atom.object),
      object2: entityOf(atom.object2),
      num: atom.num,
      arg: entityOf(atom.arg),
    })),
  );
  const atoms = ATOMS.map((atom, at) => Object.assign({}, atom, { hex: naive.atoms[at]?.toHex() }));
  return {
    description:
      "The worked example of spec/05-record.md. Atoms name entities; all hex is of whole records.",
    store: STORE_ID.toHex(),
    store_secret: STORE_SECRET.toHex(),
    generation,
    generation_salt: salt.toHex(),
    process: "process",
    entities: [...encoded].map(([name, bytes]) => ({
      name,
      hex: bytes.toHex(),
      salt: saltOf(salt, bytes).toHex(),
      commitment: commitmentOf(salt, bytes).toHex(),
    })),
    atoms,
    shape: naive.shape.toHex(),
    shape_hash: naive.shapeHash.toHex(),
    atoms_root: naive.atomsRoot.toHex(),
    instantiation: naive.instantiation.toHex(),
    leaf: naive.leaf.toHex(),
    micro_root: naive.leaf.toHex(),
  };
}
