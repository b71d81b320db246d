/**
 * Random entities and sections, for properties: every shape that the types allow, with the numbers
 * and lengths at which encodings change.
 *
 * @module
 */
import {
  AtomTable,
  BIRTHS,
  CREDENTIAL_IDS,
  type CredentialsEntity,
  type Entity,
  type Path,
  type ProcessKey,
  type Section,
  type Value,
} from "@ritma/evidence";
import {
  type Arbitrary,
  array,
  boolean,
  constant,
  constantFrom,
  integer,
  maxSafeNat,
  oneof,
  option,
  record,
  string,
  tuple,
  uint8Array,
} from "fast-check";

/** Objects as literals make them, so that they compare equal. */
export const PLAIN = { noNullPrototype: true } as const;

/** Around the places where heads and varints become longer. */
export const uints: Arbitrary<number> = oneof(
  integer({ min: 0, max: 300 }),
  constantFrom(0xffff, 0x1_0000, 0xffff_ffff, 0x1_0000_0000, Number.MAX_SAFE_INTEGER),
  maxSafeNat(),
);

const uintOrNull = option(uints);
const bytes = (length: number): Arbitrary<Uint8Array> =>
  uint8Array({ minLength: length, maxLength: length });

export const digests = bytes(32);
export const storeIds = bytes(16);

export const values: Arbitrary<Value> = oneof(
  uint8Array({ maxLength: 40 }).map((plain) => ({ hashed: false, bytes: plain })),
  bytes(16).map((hashed) => ({ hashed: true, bytes: hashed })),
);

const valueOrNull = option(values);

const paths: Arbitrary<Path> = record(
  {
    base: constantFrom<(0 | 1 | 2)[]>(0, 1, 2),
    components: array(values, { maxLength: 5 }),
  },
  PLAIN,
);

const KEY = { boot: uints, pid: uints, start: uints, serial: uints };
const keys: Arbitrary<ProcessKey> = record(KEY, PLAIN);

const credentials: Arbitrary<CredentialsEntity> = record(
  {
    kind: constant("credentials" as const),
    ids: array(uintOrNull, { minLength: CREDENTIAL_IDS.length, maxLength: CREDENTIAL_IDS.length }),
    terminal: valueOrNull,
    label: valueOrNull,
  },
  PLAIN,
);

const processes = record(
  {
    kind: constant("process" as const),
    node: values,
    ...KEY,
    birth: constantFrom(...BIRTHS),
    parent: option(keys),
    executable: option(paths),
    name: valueOrNull,
    credentials: option(credentials),
    container: valueOrNull,
  },
  PLAIN,
);

const text = string({ maxLength: 20, unit: "grapheme" });

export const entities: Arbitrary<Entity> = oneof(
  record({ kind: constant("string" as const), value: values }, PLAIN),
  record(
    {
      kind: constant("file" as const),
      path: option(paths),
      inode: uintOrNull,
      device: option(tuple(uints, uints)),
      mode: uintOrNull,
      uid: uintOrNull,
      gid: uintOrNull,
    },
    PLAIN,
  ),
  processes,
  record(
    {
      kind: constant("flow" as const),
      family: uints,
      address: oneof(values, paths),
      port: uintOrNull,
      scope: uintOrNull,
    },
    PLAIN,
  ),
  credentials,
  record({ kind: constant("arguments" as const), whole: boolean(), values: array(values) }, PLAIN),
  record(
    {
      kind: constant("fields" as const),
      type: text,
      fields: array(
        tuple(
          text,
          oneof(
            values,
            uints,
            uints.map((n) => 0 - n),
          ),
        ),
      ),
    },
    PLAIN,
  ),
  record({ kind: constant("line" as const), length: uints, value: values }, PLAIN),
);

export interface AtomFields {
  readonly time: number;
  readonly serial: number;
  readonly etype: number;
  readonly flags: number;
  readonly ret: number;
  readonly process: number;
  readonly object: number;
  readonly object2: number;
  readonly arg: number;
  readonly num: number | null;
}

const u32 = oneof(integer({ min: 0, max: 4 }), constantFrom(0, 0x7fff_ffff, 0xffff_ffff));
const ids = oneof(integer({ min: 0, max: 6 }), constantFrom(70_000, 0xffff_ffff));

/** @param times of the atoms. @param processMax they are of processes 1 to this */
export function atoms(times: Arbitrary<number>, processMax: number): Arbitrary<AtomFields> {
  return record(
    {
      time: times,
      serial: oneof(integer({ min: 0, max: 9 }), uints),
      etype: integer({ min: 0, max: 255 }),
      flags: u32,
      ret: u32,
      process: integer({ min: 1, max: processMax }),
      object: ids,
      object2: ids,
      arg: ids,
      num: option(
        oneof(
          uints,
          uints.map((n) => 0 - n),
          integer({ min: -3, max: 3 }),
        ),
      ),
    },
    PLAIN,
  );
}

export function tableOf(list: readonly AtomFields[]): AtomTable {
  const table = new AtomTable(1);
  for (const atom of list) {
    const row = table.add();
    const { num, ...columns } = atom;
    for (const [name, value] of Object.entries(columns)) {
      if (isColumn(name)) table[name][row] = value;
    }
    table.num[row] = num ?? Number.NaN;
  }
  return table;
}

type Column = Exclude<keyof AtomFields, "num">;
const COLUMNS: ReadonlySet<string> = new Set([
  "time",
  "serial",
  "etype",
  "flags",
  "ret",
  "process",
  "object",
  "object2",
  "arg",
]);

function isColumn(name: string): name is Column {
  return COLUMNS.has(name);
}

/** The rows of a table as plain objects, for comparing. */
export function rowsOf(table: AtomTable): AtomFields[] {
  return Array.from({ length: table.length }, (_, row) => {
    const num = table.num[row] ?? Number.NaN;
    return {
      time: table.time[row] ?? -1,
      serial: table.serial[row] ?? -1,
      etype: table.etype[row] ?? -1,
      flags: table.flags[row] ?? -1,
      ret: table.ret[row] ?? -1,
      process: table.process[row] ?? -1,
      object: table.object[row] ?? -1,
      object2: table.object2[row] ?? -1,
      arg: table.arg[row] ?? -1,
      num: Number.isNaN(num) ? null : num,
    };
  });
}

/** A section as plain data, for comparing. */
export function plainSection({ window, atoms: table, starts }: Section): object {
  return { window, starts: [...starts], atoms: rowsOf(table) };
}
