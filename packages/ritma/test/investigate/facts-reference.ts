/**
 * Facts of a span as anybody would count them who has all events: decoded, one after the other.
 *
 * @module
 */
import { type Entity, eventTypeName, type ProcessEntity } from "@ritma/evidence";
import type { Fact, FactKind } from "../../src/flow/investigate/facts-counter.ts";
import type { SpanFacts } from "../../src/flow/investigate/facts.ts";
import type { WindowSpan } from "../../src/flow/investigate/windows.ts";
import { thingText } from "../../src/cli/diff/things.ts";
import { Namer } from "../../src/cli/timeline/names.ts";
import type { EventAtom, EventView } from "../../src/stores/sealed/event-view.ts";

/** By kind and names: how often, and the stamp of the first. */
export type Spelled = ReadonlyMap<string, string>;

interface Counted {
  count: number;
  first: readonly [time: number, serial: number];
}

const namer = new Namer(32);

/** The same words for what was counted by the code under test; cones are left out. */
export function spelledFacts({ facts }: Pick<SpanFacts, "facts">): Spelled {
  const spelled = new Map<string, string>();
  for (const [kind, all] of facts) {
    if (kind === "cone") continue;
    for (const { things, count, first } of all.values()) {
      const names = things.map((thing) => thingText(namer, thing));
      spelled.set([kind, ...names].join(" | "), `${count} ${first.time} ${first.serial}`);
    }
  }
  return sorted(spelled);
}

export function referenceFacts(events: readonly EventView[], span: WindowSpan): Spelled {
  const counts = new Map<string, Counted>();
  for (const event of events) {
    const { time, serial } = event;
    if (time < span.since || time >= span.until) continue;
    for (const atom of [event.atom, ...event.also]) {
      for (const [kind, ...names] of factsOf(event, atom)) {
        const key = [kind, ...names].join(" | ");
        const known = counts.get(key) ?? { count: 0, first: [time, serial] };
        const [firstTime, firstSerial] = known.first;
        const isEarlier = time < firstTime || (time === firstTime && serial < firstSerial);
        counts.set(key, {
          count: known.count + 1,
          first: isEarlier ? [time, serial] : known.first,
        });
      }
    }
  }
  return sorted(
    new Map(Array.from(counts, ([key, { count, first }]) => [key, `${count} ${first.join(" ")}`])),
  );
}

type Named = readonly [kind: FactKind, ...names: string[]];

function factsOf({ process, ancestor }: EventView, atom: EventAtom): Named[] {
  const { etype, flags, ret, object, object2, num } = atom;
  const type = eventTypeName(etype);
  const file = fileName(object);
  const found: (readonly [FactKind, ...(string | null)[]])[] = [];
  if (type === "connect") found.push(["destination", flowName(object)]);
  if (type === "module") found.push(["module", stringName(object) ?? file]);
  if (type === "bpf") found.push(["bpf", programName(process), bpfName(num)]);
  if (type === "trace") found.push(["trace", programName(process), programName(object)]);
  if (ret === 1 || ret === 13) found.push(["refused", file]);
  if (ret === 0) {
    if (type === "exec") {
      const program = programName(process) ?? file;
      found.push(["program", program], ["child", programName(ancestor), program]);
      if ((flags & 1) === 1) found.push(["program", file]);
      if (process.credentials !== null) found.push(["user", userName(process.credentials.ids)]);
    }
    if (type === "accept") found.push(["peer", peerName(object)]);
    if (type === "bind" && object?.kind === "flow" && object.port !== 0) {
      found.push(["listener", flowName(object)]);
    }
    if (type === "open" && (flags & 128) !== 0) found.push(["created", file]);
    else if (type === "open" && (flags & 26) !== 0) found.push(["written", file]);
    if (type === "mkdir") found.push(["created", file]);
    if (type === "unlink") found.push(["removed", file]);
    if (type === "rename") found.push(["renamed", file, fileName(object2)]);
  }
  return found.flatMap(([kind, ...names]) => {
    const known = names.filter((name) => name !== null);
    return known.length === names.length ? [[kind, ...known] as const] : [];
  });
}

function fileName(entity: Entity | null): string | null {
  return entity?.kind === "file" ? namer.pathOrNull(entity.path) : null;
}

function stringName(entity: Entity | null): string | null {
  return entity?.kind === "string" ? namer.value(entity.value) : null;
}

function flowName(entity: Entity | null): string | null {
  return entity?.kind === "flow" ? namer.flow(entity) : null;
}

function peerName(entity: Entity | null): string | null {
  return entity?.kind === "flow" ? namer.flow({ ...entity, port: null }) : null;
}

function programName(entity: Entity | ProcessEntity | null): string | null {
  if (entity?.kind !== "process") return null;
  return namer.pathOrNull(entity.executable) ?? (entity.name && namer.value(entity.name));
}

/** Numbers of bpf(2), of those that the logs have. */
function bpfName(command: number | null): string | null {
  if (command === null) return null;
  return command === 0 ? "MAP_CREATE" : command === 5 ? "PROG_LOAD" : `command ${command}`;
}

function userName([auid, uid, , euid]: readonly (number | null)[]): string {
  const parts = [`uid ${uid}`, euid === uid ? "" : `euid ${euid}`, `auid ${auid}`];
  return parts.filter((part) => part !== "").join(" ");
}

function sorted(spelled: ReadonlyMap<string, string>): Spelled {
  return new Map([...spelled].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** By things and count, for rows. */
export function countsOf(facts: Iterable<Fact>): string[] {
  return Array.from(facts, ({ things, count }) => {
    const names = things.map((thing) => thingText(namer, thing));
    return `${names.join(" → ")} ${count}`;
  });
}
