/**
 * A proved event and its atoms as facts: those of an event of a timeline, and which of them are
 * withheld.
 *
 * @module
 */
import type { ProcessEntity, ProvedAtom } from "@ritma/evidence";
import { windowName } from "../../flow/investigate/windows.ts";
import { PROOF_FIELDS } from "../../services/prover/withholding.ts";
import type { EventView } from "../../stores/sealed/event-view.ts";
import { isoTime } from "../log/spans.ts";
import { eventFacts } from "../timeline/json-event.ts";
import type { ProvedEvent } from "./events.ts";
import { withheldFields } from "./withheld.ts";

type Facts = Readonly<Record<string, unknown>>;

const ATOM_FIELDS = ["object", "object2", "args", "argsWhole", "num", "flags", "ret", "error"];
const PROCESS_FIELDS = ["node", "pid", "process", "executable", "start", "birth"];

/** Stands where the process is withheld; nothing of it is ever shown. */
const NOBODY: ProcessEntity = {
  kind: "process",
  node: { hashed: false, bytes: new Uint8Array(0) },
  boot: 0,
  pid: 0,
  start: 0,
  serial: 0,
  birth: "inferred",
  parent: null,
  executable: null,
  name: null,
  credentials: null,
  container: null,
};

/** The process of an atom; null when it is withheld. */
export function processOf({ process: { entity } }: ProvedAtom): ProcessEntity | null {
  return entity?.kind === "process" ? entity : null;
}

/** As the commands that look at a store take it; what is withheld is null in it. */
export function viewOf(atom: ProvedAtom): EventView {
  const { time, serial, sequence, window, etype, flags, ret, num } = atom;
  const [object, object2, arg] = [atom.object, atom.object2, atom.arg].map(
    (named) => named?.entity ?? null,
  );
  const process = processOf(atom) ?? NOBODY;
  return {
    time,
    serial,
    process,
    parent: null,
    ancestor: null,
    credentials: process.credentials,
    atom: {
      etype,
      flags,
      ret,
      object: object ?? null,
      object2: object2 ?? null,
      arg: arg ?? null,
      num,
    },
    also: [],
    late: window === null,
    sequence,
    window,
  };
}

/** What one atom says, but for its process. */
export function atomFacts(atom: ProvedAtom): Facts {
  const facts = eventFacts(viewOf(atom));
  const own = ATOM_FIELDS.map((name) => [name, facts[name]] as const);
  const hashed = hashedAmong(facts, ATOM_FIELDS);
  const withheld = withheldFields([atom]).filter((field) => field !== "process");
  const place = { leaf: atom.leaf, atom: atom.i, type: facts["type"] };
  return { ...place, ...Object.fromEntries(own), hashed, withheld };
}

export function provedEventFacts(event: ProvedEvent): Facts {
  const { time, serial, sequence, window, atoms } = event;
  const [first] = atoms;
  const process = processOf(first);
  const facts = eventFacts(viewOf(first));
  const parent = process?.parent ?? null;
  const who = PROCESS_FIELDS.map((name) => [name, process === null ? null : facts[name]] as const);
  return {
    time: isoTime(time),
    timeUs: time,
    serial,
    sequence,
    window,
    name: windowName(sequence, window),
    ...Object.fromEntries(who),
    user: process === null ? null : facts["user"],
    parent: parent === null ? null : { pid: parent.pid, start: parent.start },
    hashed: process === null ? [] : hashedAmong(facts, [...PROCESS_FIELDS, "user"]),
    withheld: PROOF_FIELDS.filter((field) => withheldFields(atoms).includes(field)),
    atoms: atoms.map(atomFacts),
  };
}

function hashedAmong(facts: Facts, names: readonly string[]): readonly unknown[] {
  const { hashed } = facts;
  return Array.isArray(hashed) ? hashed.filter((name) => names.includes(String(name))) : [];
}
