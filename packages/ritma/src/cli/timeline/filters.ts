/**
 * Which events the flags of `ritma timeline` ask for, but for the span of time.
 *
 * @module
 */
import type { Privacy } from "../../flow/capture/privacy.ts";
import { addressAsked, pathAsked, processAsked } from "../../services/investigator/needles.ts";
import type { EventQuery } from "../../stores/sealed/event-query.ts";
import type { Context } from "../command.ts";
import { EVERYTHING, STORY, typesAsked } from "./question.ts";

type Filters = Pick<EventQuery, "wanted" | "wantedObject" | "process" | "objects">;

/** In whose terms names are asked for is known once a store is opened. */
export type FiltersFor = (privacy: Privacy) => Filters;

/** To be called before the store is opened. @throws RitmaError `usage/bad-argument` */
export function filtersOf(context: Context): FiltersFor {
  const types = typesOf(context);
  const [path, addr, proc] = [context.text("path"), context.text("addr"), context.text("proc")];
  return (privacy) => ({
    ...types,
    process: proc === null ? null : processAsked(proc),
    objects: [
      ...(path === null ? [] : [pathAsked(privacy, path)]),
      ...(addr === null ? [] : [addressAsked(privacy, addr)]),
    ],
  });
}

function typesOf(context: Context): Pick<EventQuery, "wanted" | "wantedObject"> {
  const types = context.text("type");
  if (types !== null) return typesAsked(types);
  // Who asks about one file or one address asks who touched it, in whatever way.
  const isNarrow = context.text("path") !== null || context.text("addr") !== null;
  return context.has("all") || isNarrow ? EVERYTHING : STORY;
}

/** True when what is told together may be one line. */
export function gathersOf(context: Context): boolean {
  return context.text("type") === null && !context.has("all");
}
