/**
 * `ritma timeline`, run.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import type { EventQuery } from "../../stores/sealed/event-query.ts";
import {
  addressAsked,
  pathAsked,
  privacyForQuestions,
  processAsked,
} from "../../services/investigator/needles.ts";
import { EventSearch } from "../../stores/sealed/events.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { reportFailure } from "../failure.ts";
import { toJson } from "../json.ts";
import { rangeAsked } from "../log/range.ts";
import { closingLines } from "../timeline/closing.ts";
import { eventFacts } from "../timeline/json-event.ts";
import { Namer } from "../timeline/names.ts";
import { Pager } from "../timeline/page.ts";
import { keyAtHand, storePlace } from "../timeline/place.ts";
import { EVERYTHING, STORY, typesAsked } from "../timeline/question.ts";

const LIMIT_DEFAULT = 200;

export async function run(context: Context): Promise<number> {
  const limit = limitOf(context.text("limit"));
  const { disk, primitives } = await context.world();
  const place = await storePlace(context);
  const types = typesOf(context);
  const store = await StoreReader.open(disk, primitives, place.out);
  const key = store.file.privacy === "raw" ? null : await keyAtHand(context, place);
  const privacy = privacyForQuestions(store.file.privacy, primitives.keyedHash16, key);
  const [path, addr, proc] = ["path", "addr", "proc"].map((name) => context.text(name));
  const objects = [
    ...(path === null || path === undefined ? [] : [pathAsked(privacy, path)]),
    ...(addr === null || addr === undefined ? [] : [addressAsked(privacy, addr)]),
  ];
  const process = proc === null || proc === undefined ? null : processAsked(proc);
  const query: EventQuery = { ...(await rangeAsked(context, store)), ...types, process, objects };
  const search = new EventSearch(store, query);
  if (context.json) return await printJson(context, search, limit);
  await printLines(context, store, query, search, limit);
  return 0;
}

function limitOf(text: string | null): number {
  if (text === null) return LIMIT_DEFAULT;
  if (!/^\d{1,9}$/u.test(text)) {
    const shown = escapeText(text.slice(0, 100));
    const message = `--limit is "${shown}", and must be a whole number, or 0 for all events`;
    throw new RitmaError("usage/bad-argument", message);
  }
  return text === "0" ? Number.POSITIVE_INFINITY : Number(text);
}

function typesOf(context: Context): Pick<EventQuery, "wanted" | "wantedObject"> {
  const types = context.text("type");
  if (types !== null) return typesAsked(types);
  // Who asks about one file or one address asks who touched it, in whatever way.
  const isNarrow = context.text("path") !== null || context.text("addr") !== null;
  return context.has("all") || isNarrow ? EVERYTHING : STORY;
}

/** One document, event by event: a store may hold more than fits into memory. */
async function printJson(context: Context, search: EventSearch, limit: number): Promise<number> {
  const { io } = context;
  let shown = 0;
  let more = 0;
  let isRead = io.out('{"events":[');
  let waiting: string | null = null;
  const put = (end: string): void => {
    if (waiting !== null && isRead) isRead = io.out(waiting + end);
  };
  try {
    for await (const event of search.run()) {
      if (!isRead) break;
      if (shown >= limit) {
        more += 1;
        continue;
      }
      put(",");
      waiting = toJson(eventFacts(event.view()));
      shown += 1;
    }
  } catch (error) {
    if (!(error instanceof RitmaError)) throw error;
    put("");
    const { code, message } = error;
    io.out(`],"more":null,"hidden":null,"error":${toJson({ code, message })}}`);
    return reportFailure(io, error, { command: "timeline", json: false, remark: "" });
  }
  put("");
  io.out(`],"more":${more},"hidden":${search.hidden}}`);
  return 0;
}

async function printLines(
  context: Context,
  store: StoreReader,
  query: EventQuery,
  search: EventSearch,
  limit: number,
): Promise<void> {
  const { io, paint } = context;
  const namer = new Namer(8);
  const columns = context.has("wide") ? null : io.columns;
  const gathers = context.text("type") === null && !context.has("all");
  const pager = new Pager({ paint, columns, namer, gathers, out: io.out });
  let more = 0;
  let isRead = true;
  for await (const event of search.run()) {
    if (pager.rows < limit) isRead = pager.add(event.view());
    else more += 1;
    if (!isRead) return;
  }
  if (!pager.flush()) return;
  const { hidden } = search;
  const facts = { more, hidden, namer, pager };
  for (const line of await closingLines(context, store, query, facts)) io.out(line);
}
