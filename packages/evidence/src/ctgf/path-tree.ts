/**
 * The tree of all paths told: a node is a path, its parent the path without the last component.
 *
 * Nodes 0, 1 and 2 are the empty paths of the three bases.
 *
 * Format: spec/12-entities.md, "Paths".
 *
 * @module
 */
import type { Path, PathBase } from "../record/entity.ts";
import type { Value } from "../record/value.ts";
import type { NameCoder } from "./name-coder.ts";
import { NumberList, PairTable } from "./name-pairs.ts";

export const BASES = 3;
/** A file path longer than this is told as it is. */
export const COMPONENTS_MAX = 255;

export class PathTree {
  readonly #names: NameCoder;
  readonly #parent = new NumberList();
  readonly #component = new NumberList();
  readonly #depth = new NumberList();
  readonly #children = new PairTable();

  constructor(names: NameCoder) {
    this.#names = names;
    this.reset();
  }

  reset(): void {
    for (const column of [this.#parent, this.#component, this.#depth]) column.clear();
    this.#children.clear();
    for (let base = 0; base < BASES; base += 1) this.#push(base, 0, 0);
  }

  depthOf(node: number): number {
    return this.#depth.at(node);
  }

  parentOf(node: number): number {
    return this.#parent.at(node);
  }

  /** Number of the value of its last component; -1 for a base. */
  componentOf(node: number): number {
    return node < BASES ? -1 : this.#component.at(node);
  }

  /** @returns the node of a path and one component more, -1 when there is none. */
  childOf(node: number, component: number): number {
    return this.#children.get(node, component);
  }

  add(parent: number, component: number): number {
    const node = this.#parent.length;
    this.#push(parent, component, this.#depth.at(parent) + 1);
    this.#children.set(parent, component, node);
    return node;
  }

  /** @returns the longest beginning of a path that has a node. */
  deepest(path: Path): number {
    let node: number = path.base;
    for (const component of path.components) {
      const id = this.#names.table.find(component);
      const child = id < 0 ? -1 : this.#children.get(node, id);
      if (child < 0) return node;
      node = child;
    }
    return node;
  }

  /** @returns the node of a path, -1 when it has none. */
  find(path: Path): number {
    const node = this.deepest(path);
    return this.#depth.at(node) === path.components.length ? node : -1;
  }

  /** @returns how many components two nodes have in common, -1 when their bases differ. */
  common(a: number, b: number): number {
    let one = a;
    let other = b;
    while (this.#depth.at(one) > this.#depth.at(other)) one = this.#parent.at(one);
    while (this.#depth.at(other) > this.#depth.at(one)) other = this.#parent.at(other);
    while (one !== other) {
      if (one < BASES) return -1;
      one = this.#parent.at(one);
      other = this.#parent.at(other);
    }
    return this.#depth.at(one);
  }

  pathOf(node: number): Path {
    const components: Value[] = [];
    let at = node;
    for (; at >= BASES; at = this.#parent.at(at)) {
      components.push(this.#names.valueOf(this.#component.at(at)));
    }
    return { base: baseOf(at), components: components.toReversed() };
  }

  #push(parent: number, component: number, depth: number): void {
    this.#parent.push(parent);
    this.#component.push(component);
    this.#depth.push(depth);
  }
}

function baseOf(root: number): PathBase {
  return root === 0 ? 0 : root === 1 ? 1 : 2;
}
