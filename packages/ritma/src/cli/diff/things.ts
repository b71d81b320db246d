/**
 * Things that facts are about, as text: in pieces for a person, with names for a program.
 *
 * @module
 */
import type { Thing } from "../../flow/investigate/facts-thing.ts";
import { briefActions } from "../cones/atoms.ts";
import { idText } from "../timeline/identity.ts";
import type { Namer } from "../timeline/names.ts";
import { fixed, path, type Phrase, phrase, type Piece, textOf, words } from "../timeline/phrase.ts";
import { bpfCommand } from "../timeline/words.ts";

const HASH_DIGITS = 8;
const NOT_KNOWN = "(not known)";

/** One thing; of a pair the one that did it, and what it was done to. */
export function thingsPhrase(namer: Namer, things: readonly Thing[]): Phrase {
  const [first, second] = things.map((thing) => thingPhrase(namer, thing));
  if (second === undefined) return first ?? [];
  return things[1]?.kind === "number"
    ? phrase(first ?? null, second)
    : phrase(first ?? null, fixed("→"), second);
}

export function thingText(namer: Namer, thing: Thing | null): string {
  return thing === null ? NOT_KNOWN : textOf(thingPhrase(namer, thing));
}

/** A thing with all digits of its hashes, for a program. */
export function thingFacts(namer: Namer, thing: Thing): Readonly<Record<string, unknown>> {
  const name = thingText(namer, thing);
  if (thing.kind === "shape") return { kind: "cone", name, hash: thing.hash };
  if (thing.kind === "user") {
    const { uid, euid, auid } = thing;
    return { kind: "user", name, uid, euid, auid };
  }
  return { kind: thing.kind === "number" ? "command" : thing.kind, name };
}

function thingPhrase(namer: Namer, thing: Thing): Phrase {
  switch (thing.kind) {
    case "path":
      return [path(namer.path(thing.path))];
    case "name":
      return [words(namer.value(thing.value))];
    case "flow": {
      const text = namer.flow(thing.flow);
      return ["components" in thing.flow.address ? path(text) : fixed(text)];
    }
    case "user":
      return [words(userText(thing))];
    case "number":
      return [fixed(bpfCommand(thing.number))];
    case "shape":
      break;
  }
  return [...shapePieces(thing)];
}

function shapePieces({ cone, hash }: Extract<Thing, { kind: "shape" }>): Piece[] {
  return [fixed(`${hash.slice(0, HASH_DIGITS)}…`), words(briefActions(cone))];
}

/** `uid 33`, and the others where they are not the same. */
function userText({ uid, euid, auid }: Extract<Thing, { kind: "user" }>): string {
  const named = [
    ["uid", uid],
    ["euid", euid === uid ? null : euid],
    ["auid", auid],
  ] as const;
  const parts = named.flatMap(([name, id]) => (id === null ? [] : [`${name} ${idText(id)}`]));
  return parts.length === 0 ? NOT_KNOWN : parts.join(" ");
}
