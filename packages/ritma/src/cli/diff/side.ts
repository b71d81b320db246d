/**
 * One side of a comparison, as a person names it.
 *
 *     12.031   9c10be   09:32      a window: by name, by its root, by a time in it
 *     12                           an hour, by its sequence
 *     09:30..09:40                 a range; open at an end where that time is left out
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import { findWindow, type WindowSpan } from "../../flow/investigate/windows.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import { timeOrNull } from "../log/range.ts";
import type { Calendar } from "../timeline/calendar.ts";

export interface Side {
  readonly asked: string;
  readonly span: WindowSpan;
  /** Name of the window that was meant; null for an hour or a range. */
  readonly window: string | null;
}

const HOUR = /^\d{1,5}$/u;
const RANGE = /^(?<since>.*?)\.\.(?<until>.*)$/su;

/** @throws RitmaError `time/bad`, `query/unknown`, `query/ambiguous`, `usage/bad-argument` */
export async function sideAsked(
  calendar: Calendar,
  store: StoreReader,
  asked: string,
): Promise<Side> {
  if (HOUR.test(asked)) return { asked, span: hourSpan(store, Number(asked)), window: null };
  const range = RANGE.exec(asked)?.groups;
  if (range !== undefined) {
    const span = await rangeSpan(calendar, store, range["since"] ?? "", range["until"] ?? "");
    return { asked, span, window: null };
  }
  const time = await timeOrNull(store, asked, calendar);
  const { name, number, t1, t2 } = await findWindow(store, asked, () => time);
  if (number !== null) return { asked, span: { since: t1, until: t2 }, window: name };
  const message = `window ${name} holds late events of any time: there is no span to compare`;
  throw new RitmaError("usage/bad-argument", message);
}

function hourSpan({ hours }: StoreReader, sequence: number): WindowSpan {
  const hour = hours[sequence];
  if (hour !== undefined) return { since: hour.t1, until: hour.t2 };
  const held = hours.length === 0 ? "it is empty" : `its hours are 0 to ${hours.length - 1}`;
  throw new RitmaError("query/unknown", `the store has no hour ${sequence}: ${held}`);
}

async function rangeSpan(
  calendar: Calendar,
  store: StoreReader,
  from: string,
  to: string,
): Promise<WindowSpan> {
  const [first, last] = [store.hours[0], store.hours.at(-1)];
  if (first === undefined || last === undefined) {
    throw new RitmaError("query/unknown", "the store is empty: there is nothing to compare");
  }
  const since = from === "" ? first.t1 : await timeOf(calendar, store, from);
  const until = to === "" ? last.t2 : await timeOf(calendar, store, to);
  if (since < until) return { since, until };
  const [begin, end] = [calendar.told(since), calendar.told(until)];
  const message = `the range begins at ${begin} and ends at ${end}`;
  throw new RitmaError("time/bad", message);
}

async function timeOf(calendar: Calendar, store: StoreReader, text: string): Promise<number> {
  const time = await timeOrNull(store, text, calendar);
  if (time !== null) return time;
  const shown = escapeText(text.slice(0, 100));
  throw new RitmaError("time/bad", `"${shown}" is not a time between 2000 and 2100`);
}
