/**
 * Counts who did most: programs and users by executions, destinations by connections.
 *
 * Format: spec/21-catalog.md, "Actors".
 *
 * @module
 */
import {
  type Actors,
  ACTORS_MAX,
  compareActors,
  CREDENTIAL_IDS,
  encodeEntity,
  eventTypeNumber,
  type FlowEntity,
  type Path,
  programEntity,
  type Section,
  toHex,
} from "@ritma/evidence";
import { ACTORS_COUNTED_MAX } from "../../base/limits.ts";
import type { Entities } from "../../stores/sealed/entities.ts";

const EXEC = eventTypeNumber("exec");
const CONNECT = eventTypeNumber("connect");
const UID = CREDENTIAL_IDS.indexOf("uid");
/** Address families of the internet: AF_INET, AF_INET6. */
const FAMILIES: ReadonlySet<number> = new Set([2, 10]);

type Actor = Parameters<typeof compareActors>[0];

interface Counted<What> {
  readonly bytes: Uint8Array;
  readonly what: What;
  count: number;
}

/**
 * Of one day. A port scan makes a million destinations an hour, so those that come last are
 * forgotten whenever there is no room: what is counted before what is part of the format.
 */
export class ActorTally {
  readonly #room: number;
  readonly #programs = new Map<string, Counted<Path>>();
  readonly #users = new Map<number, number>();
  readonly #destinations = new Map<string, Counted<FlowEntity>>();
  /** Of the hour that is read, by dictionary id. */
  readonly #run = new Map<number, number>();
  readonly #runners = new Map<number, number>();
  readonly #connected = new Map<number, number>();

  /** @param room actors of a kind that are left when there were twice as many */
  constructor(room: number = ACTORS_COUNTED_MAX) {
    this.#room = room;
  }

  /** Sections of one hour, whose entities `endHour` is given. */
  add({ atoms }: Section): void {
    for (let row = 0; row < atoms.length; row += 1) {
      const etype = atoms.etype[row];
      if ((etype !== EXEC && etype !== CONNECT) || atoms.ret[row] !== 0) continue;
      const object = atoms.object[row] ?? 0;
      const process = atoms.process[row] ?? 0;
      if (etype === CONNECT) count(this.#connected, object, 1);
      else {
        count(this.#runners, process, 1);
        count(this.#run, object === 0 ? process : object, 1);
      }
    }
  }

  /** @throws FormatError when an id stands for something of another kind */
  endHour(entities: Entities): void {
    for (const [id, uses] of byId(this.#run)) {
      const path = programOf(entities, id);
      if (path === null) continue;
      addTo(this.#programs, programEntity(path), path, uses);
      this.#makeRoom(this.#programs, actorOf);
    }
    for (const [id, uses] of byId(this.#runners)) {
      const uid = entities.process(id).credentials?.ids[UID] ?? null;
      if (uid === null) continue;
      count(this.#users, uid, uses);
      this.#makeRoom(this.#users, (uses, uid) => [uses, uid]);
    }
    for (const [id, uses] of byId(this.#connected)) {
      const flow = id === 0 ? null : entities.entity(id);
      if (flow?.kind !== "flow" || !FAMILIES.has(flow.family)) continue;
      addTo(this.#destinations, encodeEntity(flow), flow, uses);
      this.#makeRoom(this.#destinations, actorOf);
    }
    for (const ids of [this.#run, this.#runners, this.#connected]) ids.clear();
  }

  actors(): Actors {
    const users = [...this.#users].map(([uid, uses]) => [uses, uid] as const);
    return {
      programs: most(this.#programs).map(({ count, what: path }) => ({ count, path })),
      users: users
        .toSorted(compareActors)
        .slice(0, ACTORS_MAX)
        .map(([uses, uid]) => ({ count: uses, uid })),
      destinations: most(this.#destinations).map(({ count, what: flow }) => ({ count, flow })),
    };
  }

  #makeRoom<Key, Uses>(counted: Map<Key, Uses>, actorOf: (uses: Uses, key: Key) => Actor): void {
    if (counted.size < 2 * this.#room) return;
    const ranked = Array.from(counted, ([key, uses]) => ({ key, actor: actorOf(uses, key) }));
    const last = ranked.toSorted((a, b) => compareActors(a.actor, b.actor)).slice(this.#room);
    for (const { key } of last) counted.delete(key);
  }
}

/** The order that the format counts in. */
function byId(uses: ReadonlyMap<number, number>): (readonly [number, number])[] {
  return [...uses].toSorted(([a], [b]) => a - b);
}

function actorOf({ count, bytes }: Counted<unknown>): Actor {
  return [count, bytes];
}

function count(uses: Map<number, number>, id: number, more: number): void {
  uses.set(id, (uses.get(id) ?? 0) + more);
}

function addTo<What>(
  counted: Map<string, Counted<What>>,
  bytes: Uint8Array,
  what: What,
  uses: number,
): void {
  counted.getOrInsertComputed(toHex(bytes), () => ({ bytes, what, count: 0 })).count += uses;
}

function most<What>(counted: ReadonlyMap<string, Counted<What>>): Counted<What>[] {
  return [...counted.values()]
    .toSorted((a, b) => compareActors([a.count, a.bytes], [b.count, b.bytes]))
    .slice(0, ACTORS_MAX);
}

/** @param id of what was run, or of the process where the event names no file */
function programOf(entities: Entities, id: number): Path | null {
  const entity = id === 0 ? null : entities.entity(id);
  if (entity?.kind === "file") return entity.path;
  return entity?.kind === "process" ? entity.executable : null;
}
