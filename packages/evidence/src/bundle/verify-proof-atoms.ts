/**
 * The instantiations and atoms of a proof, up to the root of their window, and what was opened.
 *
 * Format: spec/25-event-proof.md, "Verifying", 8 to 10.
 *
 * @module
 */
import { equalBytes } from "../bytes/compare.ts";
import { leafHash } from "../proof/merkle.ts";
import { commit } from "../record/commitment.ts";
import type { Entity } from "../record/entity.ts";
import { decodeEntity } from "../record/entity-codec.ts";
import type { MicroHeader } from "../record/micro.ts";
import { isInTime } from "../verify/verify-blocks.ts";
import type { EventProof, ProofLeaf } from "./event-proof.ts";
import { jointRoot } from "./joint-path.ts";
import {
  type AtomRecord,
  decodeAtomRecord,
  decodeInstantiation,
  type InstantiationRecord,
} from "./proved-records.ts";
import { attempt, type ProofDesk, type ProvedAtom, type ProvedEntity } from "./proof-report.ts";
import type { ReadWindow } from "./verify-proof-hours.ts";

/** An atom that decodes, and where it stands. */
export interface ReadAtom {
  readonly record: AtomRecord;
  readonly header: MicroHeader;
  readonly leaf: number;
  readonly where: string;
}

/** @returns the atoms that decode, in order */
export function verifyProofLeaves(desk: ProofDesk, window: ReadWindow): readonly ReadAtom[] {
  const { header, proof, name } = window;
  if (header === null) {
    desk.ledger.notChecked.push(`${name}: its atoms, for want of a header`);
    return [];
  }
  const { sha256 } = desk.primitives;
  const leaves = proof.leaves.map(({ index, instantiation }) => {
    return { index, hash: leafHash(sha256, instantiation) };
  });
  const root = jointRoot(sha256, header.instantiations, leaves, proof.leafPath);
  if (root === null || !equalBytes(root, header.microRoot)) {
    desk.ledger.add("micro/root", name, "its instantiations lead to another root than was sealed");
  }
  return proof.leaves.flatMap((leaf) => verifyLeaf(desk, header, leaf, name));
}

function verifyLeaf(
  desk: ProofDesk,
  header: MicroHeader,
  leaf: ProofLeaf,
  window: string,
): readonly ReadAtom[] {
  const name = `${window}, leaf ${leaf.index}`;
  const own = attempt(desk, "proof/atom", name, () => decodeInstantiation(leaf.instantiation));
  const atoms = leaf.atoms.flatMap((bytes, at): ReadAtom[] => {
    const where = `${name}, atom ${at} of these`;
    const record = attempt(desk, "proof/atom", where, () => decodeAtomRecord(bytes));
    return record === null ? [] : [{ record, header, leaf: leaf.index, where }];
  });
  if (own === null || atoms.length < leaf.atoms.length) return atoms;
  const { sha256 } = desk.primitives;
  const hashes = atoms.map(({ record: { i } }, at) => {
    return { index: i, hash: leafHash(sha256, leaf.atoms[at] ?? new Uint8Array(0)) };
  });
  const root = jointRoot(sha256, own.atoms, hashes, leaf.atomPath);
  if (root === null || !equalBytes(root, own.atomsRoot)) {
    desk.ledger.add("proof/atom", name, "its atoms lead to another root than was sealed");
  }
  let before = { time: own.timeStart, serial: own.firstSerial };
  for (const { record, where } of atoms) {
    const fault = faultOf(record, own, before);
    if (fault !== null) desk.ledger.add("proof/atom", where, fault);
    if (!isInTime(header.window, record.time, header.t1, header.t2)) {
      desk.ledger.add("micro/time", where, "lies outside the time of its window");
    }
    before = record;
  }
  return atoms;
}

function faultOf(
  { i, time, serial, process }: AtomRecord,
  own: InstantiationRecord,
  before: Pick<AtomRecord, "time" | "serial">,
): string | null {
  if (!equalBytes(process, own.process)) return "is of another process than its instantiation";
  if (i === 0 && (time !== own.timeStart || serial !== own.firstSerial)) {
    return "is the first, and not what its instantiation begins with";
  }
  const isBehind = time > before.time || (time === before.time && serial >= before.serial);
  return isBehind ? null : "stands before what comes before it";
}

/** Puts what was opened into the atoms that name it. */
export function openProofAtoms(
  desk: ProofDesk,
  { openings }: EventProof,
  atoms: readonly ReadAtom[],
): readonly ProvedAtom[] {
  const opened = new Map<string, { readonly entity: Entity | null; readonly where: string }>();
  for (const [at, { salt, entity: bytes }] of openings.entries()) {
    const where = `opening ${at}`;
    const entity = attempt(desk, "proof/opening", where, () => decodeEntity(bytes));
    opened.set(commit(desk.primitives, salt, bytes).toHex(), { entity, where });
  }
  const used = new Set<string>();
  const named = (commitment: Uint8Array): ProvedEntity => {
    const name = commitment.toHex();
    used.add(name);
    return { commitment, entity: opened.get(name)?.entity ?? null };
  };
  const namedOrNull = (commitment: Uint8Array | null): ProvedEntity | null =>
    commitment === null ? null : named(commitment);
  const proved = atoms.map(({ record, header: { sequence, window }, leaf, where }) => {
    const { process, object, object2, arg, ...rest } = record;
    const own = named(process);
    if (own.entity !== null && own.entity.kind !== "process") {
      desk.ledger.add("proof/opening", where, `its process opens to a ${own.entity.kind}`);
    }
    const others = {
      object: namedOrNull(object),
      object2: namedOrNull(object2),
      arg: namedOrNull(arg),
    };
    return { sequence, window, leaf, ...rest, process: own, ...others };
  });
  for (const [name, { where }] of opened) {
    if (!used.has(name)) desk.ledger.add("proof/opening", where, "opens nothing that is here");
  }
  return proved;
}
