/**
 * Which disks a power cut may leave.
 *
 * Every change since the last sync is cut into atoms: a name, or the part of a write that lies in
 * one sector. A crash keeps any subset of them, in any combination across files: nothing on a disk
 * orders them but a sync. A kept sector may also hold garbage, or zeros where only the file's new
 * length arrived.
 *
 * With few atoms all subsets are tried; with many, those that have found bugs: everything, nothing,
 * each prefix in time, all but one, only one, and random ones from the seed.
 *
 * Assumed: bytes that were synced before are not harmed by a write after them in the same sector.
 *
 * @module
 */
import { applyTo, setNames, SimBytes, SimDir, SimFile, type SimNode } from "./sim-node.ts";

export interface CrashOptions {
  /** Random choices and garbage come from here, so that a run repeats. */
  readonly seed: number;
  /** Images at one point where there are too many subsets to try them all. */
  readonly perPoint: number;
  /** What the disk writes whole: its sector. */
  readonly atomBytes: 512 | 4096;
}

/** Up to here every subset is tried: 256 of them. */
const ALL_SUBSETS_MAX = 8;

const DROP = 0;
const KEEP = 1;
const GARBAGE = 2;
/** The file has its new length, and zeros there. */
const ZEROS = 3;

interface Atom {
  readonly order: number;
  readonly node: SimNode;
  /** Puts the atom on the file or the names that are being built, in the way chosen for it. */
  readonly apply: (target: Built, choice: number, garbage: () => number) => void;
  /** False for a name and for a cut: these are kept or dropped, never garbled. */
  readonly isData: boolean;
}

type Built = { readonly bytes: SimBytes } | { readonly names: Map<string, SimNode> };

/** @returns the root directories of plausible images, each its own. */
export function* crashRoots(root: SimDir, options: CrashOptions): Generator<SimDir> {
  const atoms = atomsBelow(root, options.atomBytes);
  const random = randomFrom(options.seed);
  const places = new Map<SimNode, number[]>();
  for (const [index, { node }] of atoms.entries()) {
    const known = places.get(node);
    if (known === undefined) places.set(node, [index]);
    else known.push(index);
  }
  for (const choices of choicesFor(atoms, options.perPoint, random)) {
    yield build(root, atoms, places, choices, random);
  }
}

function* choicesFor(
  atoms: readonly Atom[],
  perPoint: number,
  random: () => number,
): Generator<Uint8Array> {
  const count = atoms.length;
  if (count <= ALL_SUBSETS_MAX) {
    for (let mask = 0; mask < 2 ** count; mask += 1) {
      yield Uint8Array.from(atoms, (_, index) => (mask >> index) & 1);
    }
    yield* garbled(atoms);
    return;
  }
  yield new Uint8Array(count).fill(DROP);
  yield new Uint8Array(count).fill(KEEP);
  const telling = [...prefixes(count), ...garbled(atoms)];
  const structured = sample(telling, Math.ceil((perPoint * 3) / 4), random);
  yield* structured;
  for (let left = perPoint - structured.length; left > 0; left -= 1) {
    yield Uint8Array.from(atoms, () => random() & 1);
  }
}

function* prefixes(count: number): Generator<Uint8Array> {
  for (let at = 0; at < count; at += 1) {
    if (at > 0) yield new Uint8Array(count).fill(KEEP, 0, at);
    yield new Uint8Array(count).fill(KEEP).fill(DROP, at, at + 1);
    yield new Uint8Array(count).fill(KEEP, at, at + 1);
  }
}

/** Each sector as garbage or zeros, at the end of what was written and in the middle of it. */
function* garbled(atoms: readonly Atom[]): Generator<Uint8Array> {
  for (const choice of [GARBAGE, ZEROS]) {
    for (const [at, { isData }] of atoms.entries()) {
      if (!isData) continue;
      const last = new Uint8Array(atoms.length).fill(KEEP, 0, at);
      last[at] = choice;
      yield last;
      if (at + 1 < atoms.length) yield last.slice().fill(KEEP, at + 1);
    }
  }
  for (const whole of new Set(atoms.filter(({ isData }) => isData).map(({ node }) => node))) {
    yield Uint8Array.from(atoms, ({ node, isData }) => (isData && node === whole ? ZEROS : KEEP));
  }
}

function build(
  root: SimDir,
  atoms: readonly Atom[],
  places: ReadonlyMap<SimNode, readonly number[]>,
  choices: Uint8Array,
  random: () => number,
): SimDir {
  const made = new Map<SimNode, SimNode>();
  const applyAll = (node: SimNode, target: Built): void => {
    for (const index of places.get(node) ?? []) {
      const choice = choices[index] ?? DROP;
      if (choice !== DROP) atoms[index]?.apply(target, choice, random);
    }
  };
  const rebuilt = (node: SimNode): SimNode => {
    const known = made.get(node);
    if (known !== undefined) return known;
    if (node.kind === "file") {
      const bytes = node.durable.share();
      applyAll(node, { bytes });
      const file = new SimFile(bytes);
      made.set(node, file);
      return file;
    }
    const names = new Map(node.durable);
    applyAll(node, { names });
    const dir = new SimDir([...names].map(([name, child]) => [name, rebuilt(child)] as const));
    made.set(node, dir);
    return dir;
  };
  const image = rebuilt(root);
  if (image.kind !== "dir") throw new TypeError("the root is a directory");
  return image;
}

/** Atoms of everything that some image could reach, in the order in which they were done. */
function atomsBelow(root: SimDir, atomBytes: number): Atom[] {
  const seen = new Set<SimNode>();
  const atoms: Atom[] = [];
  const visit = (node: SimNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    atoms.push(...(node.kind === "file" ? fileAtoms(node, atomBytes) : dirAtoms(node)));
    if (node.kind === "file") return;
    for (const child of node.durable.values()) visit(child);
    for (const { names } of node.pending) {
      for (const [, child] of names) if (child !== null) visit(child);
    }
  };
  visit(root);
  return atoms.toSorted((a, b) => a.order - b.order);
}

function dirAtoms(node: SimDir): Atom[] {
  return node.pending.map(({ order, names }) => ({
    order,
    node,
    isData: false,
    apply: (target) => {
      if ("names" in target) setNames(target.names, names);
    },
  }));
}

function fileAtoms(node: SimFile, atomBytes: number): Atom[] {
  return node.pending.flatMap(({ order, offset, bytes }) => {
    if (bytes === null) return [fileAtom(node, order, offset, null)];
    const parts: Atom[] = [];
    for (let from = 0; from < bytes.length;) {
      const to = Math.min(bytes.length, from + atomBytes - ((offset + from) % atomBytes));
      parts.push(fileAtom(node, order, offset + from, bytes.subarray(from, to)));
      from = to;
    }
    return parts;
  });
}

function fileAtom(node: SimFile, order: number, offset: number, bytes: Uint8Array | null): Atom {
  return {
    order,
    node,
    isData: bytes !== null,
    apply: (target, choice, garbage) => {
      if (!("bytes" in target)) return;
      if (bytes === null || choice === KEEP) return applyTo(target.bytes, offset, bytes);
      if (choice === GARBAGE) return target.bytes.write(offset, bytes.map(garbage));
      const end = offset + bytes.length;
      if (end > target.bytes.length) target.bytes.resize(end);
    },
  };
}

function sample<Value>(values: readonly Value[], count: number, random: () => number): Value[] {
  const rest = [...values];
  const taken: Value[] = [];
  while (taken.length < count && rest.length > 0) {
    taken.push(...rest.splice(random() % rest.length, 1));
  }
  return taken;
}

/** mulberry32: 32 random bits a call, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
