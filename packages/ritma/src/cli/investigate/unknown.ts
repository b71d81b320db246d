/**
 * What is said when nothing of a name is found: that the store does not know it, that it is of
 * other hours, or that the range has no hours at all, which says nothing of the name.
 *
 * @module
 */
import { RitmaError } from "../../base/error.ts";
import type { Investigation, Span, Thing } from "../../flow/investigate/investigation.ts";
import type { Calendar } from "../timeline/calendar.ts";
import { heldText } from "../timeline/held.ts";

const ALWAYS: Span = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

/** Things of one name, in a span. */
export type Finder = (span: Span) => Promise<readonly Thing[]>;

/**
 * @param what safe to show, with what kind of thing it is: `file "/etc/shadow"`
 * @param find looks in other spans
 * @returns `query/unknown`
 * @throws RitmaError `store/damaged`
 */
export async function unknownIn(
  calendar: Calendar,
  investigation: Investigation,
  span: Span,
  what: string,
  find: Finder,
): Promise<RitmaError> {
  const { reader } = investigation;
  if (investigation.hours(span).length === 0) {
    const held = await heldText(calendar, reader);
    const isEmpty = reader.hours.length === 0;
    return new RitmaError("query/unknown", isEmpty ? held : `no hour is in this range: ${held}`);
  }
  const isBounded = span.since !== ALWAYS.since || span.until !== ALWAYS.until;
  const isElsewhere = isBounded && (await find(ALWAYS)).length > 0;
  return new RitmaError(
    "query/unknown",
    isElsewhere
      ? `the hours of this range do not know ${what}; other hours of the store do`
      : `the store knows no ${what}`,
  );
}
