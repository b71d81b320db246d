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
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { rangeAsked } from "../log/range.ts";
import { momentOf } from "../show/asked.ts";
import { keyAtHand, storePlace } from "../timeline/place.ts";
import { ambiguous, livingAt } from "./candidates.ts";
import { type OpenHours, openWithOpenHours, type Wanted } from "./open-hours.ts";
import { type Finder, unknownIn } from "./unknown.ts";

export interface Asking {
  /** With its open hours, where there are any. */
  readonly store: StoreReader;
  readonly open: OpenHours;
  readonly investigation: Investigation;
  readonly span: Span;
  /** Things of that name, in the span. @throws RitmaError `query/unknown`, `query/ambiguous` */
  readonly meant: (name: string) => Promise<readonly Thing[]>;
  /** Of what is not found in the span: `unknownIn`. */
  readonly unknown: (what: string, find: Finder) => Promise<RitmaError>;
}

/** @param path of the store, as an operand; undefined for that of the settings */
export async function openAsking(
  context: Context,
  path: string | undefined,
  wanted: Wanted = "open",
): Promise<Asking> {
  const { primitives } = await context.world();
  const place = await storePlace(context, path ?? null);
  const { store, open } = await openWithOpenHours(context, place, wanted);
  const key = store.file.privacy === "raw" ? null : await keyAtHand(context, place);
  const privacy = privacyForQuestions(store.file.privacy, primitives.keyedHash16, key);
  const asked = await rangeAsked(context, store);
  const span = {
    since: asked.since ?? Number.NEGATIVE_INFINITY,
    until: asked.until ?? (asked.since === null ? Number.POSITIVE_INFINITY : TIME_US_MAX),
  };
  const investigation = new Investigation(store);
  const unknown = (what: string, find: Finder): Promise<RitmaError> =>
    unknownIn(context.calendar, investigation, span, what, find);
  const meant = async (name: string): Promise<readonly Thing[]> => {
    const { kind, test, at } = needleAsked(privacy, name);
    const found = await investigation.find(span, test);
    const living =
      at === null ? found : livingAt(found, await momentOf(store, at, context.calendar));
    const what = `${kind} "${escapeText(name.slice(0, 100))}"`;
    if (found.length === 0) throw await unknown(what, (all) => investigation.find(all, test));
    if (living.length === 0) {
      throw new RitmaError("query/unknown", `the store knows no ${what}`);
    }
    if (kind === "process" && living.length > 1) throw ambiguous(context.calendar, name, living);
    return living;
  };
  return { store, open, investigation, span, meant, unknown };
}
