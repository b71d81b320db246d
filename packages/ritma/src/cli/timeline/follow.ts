/**
 * `ritma timeline --follow`: what is recorded, as it is recorded.
 *
 * A look is a whole reading of what is open, as any other question makes one. So before it the
 * sizes of files are compared, and after it there is a rest that is some times as long: whoever
 * watches a host must not be what it is busy with.
 *
 * Not here: what is new at a look (`looks.ts`, `newcomers.ts`).
 *
 * @module
 */
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RitmaError } from "../../base/error.ts";
import { boundGarbage } from "../../base/heap.ts";
import { FOLLOW_POLL_MS, FOLLOW_REST_MS_MAX, FOLLOW_RESTS } from "../../base/limits.ts";
import { escapeText } from "../../base/text.ts";
import { changeMarks } from "../../services/recorder/changes.ts";
import type { Context } from "../command.ts";
import { limitOf } from "../counts.ts";
import { wrap } from "../format.ts";
import { toJson } from "../json.ts";
import { filtersOf, gathersOf } from "./filters.ts";
import { eventFacts } from "./json-event.ts";
import { Looks } from "./looks.ts";
import { Namer } from "./names.ts";
import type { Newcomer } from "./newcomers.ts";
import { Pager } from "./page.ts";
import { type StorePlace, storePlace } from "./place.ts";

const LIMIT_DEFAULT = 20;

/** Where newcomers go. Both are false when nobody reads any more. */
interface Printer {
  readonly add: (newcomer: Newcomer) => boolean;
  readonly flush: () => boolean;
}

/** Goes on until it is stopped, or nobody reads. @throws RitmaError as `Looks.next` */
export async function follow(context: Context): Promise<number> {
  checkFollow(context);
  const isFrom = context.text("since") !== null;
  const limit = limitOf(context, isFrom ? Number.POSITIVE_INFINITY : LIMIT_DEFAULT);
  const looks = new Looks(context, filtersOf(context), limit);
  const { disk } = await context.world();
  const place = await storePlace(context);
  const dataRoot = watchedRoot(context, place);
  const printer = printerOf(context);
  boundGarbage();
  const stop = context.io.untilStopped();
  sayBegun(context, place, dataRoot);
  let isRead = true;
  for (let marks: string | null = null; isRead && !stop.aborted;) {
    const begunMs = performance.now();
    const now = await changeMarks(disk, place.out, dataRoot);
    isRead = await printed(printer, now === marks ? looks.waiting() : looks.next(), stop);
    marks = looks.wasBusy ? null : now;
    if (isRead) await rested(stop, performance.now() - begunMs);
  }
  if (isRead) await printed(printer, looks.waiting(), null);
  return 0;
}

/** @throws RitmaError `usage/bad-flag` */
function checkFollow(context: Context): void {
  const other = ["until", "around"].find((name) => context.text(name) !== null);
  if (other === undefined) return;
  throw new RitmaError("usage/bad-flag", `--follow and --${other} do not go together`);
}

/** Null where only what is sealed can be followed. */
function watchedRoot(context: Context, { keys }: StorePlace): string | null {
  return keys === null || context.has("sealed") ? null : dirname(keys);
}

function sayBegun({ io, json }: Context, { out }: StorePlace, dataRoot: string | null): void {
  if (json) return;
  const what = dataRoot === null ? ", of which only what is sealed is shown" : "";
  const text = `Following ${escapeText(out)}${what}. Ctrl-C ends.`;
  for (const line of wrap(text, io.columns, "")) io.err(line);
}

function printerOf(context: Context): Printer {
  const { io, paint, calendar } = context;
  if (context.json) {
    return { add: (newcomer) => io.out(toJson(factsOf(newcomer))), flush: () => true };
  }
  const columns = context.has("wide") ? null : io.columns;
  const gathers = gathersOf(context);
  const options = { paint, columns, namer: new Namer(8), calendar, gathers, out: io.out };
  const pager = new Pager({ ...options, goesOn: true });
  return {
    add: ({ view, isBehind }) => pager.add({ ...view, late: view.late || isBehind }),
    flush: () => pager.flush(),
  };
}

/** As in the list of `ritma timeline --json`. */
function factsOf({ view, isOpen, isBehind }: Newcomer): unknown {
  return { ...eventFacts(view), ...(isOpen ? { open: true } : {}), behind: isBehind };
}

/** @returns false when nobody reads any more, or it was stopped before the end */
async function printed(
  { add, flush }: Printer,
  newcomers: Iterable<Newcomer> | AsyncIterable<Newcomer>,
  stop: AbortSignal | null,
): Promise<boolean> {
  let isWhole = true;
  for await (const newcomer of newcomers) {
    isWhole = stop?.aborted !== true && add(newcomer);
    if (!isWhole) break;
  }
  return flush() && isWhole;
}

async function rested(stop: AbortSignal, tookMs: number): Promise<void> {
  const restMs = Math.min(FOLLOW_REST_MS_MAX, Math.max(FOLLOW_POLL_MS, tookMs * FOLLOW_RESTS));
  try {
    await sleep(restMs, undefined, { signal: stop });
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}
