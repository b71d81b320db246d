/**
 * Whoever counts the sections of an hour while somebody reads them, so that they are read once.
 *
 * @module
 */
import type { Section } from "@ritma/evidence";
import type { Entities } from "../../stores/sealed/entities.ts";

export interface HourTally {
  /** Every section of the hour, late ones last. */
  readonly add: (section: Section) => void;
  /** What ids in them stand for. @throws FormatError */
  readonly endHour: (entities: Entities) => void;
}

/** Several as one; null when there are none. */
export function tallyOf(tallies: readonly (HourTally | null)[]): HourTally | null {
  const counting = tallies.filter((tally) => tally !== null);
  if (counting.length === 0) return null;
  return {
    add: (section) => {
      for (const tally of counting) tally.add(section);
    },
    endHour: (entities) => {
      for (const tally of counting) tally.endHour(entities);
    },
  };
}
