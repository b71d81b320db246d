/**
 * Things, acts and lives as JSON.
 *
 * @module
 */
import { eventTypeName } from "@ritma/evidence";
import type { Act } from "../../flow/investigate/acts.ts";
import type { Thing } from "../../flow/investigate/investigation.ts";
import type { Life } from "../../flow/investigate/lives.ts";
import { userText } from "../timeline/identity.ts";
import { Namer } from "../timeline/names.ts";
import { launchText, thingText } from "./wording.ts";

const DIGITS = 32;

export function thingFacts(thing: Thing): Record<string, unknown> {
  const namer = new Namer(DIGITS);
  const { entity } = thing;
  const own = { kind: entity.kind, name: thingText(namer, thing) };
  if (entity.kind !== "process") return own;
  const { pid, start, executable } = entity;
  return { ...own, pid, start, program: namer.pathOrNull(executable) };
}

export function actFacts(act: Act): Record<string, unknown> {
  const { etype, flags, ret, times, time, last, serial, seat } = act;
  const type = eventTypeName(etype) ?? `type ${etype}`;
  return { type, flags, ret, times, timeUs: time, lastUs: last, serial, ...seat };
}

/** Each with the place of its parent among them, null for one that has none there. */
export function livesFacts(lives: ReadonlyMap<string, Life>): unknown[] {
  const parents = new Map<string, number>();
  for (const [at, { children }] of [...lives.values()].entries()) {
    for (const child of children) parents.set(child, at);
  }
  const namer = new Namer(DIGITS);
  return [...lives].map(([name, life]) => lifeFacts(namer, life, parents.get(name) ?? null));
}

function lifeFacts(namer: Namer, life: Life, parent: number | null): unknown {
  const { thing, end, launch, credentials } = life;
  const user = credentials === null ? null : userText(credentials);
  const exec =
    launch === null ? null : { timeUs: launch.time, serial: launch.serial, ...launch.seat };
  return { ...thingFacts(thing), arguments: launchText(namer, launch), end, user, parent, exec };
}
