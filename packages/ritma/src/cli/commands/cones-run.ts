/**
 * `ritma cones`, run.
 *
 * @module
 */
import { entitiesPath } from "@ritma/evidence";
import { RitmaError } from "../../base/error.ts";
import type { NodePrimitives } from "../../base/primitives.ts";
import { escapeText } from "../../base/text.ts";
import { type ConeUses, type CountedCone, readConeUses } from "../../stores/sealed/cone-uses.ts";
import { StoreReader } from "../../stores/sealed/store-reader.ts";
import type { Context } from "../command.ts";
import { coneLines } from "../cones/drawing.ts";
import { coneFacts, drawnFacts, generationFacts } from "../cones/json-cone.ts";
import { mostTelling, tableLines } from "../cones/table.ts";
import { placeFlags } from "../place-flags.ts";

const ACTIONS = ["list", "show", "top"] as const;
type Action = (typeof ACTIONS)[number];

/** What there is to show, and how much of it. */
interface Question {
  readonly action: Action;
  /** Of `show`. */
  readonly id: number | null;
  readonly limit: number;
}

const LIMITS: Readonly<Record<Action, number>> = { list: 100, show: 20, top: 20 };
/** From the begin of the first use on, what a timeline is asked for. */
const EXAMPLE_US = 1_000_000;
const US_PER_MS = 1000;

export async function run(context: Context): Promise<number> {
  const question = questionOf(context);
  const generation = numberOf(context, "generation");
  const { disk, primitives } = await context.world();
  const config = await context.config();
  const store = await StoreReader.open(disk, primitives, config.outDir.value);
  const uses = await readConeUses(store, generation, question.id);
  if (uses === null) {
    const out = escapeText(store.files.out);
    if (generation !== null) throw unknown(`${out} has no generation ${generation}`);
    if (question.id !== null) throw unknown(`${out} is empty: there is no cone ${question.id}`);
    context.show({ ...generationFacts(null), cones: [], more: 0, cone: null }, () => [
      "Nothing: the store is empty.",
    ]);
    return 0;
  }
  const place = placeFlags(config);
  // Entities are decoded as they are named. What is none was sealed by a recorder at fault.
  store.files.decode(entitiesPath(uses.index.generation), () => {
    if (question.id === null) showTable(context, uses, question, place, primitives);
    else showOne(context, uses, coneOf(uses, question.id), question, place, primitives);
  });
  return 0;
}

function showTable(
  context: Context,
  uses: ConeUses,
  { action, limit }: Question,
  place: string,
  primitives: NodePrimitives,
): void {
  const all = action === "top" ? mostTelling(uses.cones) : uses.cones;
  const cones = all.slice(0, limit);
  const more = all.length - cones.length;
  const facts = (): unknown => ({
    ...generationFacts(uses),
    cones: cones.map((one) => coneFacts(uses, one, primitives)),
    more,
    cone: null,
  });
  context.show(context.json ? facts() : null, () => {
    const [first] = cones;
    const of = generationFlag(context);
    const show = `${context.io.program} cones show ${first?.id ?? 1}${of}${place}`;
    const table = action === "top" ? "top" : "list";
    return tableLines(surfaceOf(context, uses), table, cones, more, show);
  });
}

function showOne(
  context: Context,
  uses: ConeUses,
  one: CountedCone,
  { limit }: Question,
  place: string,
  primitives: NodePrimitives,
): void {
  const facts = (): unknown => ({
    ...generationFacts(uses),
    cones: null,
    more: null,
    cone: drawnFacts(uses, one, primitives),
  });
  context.show(context.json ? facts() : null, () => {
    const next = timelineLines(context, uses, one, place);
    return coneLines(surfaceOf(context, uses), one, limit, primitives, next);
  });
}

/** Where its first use can be read, as it happened. */
function timelineLines(
  { io }: Context,
  { entities }: ConeUses,
  { tally }: CountedCone,
  place: string,
): string[] {
  const example = tally?.example ?? null;
  if (example === null) return [];
  const [since, until] = [example.time, example.time + EXAMPLE_US].map(isoTime);
  if (since === null || until === null) return [];
  const { pid } = entities.process(example.process);
  const range = `--since ${since} --until ${until}`;
  return [
    "  Its first use, as it happened:",
    `  ${io.program} timeline --all ${range} --proc ${pid}${place}`,
  ];
}

/** Null for a stamp that is no date. */
function isoTime(timeUs: number): string | null {
  const date = new Date(Math.floor(timeUs / US_PER_MS));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function surfaceOf({ paint, io, has }: Context, uses: ConeUses): Parameters<typeof tableLines>[0] {
  return { uses, paint, columns: has("wide") ? null : io.columns };
}

function generationFlag(context: Context): string {
  const generation = numberOf(context, "generation");
  return generation === null ? "" : ` --generation ${generation}`;
}

function coneOf({ cones, index }: ConeUses, id: number): CountedCone {
  const one = cones[id - 1];
  if (one !== undefined) return one;
  const held = cones.length === 0 ? "no cones at all" : `cones 1 to ${cones.length}`;
  throw unknown(`there is no cone ${id}: generation ${index.generation} has ${held}`);
}

function unknown(message: string): RitmaError {
  return new RitmaError("query/unknown", message);
}

function questionOf(context: Context): Question {
  const [word = "", number, ...rest] = context.operands;
  const action = ACTIONS.find((each) => each === word);
  if (action === undefined) {
    throw refused(`"${escapeText(word.slice(0, 100))}" is none of ${ACTIONS.join(", ")}`);
  }
  const limit = numberOf(context, "limit", 0) ?? LIMITS[action];
  const most = limit === 0 ? Number.POSITIVE_INFINITY : limit;
  if (action !== "show") {
    if (number === undefined && rest.length === 0) return { action, id: null, limit: most };
    throw refused(`${action} takes no number of a cone; show does`);
  }
  if (number === undefined) throw refused("show needs the number of a cone, which list shows");
  return { action, id: wholeNumber(number, "the number of a cone", 1), limit: most };
}

/** @returns null when it was not given. */
function numberOf(context: Context, flag: string, min = 1): number | null {
  const text = context.text(flag);
  return text === null ? null : wholeNumber(text, `--${flag}`, min);
}

function wholeNumber(text: string, what: string, min: number): number {
  if (/^\d{1,9}$/u.test(text) && Number(text) >= min) return Number(text);
  const shown = escapeText(text.slice(0, 100));
  throw refused(`${what} is "${shown}", and must be a whole number from ${min} on`);
}

function refused(message: string): RitmaError {
  return new RitmaError("usage/bad-argument", message);
}
