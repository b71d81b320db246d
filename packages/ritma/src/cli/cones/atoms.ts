/**
 * Atoms of a cone in words: what is the same in every use.
 *
 * @module
 */
import { type Cone, type Entity, type EventType, SHAPE_FIELDS } from "@ritma/evidence";
import type { EventAtom } from "../../stores/sealed/event-view.ts";
import { actionOf } from "../timeline/describe.ts";

const ASIDES: ReadonlySet<string> = new Set<EventType>(["path", "name", "credentials"]);

/** The entities of a row by number, 0 for none. */
export interface ShapeRow {
  readonly atom: EventAtom;
  readonly places: readonly [object: number, object2: number, arg: number];
}

/** @param objectOf an entity that is known to be the same always, null for others */
export function shapeRows(
  { shape, atoms }: Cone,
  objectOf: (entity: number) => Entity | null,
): ShapeRow[] {
  return Array.from({ length: atoms }, (_, row) => {
    const at = row * SHAPE_FIELDS;
    const [etype = 0, flags = 0, ret = 0, , object = 0, object2 = 0, arg = 0] = shape.subarray(
      at,
      at + SHAPE_FIELDS,
    );
    const known = object === 0 ? null : objectOf(object);
    return {
      atom: { etype, flags, ret, object: known, object2: null, arg: null, num: null },
      places: [object, object2, arg],
    };
  });
}

/** What a cone does, in order. */
export function actionsOf(cone: Cone): string[] {
  return shapeRows(cone, () => null).map(({ atom }) => actionOf(atom));
}

/**
 * `exec, open ×12, map ×4, exit`: each action by its first appearance, without what only says more
 * of the call that it belongs to, unless there is nothing else.
 */
export function briefActions(cone: Cone): string {
  const counts = new Map<string, number>();
  for (const action of actionsOf(cone)) counts.set(action, (counts.get(action) ?? 0) + 1);
  const all = [...counts];
  const calls = all.filter(([action]) => !ASIDES.has(action));
  return (calls.length === 0 ? all : calls)
    .map(([action, times]) => (times === 1 ? action : `${action} ×${times}`))
    .join(", ");
}
