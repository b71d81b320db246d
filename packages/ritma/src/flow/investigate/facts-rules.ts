/**
 * Which facts an atom tells, by its type.
 *
 *     exec              program, child (parent → child), user      what succeeded
 *     open, mkdir …     created, written, removed, renamed         what succeeded
 *     accept, bind      peer, listener                             what succeeded
 *     connect           destination                                and what was tried
 *     module bpf trace  the same                                   and what was tried
 *     any               refused: EACCES or EPERM, about a file
 *
 * Of a script both are programs: the file that was run, and what runs it. A parent that is in an
 * older generation of the dictionary is not known, and then there is no pair.
 *
 * Format: spec/08-projection.md, "Event types".
 *
 * @module
 */
import {
  type AtomTable,
  type EventType,
  eventTypeNumber,
  type ProcessEntity,
} from "@ritma/evidence";
import type { Entities } from "../../stores/sealed/entities.ts";
import type { FactCounter, FactKind } from "./facts-counter.ts";
import {
  fileOf,
  flowOf,
  listenerOf,
  moduleOf,
  peerOf,
  programOf,
  type Thing,
  userOf,
} from "./facts-thing.ts";

type Rule = (counter: FactCounter, atoms: AtomTable, row: number) => void;

const TYPES = 256;
const EPERM = 1;
const EACCES = 13;
const EXEC_SCRIPT = 1;
const OPEN_CREATED = 128;
const OPEN_WRITES = 2 | 8 | 16;
/** Images of one pid between a process and who began it. */
const SAME_PID_MAX = 16;

const DONE: readonly (readonly [EventType, Rule])[] = [
  ["exec", countExec],
  ["open", countOpen],
  ["mkdir", aboutFile("created")],
  ["mknod", aboutFile("created")],
  ["symlink", aboutFile("created")],
  ["memory-file", aboutFile("created")],
  ["link", countLink],
  ["truncate", aboutFile("written")],
  ["write", aboutFile("written")],
  ["unlink", aboutFile("removed")],
  ["rename", countRename],
  [
    "accept",
    (counter, { object }, row) => {
      counter.countEntity("peer", object[row] ?? 0, peerOf);
    },
  ],
  [
    "bind",
    (counter, { object }, row) => {
      counter.countEntity("listener", object[row] ?? 0, listenerOf);
    },
  ],
];

const TRIED: readonly (readonly [EventType, Rule])[] = [
  [
    "connect",
    (counter, { object }, row) => {
      counter.countEntity("destination", object[row] ?? 0, flowOf);
    },
  ],
  ["module", countModule],
  ["bpf", countBpf],
  ["trace", countTrace],
];

const DONE_RULES = tableOf(DONE);
const TRIED_RULES = tableOf(TRIED);

/** @throws FormatError when an id stands for something of another kind */
export function countAtom(counter: FactCounter, atoms: AtomTable, row: number): void {
  const [etype = 0, ret = 0] = [atoms.etype[row], atoms.ret[row]];
  TRIED_RULES[etype]?.(counter, atoms, row);
  if (ret === 0) DONE_RULES[etype]?.(counter, atoms, row);
  else if (ret === EACCES || ret === EPERM) {
    counter.countEntity("refused", atoms.object[row] ?? 0, fileOf);
  }
}

function countExec(counter: FactCounter, atoms: AtomTable, row: number): void {
  const { entities } = counter;
  const process = entities.process(atoms.process[row] ?? 0);
  const object = atoms.object[row] ?? 0;
  const file = object === 0 ? null : fileOf(entities.entity(object));
  const program = programOf(process) ?? file;
  counter.count("program", [program]);
  if (((atoms.flags[row] ?? 0) & EXEC_SCRIPT) !== 0) counter.count("program", [file]);
  const parent = beganBy(entities, process);
  counter.count("child", [parent === null ? null : programOf(parent), program]);
  const { credentials } = process;
  if (credentials !== null) counter.count("user", [userOf(credentials)]);
}

/** The nearest one of another pid. */
function beganBy(entities: Entities, process: ProcessEntity): ProcessEntity | null {
  let { parent } = process;
  for (let left = SAME_PID_MAX; parent !== null && left > 0; left -= 1) {
    const found = entities.findProcess(process.node, parent);
    if (found === null || found.pid !== process.pid) return found;
    ({ parent } = found);
  }
  return null;
}

function countOpen(counter: FactCounter, { object, flags }: AtomTable, row: number): void {
  const how = flags[row] ?? 0;
  if ((how & OPEN_CREATED) !== 0) counter.countEntity("created", object[row] ?? 0, fileOf);
  else if ((how & OPEN_WRITES) !== 0) counter.countEntity("written", object[row] ?? 0, fileOf);
}

function countLink(counter: FactCounter, { object2 }: AtomTable, row: number): void {
  counter.countEntity("created", object2[row] ?? 0, fileOf);
}

function countRename(counter: FactCounter, { object, object2 }: AtomTable, row: number): void {
  const names = [object[row] ?? 0, object2[row] ?? 0].map((id) => thingOf(counter, id));
  counter.count("renamed", names);
}

function countModule(counter: FactCounter, { object }: AtomTable, row: number): void {
  counter.countEntity("module", object[row] ?? 0, moduleOf);
}

function countBpf(counter: FactCounter, { process, num }: AtomTable, row: number): void {
  const command = num[row] ?? Number.NaN;
  const program = programOf(counter.entities.process(process[row] ?? 0));
  const number = Number.isNaN(command) ? null : ({ kind: "number", number: command } as const);
  counter.count("bpf", [program, number]);
}

function countTrace(counter: FactCounter, { process, object }: AtomTable, row: number): void {
  const { entities } = counter;
  const target = object[row] ?? 0;
  const traced = target === 0 ? null : entities.entity(target);
  const tracer = programOf(entities.process(process[row] ?? 0));
  counter.count("trace", [tracer, traced?.kind === "process" ? programOf(traced) : null]);
}

function aboutFile(kind: FactKind): Rule {
  return (counter, { object }, row) => {
    counter.countEntity(kind, object[row] ?? 0, fileOf);
  };
}

function thingOf({ entities }: FactCounter, id: number): Thing | null {
  return id === 0 ? null : fileOf(entities.entity(id));
}

function tableOf(rules: readonly (readonly [EventType, Rule])[]): readonly (Rule | undefined)[] {
  const table = Array.from<Rule | undefined>({ length: TYPES });
  for (const [type, rule] of rules) table[eventTypeNumber(type)] = rule;
  return table;
}
