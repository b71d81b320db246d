/**
 * Who did most in a range: programs, users, destinations, and what was refused.
 *
 * @module
 */
import type { Fact, FactKind } from "../../flow/investigate/facts-counter.ts";
import type { SpanFacts } from "../../flow/investigate/facts.ts";
import { KIND_WORDS } from "../diff/kinds.ts";
import { thingFacts, thingText } from "../diff/things.ts";
import { formatCount } from "../format.ts";
import { Namer } from "../timeline/names.ts";
import { UTC } from "../timeline/zone.ts";
import { type Block, type Form, type Section, words } from "./page.ts";

const KINDS = ["program", "user", "destination", "refused"] as const satisfies readonly FactKind[];
const SHOWN_MAX = 12;
const HASH_DIGITS = 32;

export function actorsSection({ namer, calendar }: Form, facts: SpanFacts): Section {
  const blocks = KINDS.flatMap((kind): Block[] => {
    const all = mostOf(facts, kind);
    if (all.length === 0) return [];
    const rows = all.slice(0, SHOWN_MAX).map(({ count, things, first }) => ({
      cells: [
        `${formatCount(count)}×`,
        things.map((thing) => thingText(namer, thing)).join(" → "),
        calendar.time(first.time),
      ],
      isBad: kind === "refused",
    }));
    const left = all.length - rows.length;
    const unsure = facts.uncounted.get(kind) ?? 0;
    const notes = [
      left > 0 ? `${formatCount(left)} more, less often` : "",
      unsure > 0 ? `${formatCount(unsure)} times there was no room to count` : "",
    ].filter((text) => text !== "");
    return [
      {
        kind: "table",
        caption: captionOf(kind),
        columns: [
          { name: "Times", kind: "number" },
          { name: "What", kind: "name" },
          { name: calendar.zone === UTC ? "First (UTC)" : "First", kind: "time" },
        ],
        groups: [{ heading: "", rows }],
      },
      ...(notes.length === 0 ? [] : [words(`… ${notes.join(" · ")}`, "dim")]),
    ];
  });
  const none = words("Nobody ran, connected or was refused anything.", "dim");
  return { id: "actors", title: "Who did most", blocks: blocks.length === 0 ? [none] : blocks };
}

/** As `--json` prints them: all of them. */
export function actorFacts(facts: SpanFacts): Readonly<Record<string, unknown>> {
  const namer = new Namer(HASH_DIGITS);
  const listed = KINDS.map((kind) => {
    const all = mostOf(facts, kind).map((fact) => actorFact(namer, fact));
    return [kind, all] as const;
  });
  return Object.fromEntries(listed);
}

function actorFact(namer: Namer, { count, things: [thing], first }: Fact): unknown {
  return { ...(thing === undefined ? {} : thingFacts(namer, thing)), count, first };
}

/** By kind, occurrences that could not be counted for want of room. */
export function uncountedFacts({ uncounted }: SpanFacts): Readonly<Record<string, number>> {
  return Object.fromEntries(KINDS.map((kind) => [kind, uncounted.get(kind) ?? 0]));
}

/** Most often first; of those that are equal the one that came first. */
function mostOf({ facts }: SpanFacts, kind: FactKind): Fact[] {
  return [...(facts.get(kind)?.values() ?? [])].toSorted(
    (a, b) =>
      b.count - a.count ||
      a.first.time - b.first.time ||
      a.first.serial - b.first.serial ||
      (a.key < b.key ? -1 : 1),
  );
}

function captionOf(kind: FactKind): string {
  const text = KIND_WORDS[kind];
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
