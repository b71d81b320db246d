/**
 * `ritma report`, run.
 *
 * The store is opened before it is verified: what is read then is no longer than what was checked,
 * though a recorder may be at work.
 *
 * @module
 */
import type { Fingerprint } from "@ritma/evidence";
import packageFacts from "../../../package.json" with { type: "json" };
import { palette } from "../../base/colour.ts";
import { RitmaError } from "../../base/error.ts";
import { escapeText } from "../../base/text.ts";
import type { Context } from "../command.ts";
import { limitOf } from "../counts.ts";
import { formatBytes, wrap } from "../format.ts";
import { openAsking } from "../investigate/asking.ts";
import { rangeAsked } from "../log/range.ts";
import { htmlText } from "../report/as-html.ts";
import { textLines } from "../report/as-text.ts";
import { pageOf } from "../report/assemble.ts";
import { type Made, reportFacts, type Written } from "../report/facts.ts";
import { keepPage, pagePlace, TO_STANDARD_OUTPUT } from "../report/keeping.ts";
import type { Form } from "../report/page.ts";
import { readRecords, type Teller } from "../report/records.ts";
import { factStory, storyFor } from "../report/story.ts";
import { storeNames } from "../report/summary.ts";
import { RESULT_EXITS } from "../result.ts";
import { Namer } from "../timeline/names.ts";
import { storePlace } from "../timeline/place.ts";
import { trustAsked, verifyShown } from "../verifying.ts";

const LIMIT_DEFAULT = 400;

export async function run(context: Context): Promise<number> {
  const limit = limitOf(context, LIMIT_DEFAULT);
  const trust = trustAsked(context);
  const { out } = await storePlace(context);
  const place = await pagePlace(context, out);
  const form = formOf(context, place !== null);
  const [story, facts] = [storyFor(form, limit), factStory(limit)];
  const tellers = [
    ...(context.json ? [facts] : []),
    ...(context.json && place === null ? [] : [story]),
  ];
  const { asked, records, report } = await readAndVerify(context, out, trust, tellers);
  const names = storeNames(records instanceof Error ? null : records, report);
  const madeUs = context.has("stamp") ? (await context.world()).clock.nowUs() : null;
  const { version } = packageFacts;
  const made = { version, out, madeUs, names, report, trust, asked, records };
  const limitText = context.text("limit");
  const flags = [
    ...(limitText === null ? [] : [`--limit ${limitText}`]),
    ...(context.has("utc") ? ["--utc"] : []),
  ];
  const page = pageOf(made, { form, story, limit, flags });
  const status = report.result === "TAMPERED" ? RESULT_EXITS.TAMPERED : 0;
  if (place === null && !context.json) {
    context.io.out(textLines(page, form.paint, form.columns).join("\n"));
    return status;
  }
  const { disk, primitives } = await context.world();
  const text = place === null ? "" : htmlText(page, primitives.sha256);
  if (place === TO_STANDARD_OUTPUT) {
    context.io.out(text.trimEnd());
    return status;
  }
  const bytes = new TextEncoder().encode(text);
  if (place !== null) await keepPage(disk, place, bytes, context.has("force"));
  const sha256 = primitives.sha256(bytes).toHex();
  const written = place === null ? null : { path: place, bytes: bytes.length, sha256 };
  context.show(reportFacts({ ...made, written }, facts), () =>
    written === null ? [] : writtenLines(context, written, made),
  );
  return status;
}

function formOf({ has, paint, io, calendar }: Context, isHtml: boolean): Form {
  const namer = new Namer(8);
  if (isHtml) return { kind: "html", paint: palette(false, {}), namer, calendar, columns: null };
  return { kind: "text", paint, namer, calendar, columns: has("wide") ? null : io.columns };
}

/** A store that is TAMPERED so that it cannot be read has a page too; it says so. */
async function readAndVerify(
  context: Context,
  out: string,
  trust: Fingerprint | null,
  tellers: readonly Teller[],
): Promise<Pick<Made, "asked" | "records" | "report">> {
  const opened = await unlessDamaged(async () => {
    const asking = await openAsking(context, context.operands[0], "sealed");
    return { asking, asked: await rangeAsked(context, asking.store) };
  });
  const report = await verifyShown(context, out, trust);
  const records = await unlessDamaged(async () => {
    if (opened instanceof RitmaError) throw opened;
    return await readRecords(opened.asking, opened.asked, tellers);
  });
  if (records instanceof RitmaError && report.result !== "TAMPERED") throw records;
  return { asked: opened instanceof RitmaError ? null : opened.asked, records, report };
}

async function unlessDamaged<Value>(work: () => Promise<Value>): Promise<Value | RitmaError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RitmaError && error.code === "store/damaged") return error;
    throw error;
  }
}

function writtenLines(
  { io, paint }: Context,
  { path, bytes, sha256 }: Written,
  { report }: Pick<Made, "report">,
): string[] {
  const { result } = report;
  const colours = { VALID: paint.good, TAMPERED: paint.bad, INCOMPLETE: null, UNTRUSTED: null };
  const word = (colours[result] ?? paint.attention)(result);
  return [
    `${word}   ${escapeText(path)}, ${formatBytes(bytes)}, for its owner alone`,
    ...wrap(`SHA-256 ${sha256}`, io.columns, "  "),
    ...(result === "UNTRUSTED"
      ? ["  The page does not say whose store it is: --trust KEY does."]
      : []),
  ];
}
