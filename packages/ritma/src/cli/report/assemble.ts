/**
 * The page of a report, section by section.
 *
 * @module
 */
import { escapeText } from "../../base/text.ts";
import type { Calendar } from "../timeline/calendar.ts";
import { actorsSection } from "./actors.ts";
import { checkingSection } from "./checking.ts";
import type { Made } from "./facts.ts";
import { type Form, type ReportPage, type Section, words } from "./page.ts";
import { processesSection } from "./processes.ts";
import type { Story } from "./story.ts";
import { nodeText, rangeFlags, rangeText, summarySection } from "./summary.ts";
import { timelineSection } from "./timeline-section.ts";
import { UTC } from "../timeline/zone.ts";
import { verificationSection } from "./verification.ts";

export interface Told {
  readonly form: Form;
  readonly story: Story;
  /** Lines of the tree and of the story. */
  readonly limit: number;
  /** `--limit N` and `--utc`, where they were given. */
  readonly flags: readonly string[];
}

export function pageOf(made: Omit<Made, "written">, told: Told): ReportPage {
  const { version, madeUs, names, report, trust, asked } = made;
  const { calendar } = told.form;
  const records = made.records instanceof Error ? null : made.records;
  const when = madeUs === null ? "" : ` at ${calendar.told(madeUs)}`;
  const recipe = {
    range: rangeFlags(asked),
    flags: told.flags,
    zone: calendar.zone === UTC ? null : calendar.zone.name,
    trust,
    hasRecords: records !== null,
    isHtml: told.form.kind === "html",
    isStamped: madeUs !== null,
  };
  const range = rangeText(calendar, asked, records);
  const sections = [
    summarySection(calendar, names, asked, records),
    verificationSection(report, trust),
    ...recordSections(made, told),
    checkingSection(recipe, told.form.namer),
  ];
  return {
    title: names === null ? "A store that cannot be read" : `What ran on ${nodeText(names)}`,
    subtitle: [range, ...(names === null ? [] : [names.namespace])].join(" · "),
    sections,
    imprint: `Made by Ritma ${version}${when}. ${timesText(calendar)}`,
  };
}

/** After all sections: which offsets there are is known by then. */
function timesText(calendar: Calendar): string {
  if (calendar.zone === UTC) return "Times are UTC.";
  const [told] = calendar.closing();
  return told === undefined ? `Times are of ${calendar.name}.` : `T${told.slice(1)}.`;
}

function recordSections({ records, out }: Omit<Made, "written">, told: Told): Section[] {
  if (records instanceof Error) {
    // Where the store lies says nothing of it, and is not the same elsewhere.
    const place = `${out}/`;
    const isPlaced = records.message.startsWith(place);
    const message = isPlaced ? `STORE/${records.message.slice(place.length)}` : records.message;
    const text = `Nothing is told of the records: ${escapeText(message)} (${records.code})`;
    return [{ id: "records", title: "Records", blocks: [words(text, "bad")] }];
  }
  const { form, story, limit } = told;
  const { facts, processes, events, hidden } = records;
  return [
    actorsSection(form, facts),
    processesSection(form, processes, limit),
    timelineSection(story, events, hidden),
  ];
}
