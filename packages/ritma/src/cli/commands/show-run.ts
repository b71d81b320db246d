/**
 * `ritma show`, run.
 *
 * @module
 */
import { dirname } from "node:path";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import { findWindow } from "../../flow/investigate/windows.ts";
import type { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { limitOf } from "../counts.ts";
import {
  openLines,
  openWithOpenHours,
  type StoreWithOpen,
  withOpenMarks,
} from "../investigate/open-hours.ts";
import { timeOrNull } from "../log/range.ts";
import { type Asked, whatIsAsked } from "../show/asked.ts";
import { findEvent } from "../show/event.ts";
import { PATH_OPERAND } from "../show/next.ts";
import { findProcess } from "../show/process.ts";
import { showEvent } from "../show/show-event.ts";
import { showProcess } from "../show/show-process.ts";
import { showWindow } from "../show/show-window.ts";
import { untagged } from "../tag/tags.ts";
import { storePlace } from "../timeline/place.ts";

const LIMIT_DEFAULT = 20;

export async function run(context: Context): Promise<number> {
  const limit = limitOf(context, LIMIT_DEFAULT);
  const { disk } = await context.world();
  const place = await storePlace(context, context.operands[PATH_OPERAND] ?? null);
  const { keys } = place;
  const dataRoot = keys === null ? null : dirname(keys);
  const what = await untagged(disk, dataRoot, context.operands[0] ?? "");
  const { store, open } = await openWithOpenHours(context, place, "open");
  await showAsked(marking(context, { store, open }), store, what, limit);
  if (!context.json) for (const line of openLines(context, open)) context.io.out(line);
  return 0;
}

async function showAsked(
  context: Context,
  store: StoreReader,
  what: string,
  limit: number,
): Promise<void> {
  const asked = await whatIsAsked(store, what, context.calendar);
  if (asked.kind === "event") {
    await showEvent(
      context,
      store,
      await findEvent(context.calendar, store, asked.serial, asked.at),
    );
  } else if (asked.kind === "process") {
    await showProcessOf(context, store, asked);
  } else {
    await showWindowOrName(context, store, asked.text, limit);
  }
}

/** Facts are shown with what is open of them. */
function marking(context: Context, { store, open }: StoreWithOpen): Context {
  const show: Context["show"] = (facts, lines) => {
    const own = typeof facts === "object" ? { ...facts, open } : facts;
    context.show(withOpenMarks(store, own), lines);
  };
  return { ...context, show };
}

async function showProcessOf(
  context: Context,
  store: StoreReader,
  { process, at }: Extract<Asked, { kind: "process" }>,
): Promise<void> {
  const found = await findProcess(context.calendar, store, process, at);
  if (found !== null) {
    await showProcess(context, store, found);
    return;
  }
  const when = at === null ? "" : " that had begun by then";
  const message = `the store knows no process "${escapeText(process.slice(0, 100))}"${when}`;
  throw new RitmaError("query/unknown", message);
}

/** A program may be called like the digits of a root; then it is asked for by its pid. */
async function showWindowOrName(
  context: Context,
  store: StoreReader,
  text: string,
  limit: number,
): Promise<void> {
  const time = await timeOrNull(store, text, context.calendar);
  try {
    await showWindow(context, store, await findWindow(store, text, () => time), limit);
  } catch (error) {
    if (!(error instanceof RitmaError) || error.code !== "query/unknown" || text === "") {
      throw error;
    }
    const found = time === null ? await findProcess(context.calendar, store, text, null) : null;
    if (found === null) throw error;
    await showProcess(context, store, found);
  }
}
