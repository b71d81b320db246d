/**
 * `ritma show PROCESS`, printed.
 *
 * @module
 */
import { CREDENTIAL_IDS, eventTypeName, type ProcessEntity } from "@ritma/evidence";
import { windowName } from "../../flow/investigate/windows.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { formatCount, labelled } from "../format.ts";
import { isoTime } from "../log/spans.ts";
import { shellWord } from "../place-flags.ts";
import type { Calendar } from "../timeline/calendar.ts";
import { idText } from "../timeline/identity.ts";
import { Namer } from "../timeline/names.ts";
import { shellQuoted } from "../timeline/quote.ts";
import { HASHED, timelineCommand } from "./next.ts";
import type { Done, Point, ProcessFound } from "./process.ts";

type Row = readonly [label: string, text: string];

const CHILDREN_SHOWN = 8;
const BIRTHS: Readonly<Record<ProcessEntity["birth"], string>> = {
  node: "the node itself",
  fork: "by a fork",
  exec: "by an exec",
  inferred: "at the latest: the log does not show its birth",
};

export async function showProcess(
  context: Context,
  reader: StoreReader,
  found: ProcessFound,
): Promise<void> {
  if (context.json) {
    context.show({ kind: "process", window: null, event: null, process: factsOf(found) }, () => []);
    return;
  }
  const { io, paint, calendar } = context;
  const namer = new Namer(8);
  const { process, first, last } = found;
  io.out(paint.strong(`process ${namer.process(process)}`));
  const rows = rowsOf(reader, namer, calendar, found);
  for (const line of labelled(rows, context.has("wide") ? undefined : io.columns)) io.out(line);
  if (namer.kinds.size > 0) io.out(paint.dim(`\n  ${HASHED}`));
  if (first === null || last === null) return;
  const flags = ` --all --proc ${shellWord(String(process.pid))}`;
  const next = await timelineCommand(context, first.time, last.time + 1, flags);
  if (next !== null) io.out(paint.dim(`\n  What it did: ${next}`));
}

function rowsOf(reader: StoreReader, namer: Namer, calendar: Calendar, found: ProcessFound): Row[] {
  const { process, parent, exec, first } = found;
  const { executable, credentials, container } = process;
  const rows: (Row | null)[] = [
    ["began", `${calendar.stamp(process.start)}, ${BIRTHS[process.birth]}`],
    ["begun by", parent === null ? "nobody that is known" : namer.process(parent)],
    ["program", namer.pathOrNull(executable) ?? "not known"],
    ["arguments", exec === null ? "its exec is not in the log" : argumentsText(namer, exec)],
    ["user", credentials === null ? "not known" : idsText(credentials.ids)],
    container === null ? null : ["container", namer.value(container)],
    ["node", namer.value(process.node)],
    ["ended", endText(namer, calendar, found)],
    childrenRow(namer, found),
    ["did", found.done.map(doneText).join(", ") || "nothing that is recorded"],
    first === null ? null : ["first", pointText(reader, calendar, first)],
    found.last === null ? null : ["last", pointText(reader, calendar, found.last)],
  ];
  return rows.filter((row) => row !== null);
}

function argumentsText(namer: Namer, exec: NonNullable<ProcessFound["exec"]>): string {
  if (exec.arguments === null) return "not in the log";
  const { values, whole } = exec.arguments;
  const shown = values.map((value) => shellQuoted(namer, value)).join(" ");
  return whole ? shown : `${shown} …`;
}

/** Those that are set: "auid 1000, uid 33, gid 33". */
function idsText(ids: readonly (number | null)[]): string {
  const parts = CREDENTIAL_IDS.flatMap((name, at) => {
    const id = ids[at] ?? null;
    return id === null ? [] : [`${name} ${idText(id)}`];
  });
  return parts.join(", ") || "not known";
}

/** A program that ran in its place goes on under its pid. */
function successorOf({ process, children }: ProcessFound): ProcessEntity | null {
  return children.find(({ pid, birth }) => pid === process.pid && birth === "exec") ?? null;
}

function endText(namer: Namer, calendar: Calendar, found: ProcessFound): string {
  const { end } = found;
  const successor = successorOf(found);
  if (successor !== null) {
    return `${calendar.stamp(successor.start)}, when ${namer.process(successor)} ran in its place`;
  }
  if (end === null) return "no end is recorded";
  const status = end.status === null ? "" : `, status ${end.status}`;
  const how = end.isSeen ? "seen to be gone by " : "";
  return `${how}${calendar.stamp(end.time)}${status}`;
}

function childrenRow(namer: Namer, found: ProcessFound): Row | null {
  const { children } = found;
  if (children.length === 0) return null;
  const shown = children.slice(0, CHILDREN_SHOWN).map((each) => namer.process(each));
  const more = children.length - shown.length;
  return ["children", `${shown.join(", ")}${more > 0 ? `, … ${formatCount(more)} more` : ""}`];
}

function doneText({ etype, times, failed }: Done): string {
  const name = eventTypeName(etype) ?? `type ${etype}`;
  const count = times === 1 ? "" : ` ×${formatCount(times)}`;
  if (failed === 0) return name + count;
  return `${name}${count} (${failed === times ? "" : `${formatCount(failed)} `}failed)`;
}

/** What `ritma show` takes to name the event, and where it is sealed. */
function pointText(reader: StoreReader, calendar: Calendar, { time, serial, seat }: Point): string {
  const window = windowName(seat.sequence, seat.window);
  const leaf = reader.isOpen(seat.sequence) ? "open" : `leaf ${seat.leaf}`;
  const place = `window ${window}, ${leaf}`;
  return `${serial}@${calendar.asked(time)} (${place})`;
}

function factsOf(found: ProcessFound): Readonly<Record<string, unknown>> {
  const namer = new Namer(32);
  const { process, parent, children, exec, end, done, first, last } = found;
  const { credentials, container } = process;
  const ids = credentials?.ids ?? null;
  const facts = {
    ...processFacts(namer, process),
    node: namer.value(process.node),
    parent: parent === null ? null : processFacts(namer, parent),
    children: children.map((each) => processFacts(namer, each)),
    args: exec?.arguments?.values.map((value) => namer.value(value, "arguments")) ?? null,
    argsWhole: exec?.arguments?.whole ?? null,
    user:
      ids === null ? null : Object.fromEntries(CREDENTIAL_IDS.map((name, at) => [name, ids[at]])),
    container: container === null ? null : namer.value(container),
    exec: exec === null ? null : pointFacts(exec),
    end: end === null ? null : { ...pointFacts(end), status: end.status, seen: end.isSeen },
    done: done.map(({ etype, times, failed }) => ({
      type: eventTypeName(etype) ?? etype,
      times,
      failed,
    })),
    first: first === null ? null : pointFacts(first),
    last: last === null ? null : pointFacts(last),
  };
  return { ...facts, hashed: [...namer.kinds].toSorted() };
}

function processFacts(namer: Namer, process: ProcessEntity): Readonly<Record<string, unknown>> {
  const { pid, start, birth, executable } = process;
  const name = namer.processName(process);
  return { pid, process: name, executable: namer.pathOrNull(executable), start, birth };
}

function pointFacts({ time, serial, seat }: Point): Readonly<Record<string, unknown>> {
  return { time: isoTime(time), timeUs: time, serial, ...seat };
}
