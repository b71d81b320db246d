/**
 * `ritma show EVENT`, printed: all fields of all atoms, and where they are sealed.
 *
 *     event 7 at 2026-11-20 09:32:09.541 UTC
 *       process   curl[501], begun by sh[500]
 *       sealed    hour 0, window 0.032, leaf 3 of 5
 *       root      9c10be52…
 *
 *       leaf 3    a1b2c3…
 *         atom 2  connect
 *           object  flow, family inet, address 127.0.0.1, port 8081
 *
 * @module
 */
import { eventTypeName } from "@ritma/evidence";
import type { EventView } from "../../stores/sealed/event-view.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { formatCount, labelled } from "../format.ts";
import { eventFacts } from "../timeline/json-event.ts";
import { userText } from "../timeline/identity.ts";
import { Namer } from "../timeline/names.ts";
import type { EventFound, EventLeaf } from "./event.ts";
import { fieldRows } from "./fields.ts";
import { openText, timelineCommand } from "./next.ts";

const NEXT_US = 1_000_000;

export async function showEvent(
  context: Context,
  reader: StoreReader,
  found: EventFound,
): Promise<void> {
  const isOpen = reader.isOpen(found.window.hour.sequence);
  if (context.json) {
    const event = factsOf(found, isOpen);
    context.show({ kind: "event", window: null, event, process: null }, () => []);
    return;
  }
  const { io, paint, calendar } = context;
  io.out(paint.strong(`event ${found.serial} at ${calendar.stamp(found.time)}`));
  for (const line of labelled(headRows(found, isOpen))) io.out(line);
  for (const part of found.parts) {
    io.out("");
    if (!isOpen) for (const line of labelled(leafRows(part))) io.out(line);
    for (const [at, view] of part.views.entries()) {
      io.out(`    ${paint.strong(`atom ${part.firstAtom + at}   ${typeOf(view)}`)}`);
      for (const line of labelled(fieldRows(atomFacts(view)))) io.out(`    ${line}`);
    }
  }
  const { time } = found;
  const next = await timelineCommand(context, time - NEXT_US, time + NEXT_US, " --all");
  if (next !== null) io.out(paint.dim(`\nAround it: ${next}`));
}

function headRows(found: EventFound, isOpen: boolean): (readonly [string, string])[] {
  const { views, window, parts, leaves } = found;
  const namer = new Namer(8);
  const processes = views.map((view) => ["process", processText(namer, view)] as const);
  const rows = new Map(processes.map((row) => [row[1], row])).values();
  if (isOpen) return [...rows, ["open", openText(window)]];
  const numbers = parts.map(({ number }) => formatCount(number)).join(", ");
  const leaf = `${parts.length === 1 ? "leaf" : "leaves"} ${numbers} of ${formatCount(leaves)}`;
  return [
    ...rows,
    ["sealed", `hour ${window.hour.sequence}, window ${window.name}, ${leaf}`],
    ["root", window.root.toHex()],
    ["checked", `all ${formatCount(leaves)} leaves were hashed again and give this root`],
  ];
}

function processText(namer: Namer, { process, parent, credentials, late }: EventView): string {
  const user = credentials === null ? null : userText(credentials);
  return [
    namer.process(process),
    parent === null ? "" : `, begun by ${namer.process(parent)}`,
    user === null ? "" : `, ${user}`,
    late ? ", late" : "",
  ].join("");
}

function leafRows({ number, hash, atoms, firstAtom, views }: EventLeaf): [string, string][] {
  const last = firstAtom + views.length - 1;
  const which = views.length === 1 ? `atom ${firstAtom}` : `atoms ${firstAtom} to ${last}`;
  return [[`leaf ${number}`, `${hash.toHex()} · ${which} of 0 to ${atoms - 1}`]];
}

function typeOf({ atom }: EventView): string {
  return eventTypeName(atom.etype) ?? `type ${atom.etype}`;
}

type AtomFacts = Readonly<Record<string, unknown>>;

/** The fields of the one atom that the view has. */
function atomFacts(view: EventView): AtomFacts {
  const { type, object, object2, args, argsWhole, num, flags, ret, error, hashed } =
    eventFacts(view);
  const facts = { type, object, object2, args, argsWhole, num, flags, ret, error };
  return { ...facts, hashed: Array.isArray(hashed) ? hashed.filter((name) => name in facts) : [] };
}

function factsOf(
  { time, serial, views, window, leaves, parts }: EventFound,
  isOpen: boolean,
): AtomFacts {
  return {
    timeUs: time,
    serial,
    events: views.map(eventFacts),
    sealed: {
      sequence: window.hour.sequence,
      window: window.number,
      name: window.name,
      root: window.root.toHex(),
      leaves,
    },
    leaves: parts.map((part) => ({
      leaf: isOpen ? null : part.number,
      hash: isOpen ? null : part.hash.toHex(),
      atoms: part.atoms,
      firstAtom: part.firstAtom,
      fields: part.views.map(atomFacts),
    })),
  };
}
