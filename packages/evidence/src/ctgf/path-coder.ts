/**
 * Tells a path: as the one guessed, or as one of the last ones, so far up and so far down.
 *
 * Format: spec/12-entities.md, "Paths".
 *
 * @module
 */
import type { Path } from "../record/entity.ts";
import type { Coder } from "./coder.ts";
import {
  DOMAINS,
  PATH_FROM,
  PATH_HIT,
  PATH_MORE,
  PATH_MOVE,
  PATH_MOVE_HIT,
  type Use,
} from "./entity-contexts.ts";
import { chosen, within } from "./entity-fault.ts";
import { Guesses, mix } from "./guesses.ts";
import type { NameCoder } from "./name-coder.ts";
import { BASES, COMPONENTS_MAX, PathTree } from "./path-tree.ts";

const RECENT = 4;
const FROM_COUNT = RECENT + BASES;
const MOVE_MAX = 15;
const PLACES = 1 << 16;
const PLACE_MASK = PLACES - 1;

/** What one use of paths remembers. */
class Trail {
  /** Nodes told last, newest first, each once but for the first ones. */
  readonly recent = [0, 0, 0, 0];
  /** Components plus one of the last two paths told, 0 for a base. */
  last = 0;
  before = 0;
  /** Where the last path that was not guessed came from. */
  from = 0;

  reset(): void {
    this.recent.fill(0);
    this.last = 0;
    this.before = 0;
    this.from = 0;
  }
}

export class PathCoder {
  readonly tree: PathTree;
  readonly #names: NameCoder;
  readonly #trails = [new Trail(), new Trail(), new Trail()];
  readonly #moves = new Guesses(PLACES);
  readonly #next2 = new Guesses(PLACES);
  readonly #next1 = new Guesses(PLACES);
  /** What `#choose` found. */
  #from = 0;
  #common = 0;

  constructor(names: NameCoder) {
    this.#names = names;
    this.tree = new PathTree(names);
  }

  reset(): void {
    this.tree.reset();
    for (const trail of this.#trails) trail.reset();
    for (const guesses of [this.#moves, this.#next2, this.#next1]) guesses.reset();
  }

  /**
   * Tells a path.
   *
   * @param given null when reading. @param guess its node plus one, 0 for none. @param trust 0..3
   * @returns its node.
   */
  code(coder: Coder, use: Use, given: Path | null, guess: number, trust: number): number {
    const { tree } = this;
    const trail = this.#trailOf(use);
    const length = given === null ? 0 : given.components.length;
    const deepest = given === null ? 0 : tree.deepest(given);
    const whole = given !== null && tree.depthOf(deepest) === length ? deepest : -1;
    if (guess > 0 && coder.bit(PATH_HIT + use * 4 + trust, whole === guess - 1 ? 1 : 0) === 1) {
      return this.#went(trail, guess - 1);
    }
    if (given !== null) this.#choose(trail, deepest);
    const from = coder.tree(PATH_FROM + use * 64 + trail.from * 8, 3, this.#from);
    within(from, FROM_COUNT - 1, "begin of a path");
    trail.from = from;
    const node = this.#codeMove(coder, use, trail, given, from);
    if (coder.isReading) chosen(node !== guess - 1, "a guessed path");
    return this.#went(trail, node);
  }

  /** From the node where it begins up and down to the one that is told. */
  #codeMove(coder: Coder, use: Use, trail: Trail, given: Path | null, from: number): number {
    const { tree } = this;
    let node = nodeOf(trail, from);
    const leaf = tree.componentOf(node) + 1;
    const place = mix(leaf, mix(trail.last, from + 50 * use)) & PLACE_MASK;
    let up = given === null ? 0 : tree.depthOf(node) - this.#common;
    let down = given === null ? 0 : given.components.length - this.#common;
    const guess = this.#moves.valueAt(place);
    let move = Math.min(up, MOVE_MAX) * 16 + Math.min(down, MOVE_MAX);
    const hit = PATH_MOVE_HIT + this.#moves.trustAt(place);
    if (guess > 0 && coder.bit(hit, move === guess - 1 ? 1 : 0) === 1) {
      move = guess - 1;
    } else {
      move = coder.tree(PATH_MOVE + use * 256, 8, move);
      if (coder.isReading) chosen(move !== guess - 1, "a move");
    }
    this.#moves.learn(place, move + 1);
    up = this.#codeMore(coder, move >> 4, up);
    down = this.#codeMore(coder, move & 15, down);
    within(up, tree.depthOf(node), "steps up");
    within(tree.depthOf(node) - up + down, COMPONENTS_MAX, "components of a path");
    for (let left = up; left > 0; left -= 1) node = tree.parentOf(node);
    const last = this.#codeDown(coder, trail, given, node, down, leaf);
    if (coder.isReading) {
      this.#choose(trail, last);
      chosen(from === this.#from && tree.depthOf(node) === this.#common, "a path");
    }
    return last;
  }

  #codeMore(coder: Coder, few: number, steps: number): number {
    if (few < MOVE_MAX) return few;
    return MOVE_MAX + coder.uint(PATH_MORE, Math.max(0, steps - MOVE_MAX));
  }

  #codeDown(
    coder: Coder,
    trail: Trail,
    given: Path | null,
    from: number,
    steps: number,
    leaf: number,
  ): number {
    const { tree } = this;
    const [next2, next1] = [this.#next2, this.#next1];
    const depth = tree.depthOf(from);
    let node = from;
    let last = leaf;
    for (let step = 0; step < steps; step += 1) {
      const under = tree.componentOf(node) + 1;
      const place2 = mix(mix(under, last), trail.before) & PLACE_MASK;
      const place1 = mix(last + 3, steps - step) & PLACE_MASK;
      const component = this.#names.code(
        coder,
        DOMAINS.component,
        given === null ? null : (given.components[depth + step] ?? null),
        next2.valueAt(place2),
        4 + next2.trustAt(place2),
        next1.valueAt(place1),
        next1.trustAt(place1),
      );
      next2.learn(place2, component + 1);
      next1.learn(place1, component + 1);
      const child = tree.childOf(node, component);
      node = child < 0 ? tree.add(node, component) : child;
      last = component + 1;
    }
    return node;
  }

  /** Finds where a path begins best: the first with which it has most in common. */
  #choose(trail: Trail, deepest: number): void {
    this.#from = 0;
    this.#common = -1;
    for (let from = 0; from < FROM_COUNT; from += 1) {
      const common = this.tree.common(nodeOf(trail, from), deepest);
      if (common > this.#common) {
        this.#from = from;
        this.#common = common;
      }
    }
  }

  #went(trail: Trail, node: number): number {
    const { recent } = trail;
    const known = recent.indexOf(node);
    recent.copyWithin(1, 0, known < 0 ? RECENT - 1 : known);
    recent[0] = node;
    trail.before = trail.last;
    trail.last = this.tree.componentOf(node) + 1;
    return node;
  }

  #trailOf(use: Use): Trail {
    return this.#trails[use] ?? new Trail();
  }
}

function nodeOf(trail: Trail, from: number): number {
  return from < RECENT ? (trail.recent[from] ?? 0) : from - RECENT;
}
