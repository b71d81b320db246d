/**
 * What `--around` asks about: a moment, and how far it reaches to both sides.
 *
 * A moment is as exact as it was written, so 10:12 is that whole minute; of an event it is its
 * stamp. What was at it is marked. Where not all can be shown, it is what lies nearest to it that
 * is: a list that ends before the moment would be no answer.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { TIME_US_MAX, TIME_US_MIN } from "../../base/limits.ts";
import { escapeText } from "../../base/text.ts";
import type { EventSearch } from "../../stores/sealed/events.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import type { AskedRange } from "../log/range.ts";
import { lengthText, spanStamp } from "../log/spans.ts";
import { type Moment, momentOf, whatIsAsked } from "../show/asked.ts";
import { eventNamed } from "../show/event.ts";
import type { Calendar } from "./calendar.ts";
import { parseLength } from "./times.ts";

export interface Around {
  readonly moment: Moment;
  /** Of an event; null for a time. */
  readonly serial: number | null;
  /** Microseconds, to either side. */
  readonly withinUs: number;
  readonly range: AskedRange;
}

/** Which of the events that fit are shown, by their place in the order of time. */
export interface Cut {
  readonly skip: number;
  readonly take: number;
}

interface Stamped {
  readonly time: number;
  readonly serial: number;
}

const WITHIN_DEFAULT = "2m";
const EXACT_US = 1_000;

/** What flags say that go together, or do not. @throws RitmaError `usage/bad-flag` */
export function checkAround(context: Context): void {
  const isAsked = context.text("around") !== null;
  if (context.text("within") !== null && !isAsked) {
    throw new RitmaError(
      "usage/bad-flag",
      "--within is how far --around reaches, which is not there",
    );
  }
  if (!isAsked) return;
  const other = ["since", "until"].find((name) => context.text(name) !== null);
  if (other === undefined) return;
  const message = `--around and --${other} do not go together: --within says how far it reaches`;
  throw new RitmaError("usage/bad-flag", message);
}

/** @throws RitmaError `usage/bad-argument`, `time/bad`, `query/unknown`, `query/ambiguous` */
export async function aroundAsked(context: Context, store: StoreReader): Promise<Around | null> {
  const text = context.text("around");
  if (text === null) return null;
  const withinUs = withinOf(context.text("within") ?? WITHIN_DEFAULT);
  const { moment, serial } = await momentAsked(context.calendar, store, text);
  const since = Math.max(TIME_US_MIN, moment.since - withinUs);
  const until = Math.min(TIME_US_MAX, moment.until + withinUs);
  return { moment, serial, withinUs, range: { since, until } };
}

/** True for what is asked about itself. */
export function isAtMoment({ moment, serial }: Around, event: Stamped): boolean {
  if (serial !== null && event.serial !== serial) return false;
  return event.time >= moment.since && event.time < moment.until;
}

/** The `limit` events nearest to the moment. @param search of all that fit */
export async function cutAround(
  search: EventSearch,
  { moment }: Around,
  limit: number,
): Promise<Cut> {
  if (limit === Number.POSITIVE_INFINITY) return { skip: 0, take: limit };
  let [before, others] = [0, 0];
  for await (const { time } of search.run()) {
    if (time < moment.since) before += 1;
    else others += 1;
  }
  const half = limit >> 1;
  const after = Math.min(others, Math.max(limit - half, limit - before));
  const shown = Math.min(before, limit - after);
  return { skip: before - shown, take: shown + after };
}

export function aroundFacts({ moment, serial, withinUs }: Around): unknown {
  return { sinceUs: moment.since, untilUs: moment.until, serial, withinUs };
}

/** What the sign means, below the rows. @param isShown whether any row has it */
export function aroundText(
  calendar: Calendar,
  { moment, serial, withinUs }: Around,
  isShown: boolean,
): string {
  const { since, until } = moment;
  const when =
    until - since <= EXACT_US ? calendar.stamp(since) : spanStamp(calendar, since, until);
  const what = serial === null ? when : `event ${serial} at ${when}`;
  const length = withinUs === 0 ? "" : `, with ${lengthText(withinUs)} before and after`;
  if (isShown) return `▸ is ${what}${length}`;
  return serial === null
    ? `nothing of this is at the moment itself: ${when}${length}`
    : `the event itself is not among these, and --all or another filter may show it: ${what}`;
}

async function momentAsked(
  calendar: Calendar,
  store: StoreReader,
  text: string,
): Promise<Pick<Around, "moment" | "serial">> {
  const asked = await whatIsAsked(store, text, calendar);
  if (asked.kind !== "event") {
    return { moment: await momentOf(store, text, calendar), serial: null };
  }
  const { serial, at } = asked;
  const { first } = await eventNamed(calendar, store, serial, at);
  return { moment: { since: first.time, until: first.time + 1 }, serial };
}

function withinOf(text: string): number {
  const length = parseLength(text);
  if (length !== null) return length;
  const shown = escapeText(text.slice(0, 100));
  const message = `--within is "${shown}", and must be a length of time like 90s, 2m or 1h30m`;
  throw new RitmaError("usage/bad-argument", message);
}
