/**
 * The beginning of every question about who did what: the store, the span, and what is meant by
 * the name that was given.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { TIME_US_MAX } from "../../base/limits.ts";
import { escapeText } from "../../base/text.ts";
import { Investigation, type Span, type Thing } from "../../flow/investigate/investigation.ts";
import { needleAsked, privacyForQuestions } from "../../services/investigator/needles.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { formatTime } from "../format.ts";
import { rangeAsked } from "../log/range.ts";
import { type Moment, momentOf } from "../show/asked.ts";
import { Namer } from "../timeline/names.ts";
import { keyAtHand, storePlace } from "../timeline/place.ts";

export interface Asking {
  readonly store: StoreReader;
  readonly investigation: Investigation;
  readonly span: Span;
  /** Things of that name, in the span. @throws RitmaError `query/unknown`, `query/ambiguous` */
  readonly meant: (name: string) => Promise<readonly Thing[]>;
}

/** Candidates that a message lists. */
const CANDIDATES_MAX = 12;

/** @param path of the store, as an operand; undefined for that of the settings */
export async function openAsking(context: Context, path: string | undefined): Promise<Asking> {
  const { disk, primitives } = await context.world();
  const place = await storePlace(context, path ?? null);
  const store = await StoreReader.open(disk, primitives, place.out);
  const key = store.file.privacy === "raw" ? null : await keyAtHand(context, place);
  const privacy = privacyForQuestions(store.file.privacy, primitives.keyedHash16, key);
  const asked = await rangeAsked(context, store);
  const span = {
    since: asked.since ?? Number.NEGATIVE_INFINITY,
    until: asked.until ?? (asked.since === null ? Number.POSITIVE_INFINITY : TIME_US_MAX),
  };
  const investigation = new Investigation(store);
  const meant = async (name: string): Promise<readonly Thing[]> => {
    const { kind, test, at } = needleAsked(privacy, name);
    const found = await investigation.find(span, test);
    const living = at === null ? found : livingAt(found, await momentOf(store, at));
    if (living.length === 0) {
      throw new RitmaError("query/unknown", `the store knows no ${kind} "${shown(name)}"`);
    }
    if (kind === "process" && living.length > 1) throw ambiguous(name, living);
    return living;
  };
  return { store, investigation, span, meant };
}

/** From `--limit`, where 0 means all. @throws RitmaError `usage/bad-argument` */
export function limitOf(context: Context, byDefault: number): number {
  const text = context.text("limit");
  if (text === null) return byDefault;
  if (/^\d{1,9}$/u.test(text)) return text === "0" ? Number.POSITIVE_INFINITY : Number(text);
  const message = `--limit is "${shown(text)}", and must be a whole number, or 0 for all`;
  throw new RitmaError("usage/bad-argument", message);
}

/** Of an option that is a count. @throws RitmaError `usage/bad-argument` */
export function numberOf(context: Context, option: string, byDefault: number): number {
  const text = context.text(option);
  if (text === null) return byDefault;
  if (/^[1-9]\d{0,5}$/u.test(text)) return Number(text);
  throw new RitmaError(
    "usage/bad-argument",
    `--${option} is "${shown(text)}", and must be 1 or more`,
  );
}

/** Those that began at that time, as exactly as it was written; else the newest before it. */
function livingAt(things: readonly Thing[], { since, until }: Moment): readonly Thing[] {
  const begun = things.filter((thing) => beginOf(thing) >= since && beginOf(thing) < until);
  if (begun.length > 0) return begun;
  const before = things.filter((thing) => beginOf(thing) < since);
  return before.toSorted((a, b) => beginOf(b) - beginOf(a)).slice(0, 1);
}

function ambiguous(name: string, things: readonly Thing[]): RitmaError {
  const namer = new Namer(8);
  const sorted = things.toSorted((a, b) => beginOf(a) - beginOf(b));
  const listed = sorted.slice(0, CANDIDATES_MAX).map((thing) => {
    const { entity } = thing;
    const own = entity.kind === "process" ? namer.process(entity) : "";
    return `${own}@${formatTime(beginOf(thing)).replace(" ", "T")}`;
  });
  const rest = things.length - listed.length;
  const more = rest > 0 ? `, … ${rest} more` : "";
  const message = `"${shown(name)}" may be ${things.length} processes: ${listed.join(", ")}${more}`;
  return new RitmaError("query/ambiguous", message);
}

/** When a process began; 0 for what is none. */
export function beginOf({ entity }: Thing): number {
  return entity.kind === "process" ? entity.start : 0;
}

function shown(text: string): string {
  return escapeText(text.slice(0, 100));
}
