/**
 * The graph of a cone: a process, and what it does in order to things that have names.
 *
 *     a process of /usr/bin/id
 *     ├─ exec       A /usr/bin/id · B (arguments, 12 different)
 *     ├─ open       C /etc/passwd · fd 3
 *     └─ exit       status 0
 *
 * @module
 */
import type { Entity } from "@ritma/evidence";
import type { CountedCone } from "../../stores/sealed/cone-uses.ts";
import { columnsOf, cutTo, padTo } from "../timeline/columns.ts";
import { actionOf, outcomeOf } from "../timeline/describe.ts";
import type { Namer } from "../timeline/names.ts";
import { cutPhrase, fixed, type Phrase, phrase, textOf, words } from "../timeline/phrase.ts";
import { type ShapeRow, shapeRows } from "./atoms.ts";
import type { Field, Fields } from "./fields.ts";
import type { Surface } from "./table.ts";
import { NOT_KNOWN, type User } from "./users.ts";
import { different } from "./varying.ts";

interface Drawn {
  readonly action: string;
  readonly object: Phrase;
  readonly outcome: string;
  times: number;
}

const INDENT = "  ";
const EDGE = "├─ ";
const LAST_EDGE = "└─ ";
const GAP = "  ";
const OBJECT_MIN = 12;
const WIDE = 4_000;

export function graphLines(
  { uses, paint, columns }: Surface,
  one: CountedCone,
  fields: Fields,
  users: readonly User[],
  namer: Namer,
): string[] {
  const constantOf = (entity: number): Entity | null => {
    const field = fields.entities[entity - 1];
    const [first] = field?.values ?? [];
    return field?.isConstant === true && first !== undefined
      ? uses.entities.entity(first[0])
      : null;
  };
  const rows = drawnRows(shapeRows(one.cone, constantOf), fields, namer);
  const width = columns ?? WIDE;
  const action = Math.max(...rows.map((row) => columnsOf(actionText(row))));
  const room = width - INDENT.length - EDGE.length - action - GAP.length;
  const lines = rows.map((row, at) => {
    const edge = at === rows.length - 1 ? LAST_EDGE : EDGE;
    const tail = row.outcome === "" ? "" : GAP + row.outcome;
    const object = cutPhrase(row.object, Math.max(OBJECT_MIN, room - columnsOf(tail)));
    const head = INDENT + paint.dim(edge) + paint.strong(padTo(actionText(row), action));
    return `${head}${GAP}${object}${paint.attention(tail)}`.trimEnd();
  });
  const [first, ...others] = users;
  const program = first === undefined ? "" : ` of ${first.executable ?? NOT_KNOWN}`;
  const process = `${INDENT}a process${program}${others.length === 0 ? "" : ", or of others"}`;
  return [cutTo(process, width), ...lines];
}

function actionText({ action, times }: Drawn): string {
  return times === 1 ? action : `${action} ×${times}`;
}

/** Rows that say the same as the one before are counted. */
function drawnRows(rows: readonly ShapeRow[], fields: Fields, namer: Namer): Drawn[] {
  const drawn: Drawn[] = [];
  const met = new Set<Field>();
  for (const [row, { atom, places }] of rows.entries()) {
    const [object = [], object2 = [], arg = []] = places.map((entity) => {
      const field = fields.entities[entity - 1];
      if (field === undefined) return [];
      const shown = placeholder(field, namer, met.has(field));
      met.add(field);
      return shown;
    });
    const number = fields.numbers.get(row);
    const hasObject = object.length + object2.length + arg.length > 0;
    const pieces = phrase(
      object,
      object2.length === 0 ? null : fixed("→"),
      object2,
      arg.length === 0 || object.length === 0 ? null : fixed("·"),
      arg,
      number === undefined || !hasObject ? null : fixed("·"),
      number === undefined ? null : numberPhrase(number, namer),
    );
    const next = { action: actionOf(atom), object: pieces, outcome: outcomeOf(atom), times: 1 };
    const last = drawn.at(-1);
    if (last !== undefined && isSame(last, next)) last.times += 1;
    else drawn.push(next);
  }
  return drawn;
}

function isSame(a: Drawn, b: Drawn): boolean {
  return a.action === b.action && a.outcome === b.outcome && textOf(a.object) === textOf(b.object);
}

/** `A /etc/hosts`, `B (file, 12 different)`; what varies is told once. */
function placeholder(field: Field, namer: Namer, isMet: boolean): Phrase {
  const { name, kind, isConstant, values } = field;
  const [first] = values;
  if (first === undefined) return [fixed(name)];
  if (isConstant === false) {
    return isMet ? [fixed(name)] : [fixed(name), words(`(${kind}, ${different(field)})`)];
  }
  return [fixed(name), ...field.show(namer, first[0])];
}

/** `fd 3`; `fd n1 (12 different)`. */
function numberPhrase(field: Field, namer: Namer): Phrase {
  const { name, kind, isConstant, values } = field;
  const [first] = values;
  if (first === undefined) return [fixed(kind), fixed(name)];
  if (isConstant === false) return [fixed(kind), fixed(name), words(`(${different(field)})`)];
  return [fixed(kind), ...field.show(namer, first[0])];
}
