/**
 * What the parts of the entity model share: names and paths, and what was told just before.
 *
 * Format: spec/12-entities.md, "State".
 *
 * @module
 */
import type { Coder } from "./coder.ts";
import { natural } from "./entity-fault.ts";
import { NameCoder } from "./name-coder.ts";
import { PathCoder } from "./path-coder.ts";

export class EntityTrail {
  readonly names = new NameCoder();
  readonly paths = new PathCoder(this.names);
  /** Kinds of the last three entities, newest first; the newest is the one being told. */
  kind = 0;
  kindBefore = 0;
  kindBefore2 = 0;
  /** Of the last process. */
  image = 0;

  reset(): void {
    this.names.reset();
    this.paths.reset();
    this.kind = 0;
    this.kindBefore = 0;
    this.kindBefore2 = 0;
    this.image = 0;
  }
}

/** A number that may be null: a bit, then the number in the contexts of a `uint`. */
export function codeUintOrNull(
  coder: Coder,
  nullContext: number,
  context: number,
  given: number | null,
): number | null {
  if (coder.bit(nullContext, given === null ? 1 : 0) === 1) return null;
  return coder.uint(context, given ?? 0);
}

/** A number told as a step from another. */
export function codeStep(coder: Coder, context: number, from: number, given: number): number {
  const value = from + coder.int(context, given - from);
  return coder.isReading ? natural(value, "number") : value;
}
