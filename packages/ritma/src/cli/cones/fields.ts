/**
 * The fields of a cone by name: entities are A, B …, numbers n1, n2 …, and what each held.
 *
 * @module
 */
import { type Entity, eventTypeName, type EventType, SHAPE_FIELDS } from "@ritma/evidence";
import type { FieldValues } from "../../stores/sealed/cone-tally.ts";
import type { CountedCone } from "../../stores/sealed/cone-uses.ts";
import type { Entities } from "../../stores/sealed/entities.ts";
import { entityText } from "../timeline/describe.ts";
import { idText } from "../timeline/identity.ts";
import type { Namer } from "../timeline/names.ts";
import { fixed, type Phrase } from "../timeline/phrase.ts";
import { bpfCommand, octal } from "../timeline/words.ts";

export interface Field extends FieldValues {
  readonly name: string;
  /** In one word, what it is; "" where the cone was never used. */
  readonly kind: string;
  /** Null where fewer than two uses cannot tell. */
  readonly isConstant: boolean | null;
  readonly show: (namer: Namer, value: number) => Phrase;
}

export interface Fields {
  /** Entity 1 first. */
  readonly entities: readonly Field[];
  /** By row of the shape. */
  readonly numbers: ReadonlyMap<number, Field>;
}

type KindOfNumber = readonly [kind: string, show: (num: number) => string];

const LETTERS = 26;
const HAS_NUMBER = 3;
const KINDS: Readonly<Record<Entity["kind"], string>> = {
  string: "text",
  file: "file",
  process: "process",
  flow: "address",
  credentials: "user",
  arguments: "arguments",
  fields: "record",
  line: "line",
};
const DESCRIPTOR: KindOfNumber = ["fd", String];
const PID: KindOfNumber = ["pid", String];
const MODE: KindOfNumber = ["mode", octal];
const OTHER: KindOfNumber = ["number", String];
const NUMBERS: ReadonlyMap<EventType | null, KindOfNumber> = new Map<EventType, KindOfNumber>([
  ["fork", PID],
  ["trace", PID],
  ["memory-access", PID],
  ["signal", PID],
  ["exit", ["status", String]],
  ["mkdir", MODE],
  ["mknod", MODE],
  ["mode", MODE],
  ["owner", ["uid", idText]],
  ["identity", ["id", idText]],
  ["bpf", ["command", bpfCommand]],
  ["path", ["item", String]],
  ["namespace", OTHER],
  ["record", OTHER],
]);

/** @throws FormatError when an id stands for nothing */
export function fieldsOf(entities: Entities, { cone, entry, tally }: CountedCone): Fields {
  const values = tally?.values() ?? [];
  const constants = new Set(entry.constants.map(({ field }) => field));
  const isConstant = (at: number): boolean | null => (entry.uses < 2 ? null : constants.has(at));
  const held = (at: number): FieldValues => values[at] ?? { values: [], hasMore: false };
  const numbers = new Map<number, Field>();
  for (let row = 0; row < cone.atoms; row += 1) {
    if (cone.shape[row * SHAPE_FIELDS + HAS_NUMBER] !== 1) continue;
    const [kind, text] = kindOfNumber(cone.shape[row * SHAPE_FIELDS] ?? 0);
    const at = entry.entities + numbers.size;
    const name = `n${numbers.size + 1}`;
    const show: Field["show"] = (_namer, value) => [fixed(text(value))];
    numbers.set(row, { name, kind, isConstant: isConstant(at), ...held(at), show });
  }
  const show: Field["show"] = (namer, id) => entityText(namer, entities.entity(id));
  return {
    numbers,
    entities: Array.from({ length: entry.entities }, (_, at) => {
      const [first] = held(at).values;
      const kind = first === undefined ? "" : KINDS[entities.entity(first[0]).kind];
      return { name: lettersOf(at), kind, isConstant: isConstant(at), ...held(at), show };
    }),
  };
}

/** A to Z, AA, AB … */
function lettersOf(at: number): string {
  const last = String.fromCodePoint(65 + (at % LETTERS));
  return at < LETTERS ? last : lettersOf(Math.floor(at / LETTERS) - 1) + last;
}

function kindOfNumber(etype: number): KindOfNumber {
  return NUMBERS.get(eventTypeName(etype)) ?? DESCRIPTOR;
}
