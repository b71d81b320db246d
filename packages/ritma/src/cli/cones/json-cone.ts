/**
 * Cones as `--json` prints them.
 *
 * Names stand as in the lines for a person; a hash stands with all its digits.
 *
 * @module
 */
import { coneHash, eventTypeName, isHotCone } from "@ritma/evidence";
import type { NodePrimitives } from "../../base/primitives.ts";
import type { ConeUses, CountedCone } from "../../stores/sealed/cone-uses.ts";
import { errnoName } from "../timeline/errno.ts";
import { Namer } from "../timeline/names.ts";
import { textOf } from "../timeline/phrase.ts";
import { actionsOf, shapeRows } from "./atoms.ts";
import { type Field, fieldsOf } from "./fields.ts";
import { toldBy } from "./summary.ts";
import { usersOf } from "./users.ts";

type Facts = Readonly<Record<string, unknown>>;

const HASH_DIGITS = 32;
const EXAMPLES_MAX = 10;

/** What every action says. */
export function generationFacts(uses: ConeUses | null): Facts {
  if (uses === null) {
    const told = { atoms: 0, instantiations: 0 };
    return { generation: null, hours: null, atoms: 0, instantiations: 0, told };
  }
  const { index, atoms, instantiations } = uses;
  const { generation, firstHour, newestHour } = index;
  const hours = { first: firstHour, newest: newestHour };
  return { generation, hours, atoms, instantiations, told: toldBy(uses) };
}

export function coneFacts(uses: ConeUses, one: CountedCone, primitives: NodePrimitives): Facts {
  const { id, cone, entry, told, tally } = one;
  const users = usersOf(uses.entities, new Namer(HASH_DIGITS), tally);
  return {
    id,
    hash: coneHash(primitives.sha256, cone).toHex(),
    atoms: entry.atoms,
    entities: entry.entities,
    numbers: entry.numbers,
    uses: entry.uses,
    told,
    share: uses.atoms === 0 ? 0 : told / uses.atoms,
    hot: isHotCone(uses.index, entry),
    hours: entry.hours,
    firstUse: tally?.firstTime ?? null,
    lastUse: tally?.lastTime ?? null,
    does: actionsOf(cone),
    by: users.slice(0, EXAMPLES_MAX),
    executables: users.length,
  };
}

/** The same with all that `show` draws. */
export function drawnFacts(uses: ConeUses, one: CountedCone, primitives: NodePrimitives): Facts {
  const { entities, numbers } = fieldsOf(uses.entities, one);
  const nameOf = (number: number): string | null => entities[number - 1]?.name ?? null;
  const rows = shapeRows(one.cone, () => null).map(({ atom, places }, row) => {
    const [object, object2, arg] = places;
    return {
      type: eventTypeName(atom.etype) ?? atom.etype,
      flags: atom.flags,
      ret: atom.ret,
      error: atom.ret === 0 ? null : errnoName(atom.ret),
      object: nameOf(object),
      object2: nameOf(object2),
      arg: nameOf(arg),
      num: numbers.get(row)?.name ?? null,
    };
  });
  return {
    ...coneFacts(uses, one, primitives),
    rows,
    fields: [
      ...entities.map((field) => fieldFacts(field, false)),
      ...Array.from(numbers.values(), (field) => fieldFacts(field, true)),
    ],
    example: exampleFacts(uses, one),
  };
}

function fieldFacts(field: Field, isNumber: boolean): Facts {
  const { name, kind, isConstant, values, hasMore, show } = field;
  const namer = new Namer(HASH_DIGITS);
  const examples = values.slice(0, EXAMPLES_MAX).map(([value, uses]) => ({
    value: isNumber ? value : textOf(show(namer, value)),
    uses,
  }));
  const different = values.length;
  const hashed = namer.takeHashed();
  return { name, kind, constant: isConstant, different, more: hasMore, examples, hashed };
}

function exampleFacts({ entities }: ConeUses, { tally }: CountedCone): Facts | null {
  const example = tally?.example ?? null;
  if (example === null) return null;
  const process = entities.process(example.process);
  const { sequence, time } = example;
  const name = new Namer(HASH_DIGITS).processName(process);
  return { sequence, time, process: name, pid: process.pid };
}
