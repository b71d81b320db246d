/**
 * The same questions answered by reading everything and keeping no index: what the answers of an
 * investigation are compared with.
 *
 * @module
 */
import { type Entity, flowsOf, INTO_PROCESS, isAside, OUT_OF_PROCESS } from "@ritma/evidence";
import { isIdle } from "../../src/flow/investigate/idle.ts";
import type { Span } from "../../src/flow/investigate/investigation.ts";
import { Nodes } from "../../src/flow/investigate/nodes.ts";
import type { StoreReader } from "../../src/stores/sealed/store-reader.ts";

interface Touch {
  readonly process: string;
  readonly object: string;
  readonly etype: number;
  readonly flags: number;
  readonly ret: number;
  readonly time: number;
}

interface Kin {
  readonly parent: string;
  readonly child: string;
  readonly begin: number;
}

export interface Everything {
  readonly touches: readonly Touch[];
  readonly kin: readonly Kin[];
  readonly entities: ReadonlyMap<string, readonly Entity[]>;
  readonly idle: ReadonlySet<string>;
}

export async function readEverything(reader: StoreReader): Promise<Everything> {
  const touches: Touch[] = [];
  const kin = new Map<string, Kin>();
  const entities = new Map<string, Entity[]>();
  const idle = new Set<string>();
  for (const hour of reader.hours) {
    const header = await reader.header(hour);
    const nodes = new Nodes(await reader.entities(header));
    nodes.grow();
    for (let node = 1; node <= nodes.size; node += 1) {
      const name = nodes.name(node);
      entities.set(name, [...(entities.get(name) ?? []), ...nodes.members(node)]);
      if (isIdle(nodes, node)) idle.add(name);
      const parent = nodes.parent(node);
      if (parent === 0) continue;
      kin.set(name, { parent: nodes.name(parent), child: name, begin: nodes.begin(node) });
    }
    for (const kind of ["inst", "late"] as const) {
      for await (const { sections } of reader.blocks(hour, header, kind)) {
        for (const { atoms } of sections) {
          for (let row = 0; row < atoms.length; row += 1) {
            const [etype = 0, flags = 0] = [atoms.etype[row], atoms.flags[row]];
            if (isAside(etype)) continue;
            const process = nodes.name(nodes.of(atoms.process[row] ?? 0));
            const ids = [atoms.object[row] ?? 0, atoms.object2[row] ?? 0];
            const objects = ids.filter((id) => nodes.of(id) !== 0);
            for (const object of new Set(objects.map((id) => nodes.name(nodes.of(id))))) {
              const [ret = 0, time = 0] = [atoms.ret[row], atoms.time[row]];
              touches.push({ process, object, etype, flags, ret, time });
            }
          }
        }
      }
    }
  }
  return { touches, kin: [...kin.values()], entities, idle };
}

/** Every touch of what passes the test, as text; sorted. */
export function touchesOf(
  { touches, entities }: Everything,
  test: (entity: Entity) => boolean,
  { since, until }: Span,
): string[] {
  const names = new Set([...entities].flatMap(([name, all]) => (all.some(test) ? [name] : [])));
  const counts = new Map<string, number>();
  for (const { process, object, etype, flags, ret, time } of touches) {
    if (!names.has(object) || time < since || time >= until) continue;
    const key = [process, object, etype, flags, ret].join("|");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `${key} ×${count}`).toSorted();
}

/** Names of all that is reached when nothing is left out, by going over all edges until no more. */
export function reached(
  { touches, kin, entities, idle }: Everything,
  start: readonly string[],
  { since, until }: Span,
  isBack: boolean,
  bind: number,
): Set<string> {
  const isProcess = (name: string): boolean =>
    entities.get(name)?.some(({ kind }) => kind === "process") === true;
  const isFlow = (name: string): boolean =>
    entities.get(name)?.some(({ kind }) => kind === "flow") === true;
  const best = new Map<string, number>(start.map((name) => [name, isBack ? until : since]));
  const reach = (name: string, bound: number): boolean => {
    const old = best.get(name);
    if (old !== undefined && (isBack ? old >= bound : old <= bound)) return false;
    best.set(name, bound);
    return true;
  };
  const [into, out] = isBack ? [INTO_PROCESS, OUT_OF_PROCESS] : [OUT_OF_PROCESS, INTO_PROCESS];
  for (let isNew = true; isNew;) {
    isNew = false;
    for (const [name, bound] of best.entries().toArray()) {
      const fits = (time: number): boolean =>
        time >= since && time < until && (isBack ? time < bound : time >= bound);
      const bounds = new Map<string, number>();
      const meet = (other: string, time: number): void => {
        const own = isBack ? time + 1 : time;
        const old = bounds.get(other);
        const wider = old === undefined || (isBack ? own > old : own < old);
        if (wider) bounds.set(other, own);
      };
      for (const { process, object, etype, flags, ret, time } of touches) {
        const isBind = etype === bind && ret === 0;
        if (object === name && isFlow(name) && !start.includes(name) && isBind) {
          // Who listens may have begun to before anybody spoke with it.
          if (time >= since && (isBack ? time < bound : time < until)) {
            meet(process, isBack ? time : Math.max(time, bound));
          }
        }
        if (!fits(time)) continue;
        const flows = flowsOf(etype, flags, ret);
        if (process === name && (flows & into) !== 0 && !idle.has(object)) meet(object, time);
        if (object !== name) continue;
        if (isProcess(name)) {
          if ((flows & out) !== 0) meet(process, time);
        } else if (start.includes(name)) meet(process, time);
        else if (!isFlow(name) && (flows & out) !== 0) meet(process, time);
      }
      for (const { parent, child, begin } of kin) {
        if (!fits(begin)) continue;
        if (isBack && child === name) meet(parent, begin);
        if (!isBack && parent === name) meet(child, begin);
      }
      for (const [other, own] of bounds) if (other !== name && reach(other, own)) isNew = true;
    }
  }
  return new Set(best.keys());
}
