/**
 * `ritma timeline`, run.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import type { EventQuery } from "../../stores/sealed/event-query.ts";
import type { EventView } from "../../stores/sealed/event-view.ts";
import { EventSearch } from "../../stores/sealed/events.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { limitOf } from "../counts.ts";
import { reportFailure } from "../failure.ts";
import { wrap } from "../format.ts";
import { openLines, type StoreWithOpen, withOpenMarks } from "../investigate/open-hours.ts";
import { toJson } from "../json.ts";
import { rangeAsked } from "../log/range.ts";
import {
  type Around,
  aroundAsked,
  aroundFacts,
  aroundText,
  checkAround,
  type Cut,
  cutAround,
  isAtMoment,
} from "../timeline/around.ts";
import { closingLines } from "../timeline/closing.ts";
import { filtersOf, gathersOf } from "../timeline/filters.ts";
import { follow } from "../timeline/follow.ts";
import { eventFacts } from "../timeline/json-event.ts";
import { Namer } from "../timeline/names.ts";
import { Pager } from "../timeline/page.ts";
import { openAsked } from "../timeline/place.ts";

const LIMIT_DEFAULT = 200;

/** What is shown of what is found. */
interface Choice extends Cut {
  readonly limit: number;
  readonly around: Around | null;
}

export async function run(context: Context): Promise<number> {
  checkAround(context);
  if (context.has("follow")) return await follow(context);
  const limit = limitOf(context, LIMIT_DEFAULT);
  const filters = filtersOf(context);
  const { store, open, privacy } = await openAsked(context, undefined, "open");
  const around = await aroundAsked(context, store);
  const range = around?.range ?? (await rangeAsked(context, store));
  const query: EventQuery = { ...range, ...filters(privacy) };
  const cut =
    around === null
      ? { skip: 0, take: Number.POSITIVE_INFINITY }
      : await cutAround(new EventSearch(store, query), around, limit);
  const search = new EventSearch(store, query);
  const choice = { ...cut, limit, around };
  if (context.json) return await printJson(context, { store, open }, search, choice);
  await printLines(context, store, query, search, choice);
  for (const line of openLines(context, open)) context.io.out(line);
  return 0;
}

/** One document, event by event: a store may hold more than fits into memory. */
async function printJson(
  context: Context,
  { store, open }: StoreWithOpen,
  search: EventSearch,
  choice: Choice,
): Promise<number> {
  const { io } = context;
  const { around } = choice;
  let at = 0;
  let shown = 0;
  let more = 0;
  let isRead = io.out('{"events":[');
  let waiting: string | null = null;
  const about = around === null ? null : aroundFacts(around);
  const ends = `"around":${toJson(about)},"open":${toJson(open)}`;
  const put = (end: string): void => {
    if (waiting !== null && isRead) isRead = io.out(waiting + end);
  };
  try {
    for await (const event of search.run()) {
      if (!isRead) break;
      if (!isChosen(choice, at++, shown)) {
        more += 1;
        continue;
      }
      put(",");
      const moment = around === null ? {} : { moment: isAtMoment(around, event) };
      waiting = toJson(withOpenMarks(store, { ...eventFacts(event.view()), ...moment }));
      shown += 1;
    }
  } catch (error) {
    if (!(error instanceof RitmaError)) throw error;
    put("");
    const { code, message } = error;
    io.out(`],"more":null,"hidden":null,${ends},"error":${toJson({ code, message })}}`);
    return reportFailure(io, error, { command: "timeline", json: false, remark: "" });
  }
  put("");
  io.out(`],"more":${more},"hidden":${search.hidden},${ends}}`);
  return 0;
}

async function printLines(
  context: Context,
  store: StoreReader,
  query: EventQuery,
  search: EventSearch,
  choice: Choice,
): Promise<void> {
  const { io, paint, calendar } = context;
  const { around } = choice;
  const namer = new Namer(8);
  const columns = context.has("wide") ? null : io.columns;
  const marks = around === null ? {} : { marks: (event: EventView) => isAtMoment(around, event) };
  const gathers = gathersOf(context);
  const pager = new Pager({ paint, columns, namer, calendar, gathers, out: io.out, ...marks });
  let at = 0;
  let more = 0;
  let isRead = true;
  for await (const event of search.run()) {
    if (isChosen(choice, at++, pager.rows)) isRead = pager.add(event.view());
    else more += 1;
    if (!isRead) return;
  }
  if (!pager.flush()) return;
  const { hidden } = search;
  const facts = { more, hidden, namer, pager };
  const lines = await closingLines(context, store, query, facts);
  for (const line of lines) io.out(line);
  if (around === null || pager.rows === 0) return;
  const text = aroundText(calendar, around, pager.hasMarked);
  for (const line of wrap(text, io.columns, "")) io.out(paint.dim(line));
}

/** @param at place among what fits. @param shown so many are by now */
function isChosen({ skip, take, limit }: Choice, at: number, shown: number): boolean {
  return at >= skip && at < skip + take && shown < limit;
}
