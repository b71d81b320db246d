/**
 * `ritma show`, run.
 *
 * @module
 */
import { dirname } from "node:path";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import { findWindow } from "../../flow/investigate/windows.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
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
  const limit = limitOf(context.text("limit"));
  const { disk, primitives } = await context.world();
  const { out, keys } = await storePlace(context, context.operands[PATH_OPERAND] ?? null);
  const dataRoot = keys === null ? null : dirname(keys);
  const what = await untagged(disk, dataRoot, context.operands[0] ?? "");
  const store = await StoreReader.open(disk, primitives, out);
  const asked = await whatIsAsked(store, what);
  if (asked.kind === "event") {
    await showEvent(context, await findEvent(store, asked.serial, asked.at));
  } else if (asked.kind === "process") {
    await showProcessOf(context, store, asked);
  } else {
    await showWindowOrName(context, store, asked.text, limit);
  }
  return 0;
}

async function showProcessOf(
  context: Context,
  store: StoreReader,
  { process, at }: Extract<Asked, { kind: "process" }>,
): Promise<void> {
  const found = await findProcess(store, process, at);
  if (found !== null) {
    await showProcess(context, found);
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
  const time = await timeOrNull(store, text);
  try {
    await showWindow(context, store, await findWindow(store, text, () => time), limit);
  } catch (error) {
    if (!(error instanceof RitmaError) || error.code !== "query/unknown" || text === "") {
      throw error;
    }
    const found = time === null ? await findProcess(store, text, null) : null;
    if (found === null) throw error;
    await showProcess(context, found);
  }
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
