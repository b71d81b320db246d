/**
 * Which types of events a question is about.
 *
 * @module
 */
import { eventTypeNumber, findEventType } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import type { EventQuery, Wanted } from "../../stores/sealed/event-query.ts";
import { inStory, isStoryObject, typeNames } from "./story.ts";

const RECORD_TYPE = /^[A-Z][A-Z0-9_]{2,63}$/u;
const RECORD = eventTypeNumber("record");

/** `exec,open` and record types like `USER_LOGIN`. @throws RitmaError `usage/bad-argument` */
export function typesAsked(text: string): Pick<EventQuery, "wanted" | "wantedObject"> {
  const etypes = new Set<number>();
  const records = new Set<string>();
  for (const name of text.split(",").map((part) => part.trim())) {
    const etype = findEventType(name);
    if (etype !== null) etypes.add(etype);
    else if (RECORD_TYPE.test(name)) records.add(name);
    else {
      const shown = escapeText(name.slice(0, 100));
      const known = `${typeNames()}, or the type of an audit record like USER_LOGIN`;
      throw new RitmaError("usage/bad-argument", `"${shown}" is no event type; known: ${known}`);
    }
  }
  return {
    wanted: (etype): Wanted => {
      if (etypes.has(etype)) return "yes";
      return etype === RECORD && records.size > 0 ? "ask-object" : "no";
    },
    wantedObject: (object) => object.kind === "fields" && records.has(object.type),
  };
}

export const EVERYTHING: Pick<EventQuery, "wanted" | "wantedObject"> = {
  wanted: () => "yes",
  wantedObject: () => true,
};

export const STORY: Pick<EventQuery, "wanted" | "wantedObject"> = {
  wanted: inStory,
  wantedObject: isStoryObject,
};
