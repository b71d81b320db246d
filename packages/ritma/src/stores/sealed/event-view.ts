/**
 * An event as a reader sees it: the atoms of one process under one stamp and serial, with their
 * entities.
 *
 * @module
 */
import {
  type AtomTable,
  type CredentialsEntity,
  type Entity,
  eventTypeNumber,
  FormatError,
  type ProcessEntity,
} from "@ritma/evidence";
import type { Entities } from "./entities.ts";

export interface EventAtom {
  /** Number of spec/08-projection.md. */
  readonly etype: number;
  readonly flags: number;
  /** 0, or the errno. */
  readonly ret: number;
  readonly object: Entity | null;
  readonly object2: Entity | null;
  readonly arg: Entity | null;
  readonly num: number | null;
}

export interface EventView {
  /** Microseconds since the Unix epoch. */
  readonly time: number;
  readonly serial: number;
  readonly process: ProcessEntity;
  /**
   * The image that it replaced where that one was begun by an exec too, else who began it. Null
   * when none is known, or none in this generation of the dictionary.
   */
  readonly parent: ProcessEntity | null;
  /** The nearest one of another pid: who began it. Null as for `parent`. */
  readonly ancestor: ProcessEntity | null;
  /** Null when what was read does not show them: an older process may have changed its own. */
  readonly credentials: CredentialsEntity | null;
  /** The atom that the question was about. */
  readonly atom: EventAtom;
  /** What else the event says. */
  readonly also: readonly EventAtom[];
  /** True for what came after its window was closed. */
  readonly late: boolean;
  /** Of the hour. */
  readonly sequence: number;
  /** Number of the micro-window in its clock hour; null for late ones. */
  readonly window: number | null;
}

/** Rows of an event in a section: a range, and seldom rows of a later instantiation. */
export interface Rows {
  readonly start: number;
  readonly end: number;
  readonly more: readonly number[];
}

/** Where an event stands, before anything of it is decoded. */
export interface EventPlace {
  readonly atoms: AtomTable;
  readonly rows: Rows;
  /** The row that the question was about. */
  readonly shown: number;
  /**
   * Dictionary id of those that hold, or themselves where an earlier generation has them;
   * CREDENTIALS_AT_BIRTH; 0 when they are not known.
   */
  readonly credentials: number | CredentialsEntity;
  readonly sequence: number;
  readonly window: number | null;
}

/** Stands for the credentials that a process began with. */
export const CREDENTIALS_AT_BIRTH = -1;

const EXEC = eventTypeNumber("exec");
/** Images of one pid between a process and the parent that is worth naming. */
const SAME_PID_MAX = 16;

/** @throws FormatError when an id stands for something of another kind */
export function viewEvent(entities: Entities, place: EventPlace): EventView {
  const { atoms, shown, sequence, window } = place;
  const process = entities.process(atoms.process[shown] ?? 0);
  const also: EventAtom[] = [];
  for (const row of eachRow(place.rows)) if (row !== shown) also.push(atomAt(entities, atoms, row));
  return {
    time: atoms.time[shown] ?? 0,
    serial: atoms.serial[shown] ?? 0,
    process,
    parent: namedParent(entities, process, true),
    ancestor: namedParent(entities, process, false),
    credentials: credentialsOf(entities, place, process),
    atom: atomAt(entities, atoms, shown),
    also,
    late: window === null,
    sequence,
    window,
  };
}

export function* eachRow(rows: Rows): Generator<number> {
  for (let row = rows.start; row < rows.end; row += 1) yield row;
  yield* rows.more;
}

function atomAt(entities: Entities, atoms: AtomTable, row: number): EventAtom {
  const entityAt = (id: number | undefined): Entity | null =>
    id === undefined || id === 0 ? null : entities.entity(id);
  const num = atoms.num[row] ?? Number.NaN;
  return {
    etype: atoms.etype[row] ?? 0,
    flags: atoms.flags[row] ?? 0,
    ret: atoms.ret[row] ?? 0,
    object: entityAt(atoms.object[row]),
    object2: entityAt(atoms.object2[row]),
    arg: entityAt(atoms.arg[row]),
    num: Number.isNaN(num) ? null : num,
  };
}

/**
 * The image of a fork that then runs another program says nothing: its own parent does.
 *
 * @param images whether an earlier image of the same pid may be the answer
 */
function namedParent(
  entities: Entities,
  process: ProcessEntity,
  images: boolean,
): ProcessEntity | null {
  let { parent } = process;
  for (let left = SAME_PID_MAX; parent !== null && left > 0; left -= 1) {
    const found = entities.findProcess(process.node, parent);
    if (found === null || found.pid !== process.pid) return found;
    if (images && found.birth === "exec") return found;
    ({ parent } = found);
  }
  return null;
}

function credentialsOf(
  entities: Entities,
  { atoms, shown, credentials }: EventPlace,
  process: ProcessEntity,
): CredentialsEntity | null {
  if (typeof credentials !== "number") return credentials;
  if (credentials > 0) {
    const entity = entities.entity(credentials);
    if (entity.kind === "credentials") return entity;
    throw new FormatError("wrong-type", 0, `entity ${credentials} is no credentials`);
  }
  const begins = atoms.etype[shown] === EXEC && atoms.ret[shown] === 0;
  return begins || credentials === CREDENTIALS_AT_BIRTH ? process.credentials : null;
}
