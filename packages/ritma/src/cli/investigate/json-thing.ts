/**
 * Things and acts as JSON.
 *
 * @module
 */
import { eventTypeName } from "@ritma/evidence";
import type { Act } from "../../flow/investigate/acts.ts";
import type { Thing } from "../../flow/investigate/investigation.ts";
import { Namer } from "../timeline/names.ts";
import { thingText } from "./wording.ts";

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
