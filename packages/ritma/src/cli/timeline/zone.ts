/**
 * The clocks of a place: how far they are ahead of UTC at a time.
 *
 * Clocks change a few times a year, so the offset between two changes is looked up once, and not
 * for each row.
 *
 * @module
 */

export interface Zone {
  /** "UTC", "Europe/Berlin". */
  readonly name: string;
  /** Microseconds ahead of UTC. */
  readonly offsetAt: (timeUs: number) => number;
  /**
   * The time at which the clocks show that, given as if they were those of UTC. Of a time that they
   * show twice the first one; one that they leap over is as long after the leap as it is behind it.
   */
  readonly timeOf: (shownUs: number) => number;
}

/** Between two changes of the clocks. Microseconds, half open. */
interface Stretch {
  readonly since: number;
  readonly until: number;
  readonly offset: number;
}

const US_PER_MS = 1_000;
const NS_PER_US = 1_000;

/** What systems call it that are set to it. */
const UTC_NAMES: ReadonlySet<string> = new Set(["UTC", "Etc/UTC", "Etc/UCT", "Etc/Zulu", "Zulu"]);

export const UTC: Zone = { name: "UTC", offsetAt: () => 0, timeOf: (shownUs) => shownUs };

/** @param name of the IANA database; what it does not know is UTC */
export function zoneNamed(name: string): Zone {
  if (UTC_NAMES.has(name) || !isKnown(name)) return UTC;
  let stretch: Stretch = { since: 0, until: 0, offset: 0 };
  return {
    name,
    offsetAt: (timeUs) => {
      if (timeUs < stretch.since || timeUs >= stretch.until) stretch = stretchAt(name, timeUs);
      return stretch.offset;
    },
    timeOf: (shownUs) => {
      const part = shownUs - Math.floor(shownUs / US_PER_MS) * US_PER_MS;
      const shown = momentOf(shownUs).toZonedDateTimeISO(UTC.name).toPlainDateTime();
      return shown.toZonedDateTime(name).epochMilliseconds * US_PER_MS + part;
    },
  };
}

function isKnown(name: string): boolean {
  try {
    return momentOf(0).toZonedDateTimeISO(name).offsetNanoseconds !== null;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return false;
  }
}

function stretchAt(name: string, timeUs: number): Stretch {
  const there = momentOf(timeUs).toZonedDateTimeISO(name);
  const next = there.getTimeZoneTransition("next");
  // One before is also one at this very moment.
  const last = there.add({ nanoseconds: 1 }).getTimeZoneTransition("previous");
  return {
    since: last === null ? Number.NEGATIVE_INFINITY : last.epochMilliseconds * US_PER_MS,
    until: next === null ? Number.POSITIVE_INFINITY : next.epochMilliseconds * US_PER_MS,
    offset: there.offsetNanoseconds / NS_PER_US,
  };
}

function momentOf(timeUs: number): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(timeUs / US_PER_MS));
}
