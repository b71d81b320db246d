/**
 * The store that a question is put to, with its open hours: what a recorder has in its journal,
 * read as if it were sealed now (`services/recorder/preview.ts`).
 *
 * Where that cannot be had, because keys/ is not there or may not be read, or the journal is
 * damaged or changes too fast, the sealed hours are asked alone, and the answer says so.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { type Config, resolveConfig } from "../../base/config.ts";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import { openPreview } from "../../services/recorder/preview.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { counted, wrap } from "../format.ts";
import type { StorePlace } from "../timeline/place.ts";

/** What is open of the store that was asked; null when nothing is, or none of it was asked for. */
export type OpenHours = {
  readonly hours: number;
  /** Begin of the first of them, in µs; null when they could not be asked. */
  readonly sinceUs: number | null;
  /** Why they could not. */
  readonly error: { readonly code: string; readonly message: string } | null;
} | null;

export interface StoreWithOpen {
  readonly store: StoreReader;
  readonly open: OpenHours;
}

/** Of a question that is about open hours too, unless `--sealed` says otherwise. */
export type Wanted = "sealed" | "open";

/** @throws RitmaError `store/damaged` and others of the sealed hours; `config/bad` */
export async function openWithOpenHours(
  context: Context,
  place: StorePlace,
  wanted: Wanted,
): Promise<StoreWithOpen> {
  const { disk, primitives } = await context.world();
  const sealed = async (open: OpenHours): Promise<StoreWithOpen> => {
    return { store: await StoreReader.open(disk, primitives, place.out), open };
  };
  const isLeftOut = wanted === "sealed" || context.has("sealed");
  const config = isLeftOut ? null : await configOf(context, place);
  if (config === null) return await sealed(null);
  try {
    const store = await openPreview(await context.world(), config);
    if (store === null) return await sealed(null);
    const sinceUs = store.hours[store.sealedHours]?.t1 ?? null;
    return { store, open: { hours: store.hours.length - store.sealedHours, sinceUs, error: null } };
  } catch (error) {
    if (!(error instanceof RitmaError)) throw error;
    const { code, message } = error;
    const found = await sealed({ hours: 0, sinceUs: null, error: { code, message } });
    // Only now: where the sealed hours cannot be read either, that is said instead.
    context.remark(missingText(code, message));
    return found;
  }
}

/** Settings of the data root that the store belongs to; null when none is known. */
async function configOf(context: Context, { out, keys }: StorePlace): Promise<Config | null> {
  if (keys === null) return null;
  const own = await context.config();
  const { disk } = await context.world();
  const { workingDir } = context.io.around;
  const dataRoot = resolve(workingDir, dirname(keys));
  const isHere = ({ outDir }: Config): boolean => outDir.value === resolve(workingDir, out);
  if (own.dataRoot.value === dataRoot && isHere(own)) return own;
  // What this shell's environment says is meant for another data root.
  const around = { environment: {}, isRoot: false, home: "/", hostname: "unknown", workingDir };
  const found = await resolveConfig(disk, { ...around, flags: { dataRoot } });
  return isHere(found) ? found : null;
}

/** Lines below an answer; none when all that was asked is sealed. */
export function openLines({ paint, io, calendar }: Context, open: OpenHours): string[] {
  if (open === null) return [];
  const told =
    open.error === null
      ? `From ${calendar.stamp(open.sinceUs ?? 0)} on nothing is sealed yet ` +
        `(${counted(open.hours, "open hour")}): nothing proves that part, and it may still change.`
      : missingText(open.error.code, open.error.message);
  return wrap(told, io.columns, "").map(paint.attention);
}

function missingText(code: string, message: string): string {
  return `Hours that are open were not asked: ${escapeText(message)} (${code}).`;
}

/** What only a sealed place has. */
const PROVING: ReadonlySet<string> = new Set(["leaf", "root", "entry", "key"]);

/**
 * Marks the places in the facts of an answer that are not sealed yet: they have `open`, true, and
 * what would prove them, or what is in them, is null. A place is what has the sequence of an hour.
 */
export function withOpenMarks(store: StoreReader, facts: unknown): unknown {
  return marked(store, facts, false);
}

/** @param isInside of an open place, as far as the facts do not name one of their own */
function marked(store: StoreReader, facts: unknown, isInside: boolean): unknown {
  if (Array.isArray(facts)) return facts.map((each) => marked(store, each, isInside));
  if (typeof facts !== "object" || facts === null) return facts;
  const sequence: unknown = Reflect.get(facts, "sequence");
  const isPlace = typeof sequence === "number";
  const isOpen = isPlace ? store.isOpen(sequence) : isInside;
  const kept = Object.entries(facts).map(([name, value]) => {
    return [name, isOpen && PROVING.has(name) ? null : marked(store, value, isOpen)];
  });
  return { ...Object.fromEntries(kept), ...(isPlace && isOpen ? { open: true } : {}) };
}
