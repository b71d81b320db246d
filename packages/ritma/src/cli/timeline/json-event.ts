/**
 * An event as `--json` prints it.
 *
 * Names stand as in the lines for a person (a backslash doubled, what is no text as `\xff`), so
 * that no two different names look the same; a hash stands with all its digits, and the field that
 * holds one is named in `hashed`.
 *
 * @module
 */
import {
  CREDENTIAL_IDS,
  type CredentialsEntity,
  type Entity,
  eventTypeName,
  type FlowEntity,
  type ProcessEntity,
} from "@ritma/evidence";
import { familyName } from "../../base/address-text.ts";
import type { EventAtom, EventView } from "../../stores/sealed/event-view.ts";
import { errnoName } from "./errno.ts";
import { Namer } from "./names.ts";

type Facts = Readonly<Record<string, unknown>>;

const HASH_DIGITS = 32;

export function eventFacts(event: EventView): Facts {
  const maker = new FactMaker();
  const { time, serial, process, parent, credentials, atom, also, late, sequence, window } = event;
  const facts = {
    time: isoMicros(time),
    timeUs: time,
    serial,
    type: eventTypeName(atom.etype) ?? atom.etype,
    node: maker.named("node", (namer) => namer.value(process.node)),
    ...maker.process(process),
    parent: parent === null ? null : maker.process(parent, "parent"),
    user: credentials === null ? null : maker.credentials("user", credentials),
    ...maker.atom(atom),
    also: also.map((each) => maker.typedAtom(each)),
    late,
    sequence,
    window,
  };
  return { ...facts, hashed: [...maker.hashed] };
}

class FactMaker {
  readonly hashed = new Set<string>();
  readonly #namer = new Namer(HASH_DIGITS);

  named<Result>(field: string, make: (namer: Namer) => Result): Result {
    const made = make(this.#namer);
    if (this.#namer.takeHashed()) this.hashed.add(field);
    return made;
  }

  /** @param within the field that this stands in; empty for the event itself */
  process(process: ProcessEntity, within = ""): Facts {
    const { pid, start, birth, executable } = process;
    return {
      pid,
      process: this.named(within || "process", (namer) => namer.processName(process)),
      executable: this.named(within || "executable", (namer) => namer.pathOrNull(executable)),
      start,
      birth,
    };
  }

  typedAtom(atom: EventAtom): Facts {
    return { type: eventTypeName(atom.etype) ?? atom.etype, ...this.atom(atom, "also") };
  }

  atom({ object, object2, arg, num, flags, ret }: EventAtom, within = ""): Facts {
    const isList = arg?.kind === "arguments";
    return {
      object: this.#entity(within || "object", object),
      object2: this.#entity(within || "object2", object2),
      args: isList
        ? this.named(within || "args", (namer) =>
            arg.values.map((value) => namer.value(value, "arguments")),
          )
        : null,
      argsWhole: isList ? arg.whole : null,
      num,
      flags,
      ret,
      error: ret === 0 ? null : errnoName(ret),
    };
  }

  credentials(field: string, { ids, terminal, label }: CredentialsEntity): Facts {
    const named: Record<string, number | null> = {};
    for (const [at, name] of CREDENTIAL_IDS.entries()) named[name] = ids[at] ?? null;
    return this.named(field, (namer) => ({
      ...named,
      terminal: terminal === null ? null : namer.value(terminal),
      label: label === null ? null : namer.value(label),
    }));
  }

  #entity(field: string, entity: Entity | null): Facts | null {
    if (entity === null) return null;
    const { kind } = entity;
    switch (entity.kind) {
      case "file": {
        const { inode, device, mode, uid, gid } = entity;
        const path = this.named(field, (namer) => namer.pathOrNull(entity.path));
        return { kind, path, inode, device, mode, uid, gid };
      }
      case "flow":
        return { kind, ...this.#flow(field, entity) };
      case "process":
        return { kind, ...this.process(entity, field) };
      case "credentials":
        return { kind, ...this.credentials(field, entity) };
      case "arguments": {
        const args = this.named(field, (namer) => entity.values.map((each) => namer.value(each)));
        return { kind, args, whole: entity.whole };
      }
      case "fields": {
        const fields = this.named(field, (namer) =>
          entity.fields.map(([name, value]) => [
            name,
            typeof value === "number" ? value : namer.value(value),
          ]),
        );
        return { kind, type: entity.type, fields };
      }
      case "string":
      case "line":
        break;
    }
    const text = this.named(field, (namer) => namer.value(entity.value));
    return entity.kind === "line" ? { kind, text, length: entity.length } : { kind, text };
  }

  #flow(field: string, flow: FlowEntity): Facts {
    const address = this.named(field, (namer) => namer.address(flow));
    return { family: familyName(flow.family), address, port: flow.port, scope: flow.scope };
  }
}

/** "2026-11-20T10:12:32.340000Z"; null for a stamp that is no date. */
function isoMicros(timeUs: number): string | null {
  const date = new Date(Math.floor(timeUs / 1000));
  if (Number.isNaN(date.getTime())) return null;
  return `${date.toISOString().slice(0, -1)}${String(timeUs % 1000).padStart(3, "0")}Z`;
}
