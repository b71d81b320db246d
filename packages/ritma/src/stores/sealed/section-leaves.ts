/**
 * The leaves of a window's tree, hashed again from its atoms.
 *
 * Leaf k is instantiation k of the window's section. A record holds commitments and no ids, so the
 * entities that a leaf names are committed to again, with the salt of their generation.
 *
 * Not here: one entity's own salt, and the path from a leaf to a signed head (proofs).
 *
 * Format: spec/05-record.md, "Commitments", "Leaf".
 *
 * @module
 */
import { commit, entitySalt, LeafHasher, type Section, TreeHasher } from "@ritma/evidence";
import type { NodePrimitives } from "../../base/primitives.ts";
import type { Entities } from "./entities.ts";

export interface HashedLeaves {
  /** Leaf hashes in order. */
  readonly leaves: readonly Uint8Array[];
  /** Of all of them: the micro root. */
  readonly root: Uint8Array;
}

/**
 * Hashes every atom of the section again.
 *
 * @throws FormatError when an id stands for nothing
 */
export function hashLeaves(
  primitives: NodePrimitives,
  entities: Entities,
  section: Section,
): HashedLeaves {
  const commitments = new Map<number, Uint8Array>();
  const commitmentOf = (id: number): Uint8Array =>
    commitments.getOrInsertComputed(id, () => {
      const bytes = entities.bytes(id);
      return commit(primitives, entitySalt(primitives, entities.salt, bytes), bytes);
    });
  const hasher = new LeafHasher(primitives.sha256, (writer, id) => {
    writer.bytes(commitmentOf(id));
  });
  const tree = new TreeHasher(primitives.sha256);
  const leaves: Uint8Array[] = [];
  for (let at = 0; at + 1 < section.starts.length; at += 1) {
    const leaf = hasher.leaf(section, at);
    leaves.push(leaf);
    tree.push(leaf);
  }
  return { leaves, root: tree.root() };
}
